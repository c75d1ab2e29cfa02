"""One row per photograph, written as results come, readable by a statistician's program.

Column names follow timm (`filename, label, prob`); failed files keep their row.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Generator, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from fundus_gui.core import atomic
from fundus_gui.core.errors import ExportError
from fundus_gui.core.export.run_record import RunRecord
from fundus_gui.core.results import ImageResult, Prediction

Cell = str | float | None
_FORMULA_STARTS = frozenset("=+-@＝＋－＠")


def table_columns(run: RunRecord) -> dict[str, type]:
    """Return the columns in order, each `str` or `float`."""
    classes = tuple(map(_writable, run.class_names))
    members = tuple(map(_writable, run.ensemble.members))
    texts = ("filename", "relative_path", "status", "error", "label")
    numbers = (
        "prob",
        *(f"prob_{name}" for name in classes),
        *(f"{member}__prob_{name}" for member in members for name in classes),
        *(f"{member}__weight" for member in members),
        "agreement",
        "entropy",
        "seconds",
    )
    return {
        **dict.fromkeys(texts, str),
        **dict.fromkeys(numbers, float),
        **dict.fromkeys(("image_sha256", "warnings"), str),
        **dict.fromkeys((f"{member}__weights_sha256" for member in members), str),
        **dict.fromkeys(("prediction_set", "outcome"), str),
    }


def table_row(result: ImageResult, run: RunRecord) -> dict[str, Cell]:
    """Return the cells of one photograph by column; those without a value are absent."""
    row: dict[str, Cell] = {
        "filename": result.path.name,
        "relative_path": run.relative_path(result.path),
        "seconds": result.seconds,
        "image_sha256": result.image_sha256,
    }
    if isinstance(result, Prediction):
        row |= _answer(result)
        row |= {f"{name}__weights_sha256": sha256 for name, sha256 in run.weights_sha256.items()}
    else:
        row |= {"status": "failed", "error": result.error}
    return {
        _writable(name): _writable(cell) if isinstance(cell, str) else cell
        for name, cell in row.items()
    }


def _answer(result: Prediction) -> dict[str, Cell]:
    row: dict[str, Cell] = {
        "status": "ok",
        "label": result.label,
        "prob": result.confidence,
        "agreement": result.agreement,
        "entropy": result.entropy,
        "warnings": "; ".join(result.warnings),
    }
    row |= _named("prob_", result.class_names, result.probabilities)
    for member, weight, probabilities in zip(
        result.member_names, result.image_weights, result.member_probabilities, strict=True
    ):
        row |= _named(f"{member}__prob_", result.class_names, probabilities)
        row[f"{member}__weight"] = weight
    if result.prediction_set is not None:
        row["prediction_set"] = ";".join(result.prediction_set)
    if result.outcome is not None:
        row["outcome"] = result.outcome
    return row


def _named(prefix: str, names: Iterable[str], values: Iterable[float]) -> dict[str, Cell]:
    return {prefix + name: value for name, value in zip(names, values, strict=True)}


def _writable(text: str) -> str:
    """Show what is no text, such as undecodable bytes of a name, as escapes."""
    return text.encode("utf-8", "backslashreplace").decode()


def defused(cell: Cell) -> Cell:
    """Put an apostrophe before text that a spreadsheet would run as a formula.

    Text that looks as if this had been done already gets one too, so that it can be undone.
    """
    if not isinstance(cell, str):
        return cell
    starts = [line.lstrip().lstrip("'")[:1] for line in cell.splitlines()]
    is_formula = cell[:1] in {"\t", "\r"} or not _FORMULA_STARTS.isdisjoint(starts)
    return f"'{cell}" if is_formula else cell


class _Table(Protocol):
    def write(self, row: dict[str, Cell]) -> None: ...

    def close(self) -> None: ...


class _CsvTable:
    """UTF-8 with byte-order mark (for spreadsheets); every row is on its way to disk at once."""

    def __init__(self, path: Path, columns: dict[str, type]) -> None:
        self._columns = list(columns)
        self._stream = path.open("xb", buffering=0)
        self._append("\ufeff" + self._line(self._columns))

    def write(self, row: dict[str, Cell]) -> None:
        self._append(self._line(row.get(name) for name in self._columns))

    def close(self) -> None:
        with self._stream:
            os.fsync(self._stream.fileno())

    @staticmethod
    def _line(cells: Iterable[Cell]) -> str:
        line = io.StringIO()
        csv.writer(line).writerow(map(defused, cells))
        return line.getvalue()

    def _append(self, line: str) -> None:
        """Write the whole line or, when the disk is full, no part of it."""
        end, rest = self._stream.tell(), line.encode()
        try:
            while rest:
                rest = rest[self._stream.write(rest) :]
        except OSError:
            with suppress(OSError):
                self._stream.truncate(end)
            raise


def _parquet_table(path: Path, columns: dict[str, type]) -> _Table:
    from fundus_gui.core.export.parquet import ParquetTable

    return ParquetTable(path, columns)


_TABLES: dict[str, Callable[[Path, dict[str, type]], _Table]] = {
    ".csv": _CsvTable,
    ".parquet": _parquet_table,
}


def export_results(
    results: Iterable[ImageResult], out: Path, run: RunRecord, *, overwrite: bool = False
) -> Generator[ImageResult, None, None]:
    """Write each result as it passes, and the record of the run beside it as `.json`.

    The format follows the suffix, `.csv` or `.parquet`. When the iteration ends early the rows so
    far remain and the record says that they are not all. Existing files are refused; with
    `overwrite` they are replaced, but only when all rows are written.

    Raises:
        ExportError: the suffix is unknown, a file exists, or the disk refuses.
    """
    if out.suffix.lower() not in _TABLES:
        raise ExportError(f"Results are written as .csv or .parquet, but not as '{out.name}'.")
    record = out.with_suffix(".json")
    for path in (out, record):
        if os.path.lexists(path) and not overwrite:
            raise ExportError(f"{path} exists already; nothing was overwritten. Name a new file.")
    target = out.with_name(f".{out.name[:40]}.{os.getpid()}.new") if overwrite else out
    return _export(results, target, out, run)


def _export(
    results: Iterable[ImageResult], target: Path, out: Path, run: RunRecord
) -> Generator[ImageResult, None, None]:
    counts = {"classified": 0, "failed": 0}
    is_complete = False

    def write_record() -> None:
        content = run.to_json(**counts, is_complete=is_complete)
        atomic.write_bytes(out.with_suffix(".json"), content.encode())

    replaces = target != out
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        table: _Table = _TABLES[out.suffix.lower()](target, table_columns(run))
        try:
            if not replaces:
                write_record()
            for result in results:
                table.write(table_row(result, run))
                counts["classified" if isinstance(result, Prediction) else "failed"] += 1
                yield result
            is_complete = True
        finally:
            table.close()
            if replaces and is_complete:
                target.replace(out)
            if is_complete or not replaces:
                write_record()
    except OSError as error:
        # Arrow says more than a user wants to read.
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise ExportError(
            f"{out} cannot be written ({reason}). Free some space or choose another folder."
        ) from error
    finally:
        if replaces:
            with suppress(OSError):  # its folder may be what is wrong
                target.unlink(missing_ok=True)
