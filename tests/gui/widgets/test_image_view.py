"""Looking closely at a photograph."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QPalette, QWheelEvent
from PySide6.QtWidgets import QApplication, QGraphicsView, QLabel
from pytestqt.qtbot import QtBot

from fundus_gui.gui.widgets.image_view import ImageView

WIDTH, HEIGHT = 800, 600


@pytest.fixture
def view(qtbot: QtBot) -> ImageView:
    shown = ImageView()
    qtbot.addWidget(shown)
    shown.resize(400, 400)
    shown.show()
    return shown


def photograph(width: int = WIDTH, height: int = HEIGHT) -> np.ndarray:
    """Return a red left half and a blue right half."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[:, : width // 2, 0] = 200
    pixels[:, width // 2 :, 2] = 100
    return pixels


def turn_wheel(view: ImageView, notches: int, at: QPoint) -> None:
    event = QWheelEvent(
        QPointF(at),
        QPointF(view.viewport().mapToGlobal(at)),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view.viewport(), event)


def colour_at(view: ImageView, x: int, y: int) -> str:
    return view.viewport().grab().toImage().pixelColor(x, y).name()


def test_a_photograph_is_fitted_and_shown_in_its_colours(view: ImageView) -> None:
    view.set_pixels(photograph())
    assert view.is_fitted
    assert view.zoom == pytest.approx(0.5)
    assert (colour_at(view, 100, 200), colour_at(view, 300, 200)) == ("#c80000", "#000064")
    assert colour_at(view, 200, 10) == "#000000"


def test_rows_of_any_length_are_shown_straight(view: ImageView) -> None:
    wide = photograph(1204, 301)
    view.set_pixels(wide[:, 1::2])  # 602 pixels a row, and not contiguous
    assert (colour_at(view, 100, 200), colour_at(view, 300, 200)) == ("#c80000", "#000064")


def test_a_fitted_photograph_stays_fitted(qtbot: QtBot, view: ImageView) -> None:
    view.set_pixels(photograph())
    view.resize(200, 400)
    qtbot.waitUntil(lambda: view.zoom == pytest.approx(0.25))


def test_a_zoomed_photograph_keeps_its_zoom_when_resized(view: ImageView) -> None:
    view.set_pixels(photograph())
    view.actual_size()
    view.resize(300, 300)
    assert view.zoom == pytest.approx(1)


def test_the_wheel_zooms_at_the_cursor(view: ImageView) -> None:
    view.set_pixels(photograph())
    cursor = QPoint(310, 180)
    under_cursor = view.mapToScene(cursor)
    turn_wheel(view, 5, cursor)
    assert view.zoom > 1
    moved = view.mapToScene(cursor) - under_cursor
    assert abs(moved.x()) < 3
    assert abs(moved.y()) < 3


def test_zooming_out_ends_at_the_whole_photograph(view: ImageView) -> None:
    view.set_pixels(photograph())
    turn_wheel(view, 4, QPoint(10, 10))
    assert not view.is_fitted
    turn_wheel(view, -9, QPoint(10, 10))
    assert view.is_fitted
    assert view.zoom == pytest.approx(0.5)


def test_zooming_in_ends_somewhere(view: ImageView) -> None:
    view.set_pixels(photograph())
    for _ in range(40):
        view.zoom_in()
    assert view.zoom == pytest.approx(16)


@pytest.mark.parametrize(
    ("key", "zoom"),
    [("+", 0.625), ("=", 0.625), ("1", 1), ("0", 0.5), ("-", 0.5)],
)
def test_keys_zoom(qtbot: QtBot, view: ImageView, key: str, zoom: float) -> None:
    view.set_pixels(photograph())
    qtbot.keyClicks(view, key)
    assert view.zoom == pytest.approx(zoom)


def test_keys_with_a_modifier_are_left_to_the_window(qtbot: QtBot, view: ImageView) -> None:
    view.set_pixels(photograph())
    qtbot.keyClick(view, Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    assert view.is_fitted


def test_a_double_click_toggles_actual_pixels_and_fit(qtbot: QtBot, view: ImageView) -> None:
    view.set_pixels(photograph())
    point = QPoint(60, 120)
    under_cursor = view.mapToScene(point)
    qtbot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=point)
    assert view.zoom == pytest.approx(1)
    assert (view.mapToScene(point) - under_cursor).manhattanLength() < 3
    qtbot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=point)
    assert view.is_fitted


@pytest.mark.qt_log_ignore("MouseRelease", extend=True)  # QGraphicsView leaves it to its parent
def test_dragging_pans(qtbot: QtBot, view: ImageView) -> None:
    view.set_pixels(photograph())
    view.actual_size()
    centre = view.mapToScene(QPoint(200, 200))
    qtbot.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(200, 200))
    qtbot.mouseMove(view.viewport(), QPoint(150, 180))
    qtbot.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(150, 180))
    moved = view.mapToScene(QPoint(200, 200)) - centre
    assert (moved.x(), moved.y()) == (50, 20)


def test_a_small_photograph_is_enlarged_to_fit_and_can_be_seen_in_its_size(
    view: ImageView,
) -> None:
    view.set_pixels(photograph(40, 40))
    assert view.zoom == pytest.approx(10)
    view.actual_size()
    assert view.zoom == pytest.approx(1)
    view.zoom_out()
    assert view.is_fitted


def test_fine_detail_turns_grey_not_moire_when_shrunk(view: ImageView) -> None:
    fine = np.zeros((3000, 3000, 3), np.uint8)
    fine[:, ::2] = 255
    view.set_pixels(fine)
    shown = view.viewport().grab().toImage()
    levels = [shown.pixelColor(x, 200).red() for x in range(20, 380)]
    assert min(levels) > 100
    assert max(levels) < 156


def test_the_array_may_go_once_it_is_shown(view: ImageView) -> None:
    pixels = photograph()
    view.set_pixels(pixels)
    pixels[:] = 255
    assert colour_at(view, 100, 200) == "#c80000"


def test_a_message_takes_the_place_of_the_photograph(view: ImageView) -> None:
    view.set_pixels(photograph())
    view.show_message("eye.jpg: the file is empty")
    assert view.message() == "eye.jpg: the file is empty"
    label = view.findChild(QLabel)
    assert isinstance(label, QLabel)
    assert label.isVisible()
    assert view.zoom == 0
    assert view.dragMode() == QGraphicsView.DragMode.NoDrag
    view.set_pixels(photograph())
    assert view.message() == ""
    assert not label.isVisible()


def test_zooming_without_a_photograph_does_nothing(view: ImageView) -> None:
    view.show_message("Nothing chosen")
    view.zoom_in()
    view.actual_size()
    turn_wheel(view, 1, QPoint(50, 50))
    assert view.zoom == 0


def test_the_zoom_is_told(view: ImageView) -> None:
    told: list[float] = []
    view.zoom_changed.connect(told.append)
    view.set_pixels(photograph())
    view.actual_size()
    view.set_pixels(None)
    assert told == pytest.approx([0.5, 1, 0])


def test_the_surround_stays_black_in_every_palette(view: ImageView) -> None:
    view.set_pixels(photograph())
    view.setPalette(QPalette(QColor("#efefef")))
    assert colour_at(view, 200, 10) == "#000000"
