"""What scrolls where the window is too low for it, with the keyboard as with the mouse."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from fundus_gui.gui.widgets.focus_frame import FocusFrame


class ScrollPane(QScrollArea):
    """Fills itself with its contents; the arrow keys scroll while it has the focus.

    Tab stops here only while there is something to scroll to, and a frame says so: what is inside
    may have nothing that takes the focus, or nothing at the end that is out of sight.
    """

    def __init__(self, contents: QWidget, name: str = "") -> None:
        super().__init__()
        self._contents = contents
        self.setAccessibleName(name)
        self.setWidget(contents)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        FocusFrame(self)
        for bar in (self.horizontalScrollBar(), self.verticalScrollBar()):
            bar.rangeChanged.connect(self._on_range_changed)

    def showEvent(self, event: QShowEvent) -> None:
        """Lay the contents out anew: Qt loses the size that they were given while hidden."""
        super().showEvent(event)
        layout = self._contents.layout()
        if layout is not None:
            layout.invalidate()
            layout.activate()

    def _on_range_changed(self) -> None:
        scrolls = self.horizontalScrollBar().maximum() or self.verticalScrollBar().maximum()
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if scrolls else Qt.FocusPolicy.NoFocus)
