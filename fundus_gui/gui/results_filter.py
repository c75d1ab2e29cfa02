"""Shows only the rows of the results that the filter bar asks for."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QSortFilterProxyModel, Qt

from fundus_gui.gui.results_model import ResultsModel, RowFilter

_NOTHING_ASKED = RowFilter()


class ResultsFilter(QSortFilterProxyModel):
    """Filters the results; sorting is left to the model itself."""

    def __init__(self, model: ResultsModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._filter = _NOTHING_ASKED
        self.setSourceModel(model)

    def set_filter(self, row_filter: RowFilter) -> None:
        """Show only the rows that fit."""
        if row_filter != self._filter:
            self.beginFilterChange()
            self._filter = row_filter
            self.endFilterChange(QSortFilterProxyModel.Direction.Rows)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort the model, which is faster at it."""
        self._model.sort(column, order)

    def filterAcceptsRow(
        self, source_row: int, _source_parent: QModelIndex | QPersistentModelIndex
    ) -> bool:
        """Whether a row fits all that is asked."""
        return self._filter is _NOTHING_ASKED or self._model.fits(source_row, self._filter)
