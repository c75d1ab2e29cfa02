"""The runs as rows of a list that keeps its selection while they change."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from pathlib import Path

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from fundus_gui.gui.training.run_labels import date_text, figures_text, summary
from fundus_gui.gui.training.run_library import KnownRun

_Index = QModelIndex | QPersistentModelIndex


class Role(IntEnum):
    """What a row tells besides its name."""

    RUN = Qt.ItemDataRole.UserRole + 1  # the KnownRun


class RunsModel(QAbstractListModel):
    """One row a run, the newest first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runs: list[KnownRun] = []

    def set_runs(self, runs: Sequence[KnownRun]) -> None:
        """Show these, of which the rows that stay are not moved but told as changed."""
        wanted = {run.path: run for run in runs}
        for row in reversed(range(len(self._runs))):
            if self._runs[row].path not in wanted:
                self.beginRemoveRows(QModelIndex(), row, row)
                del self._runs[row]
                self.endRemoveRows()
        for row, run in enumerate(runs):
            if row == len(self._runs) or self._runs[row].path != run.path:
                self._remove(run.path)
                self.beginInsertRows(QModelIndex(), row, row)
                self._runs.insert(row, run)
                self.endInsertRows()
            elif self._runs[row] != run:
                self._runs[row] = run
                self.dataChanged.emit(self.index(row), self.index(row))

    def row_of(self, path: Path) -> int | None:
        """Return the row of a run, None if it is not in the list."""
        return next((row for row, run in enumerate(self._runs) if run.path == path), None)

    def run_at(self, index: _Index) -> KnownRun:
        """Return the run of a row."""
        return self._runs[index.row()]

    def _remove(self, path: Path) -> None:
        row = self.row_of(path)
        if row is not None:
            self.beginRemoveRows(QModelIndex(), row, row)
            del self._runs[row]
            self.endRemoveRows()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - as Qt has it
        """Return the number of runs."""
        return 0 if parent.isValid() else len(self._runs)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return what a role tells of a row."""
        if not index.isValid():
            return None
        known = self._runs[index.row()]
        if role == Role.RUN:
            return known
        if role == Qt.ItemDataRole.DisplayRole:
            return known.run.name
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return _described(known)
        return None


def _described(known: KnownRun) -> str:
    run = known.run
    lines = (
        run.name,
        summary(run) if run.status != "failed" else "",
        run.problem,
        figures_text(run.best),
        run.config.model if run.config is not None else "",
        date_text(known.made),
        str(known.path),
    )
    return "\n".join(line for line in lines if line)
