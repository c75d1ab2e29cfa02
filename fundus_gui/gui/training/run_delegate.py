"""Paints a run in the list: its state and name, how far it is, its best figures and its day."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPalette
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from fundus_gui.gui.training.run_labels import day_text, figures_text, progress, summary
from fundus_gui.gui.training.run_library import KnownRun
from fundus_gui.gui.training.runs_model import Role
from fundus_gui.gui.training.status_icon import SIZE, paint_status, status_colour
from fundus_gui.gui.widgets.appearance import blend

_PAD, _GAP, _BAR = 8, 3, 3  # px


class RunDelegate(QStyledItemDelegate):
    """Three lines a run; of one that is trained, a bar below them."""

    def sizeHint(
        self, option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Return the same height for every run."""
        line = option.fontMetrics.height()
        return QSize(220, 2 * _PAD + 3 * line + 3 * _GAP + _BAR)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint a row."""
        known: KnownRun = index.data(Role.RUN)
        painter.save()
        style = QApplication.style() if option.widget is None else option.widget.style()
        style.drawPrimitive(
            QStyle.PrimitiveElement.PE_PanelItemViewItem, option, painter, option.widget
        )
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        text, muted, accent = _colours(option.palette, known, is_selected=is_selected)
        box = option.rect.adjusted(_PAD, _PAD, -_PAD, -_PAD)
        line = option.fontMetrics.height()
        icon = QRectF(box.left(), box.top() + (line - SIZE) / 2, SIZE, SIZE)
        paint_status(painter, icon, known.run.status, accent)
        box.setLeft(box.left() + SIZE + _PAD)
        bold = QFont(option.font)
        bold.setBold(True)
        rows = [
            QRect(box.left(), box.top() + number * (line + _GAP), box.width(), line)
            for number in range(3)
        ]
        _paint_words(painter, rows[0], known.run.name, bold, text)
        _paint_words(painter, rows[1], summary(known.run), option.font, text)
        date = day_text(known.made)
        rows[2].setRight(rows[2].right() - option.fontMetrics.horizontalAdvance(date) - _PAD)
        _paint_words(painter, rows[2], figures_text(known.run.best), option.font, muted)
        painter.drawText(
            QRect(rows[2].right() + _PAD, rows[2].top(), box.width(), line),
            Qt.AlignmentFlag.AlignVCenter,
            date,
        )
        if known.run.is_alive:
            below = QRectF(box.left(), box.bottom() + 1 - _BAR, box.width(), _BAR)
            _paint_bar(painter, below, progress(known.run), accent)
        painter.restore()


def _colours(
    palette: QPalette, known: KnownRun, *, is_selected: bool
) -> tuple[QColor, QColor, QColor]:
    """Return the colours of text, of lesser text and of the state."""
    if is_selected:
        text = palette.color(QPalette.ColorRole.HighlightedText)
        return text, text, text
    text = palette.color(QPalette.ColorRole.Text)
    muted = QColor(blend(text, palette.color(QPalette.ColorRole.Base), 0.7))
    return (muted if known.is_hidden else text), muted, status_colour(known.run.status, palette)


def _paint_words(painter: QPainter, box: QRect, words: str, font: QFont, colour: QColor) -> None:
    painter.setFont(font)
    painter.setPen(colour)
    shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, shown)


def _paint_bar(painter: QPainter, box: QRectF, done: float, colour: QColor) -> None:
    track = QColor(colour)
    track.setAlpha(60)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.fillRect(box, track)
    painter.fillRect(QRectF(box.left(), box.top(), box.width() * done, box.height()), colour)
