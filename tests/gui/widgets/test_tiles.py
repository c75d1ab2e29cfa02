"""Figures and their notes are whole, however little room there is."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from fundus_gui.gui.widgets.tiles import Tiles
from fundus_gui.gui.widgets.type_scale import DISPLAY


@pytest.fixture
def tiles(qtbot: QtBot) -> Tiles:
    made = Tiles({"auc": "Macro-AUC", "ece": "ECE"}, DISPLAY)
    qtbot.addWidget(made)
    made.set_value("auc", "0.996", "0.989 – 1.000")
    made.set_value("ece", "0.079", "0.052 – 0.162")
    made.show()
    return made


@pytest.mark.parametrize("width", [700, 260])
def test_nothing_is_cut_with_and_without_room(tiles: Tiles, qtbot: QtBot, width: int) -> None:
    tiles.resize(width, 200)
    value, note = (_label(tiles, text) for text in ("0.996", "0.989 – 1.000"))
    has_room = width == 700
    qtbot.waitUntil(lambda: (note.x() > value.x()) == has_room)
    assert (note.y() > value.y() + value.height() // 2) != has_room
    for label in tiles.findChildren(QLabel):
        assert label.width() >= label.sizeHint().width()
        assert label.height() >= label.sizeHint().height()


def test_a_figure_is_read_with_its_note(tiles: Tiles) -> None:
    assert tiles.value("auc") == "0.996 0.989 – 1.000"


def _label(tiles: Tiles, text: str) -> QLabel:
    return next(label for label in tiles.findChildren(QLabel) if label.text() == text)
