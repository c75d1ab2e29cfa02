"""The pages of the window as one control of joined segments."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QAction, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

_RADIUS = 6  # px
_PADDING = 14


class PageSwitch(QWidget):
    """A segment for each action, of which one is checked."""

    def __init__(self, actions: Sequence[QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.segments = [_Segment(action) for action in actions]
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 0, 16, 0)
        layout.setSpacing(0)
        for segment in self.segments:
            layout.addWidget(segment)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the frame around all segments."""
        shown = [segment for segment in self.segments if segment.isVisible()]
        frame = shown[0].geometry().united(shown[-1].geometry()) if shown else QRect()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Mid), 1))
        painter.setBrush(self.palette().color(QPalette.ColorRole.Base))
        painter.drawRoundedRect(QRectF(frame).adjusted(0.5, 0.5, -0.5, -0.5), _RADIUS, _RADIUS)
        painter.end()


class _Segment(QToolButton):
    def __init__(self, action: QAction) -> None:
        super().__init__()
        self.setDefaultAction(action)
        action.visibleChanged.connect(self._on_visible_changed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        font = self.font()
        font.setBold(True)
        self.setFont(font)

    def _on_visible_changed(self) -> None:
        self.setVisible(self.defaultAction().isVisible())

    def sizeHint(self) -> QSize:
        """Leave air around the word."""
        word = self.fontMetrics().size(Qt.TextFlag.TextShowMnemonic, self.text())
        return QSize(word.width() + 2 * _PADDING, word.height() + 12)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Fill the segment that is chosen, and line the one that has the focus."""
        palette, checked = self.palette(), self.isChecked()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        inner = QRectF(self.rect()).adjusted(2.5, 2.5, -2.5, -2.5)
        painter.setPen(Qt.PenStyle.NoPen)
        if checked:
            painter.setBrush(palette.color(QPalette.ColorRole.Highlight))
        elif self.underMouse():
            painter.setBrush(palette.color(QPalette.ColorRole.Button))
        painter.drawRoundedRect(inner, _RADIUS - 2, _RADIUS - 2)
        role = QPalette.ColorRole.HighlightedText if checked else QPalette.ColorRole.Text
        painter.setPen(palette.color(role))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())
        if self.hasFocus():
            painter.setPen(QPen(palette.color(role), 1, Qt.PenStyle.DotLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(inner.adjusted(2, 2, -2, -2), _RADIUS - 3, _RADIUS - 3)
        painter.end()
