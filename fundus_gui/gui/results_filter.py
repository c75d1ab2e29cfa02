"""Shows only the rows of the results that the filter bar asks for."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QSortFilterProxyModel, Qt

from fundus_gui.gui.results_model import Column, ResultsModel, Role, Status


@dataclass(frozen=True, slots=True)
class RowFilter:
    """What a row must be like; None and empty ask for nothing.

    Attributes:
        text: a part of the file's name, in any case.
        label: class name.
        status: classified, waiting or failed.
        disputed: the models must disagree.
    """

    text: str = ""
    label: str | None = None
    status: Status | None = None
    disputed: bool = False


class ResultsFilter(QSortFilterProxyModel):
    """Filters the results; sorting is left to the model itself."""

    def __init__(self, model: ResultsModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._filter = RowFilter()
        self.setSourceModel(model)

    def set_filter(self, row_filter: RowFilter) -> None:
        """Show only the rows that fit."""
        if row_filter != self._filter:
            self.beginFilterChange()
            self._filter = row_filter
            self.endFilterChange(QSortFilterProxyModel.Direction.Rows)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort the model, which is faster at it."""
        self.sourceModel().sort(column, order)

    def filterAcceptsRow(
        self, source_row: int, source_parent: QModelIndex | QPersistentModelIndex
    ) -> bool:
        """Whether a row fits all that is asked."""
        wanted = self._filter
        if wanted == RowFilter():
            return True
        model = self.sourceModel()
        index = model.index(source_row, Column.FILE, source_parent)
        if wanted.text and wanted.text.casefold() not in str(index.data()).casefold():
            return False
        if wanted.label is not None and index.data(Role.LABEL) != wanted.label:
            return False
        if wanted.status is not None and index.data(Role.STATUS) != wanted.status:
            return False
        if not wanted.disputed:
            return True
        agreement = index.siblingAtColumn(Column.AGREEMENT).data(Role.SORT)
        return agreement is not None and agreement < 1 - 1e-9
