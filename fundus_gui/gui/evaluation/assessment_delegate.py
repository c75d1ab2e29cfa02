"""Paints an evaluation in the list: its name, what was measured, its figures and its day."""

from __future__ import annotations

import math

from PySide6.QtCore import QDateTime, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPalette
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from fundus_gui.core.assessments.folder import AssessmentSummary
from fundus_gui.gui.labels import day_and_month
from fundus_gui.gui.widgets.appearance import blend

SUMMARY_ROLE = Qt.ItemDataRole.UserRole

_PAD, _GAP = 8, 3  # px


class AssessmentDelegate(QStyledItemDelegate):
    """Three lines an evaluation."""

    def sizeHint(
        self, option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Return the same height for every evaluation."""
        return QSize(220, 2 * _PAD + 3 * option.fontMetrics.height() + 2 * _GAP)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint a row."""
        summary: AssessmentSummary = index.data(SUMMARY_ROLE)
        painter.save()
        style = QApplication.style() if option.widget is None else option.widget.style()
        style.drawPrimitive(
            QStyle.PrimitiveElement.PE_PanelItemViewItem, option, painter, option.widget
        )
        text = option.palette.color(QPalette.ColorRole.Text)
        muted = QColor(blend(text, option.palette.color(QPalette.ColorRole.Base), 0.7))
        if option.state & QStyle.StateFlag.State_Selected:
            text = muted = option.palette.color(QPalette.ColorRole.HighlightedText)
        box = option.rect.adjusted(_PAD, _PAD, -_PAD, -_PAD)
        line = option.fontMetrics.height()
        rows = [
            QRect(box.left(), box.top() + number * (line + _GAP), box.width(), line)
            for number in range(3)
        ]
        bold = QFont(option.font)
        bold.setBold(True)
        _paint_words(painter, rows[0], summary.name, bold, text)
        _paint_words(painter, rows[1], measured_text(summary), option.font, text)
        day = day_and_month(QDateTime.fromString(summary.date, Qt.DateFormat.ISODate))
        painter.setPen(muted)
        painter.drawText(rows[2], Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, day)
        rows[2].setRight(rows[2].right() - option.fontMetrics.horizontalAdvance(day) - _PAD)
        _paint_words(painter, rows[2], figures_text(summary), option.font, muted)
        painter.restore()


def measured_text(summary: AssessmentSummary) -> str:
    """Return whose answers to how many photographs were measured."""
    text = QApplication.translate("Evaluation", "{ensemble} · {data} ({count})")
    return text.format(ensemble=summary.ensemble, data=summary.data, count=f"{summary.images:,}")


def figures_text(summary: AssessmentSummary) -> str:
    """Return the figures by which evaluations are told apart."""
    text = QApplication.translate("Evaluation", "AUC {auc} · bal. acc. {accuracy}")
    return text.format(
        auc=_figure(summary.macro_auc, 3), accuracy=_figure(summary.balanced_accuracy, 2)
    )


def _figure(value: float, digits: int) -> str:
    return "–" if math.isnan(value) else f"{value:.{digits}f}"


def _paint_words(painter: QPainter, box: QRect, words: str, font: QFont, colour: QColor) -> None:
    painter.setFont(font)
    painter.setPen(colour)
    shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, shown)
