"""The order of the photographs as a menu: for the grid, which has no column heads, and the keys."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from fundus_gui.gui.results_order import Column
from fundus_gui.gui.results_views import ResultsTable


class SortMenu(QMenu):
    """Sorts a table by one of its columns and shows how it is sorted."""

    def __init__(self, table: ResultsTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTitle(self.tr("&Sort by"))
        self._table = table
        self._columns = QActionGroup(self)
        for column, title in (
            (Column.FILE, self.tr("&File")),
            (Column.RESULT, self.tr("&Result")),
            (Column.CONFIDENCE, self.tr("&Confidence")),
            (Column.AGREEMENT, self.tr("&Agreement")),
            (Column.OUTCOME, self.tr("&Outcome")),
        ):
            action = self.addAction(title)
            action.setCheckable(True)
            action.setData(column)
            action.setShortcut(f"Alt+{column + 1}")
            self._columns.addAction(action)
        self.addSeparator()
        self.descending = self.addAction(self.tr("&Descending"))
        self.descending.setCheckable(True)
        self.descending.setShortcut("Alt+0")
        self._columns.triggered.connect(self._on_chosen)
        self.descending.triggered.connect(self._on_chosen)
        table.horizontalHeader().sortIndicatorChanged.connect(self._show)
        self.set_outcomes(False)
        self._show()

    def set_outcomes(self, on: bool) -> None:
        """Offer to sort by what becomes of the photographs."""
        for action in self._columns.actions():
            if action.data() == Column.OUTCOME:
                action.setVisible(on)

    def choice(self) -> tuple[str, bool]:
        """Return the name of the column and whether the order is descending."""
        header = self._table.horizontalHeader()
        descending = header.sortIndicatorOrder() is Qt.SortOrder.DescendingOrder
        return Column(header.sortIndicatorSection()).name.lower(), descending

    def choose(self, column: str, descending: bool) -> None:
        """Sort by the column of that name; an unknown one counts as the file."""
        order = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
        self._table.sortByColumn(Column.__members__.get(column.upper(), Column.FILE), order)

    def _on_chosen(self, _checked: bool | QAction) -> None:
        chosen = self._columns.checkedAction()
        if chosen is not None:
            self.choose(Column(chosen.data()).name, self.descending.isChecked())

    def _show(self) -> None:
        column, descending = self.choice()
        for action in self._columns.actions():
            action.setChecked(Column(action.data()).name.lower() == column)
        self.descending.setChecked(descending)
