"""Axes of a chart that Qt paints: where points lie, ticks and words, in the window's colours."""

from __future__ import annotations

from PySide6.QtCore import QMarginsF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPalette, QPen
from PySide6.QtWidgets import QWidget

from fundus_gui.gui.widgets.appearance import blend

_LONGEST = 1.35  # side of the plot, of the other
_ACROSS = (0.0, 0.25, 0.5, 0.75, 1.0)
_STEPS = (0.01, 0.02, 0.05, 0.1, 0.25)  # between ticks, so that there are at most four above 0
_ALIGN = Qt.AlignmentFlag

Segment = tuple[tuple[float, float], tuple[float, float]]


class ChartAxes:
    """From 0 to 1 across, and from 0 to `top` upwards.

    Attributes:
        detail: stands beside the title.
        top: of the upright axis.
        reference: a dotted line; None without.
    """

    def __init__(self, owner: QWidget, title: str, below: str, beside: str) -> None:
        self.detail = ""
        self.top = 1.0
        self.reference: Segment | None = None
        self._owner = owner
        self._title, self._below, self._beside = title, below, beside

    @property
    def margins(self) -> QMarginsF:
        """The room around the plot in pixels: title, ticks and names find a place there."""
        line = QFontMetricsF(self._owner.font()).height()
        return QMarginsF(line + self._tick_width() + 13, line + 18, 14, 2 * line + 16)

    @property
    def plot(self) -> QRectF:
        """The rectangle, nearly a square, that the curves lie in, in pixels."""
        around = self.margins
        width = max(self._owner.width() - around.left() - around.right(), 1)
        height = max(self._owner.height() - around.top() - around.bottom(), 1)
        across, upwards = min(width, height * _LONGEST), min(height, width * _LONGEST)
        return QRectF(around.left(), around.top(), across, upwards)

    def at(self, x: float, y: float) -> QPointF:
        """Return where a point lies, in pixels."""
        plot = self.plot
        return QPointF(plot.left() + x * plot.width(), plot.bottom() - y * plot.height() / self.top)

    def paint(self, painter: QPainter) -> None:
        """Draw grid, axes and words."""
        palette, plot = self._owner.palette(), self.plot
        text = palette.color(QPalette.ColorRole.WindowText)
        ground = palette.color(QPalette.ColorRole.Window)
        muted, grid = QColor(blend(text, ground, 0.7)), QColor(blend(text, ground, 0.12))
        upwards = self._upward_ticks()
        painter.setPen(QPen(grid, 1))
        for tick in _ACROSS:
            painter.drawLine(self.at(tick, 0), self.at(tick, self.top))
        for tick in upwards:
            painter.drawLine(self.at(0, tick), self.at(1, tick))
        painter.setPen(QPen(muted, 1))
        painter.drawLine(plot.bottomLeft(), plot.bottomRight())
        painter.drawLine(plot.bottomLeft(), plot.topLeft())
        if self.reference is not None:
            painter.setPen(QPen(muted, 1.4, Qt.PenStyle.DotLine))
            start, end = self.reference
            painter.drawLine(self.at(*start), self.at(*end))
        painter.setPen(muted)
        self._write_ticks(painter, upwards)
        self._write_names(painter)
        self._write_title(painter, text, muted)

    def _tick_width(self) -> float:
        return QFontMetricsF(self._owner.font()).horizontalAdvance("0.00")

    def _upward_ticks(self) -> tuple[float, ...]:
        step = next((step for step in _STEPS if self.top <= 4.5 * step), _STEPS[-1])
        return tuple(number * step for number in range(int(self.top / step + 1e-9) + 1))

    def _write_ticks(self, painter: QPainter, upwards: tuple[float, ...]) -> None:
        line, width = QFontMetricsF(self._owner.font()).height(), self._tick_width()
        has_room = self.plot.width() > 2 * width * len(_ACROSS)
        for tick in _ACROSS if has_room else _ACROSS[::2]:
            place = self.at(tick, 0)
            room = QRectF(place.x() - width, place.y() + 4, 2 * width, line)
            painter.drawText(room, _ALIGN.AlignCenter, f"{tick:g}")
        for tick in upwards:
            place = self.at(0, tick)
            room = QRectF(place.x() - 6 - width, place.y() - line / 2, width, line)
            painter.drawText(room, _ALIGN.AlignRight | _ALIGN.AlignVCenter, f"{tick:g}")

    def _write_names(self, painter: QPainter) -> None:
        plot, line = self.plot, QFontMetricsF(self._owner.font()).height()
        centred = _ALIGN.AlignCenter | Qt.TextFlag.TextDontClip
        foot = QRectF(plot.left(), plot.bottom() + 6 + line, plot.width(), line)
        painter.drawText(foot, centred, self._below)
        painter.save()
        painter.translate(2, plot.center().y())
        painter.rotate(-90)
        side = QRectF(-plot.height() / 2, 0, plot.height(), line)
        painter.drawText(side, centred, self._beside)
        painter.restore()

    def _write_title(self, painter: QPainter, text: QColor, muted: QColor) -> None:
        font, plot = self._owner.font(), self.plot
        bold = self._owner.font()
        bold.setBold(True)
        head = QRectF(plot.left(), 2, self._owner.width() - plot.left(), plot.top() - 8)
        painter.setFont(bold)
        painter.setPen(text)
        painter.drawText(head, _ALIGN.AlignLeft | _ALIGN.AlignVCenter, self._title)
        head.setLeft(head.left() + QFontMetricsF(bold).horizontalAdvance(self._title) + 12)
        painter.setFont(font)
        painter.setPen(muted)
        painter.drawText(head, _ALIGN.AlignLeft | _ALIGN.AlignVCenter, self.detail)
