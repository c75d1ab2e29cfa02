"""A table of figures: the value large, its interval muted below, sorted by the numbers."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QGuiApplication,
    QIcon,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPalette,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from fundus_gui.core.evaluation import Interval
from fundus_gui.core.export import defused
from fundus_gui.gui.evaluation.figure_titles import ends, number
from fundus_gui.gui.widgets.appearance import blend

SORT_KEY = Qt.ItemDataRole.UserRole
SECOND_LINE = Qt.ItemDataRole.UserRole + 1  # muted, below the text
IS_MUTED = Qt.ItemDataRole.UserRole + 2
COPIED = Qt.ItemDataRole.UserRole + 3  # cells of the copied table, a list of texts

_PAD = 8  # px
_SMALL = 0.88  # of the font size


class FigureItem(QTableWidgetItem):
    """A cell that is sorted by its number; what has none comes last."""

    def __lt__(self, other: QTableWidgetItem) -> bool:
        """Compare numbers as numbers and texts as texts."""
        mine, its = self.data(SORT_KEY), other.data(SORT_KEY)
        if isinstance(mine, float) and isinstance(its, float):
            return (math.isnan(mine), mine) < (math.isnan(its), its)
        return self.text().casefold() < other.text().casefold()


def text_item(text: str, *, icon: QIcon | None = None, tooltip: str = "") -> FigureItem:
    """Make a cell of words."""
    item = FigureItem(text)
    item.setToolTip(tooltip or text)
    item.setData(COPIED, [text])
    if icon is not None:
        item.setIcon(icon)
    return item


def count_item(count: int) -> FigureItem:
    """Make a cell of a whole number."""
    item = FigureItem(f"{count:,}")
    item.setData(SORT_KEY, float(count))
    item.setData(COPIED, [str(count)])
    return _right_aligned(item)


def interval_item(interval: Interval | None, *, is_signed: bool = False) -> FigureItem:
    """Make a cell of a figure with its interval; None is a figure that there is not."""
    known = interval or Interval(math.nan, math.nan, math.nan, 0)
    item = FigureItem(number(known.value, is_signed=is_signed))
    item.setData(SORT_KEY, known.value)
    item.setData(SECOND_LINE, ends(known, is_signed=is_signed))
    item.setData(COPIED, [_copied(n) for n in (known.value, known.low, known.high)])
    return _right_aligned(item)


def _alignment(item: FigureItem | None) -> Qt.AlignmentFlag:
    if item is not None and item.textAlignment() & Qt.AlignmentFlag.AlignRight:
        return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


def _right_aligned(item: FigureItem) -> FigureItem:
    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return item


def _copied(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.6g}"


class FigureTable(QTableWidget):
    """As high as its rows; Ctrl+C copies all of it with every number and interval."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setAlternatingRowColors(True)
        self.setItemDelegate(FigureDelegate(self))
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setMinimumSectionSize(72)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)

    def show_rows(
        self,
        titles: Sequence[str],
        rows: Sequence[Sequence[FigureItem]],
        *,
        is_sortable: bool = True,
    ) -> None:
        """Show these cells under these titles, in this order until a heading is clicked."""
        self.setSortingEnabled(False)
        self.clear()
        self.setColumnCount(len(titles))
        self.verticalHeader().setDefaultSectionSize(row_height(self.fontMetrics()))
        self.setRowCount(len(rows))
        for column, title in enumerate(titles):
            heading = QTableWidgetItem(title)
            heading.setTextAlignment(_alignment(rows[0][column] if rows else None))
            self.setHorizontalHeaderItem(column, heading)
        for row, cells in enumerate(rows):
            for column, item in enumerate(cells):
                self.setItem(row, column, item)
        self.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(is_sortable)
        self._fit_first_column()
        self.updateGeometry()

    def _fit_first_column(self) -> None:
        """Let the names have what is left over; where nothing is, the table scrolls."""
        wanted = sum(
            max(self.sizeHintForColumn(column), self.horizontalHeader().sectionSizeHint(column))
            for column in range(self.columnCount())
        )
        modes = QHeaderView.ResizeMode
        has_room = wanted <= self.viewport().width()
        if self.columnCount():
            self.horizontalHeader().setSectionResizeMode(
                0, modes.Stretch if has_room else modes.ResizeToContents
            )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the new width out."""
        super().resizeEvent(event)
        self._fit_first_column()

    def as_text(self) -> str:
        """Return the table as it is sorted, tab-separated, intervals in columns of their own."""
        text = io.StringIO()
        writer = csv.writer(text, delimiter="\t", lineterminator="\n")
        cells = [
            [self._copied(row, column) for column in range(self.columnCount())]
            for row in range(self.rowCount())
        ]
        widths = [max(map(len, of_column), default=1) for of_column in zip(*cells, strict=True)]
        titles = []
        for column, width in enumerate(widths):
            heading = self.horizontalHeaderItem(column)
            title = heading.text() if heading is not None else ""
            titles += [title, f"{title} low", f"{title} high"][:width]
        writer.writerow(titles)
        for row in cells:
            padded = (c + [""] * (w - len(c)) for c, w in zip(row, widths, strict=True))
            writer.writerow([defused(text) for cell in padded for text in cell])
        return text.getvalue()

    def copy(self) -> None:
        """Put the table onto the clipboard."""
        QGuiApplication.clipboard().setText(self.as_text())

    def sizeHint(self) -> QSize:
        """Ask for all rows."""
        rows = self.verticalHeader().length()
        header = self.horizontalHeader().sizeHint().height()
        return QSize(600, header + rows + 2 * self.frameWidth() + self._bar_height())

    def minimumSizeHint(self) -> QSize:
        """Show all rows: the page scrolls, not the table."""
        return QSize(200, self.sizeHint().height())

    def _bar_height(self) -> int:
        bar = self.horizontalScrollBar()
        return bar.sizeHint().height() if bar.maximum() > bar.minimum() else 0

    def _copied(self, row: int, column: int) -> list[str]:
        item = self.item(row, column)
        return list(item.data(COPIED) or [item.text()]) if item is not None else [""]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy the table rather than one cell."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
            return
        super().keyPressEvent(event)


class FigureDelegate(QStyledItemDelegate):
    """Paints a text, below it a muted smaller one."""

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Leave room for two lines in every cell, so that rows are alike."""
        size = super().sizeHint(option, index)
        second = index.data(SECOND_LINE) or ""
        width = _metrics_width(option.font, second, _SMALL) + 2 * _PAD + 4
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
        left = _PAD if is_right else _style_margin(shown)
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
