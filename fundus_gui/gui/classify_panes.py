"""The three panes of the Classify page side by side, and how they share a window's width."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QEvent, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QWidget

_LEAST_LIST, _LEAST_IMAGE = 280, 224  # px
_NARROWEST = 1100  # px
_IMAGE_SHARE = 0.3  # of the width, that the photograph has wherever the sides leave it
# In letters of average width:
_LIST, _VOTE = 66, 60  # in the narrowest window: name, result and confidence in a row fit
_MOST = 106  # beyond which the sides only grow emptier


class ClassifyPanes(QSplitter):
    """Gives most of a wide window to the photograph until the user has moved a border."""

    def __init__(self, results: QWidget, image: QWidget, vote: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._is_arranged = False
        self._vote = vote
        self.setChildrenCollapsible(False)
        for pane in (results, image, vote):
            self.addWidget(pane)
        results.setMinimumWidth(_LEAST_LIST)
        image.setMinimumWidth(_LEAST_IMAGE)
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

    def event(self, event: QEvent) -> bool:
        """Share the width out anew where a pane comes to need more."""
        is_done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._share_width()
        return is_done

    def _share_width(self) -> None:
        if self._is_arranged:
            return
        letter = self.fontMetrics().averageCharWidth()
        more = max(0, self.width() - _NARROWEST) // 4
        left, right = (min(side * letter + more, _MOST * letter) for side in (_LIST, _VOTE))
        room = round((1 - _IMAGE_SHARE) * self.width()) - 2 * self.handleWidth()
        if left + right > room:  # large letters: no side gets less than it needs
            least = max(self._vote.minimumSizeHint().width(), self._vote.minimumWidth())
            right = max(room * right // (left + right), least)
            left = max(room - right, _LEAST_LIST)
        self.setSizes([left, self.width() - left - right, right])

    def _on_moved(self) -> None:
        self._is_arranged = True
