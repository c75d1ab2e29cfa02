"""The list in which the photographs are shown."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractItemModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QSize,
    Qt,
)
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from fundus_gui.gui.results_order import Column
from fundus_gui.gui.widgets.text_width import least_width

_LIST_ICON = 40
_FILE_LETTERS = 15  # of average width, that the file's name needs at least
_LINES = 2  # of a row: a name and its folder, a result of two words
_STEPPING_ASIDE = (Column.CONFIDENCE, Column.OUTCOME, Column.AGREEMENT)  # the last one first


class ResultsTable(QTableView):
    """One line per photograph; columns that do not fit step aside."""

    def __init__(self, rows: QAbstractItemModel) -> None:
        super().__init__()
        self.setModel(rows)
        self.setAccessibleName(self.tr("Photographs and results"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(True)  # of results, where letters are large
        self.setTabKeyNavigation(False)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setIconSize(QSize(_LIST_ICON, _LIST_ICON))
        self.setItemDelegateForColumn(Column.FILE, _FileDelegate(self))
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(
            max(_LIST_ICON, _LINES * self.fontMetrics().lineSpacing()) + 8
        )
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(Column.FILE, QHeaderView.ResizeMode.Stretch)
        header.setSortIndicator(Column.FILE, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)  # the mark of it widens the headings
        number = self.fontMetrics().horizontalAdvance("100.0%") + 12
        self._widths = {
            column: max(number, header.sectionSizeHint(column)) for column in _STEPPING_ASIDE
        }
        for column, width in self._widths.items():
            header.resizeSection(column, width)
        self._has_outcomes = False
        self._result_width = self._least_result = 0
        header.moveSection(
            header.visualIndex(Column.OUTCOME), header.visualIndex(Column.CONFIDENCE)
        )

    def setSelectionModel(self, selection: QItemSelectionModel) -> None:
        """Share a selection with another view."""
        super().setSelectionModel(selection)
        # A header looks through all rows to find out whether they are selected in each column.
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.setSelectionModel(QItemSelectionModel(self.model(), header))

    def set_classes(self, titles: Sequence[str]) -> None:
        """Leave room for the longest of these results."""
        results, width = (
            (*titles, self.tr("Could not be read")),
            self.fontMetrics().horizontalAdvance,
        )
        self._result_width = max(map(width, results)) + 12
        longest_word = max(least_width(title, self.font()) for title in results)
        self._least_result = max(longest_word + 12, round(0.65 * self._result_width))  # two lines
        self._fit_columns(self.viewport().width())

    def set_outcomes(self, on: bool) -> None:
        """Show or hide what becomes of the photographs."""
        self._has_outcomes = on
        self._fit_columns(self.viewport().width())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Hide columns that leave too little room for the name."""
        self._fit_columns(event.size().width())
        super().resizeEvent(event)

    def _fit_columns(self, width: int) -> None:
        header = self.horizontalHeader()
        beside_heading = width - header.sectionSizeHint(Column.FILE)
        most = max(width // 2, min(self._least_result, beside_heading))
        result_width = min(self._result_width, most)
        header.resizeSection(Column.RESULT, result_width)
        name_width = _LIST_ICON + _FILE_LETTERS * self.fontMetrics().averageCharWidth()
        room = width - name_width - result_width
        for column in _STEPPING_ASIDE:
            is_wanted = column != Column.OUTCOME or self._has_outcomes
            room -= self._widths[column] if is_wanted else 0
            self.setColumnHidden(column, room < 0 or not is_wanted)


class _FileDelegate(QStyledItemDelegate):
    """Elides each of the two lines: the name, and the folder in an opened tree."""

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Shorten the lines to the cell."""
        super().initStyleOption(option, index)
        room = option.rect.width() - option.decorationSize.width() - 16
        option.text = elided(option, option.text.splitlines(), room)


_LINE_BREAK = "\u2028"  # what the style breaks lines at


def elided(option: QStyleOptionViewItem, lines: list[str], width: int) -> str:
    """Return lines that fit into a width in pixels, as the style breaks them."""
    middle = Qt.TextElideMode.ElideMiddle
    return _LINE_BREAK.join(option.fontMetrics.elidedText(line, middle, width) for line in lines)
