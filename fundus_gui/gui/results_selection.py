"""Which rows of a table are selected, be they one run or every second of a hundred thousand."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
)

from fundus_gui.gui.photographs import Positions

_FLAG = QItemSelectionModel.SelectionFlag


class RowSelection(QItemSelectionModel):
    """Whole rows, read and written as arrays of their numbers; neighbours are kept as one run."""

    def __init__(self, table: QAbstractTableModel, parent: QObject) -> None:
        super().__init__(table, parent)
        self._table = table

    def rows(self) -> Positions:
        """Return the selected rows in rising order."""
        selection = self.selection()  # which its ranges do not outlive
        runs = [(run.top(), run.bottom() + 1) for run in selection.toList()]
        firsts, ends = np.array(runs, np.intp).reshape(-1, 2).T
        lengths = ends - firsts
        before = np.cumsum(lengths) - lengths  # rows in the runs before each
        rows = np.arange(lengths.sum()) + np.repeat(firsts - before, lengths)
        return np.sort(rows)

    def select_rows(self, rows: Positions) -> None:
        """Select these rows, in rising order, and no others."""
        breaks = np.flatnonzero(np.diff(rows) > 1)
        firsts, lasts = np.append(rows[:1], rows[breaks + 1]), np.append(rows[breaks], rows[-1:])
        index, last_column = self._table.createIndex, self._table.columnCount() - 1
        chosen = QItemSelection()
        for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True):
            chosen.select(index(first, 0), index(last, last_column))
        self.select(chosen, _FLAG.ClearAndSelect)

    def select(
        self,
        chosen: QModelIndex | QPersistentModelIndex | QItemSelection,
        command: QItemSelectionModel.SelectionFlag,
    ) -> None:
        """Select as Qt does; many runs are given up first.

        Qt splits what is selected now at each run that was before, and each piece again.
        """
        if command & _FLAG.Clear and self.selection().count() > 1:
            super().select(QItemSelection(), _FLAG.Clear)
        super().select(chosen, command)
