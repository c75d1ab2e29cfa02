"""The point follows mouse and keys along the curve."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from fundus_gui.core.reports.style import LIGHT
from fundus_gui.gui.evaluation.operating_curve import ChartLine, OperatingCurveView

STEPS = np.linspace(0, 1, 21)
LINE = ChartLine(STEPS, STEPS**0.5)


@pytest.fixture
def view(qtbot: QtBot) -> OperatingCurveView:
    made = OperatingCurveView("ROC", "1 − specificity", "Sensitivity")
    qtbot.addWidget(made)
    made.resize(420, 380)
    made.set_lines([LINE], is_movable=True)
    made.index_chosen.connect(made.set_index)
    made.show()
    return made


@pytest.mark.parametrize("index", [0, 1, 10, 20])
def test_a_click_beside_a_point_chooses_it(view: OperatingCurveView, index: int) -> None:
    place = view.place_of(index).toPoint() + QPoint(2, 1)
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=place)
    assert view.index == index


def test_the_point_is_dragged(view: OperatingCurveView) -> None:
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=view.place_of(3).toPoint())
    for index in (4, 5, 12):
        QTest.mouseMove(view, view.place_of(index).toPoint())
        assert view.index == index
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton)


def test_the_nearest_place_is_that_on_the_screen(view: OperatingCurveView) -> None:
    view.set_lines([ChartLine(STEPS, 0.1 * STEPS)], top=0.1, is_movable=True)
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.place_of(15).toPoint())
    assert view.index == 15


@pytest.mark.parametrize(
    ("key", "index"),
    [
        (Qt.Key.Key_Right, 11),
        (Qt.Key.Key_Up, 11),
        (Qt.Key.Key_Left, 9),
        (Qt.Key.Key_Down, 9),
        (Qt.Key.Key_Home, 0),
        (Qt.Key.Key_End, 20),
    ],
)
def test_keys_move_along_the_curve(view: OperatingCurveView, key: Qt.Key, index: int) -> None:
    view.set_index(10)
    QTest.keyClick(view, key)
    assert view.index == index


def test_the_point_stays_on_the_curve(view: OperatingCurveView) -> None:
    view.set_index(20)
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert view.index == 20


def test_several_curves_are_only_looked_at(view: OperatingCurveView) -> None:
    view.set_lines([LINE, LINE._replace(number=1)])
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(200, 200))
    assert view.index is None
    assert view.focusPolicy() == Qt.FocusPolicy.NoFocus


def test_the_point_is_painted_in_the_colour_of_its_curve(view: OperatingCurveView) -> None:
    view.set_index(10)
    place = view.place_of(10).toPoint()
    assert view.grab().toImage().pixelColor(place) == QColor(LIGHT.colour(0))


def test_nothing_can_be_painted(view: OperatingCurveView) -> None:
    view.set_lines([])
    assert not view.grab().isNull()


def test_steps_hold_from_the_point_before(view: OperatingCurveView) -> None:
    x, y = np.array([0.0, 0.5, 1.0]), np.array([1.0, 0.5, 0.0])
    view.set_lines([ChartLine(x, y, is_stepped=True)])
    colour = QColor(LIGHT.colour(0))
    image = view.grab().toImage()
    assert image.pixelColor(view.axes.at(0.25, 0.5).toPoint()) == colour
    assert image.pixelColor(view.axes.at(0.25, 0.75).toPoint()) != colour


def test_other_curves_fade_behind_the_emphasised_one(view: OperatingCurveView) -> None:
    view.set_lines([LINE, ChartLine(STEPS, STEPS**3, 1)])
    view.emphasise(1)
    image = view.grab().toImage()
    first, second = (QColor(LIGHT.colour(number)) for number in (0, 1))
    assert image.pixelColor(view.axes.at(0.5, 0.5**3).toPoint()) == second
    assert image.pixelColor(view.axes.at(0.5, 0.5**0.5).toPoint()) != first
