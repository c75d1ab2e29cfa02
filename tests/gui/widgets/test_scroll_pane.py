"""What is too high can be scrolled to with the keyboard, and one sees where the keys go."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from fundus_gui.gui.widgets.scroll_pane import ScrollPane


@pytest.fixture
def pane(qtbot: QtBot) -> Iterator[ScrollPane]:
    contents = QWidget()
    contents.setMinimumSize(100, 900)
    window = QWidget()
    qtbot.addWidget(window)
    made = ScrollPane(contents, "Figures")
    QVBoxLayout(window).addWidget(made)
    window.resize(300, 300)
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    yield made
    window.close()


def test_keys_scroll_what_has_nothing_else_to_be_focused(pane: ScrollPane, qtbot: QtBot) -> None:
    pane.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(pane.hasFocus)
    QTest.keyClick(pane, Qt.Key.Key_PageDown)
    assert pane.verticalScrollBar().value() > 0


def test_a_frame_shows_that_the_keys_scroll(pane: ScrollPane, qtbot: QtBot) -> None:
    def edge() -> str:
        return pane.grab().toImage().pixelColor(1, pane.height() // 2).name()

    highlight = pane.palette().color(QPalette.ColorRole.Highlight).name()
    pane.clearFocus()
    assert edge() != highlight
    pane.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(lambda: edge() == highlight)
    pane.clearFocus()
    qtbot.waitUntil(lambda: edge() != highlight)


def test_tab_stops_only_where_there_is_something_to_scroll_to(
    pane: ScrollPane, qtbot: QtBot
) -> None:
    assert pane.focusPolicy() == Qt.FocusPolicy.TabFocus
    pane.widget().setMinimumSize(QSize(10, 10))
    qtbot.waitUntil(lambda: pane.focusPolicy() == Qt.FocusPolicy.NoFocus)
    pane.widget().setMinimumSize(QSize(2000, 10))
    qtbot.waitUntil(lambda: pane.focusPolicy() == Qt.FocusPolicy.TabFocus)
