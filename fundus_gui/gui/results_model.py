"""The opened photographs and their results as a table for any number of views.

The model itself keeps which rows are shown and in what order, in arrays: a proxy model asks for
each row and each comparison, which takes seconds for a hundred thousand.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QBrush, QPalette

from fundus_gui.core.results import ImageResult, Prediction, UnreadableImage
from fundus_gui.gui.photographs import PathList, Photographs, Positions
from fundus_gui.gui.result_columns import Referred, ResultColumns, ResultList, Status, Weights
from fundus_gui.gui.results_order import Column, RowFilter, fitting, sorted_positions
from fundus_gui.gui.sentences import spoken

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_NUMBERS = {Column.CONFIDENCE: "confidence", Column.AGREEMENT: "agreement"}
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_RANGES_AT_MOST = 64  # that are announced one by one
_HELD_AT_MOST = 5000  # rows; of more, Qt would hold every selected cell: the pane selects anew


class Role(enum.IntEnum):
    """What the views can ask for besides the texts."""

    PATH = Qt.ItemDataRole.UserRole + 1
    RESULT = Qt.ItemDataRole.UserRole + 2  # ImageResult as the engine gave it, or None
    LABEL = Qt.ItemDataRole.UserRole + 3  # class name under the weights shown, or ""
    NUMBER = Qt.ItemDataRole.UserRole + 4  # confidence or agreement, or None
    REFERRED = Qt.ItemDataRole.UserRole + 5  # whether a person should look at it


class ResultsModel(QAbstractTableModel):
    """One row for each photograph that fits the filter, in the order of the last `sort`.

    Args:
        class_title: display name of a class.
        decoration: what to draw beside a path, or None while there is nothing yet.

    Signals:
        added: photographs have been added, whether or not they are shown.
        cleared: all photographs have been forgotten.
    """

    added = Signal()
    cleared = Signal()

    def __init__(
        self,
        class_title: Callable[[str], str] = str,
        decoration: Callable[[Path], object] = lambda _path: None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._class_title = class_title
        self._decoration = decoration
        self._photographs = Photographs()
        self._columns = ResultColumns()
        self._shown: Positions = np.empty(0, np.intp)
        self._row_at: Positions = np.empty(0, np.intp)  # by position, -1 where it is not shown
        self._filter = RowFilter()
        self._sorting = (Column.FILE, Qt.SortOrder.AscendingOrder)
        self._readers: dict[int, Callable[[int, int], Any]] = {
            Qt.ItemDataRole.DisplayRole: self._text,
            Qt.ItemDataRole.DecorationRole: self._picture,
            Qt.ItemDataRole.ToolTipRole: self._tooltip,
            Qt.ItemDataRole.TextAlignmentRole: self._alignment,
            Qt.ItemDataRole.ForegroundRole: self._colour,
            Role.PATH: lambda position, _: self._photographs.path(position),
            Role.RESULT: lambda position, _: self._result(position),
            Role.LABEL: lambda position, _: self._label(position),
            Role.NUMBER: self._number,
            Role.REFERRED: lambda position, _: self._is_referred(position),
        }

    @property
    def total(self) -> int:
        """The number of photographs, whether or not they are shown."""
        return len(self._photographs)

    @property
    def are_names_shown(self) -> bool:
        """Whether photographs are called by the names of their files."""
        return not self._photographs.numbering

    @property
    def weights(self) -> Weights:
        """The what-if weights that are shown, None for each prediction's own."""
        return self._columns.weights

    def clear(self) -> None:
        """Forget all photographs; filter and sorting stay."""
        self.beginResetModel()
        weights = self._columns.weights
        self._photographs = Photographs(self._photographs.numbering)
        self._columns = ResultColumns()
        self._columns.weights = weights
        self._show(np.empty(0, np.intp))
        self.endResetModel()
        self.cleared.emit()

    def add_paths(self, paths: Iterable[Path], roots: Sequence[Path] = ()) -> None:
        """Append waiting photographs; known ones are passed over.

        Args:
            roots: opened folders; a photograph deeper in one has its folder below its name.
        """
        before = self.total
        self._photographs.add(paths, roots)
        if self.total == before:
            return
        self._columns.resize(self.total)
        new = before + np.flatnonzero(self._fitting(before))
        first = self.rowCount()
        if len(new):
            self.beginInsertRows(_ROOT, first, first + len(new) - 1)
        self._show(np.concatenate([self._shown, new]))
        if len(new):
            self.endInsertRows()
        self.added.emit()

    def take_over(self, earlier: ResultsModel) -> None:
        """Show the photographs and results of another model, which is not used any more."""
        self.beginResetModel()
        numbering = self._photographs.numbering
        self._photographs, self._columns = earlier._photographs, earlier._columns
        self._photographs.numbering = numbering
        self._columns.weigh(None)
        self._show(self._ordered(self._fitting()))
        self.endResetModel()
        if self.total:
            self.added.emit()

    def set_results(self, results: Sequence[ImageResult]) -> None:
        """Fill in results of photographs that are in the table; `resort` then moves rows."""
        found = [(self._photographs.find(result.path), result) for result in results]
        known = {position: result for position, result in found if position is not None}
        self._columns.fill(list(known), list(known.values()))
        rows = np.sort(self._row_at[list(known)])
        self._emit_changed(rows[rows >= 0])

    def forget_results(self) -> None:
        """Let all photographs wait again."""
        self.exchange_results(None)

    def exchange_results(self, columns: ResultColumns | None) -> ResultColumns:
        """Show other models' results of the same photographs and return the present ones.

        Args:
            columns: what an earlier exchange returned; None lets all photographs wait.
        """
        before = self._columns
        self._columns = columns or ResultColumns()
        self._columns.resize(self.total)
        self._columns.weigh(before.weights)
        self._emit_changed(np.arange(self.rowCount()))
        self.resort()
        return before

    def set_weights(self, weights: Weights) -> None:
        """Show every prediction voted with these weights; None shows its own."""
        if weights != self.weights:
            self._columns.weigh(weights)
            self._emit_changed(np.arange(self.rowCount()))

    def results(self, rows: Positions | None = None) -> ResultList:
        """Return results as the engine gave them, in the order of the rows.

        Args:
            rows: which; None for all, and then also of photographs that are not shown.
        """
        if rows is None:
            return ResultList(self._photographs, self._columns, self._sorted())
        return ResultList(self._photographs, self._columns, self._shown[rows])

    def result_of(self, path: Path) -> ImageResult | None:
        """Return the engine's result, None while the photograph waits."""
        position = self._photographs.find(path)
        return None if position is None else self._result(position)

    def show_names(self, on: bool) -> None:
        """Call photographs by their names, or number them in the order of opening instead."""
        self._photographs.numbering = "" if on else self.tr("Photograph {number}")
        self._emit_changed(np.arange(self.rowCount()))
        self.resort()  # for the filter looks for what they are called

    def called(self, path: Path) -> str:
        """Return what a photograph is called, empty where it is not among them."""
        position = self._photographs.find(path)
        return "" if position is None else self._photographs.called(position)

    def waiting(self) -> PathList:
        """Return the photographs without a result in the order they were opened."""
        waits = self._columns.rows["status"] == Status.WAITING
        return PathList(self._photographs, np.flatnonzero(waits))

    def count(self, status: Status) -> int:
        """Return how many photographs have this status."""
        return int(np.count_nonzero(self._columns.rows["status"] == status))

    def row_of(self, path: Path) -> int | None:
        """Return the row of a photograph, None where it is not shown."""
        position = self._photographs.find(path)
        row = -1 if position is None else int(self._row_at[position])
        return row if row >= 0 else None

    def positions(self, rows: Sequence[int] | Positions) -> Positions:
        """Return what tells rows again after the model was reset."""
        return self._shown[rows]

    def rows(self, positions: Positions) -> Positions:
        """Return the rows that photographs are in now, without those that are not shown."""
        rows = np.sort(self._row_at[positions[positions < self.total]])
        return rows[rows >= 0]

    def refresh_decoration(self, path: Path) -> None:
        """Let the views draw a photograph's decoration anew."""
        row = self.row_of(path)
        if row is not None:
            index = self.index(row, Column.FILE)
            self.dataChanged.emit(index, index, [Qt.ItemDataRole.DecorationRole])

    def set_filter(self, wanted: RowFilter) -> None:
        """Show only the rows that fit; the model is reset where others are shown then."""
        if wanted != self._filter:
            self._filter = wanted
            self.resort()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Order the rows by a column; those without a value come last either way."""
        self._sorting = (Column(column), order)
        self.resort()

    def resort(self) -> None:
        """Sort and filter again as last time, after results have come."""
        fits = self._fitting()
        shown = self._ordered(fits)
        if np.array_equal(shown, self._shown):
            return
        if len(shown) > _HELD_AT_MOST or not np.array_equal(fits, self._row_at >= 0):
            self.beginResetModel()
            self._show(shown)
            self.endResetModel()
            return
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        held = [(self._shown[index.row()], index.column()) for index in before]
        self._show(shown)
        after = [self.index(int(self._row_at[position]), column) for position, column in held]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def _ordered(self, fits: NDArray[np.bool_]) -> Positions:
        ordered = self._sorted()
        return ordered[fits[ordered]]

    def _sorted(self) -> Positions:
        column, order = self._sorting
        descending = order == Qt.SortOrder.DescendingOrder
        return sorted_positions(self._columns.rows, column, descending=descending)

    def _fitting(self, first: int = 0) -> NDArray[np.bool_]:
        return fitting(self._photographs, self._columns, self._filter, first)

    def _show(self, positions: Positions) -> None:
        self._shown = positions
        self._row_at = np.full(self.total, -1, dtype=np.intp)
        self._row_at[positions] = np.arange(len(positions))

    def _emit_changed(self, rows: Positions) -> None:
        if not len(rows):
            return
        breaks = np.flatnonzero(np.diff(rows) > 1)
        firsts = [rows[0], *rows[breaks + 1]]
        lasts = [*rows[breaks], rows[-1]]
        if len(firsts) > _RANGES_AT_MOST:
            firsts, lasts = firsts[:1], lasts[-1:]
        for first, last in zip(firsts, lasts, strict=True):
            self.dataChanged.emit(self.index(int(first), 0), self.index(int(last), len(Column) - 1))

    def _result(self, position: int) -> ImageResult | None:
        return self._columns.result(position, self._photographs.path(position))

    def _status(self, position: int) -> int:
        return int(self._columns.rows["status"][position])

    def _label(self, position: int) -> str:
        label = int(self._columns.rows["label"][position])
        return self._columns.labels[label] if label >= 0 else ""

    def _is_referred(self, position: int) -> bool:
        return bool(self._columns.rows["referred"][position] == Referred.YES)

    def _number(self, position: int, column: int) -> float | None:
        if column not in _NUMBERS or self._status(position) != Status.CLASSIFIED:
            return None
        return float(self._columns.rows[_NUMBERS[Column(column)]][position])

    def _text(self, position: int, column: int) -> str:
        if column == Column.FILE:
            return self._photographs.title(position)
        status = self._status(position)
        if status != Status.CLASSIFIED:
            return self._why_no_answer(status) if column == Column.RESULT else "–"
        if column == Column.RESULT:
            return self._class_title(self._label(position))
        if column == Column.OUTCOME:
            return self._outcome(position)
        return f"{self._number(position, column):.1%}"

    def _why_no_answer(self, status: int) -> str:
        return self.tr("Waiting") if status == Status.WAITING else self.tr("Could not be read")

    def _outcome(self, position: int) -> str:
        match self._columns.rows["referred"][position]:
            case Referred.YES:
                return self.tr("Refer")
            case Referred.NO:
                return self.tr("Report")
        return "–"

    def _picture(self, position: int, column: int) -> object:
        return self._decoration(self._photographs.path(position)) if column == Column.FILE else None

    def _alignment(self, _position: int, column: int) -> Qt.AlignmentFlag | None:
        return _RIGHT if column in _NUMBERS else None

    def _colour(self, position: int, column: int) -> QBrush | None:
        muted = column != Column.FILE and self._status(position) != Status.CLASSIFIED
        return QPalette().brush(QPalette.ColorRole.PlaceholderText) if muted else None

    def _tooltip(self, position: int, _column: int) -> str:
        path, result = self._photographs.path(position), self._result(position)
        if not self.are_names_shown:  # reasons and notes may name the file too
            return self._photographs.called(position)
        if isinstance(result, UnreadableImage):
            return f"{path}\n{spoken(result.error)}"
        notes = result.warnings if isinstance(result, Prediction) else ()
        return "\n".join((str(path), *map(spoken, notes)))

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Return the number of photographs that are shown."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else len(Column)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a text, a decoration or one of `Role`."""
        read = self._readers.get(role)
        if read is None or not index.isValid():
            return None
        return read(int(self._shown[index.row()]), index.column())

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        """Return the title of a column."""
        if role == Qt.ItemDataRole.TextAlignmentRole and section in _NUMBERS:
            return _RIGHT
        if orientation != Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return super().headerData(section, orientation, role)
        return (
            self.tr("File"),
            self.tr("Result"),
            self.tr("Confidence"),
            self.tr("Agreement"),
            self.tr("Outcome"),
        )[section]
