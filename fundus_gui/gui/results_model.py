"""The opened photographs and their results as a table for any number of views.

Sorting happens here, on plain Python keys: a proxy that asks for each comparison needs a second
for 10,000 rows. The proxy only filters.
"""

from __future__ import annotations

import enum
import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)
from PySide6.QtGui import QBrush, QPalette

from fundus_gui.core.results import ImageResult, Prediction, UnreadableImage
from fundus_gui.gui.results_figures import Figures, figures_of

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class Column(enum.IntEnum):
    """Columns of the table."""

    FILE = 0
    RESULT = 1
    CONFIDENCE = 2
    AGREEMENT = 3
    OUTCOME = 4


_NUMBERS = (Column.CONFIDENCE, Column.AGREEMENT)


class Status(enum.StrEnum):
    """What has become of a photograph."""

    WAITING = "waiting"
    CLASSIFIED = "classified"
    FAILED = "failed"


class Role(enum.IntEnum):
    """What the views can ask for besides the texts."""

    PATH = Qt.ItemDataRole.UserRole + 1
    RESULT = Qt.ItemDataRole.UserRole + 2  # ImageResult as the engine gave it, or None
    STATUS = Qt.ItemDataRole.UserRole + 3
    LABEL = Qt.ItemDataRole.UserRole + 4  # class name under the weights shown, or ""
    SORT = Qt.ItemDataRole.UserRole + 5  # number that the column is sorted by, or None
    REFERRED = Qt.ItemDataRole.UserRole + 6  # whether a person should look at it


@dataclass(frozen=True, slots=True)
class RowFilter:
    """What a row must be like; None and empty ask for nothing.

    Attributes:
        text: a part of what the table calls the file, in any case.
        label: class name.
        status: classified, waiting or failed.
        disputed: the models must disagree.
        referred: a person must look at it.
    """

    text: str = ""
    label: str | None = None
    status: Status | None = None
    disputed: bool = False
    referred: bool = False


class ResultsModel(QAbstractTableModel):
    """One row per photograph, in the order of the last `sort`.

    Args:
        class_title: display name of a class.
        decoration: what to draw beside a path, or None while there is nothing yet.
    """

    def __init__(
        self,
        class_title: Callable[[str], str] = str,
        decoration: Callable[[Path], object] = lambda _path: None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._class_title = class_title
        self._decoration = decoration
        self._paths: list[Path] = []
        self._row_of: dict[Path, int] = {}
        self._opened_as: dict[Path, int] = {}  # position in the order of opening
        self._names: dict[Path, str] = {}
        self._results: dict[Path, ImageResult] = {}
        self._figures: dict[Path, Figures] = {}
        self._weights: tuple[float, ...] | None = None
        self._sorting = (Column.FILE, Qt.SortOrder.AscendingOrder)
        self._readers: dict[int, Callable[[Path, int], Any]] = {
            Qt.ItemDataRole.DisplayRole: self._text,
            Qt.ItemDataRole.DecorationRole: self._picture,
            Qt.ItemDataRole.ToolTipRole: self._tooltip,
            Qt.ItemDataRole.TextAlignmentRole: self._alignment,
            Qt.ItemDataRole.ForegroundRole: self._colour,
            Role.PATH: lambda path, _: path,
            Role.RESULT: lambda path, _: self._results.get(path),
            Role.STATUS: lambda path, _: self._status(path),
            Role.LABEL: lambda path, _: self._label(path),
            Role.SORT: self._sort_value,
            Role.REFERRED: lambda path, _: self._is_referred(path),
        }

    @property
    def weights(self) -> tuple[float, ...] | None:
        """The what-if weights that are shown, None for each prediction's own."""
        return self._weights

    def clear(self) -> None:
        """Forget all photographs."""
        self.beginResetModel()
        for known in (self._row_of, self._opened_as, self._names, self._results, self._figures):
            known.clear()
        self._paths.clear()
        self.endResetModel()

    def add_paths(self, paths: Iterable[Path], roots: Sequence[Path] = ()) -> None:
        """Append waiting photographs; known ones are passed over.

        Args:
            roots: opened folders; a photograph deeper in one has its folder below its name.
        """
        new = [path for path in dict.fromkeys(paths) if path not in self._row_of]
        if not new:
            return
        first = len(self._paths)
        self.beginInsertRows(_ROOT, first, first + len(new) - 1)
        for row, path in enumerate(new, first):
            self._row_of[path] = row
            self._opened_as[path] = row
            self._names[path] = _name_below(path, roots)
        self._paths.extend(new)
        self.endInsertRows()

    def set_results(self, results: Sequence[ImageResult]) -> None:
        """Fill in results of photographs that are in the table."""
        known = [result for result in results if result.path in self._row_of]
        if not known:
            return
        for result in known:
            self._results[result.path] = result
        self._vote(known)
        rows = sorted(self._row_of[result.path] for result in known)
        for _, run in itertools.groupby(enumerate(rows), key=lambda pair: pair[1] - pair[0]):
            together = [row for _, row in run]
            self._emit_changed(together[0], together[-1])

    def forget_results(self) -> None:
        """Let all photographs wait again."""
        self._results.clear()
        self._figures.clear()
        self._emit_changed(0, len(self._paths) - 1)

    def set_weights(self, weights: tuple[float, ...] | None) -> None:
        """Show every prediction voted with these weights; None shows its own."""
        if weights == self._weights:
            return
        self._weights = weights
        self._vote(list(self._results.values()))
        self._emit_changed(0, len(self._paths) - 1)

    def results(self) -> list[ImageResult]:
        """Return all results as the engine gave them, in the order of the rows."""
        return [self._results[path] for path in self._paths if path in self._results]

    def result_of(self, path: Path) -> ImageResult | None:
        """Return the engine's result, None while the photograph waits."""
        return self._results.get(path)

    def waiting(self) -> list[Path]:
        """Return the photographs without a result in the order they were opened."""
        return [path for path in self._opened_as if path not in self._results]

    def count(self, status: Status) -> int:
        """Return how many photographs have this status."""
        return sum(self._status(path) is status for path in self._paths)

    def fits(self, row: int, wanted: RowFilter) -> bool:
        """Whether a row is as the filter asks."""
        path = self._paths[row]
        if wanted.text and wanted.text.casefold() not in self._names[path].casefold():
            return False
        if wanted.label is not None and self._label(path) != wanted.label:
            return False
        if wanted.status is not None and self._status(path) is not wanted.status:
            return False
        if wanted.referred and not self._is_referred(path):
            return False
        figures = self._figures.get(path)
        return not wanted.disputed or (figures is not None and figures.agreement < 1 - 1e-9)

    def row_of(self, path: Path) -> int | None:
        """Return the row of a photograph."""
        return self._row_of.get(path)

    def refresh_decoration(self, path: Path) -> None:
        """Let the views draw a photograph's decoration anew."""
        row = self._row_of.get(path)
        if row is not None:
            index = self.index(row, Column.FILE)
            self.dataChanged.emit(index, index, [Qt.ItemDataRole.DecorationRole])

    def resort(self) -> None:
        """Sort again as last time, after results have come."""
        self.sort(*self._sorting)

    def _vote(self, results: Sequence[ImageResult]) -> None:
        predictions = [result for result in results if isinstance(result, Prediction)]
        self._figures.update(figures_of(predictions, self._weights))

    def _emit_changed(self, first: int, last: int) -> None:
        if last >= first:
            corners = self.index(first, 0), self.index(last, len(Column) - 1)
            self.dataChanged.emit(*corners)

    def _status(self, path: Path) -> Status:
        result = self._results.get(path)
        if result is None:
            return Status.WAITING
        return Status.CLASSIFIED if isinstance(result, Prediction) else Status.FAILED

    def _label(self, path: Path) -> str:
        result, figures = self._results.get(path), self._figures.get(path)
        if not isinstance(result, Prediction) or figures is None:
            return ""
        return result.class_names[figures.label_index]

    def _is_referred(self, path: Path) -> bool:
        figures = self._figures.get(path)
        return figures is not None and bool(figures.referred)

    def _sort_value(self, path: Path, column: int) -> float | None:
        if column == Column.FILE:
            return self._opened_as[path]
        figures = self._figures.get(path)
        if figures is None:
            return None
        if column == Column.RESULT:  # surest first within a class
            return figures.label_index + (1 - figures.confidence) / 2
        if column == Column.OUTCOME:  # those for a person first
            return None if figures.referred is None else float(not figures.referred)
        return figures.confidence if column == Column.CONFIDENCE else figures.agreement

    def _text(self, path: Path, column: int) -> str:
        if column == Column.FILE:
            return self._names[path]
        figures = self._figures.get(path)
        if figures is None:
            return self._why_no_figures(path) if column == Column.RESULT else "–"
        if column == Column.RESULT:
            return self._class_title(self._label(path))
        if column == Column.OUTCOME:
            return self._outcome(figures)
        return f"{figures.confidence if column == Column.CONFIDENCE else figures.agreement:.1%}"

    def _why_no_figures(self, path: Path) -> str:
        return self.tr("Could not be read") if path in self._results else self.tr("Waiting")

    def _outcome(self, figures: Figures) -> str:
        if figures.referred is None:
            return "–"
        return self.tr("Refer") if figures.referred else self.tr("Report")

    def _picture(self, path: Path, column: int) -> object:
        return self._decoration(path) if column == Column.FILE else None

    def _alignment(self, _path: Path, column: int) -> Qt.AlignmentFlag | None:
        if column not in _NUMBERS:
            return None
        return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter

    def _colour(self, path: Path, column: int) -> QBrush | None:
        muted = column != Column.FILE and path not in self._figures
        return QPalette().brush(QPalette.ColorRole.PlaceholderText) if muted else None

    def _tooltip(self, path: Path, _column: int) -> str:
        result = self._results.get(path)
        if isinstance(result, UnreadableImage):
            return f"{path}\n{result.error}"
        notes = result.warnings if isinstance(result, Prediction) else ()
        return "\n".join((str(path), *notes))

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Return the number of photographs."""
        return 0 if parent.isValid() else len(self._paths)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else len(Column)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a text, a decoration or one of `Role`."""
        read = self._readers.get(role)
        if read is None or not index.isValid():
            return None
        return read(self._paths[index.row()], index.column())

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        """Return the title of a column."""
        if role == Qt.ItemDataRole.TextAlignmentRole and section in _NUMBERS:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if orientation != Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return super().headerData(section, orientation, role)
        return (
            self.tr("File"),
            self.tr("Result"),
            self.tr("Confidence"),
            self.tr("Agreement"),
            self.tr("Outcome"),
        )[section]

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Order the rows by a column; those without a value come last either way."""
        self._sorting = (Column(column), order)
        sign = 1 if order == Qt.SortOrder.AscendingOrder else -1

        def key(path: Path) -> tuple[bool, float, int]:
            value = self._sort_value(path, column)
            return value is None, sign * (value or 0), self._opened_as[path]

        ordered = sorted(self._paths, key=key)
        if ordered == self._paths:
            return
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        held = [(self._paths[index.row()], index.column()) for index in before]
        self._paths = ordered
        self._row_of = {path: row for row, path in enumerate(ordered)}
        after = [self.index(self._row_of[path], held_column) for path, held_column in held]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()


def _name_below(path: Path, roots: Sequence[Path]) -> str:
    for root in roots:
        if path.parent != root and path.is_relative_to(root) and path != root:
            return f"{path.name}\n{path.parent.relative_to(root).as_posix()}"
    return path.name
