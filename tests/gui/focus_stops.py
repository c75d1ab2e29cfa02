"""Walks through a window with the Tab key, as somebody does who has no mouse."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

_MOST = 200


def focus_stops(window: QWidget, qtbot: QtBot) -> dict[QWidget, bool]:
    """Return where the Tab key stops, in order, and whether each looks different there."""
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    stops: dict[QWidget, bool] = {}
    while len(stops) < _MOST:
        qtbot.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Tab)
        widget = QApplication.focusWidget()
        if widget is None or widget in stops:
            break
        QApplication.processEvents()
        focused = widget.grab().toImage()
        widget.clearFocus()
        QApplication.processEvents()
        stops[widget] = bool(widget.grab().toImage() != focused)
        widget.setFocus(Qt.FocusReason.TabFocusReason)
    return stops
