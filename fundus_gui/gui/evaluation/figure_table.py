"""A table of figures: the value large, its interval muted below, sorted by the numbers."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from fundus_gui.core.evaluation import Interval
from fundus_gui.core.export import defused
from fundus_gui.gui.evaluation.figure_delegate import SECOND_LINE, FigureDelegate, row_height
from fundus_gui.gui.evaluation.figure_titles import ends, number

SORT_KEY = Qt.ItemDataRole.UserRole
_LONG_HEADING = 11  # characters
COPIED = Qt.ItemDataRole.UserRole + 3  # cells of the copied table, a list of texts


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


def _in_two_lines(title: str) -> str:
    """Break a long heading, so that its column is as wide as its figures need."""
    return title.replace(" ", "\n", 1) if len(title) > _LONG_HEADING else title


def _right_aligned(item: FigureItem) -> FigureItem:
    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return item


def _copied(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.6g}"


class FigureTable(QTableWidget):
    """As high as its rows; Ctrl+C copies all of it with every number and interval."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stretched: tuple[int, ...] = (0,)
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
        header.setMinimumSectionSize(56)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.horizontalScrollBar().rangeChanged.connect(self.updateGeometry)

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
            heading = QTableWidgetItem(_in_two_lines(title))
            heading.setTextAlignment(_alignment(rows[0][column] if rows else None))
            self.setHorizontalHeaderItem(column, heading)
        for row, cells in enumerate(rows):
            for column, item in enumerate(cells):
                self.setItem(row, column, item)
        self.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(is_sortable)
        self._share_width()
        self.updateGeometry()

    def set_stretched(self, columns: Sequence[int]) -> None:
        """Let these columns have what is left over, in place of the first."""
        self._stretched = tuple(columns)

    def _share_width(self) -> None:
        """Give what is left over away; where nothing is, the table scrolls."""
        wanted = sum(
            max(self.sizeHintForColumn(column), self.horizontalHeader().sectionSizeHint(column))
            for column in range(self.columnCount())
        )
        modes = QHeaderView.ResizeMode
        has_room = wanted <= self.viewport().width()
        for column in self._stretched:
            if column < self.columnCount():
                self.horizontalHeader().setSectionResizeMode(
                    column, modes.Stretch if has_room else modes.ResizeToContents
                )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the new width out."""
        super().resizeEvent(event)
        self._share_width()

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
            title = heading.text().replace("\n", " ") if heading is not None else ""
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
