"""The three panes of the Classify page side by side, and how they share a window's width."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QWidget

_LEAST_WIDTH = 280  # px, of the list and of the photograph
_LIST, _VOTE = 396, 360  # px in the narrowest window: name, result and confidence in a row fit
_NARROWEST = 1100
_MOST = 640  # beyond which the sides only grow emptier


class ClassifyPanes(QSplitter):
    """Gives most of a wide window to the photograph until the user has moved a border."""

    def __init__(self, results: QWidget, image: QWidget, vote: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._is_arranged = False
        self.setChildrenCollapsible(False)
        for pane in (results, image, vote):
            self.addWidget(pane)
        for pane in (results, image):
            pane.setMinimumWidth(_LEAST_WIDTH)
        self.setStretchFactor(1, 1)
        self.splitterMoved.connect(self._on_moved)

    def arrangement(self) -> bytes:
        """Return how the user has arranged the panes; empty where they are as they were."""
        return bytes(self.saveState().data()) if self._is_arranged else b""

    def arrange(self, arrangement: bytes) -> None:
        """Arrange the panes as `arrangement` returned."""
        self._is_arranged = bool(arrangement) and self.restoreState(QByteArray(arrangement))
        self._share_width()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width out anew."""
        super().resizeEvent(event)
        self._share_width()

    def _share_width(self) -> None:
        if not self._is_arranged:
            more = max(0, self.width() - _NARROWEST) // 4
            left, right = min(_LIST + more, _MOST), min(_VOTE + more, _MOST)
            self.setSizes([left, self.width() - left - right, right])

    def _on_moved(self) -> None:
        self._is_arranged = True
