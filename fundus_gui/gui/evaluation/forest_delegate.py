"""Paints figures with their intervals below each other on one scale, as a forest plot does."""

from __future__ import annotations

import math
from collections.abc import Iterable

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPalette, QPen
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from fundus_gui.core.evaluation import Interval
from fundus_gui.gui.evaluation.figure_delegate import IS_MUTED, row_height, text_colours
from fundus_gui.gui.evaluation.figure_table import FigureItem, interval_item
from fundus_gui.gui.widgets.appearance import blend

INTERVAL = Qt.ItemDataRole.UserRole + 10

_PAD, _DOT, _TICK = 10, 4.0, 3.5  # px
_PLOT_WIDTH = 110
_MARGIN = 0.04  # of the scale, beyond the outermost interval
_COLOUR = "#0072b2"
_COLOUR_ON_DARK = "#56b4e9"
_DARK_BELOW = 128  # lightness


def forest_item(interval: Interval | None, *, is_muted: bool = False) -> FigureItem:
    """Make a cell for the delegate; None is a figure that there is not."""
    item = interval_item(interval)
    item.setData(INTERVAL, interval)
    item.setTextAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    item.setData(IS_MUTED, is_muted)
    return item


class ForestDelegate(QStyledItemDelegate):
    """The value, and beside it a dot on its interval; a dotted line marks all photographs."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._low, self._high, self._overall = 0.0, 1.0, math.nan

    def set_scale(self, overall: Interval, intervals: Iterable[Interval]) -> None:
        """Make room for all of them; `overall` is marked."""
        shown = (overall, *intervals)
        known = [x for i in shown for x in (i.value, i.low, i.high) if not math.isnan(x)]
        low, high = min(known, default=0.0), max(known, default=1.0)
        margin = _MARGIN * (high - low or 1.0)
        self._low, self._high, self._overall = low - margin, high + margin, overall.value

    def sizeHint(
        self, option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Ask for room for number and plot."""
        width = _number_width(option) + _PLOT_WIDTH + 3 * _PAD
        return QSize(width, row_height(option.fontMetrics))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint a cell."""
        shown = QStyleOptionViewItem(option)
        self.initStyleOption(shown, index)
        value, shown.text = shown.text, ""
        style = shown.widget.style()
        style.drawControl(style.ControlElement.CE_ItemViewItem, shown, painter, shown.widget)
        interval: Interval | None = index.data(INTERVAL)
        if interval is None:
            return
        text, muted = text_colours(shown)
        is_muted = bool(index.data(IS_MUTED))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(shown.rect).adjusted(_PAD, 0, -_PAD, 0)
        number = QRectF(box.left(), box.top(), _number_width(option), box.height())
        painter.setFont(shown.font)
        painter.setPen(muted if is_muted else text)
        painter.drawText(number, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, value)
        box.setLeft(number.right() + _PAD)
        accent = muted if is_muted else _accent(shown.palette)
        self._paint_plot(painter, box, interval, accent, QColor(blend(muted, text, 0.6)))
        painter.restore()

    def _paint_plot(
        self, painter: QPainter, box: QRectF, interval: Interval, accent: QColor, line: QColor
    ) -> None:
        middle = box.center().y()
        if not math.isnan(self._overall):
            painter.setPen(QPen(line, 1, Qt.PenStyle.DotLine))
            overall = self._x(box, self._overall)
            painter.drawLine(QPointF(overall, box.top()), QPointF(overall, box.bottom()))
        if math.isnan(interval.value):
            return
        painter.setPen(QPen(accent, 1.5))
        if not math.isnan(interval.low + interval.high):
            low, high = self._x(box, interval.low), self._x(box, interval.high)
            painter.drawLine(QPointF(low, middle), QPointF(high, middle))
            for end in (low, high):
                painter.drawLine(QPointF(end, middle - _TICK), QPointF(end, middle + _TICK))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(accent)
        painter.drawEllipse(QPointF(self._x(box, interval.value), middle), _DOT, _DOT)

    def _x(self, box: QRectF, value: float) -> float:
        return box.left() + box.width() * (value - self._low) / (self._high - self._low)


def _number_width(option: QStyleOptionViewItem) -> int:
    return option.fontMetrics.horizontalAdvance("0.0000")


def _accent(palette: QPalette) -> QColor:
    is_dark = palette.color(QPalette.ColorRole.Base).lightness() < _DARK_BELOW
    return QColor(_COLOUR_ON_DARK if is_dark else _COLOUR)
