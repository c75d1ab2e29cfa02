"""The stage over the whole screen; any key, click or touch ends the show."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QCloseEvent, QCursor, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from fundus_gui.gui.demo.stage import Stage

_MODIFIERS = frozenset(
    {Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_AltGr}
)


class DemoWindow(QWidget):
    """Holds the stage and notices the first touch.

    Signals:
        touched: somebody wants to take over.
        closed: somebody has closed the window.
    """

    touched = Signal()
    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle(self.tr("Fundus classifier"))
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.setCursor(QCursor(Qt.CursorShape.BlankCursor))
        self.stage = Stage()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.stage)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """End the show at F11; hand over at any key but one that only changes others."""
        if event.key() == Qt.Key.Key_F11:
            self.close()
        elif event.key() not in _MODIFIERS:
            self.touched.emit()

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        """Hand over."""
        self.touched.emit()

    def event(self, event: QEvent) -> bool:
        """Hand over at a finger's touch."""
        if event.type() == QEvent.Type.TouchBegin:
            self.touched.emit()
            return True
        return super().event(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Tell."""
        super().closeEvent(event)
        self.closed.emit()
