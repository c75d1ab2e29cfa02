"""Paints a cell of figures: a text, below it a muted smaller one."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPalette
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from fundus_gui.gui.widgets.appearance import blend

SECOND_LINE = Qt.ItemDataRole.UserRole + 1  # muted, below the text
IS_MUTED = Qt.ItemDataRole.UserRole + 2

_PAD, _LEAST_PAD = 8, 2  # px
_SMALL = 0.88  # of the font size


class FigureDelegate(QStyledItemDelegate):
    """Paints a text, below it a muted smaller one."""

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Leave room for two lines in every cell, so that rows are alike."""
        size = super().sizeHint(option, index)
        second = index.data(SECOND_LINE) or ""
        width = _metrics_width(option.font, second, _SMALL) + _PAD + 3 * _LEAST_PAD
        return QSize(max(size.width() + _PAD, width), row_height(option.fontMetrics))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint a cell."""
        shown = QStyleOptionViewItem(option)
        self.initStyleOption(shown, index)
        text, muted = text_colours(shown)
        is_muted = bool(index.data(IS_MUTED))
        second = index.data(SECOND_LINE)
        if not second:
            if is_muted:
                shown.palette.setColor(QPalette.ColorRole.Text, muted)
            _style(shown).drawControl(
                QStyle.ControlElement.CE_ItemViewItem, shown, painter, shown.widget
            )
            return
        first, shown.text = shown.text, ""
        _style(shown).drawControl(
            QStyle.ControlElement.CE_ItemViewItem, shown, painter, shown.widget
        )
        painter.save()
        side = shown.displayAlignment & Qt.AlignmentFlag.AlignHorizontal_Mask
        is_right = bool(side & Qt.AlignmentFlag.AlignRight)
        left = _LEAST_PAD if is_right else _style_margin(shown)
        left += shown.decorationSize.width() + _PAD if not shown.icon.isNull() else 0
        box = shown.rect.adjusted(left, 3, -_PAD, -3)
        half = box.height() // 2
        upper = QRect(box.left(), box.top(), box.width(), half)
        painter.setFont(shown.font)
        painter.setPen(muted if is_muted else text)
        elided = shown.fontMetrics.elidedText(first, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(upper, side | Qt.AlignmentFlag.AlignVCenter, elided)
        painter.setFont(_scaled(shown.font, _SMALL))
        painter.setPen(muted)
        elided = painter.fontMetrics().elidedText(second, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(upper.translated(0, half), side | Qt.AlignmentFlag.AlignVCenter, elided)
        painter.restore()


def row_height(metrics: QFontMetrics) -> int:
    """Return the height of two lines, the same for every row."""
    return 2 * metrics.height() + _PAD


def text_colours(option: QStyleOptionViewItem) -> tuple[QColor, QColor]:
    """Return the colours of text and of lesser text in a cell."""
    is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
    roles = QPalette.ColorRole
    text = option.palette.color(roles.HighlightedText if is_selected else roles.Text)
    under = option.palette.color(roles.Highlight if is_selected else roles.Base)
    return text, QColor(blend(text, under, 0.66))


def _style(option: QStyleOptionViewItem) -> QStyle:
    return QApplication.style() if option.widget is None else option.widget.style()


def _style_margin(option: QStyleOptionViewItem) -> int:
    """Return what the style leaves free before a text."""
    metric = QStyle.PixelMetric.PM_FocusFrameHMargin
    return _style(option).pixelMetric(metric, option, option.widget) + 1


def _scaled(font: QFont, factor: float) -> QFont:
    scaled = QFont(font)
    scaled.setBold(False)
    scaled.setPointSizeF(font.pointSizeF() * factor)
    return scaled


def _metrics_width(font: QFont, text: str, factor: float) -> int:
    return QFontMetrics(_scaled(font, factor)).horizontalAdvance(text)
