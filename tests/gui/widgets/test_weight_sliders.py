"""Weighing by hand, with the ensemble's own weights one click away."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QDoubleSpinBox, QLabel, QPushButton, QSlider
from pytestqt.qtbot import QtBot

from fundus_gui.core.results import Prediction
from fundus_gui.core.vote import flip_points
from fundus_gui.gui.widgets.weight_sliders import WeightSliders

from .conftest import Predict

THIRDS = (1 / 3, 1 / 3, 1 / 3)


@pytest.fixture
def sliders(qtbot: QtBot) -> WeightSliders:
    shown = WeightSliders()
    qtbot.addWidget(shown)
    shown.set_appearance(str, {"cnn": "CNN & co"}, {})
    shown.set_members(("cnn", "vit"), (0.6, 0.4))
    shown.show()
    return shown


def slider(sliders: WeightSliders, row: int) -> QSlider:
    return visible(sliders, QSlider)[row]


def number(sliders: WeightSliders, row: int) -> QDoubleSpinBox:
    return visible(sliders, QDoubleSpinBox)[row]


def visible[T: (QSlider, QDoubleSpinBox)](sliders: WeightSliders, kind: type[T]) -> list[T]:
    return [found for found in sliders.findChildren(kind) if found.isVisible()]


def reset_button(sliders: WeightSliders) -> QPushButton:
    found = sliders.findChild(QPushButton)
    assert isinstance(found, QPushButton)
    return found


def texts(sliders: WeightSliders) -> list[str]:
    return [label.text() for label in sliders.findChildren(QLabel) if label.isVisible()]
