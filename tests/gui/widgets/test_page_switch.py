from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup
from pytestqt.qtbot import QtBot

from fundus_gui.gui.widgets.page_switch import PageSwitch


@pytest.fixture
def switch(qtbot: QtBot) -> PageSwitch:
    group = QActionGroup(None)
    actions = [QAction(text, group) for text in ("Classify", "Train")]
    for action in actions:
        action.setCheckable(True)
    actions[0].setChecked(True)
    shown = PageSwitch(actions)
    group.setParent(shown)
    qtbot.addWidget(shown)
    shown.show()
    return shown


def checked(switch: PageSwitch) -> list[bool]:
    return [segment.isChecked() for segment in switch.segments]


def test_one_segment_is_chosen_by_mouse_or_keyboard(switch: PageSwitch, qtbot: QtBot) -> None:
    qtbot.mouseClick(switch.segments[1], Qt.MouseButton.LeftButton)
    assert checked(switch) == [False, True]
    switch.segments[0].setFocus()
    qtbot.keyClick(switch.segments[0], Qt.Key.Key_Space)
    assert checked(switch) == [True, False]


def test_the_chosen_segment_stands_out(switch: PageSwitch) -> None:
    def colour(number: int) -> str:
        segment = switch.segments[number]
        return segment.grab().toImage().pixelColor(6, segment.height() // 2).name()

    assert colour(0) == switch.palette().highlight().color().name()
    assert colour(0) != colour(1)
