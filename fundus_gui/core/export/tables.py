"""One row per photograph, written as results come, readable by a statistician's program.

Column names follow timm (`filename, label, prob`); failed files keep their row.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from fundus_gui.core import atomic
from fundus_gui.core.errors import ExportError
from fundus_gui.core.export.run_record import RunRecord
from fundus_gui.core.results import ImageResult, Prediction

Cell = str | float | None
_FORMULA_STARTS = frozenset("=+-@\t\r＝＋－＠")
_PARQUET_ROWS = 1000  # per row group


def table_columns(run: RunRecord) -> dict[str, type]:
    """Return the columns in order, each `str` or `float`."""
    classes, members = run.class_names, run.ensemble.members
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
        "image_sha256": str,
        "warnings": str,
    }


def table_row(result: ImageResult, run: RunRecord) -> dict[str, Cell]:
    """Return the cells of one photograph by column; those without a value are absent."""
    row: dict[str, Cell] = {
        "filename": _writable(result.path.name),
        "relative_path": _writable(run.relative_path(result.path)),
        "seconds": result.seconds,
        "image_sha256": result.image_sha256,
    }
    if not isinstance(result, Prediction):
        return row | {"status": "failed", "error": _writable(result.error)}
    row |= {
        "status": "ok",
        "label": result.label,
        "prob": result.confidence,
        "agreement": result.agreement,
        "entropy": result.entropy,
        "warnings": "; ".join(result.warnings),
    }
    row |= _named("prob_", result.class_names, result.probabilities)
    for member, weight, probabilities in zip(
        result.member_names, result.weights, result.member_probabilities, strict=True
    ):
        row |= _named(f"{member}__prob_", result.class_names, probabilities)
        row[f"{member}__weight"] = weight
    return row


def _named(prefix: str, names: Iterable[str], values: Iterable[float]) -> dict[str, Cell]:
    return {prefix + name: value for name, value in zip(names, values, strict=True)}


def _writable(text: str) -> str:
    """Show bytes of a file name that are not text as escapes instead of failing."""
    return text.encode("utf-8", "backslashreplace").decode()


def _defused(cell: Cell) -> Cell:
    """Put an apostrophe before text that a spreadsheet would run as a formula."""
    if not isinstance(cell, str):
        return cell
    lines = cell.splitlines() or [""]
    if any(line.lstrip()[:1] in _FORMULA_STARTS or line[:1] in _FORMULA_STARTS for line in lines):
        return f"'{cell}" if cell.strip() else cell
    return cell


class _Table(Protocol):
    def write(self, row: dict[str, Cell]) -> None: ...

    def close(self) -> None: ...


class _CsvTable:
    """UTF-8 with byte-order mark (for spreadsheets); every row is on its way to disk at once."""

    def __init__(self, path: Path, columns: dict[str, type]) -> None:
        self._columns = list(columns)
        self._stream = path.open("xb")
        self._stream.write(b"\xef\xbb\xbf" + self._line(self._columns))
        self._stream.flush()

    def write(self, row: dict[str, Cell]) -> None:
        self._stream.write(self._line([_defused(row.get(name)) for name in self._columns]))
        self._stream.flush()

    def close(self) -> None:
        with self._stream:
            self._stream.flush()
            os.fsync(self._stream.fileno())

    @staticmethod
    def _line(cells: Iterable[object]) -> bytes:
        line = io.StringIO()
        csv.writer(line).writerow(cells)
        return line.getvalue().encode()


class _ParquetTable:
    """Typed columns; written beside and renamed when closed, for a part of it cannot be read."""

    def __init__(self, path: Path, columns: dict[str, type]) -> None:
        self._path = path
        self._partial = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        types = {str: pa.string(), float: pa.float64()}
        self._schema = pa.schema([(name, types[kind]) for name, kind in columns.items()])
        self._writer = pq.ParquetWriter(self._partial, self._schema)
        self._rows: list[dict[str, Any]] = []

    def write(self, row: dict[str, Cell]) -> None:
        self._rows.append(row)
        if len(self._rows) >= _PARQUET_ROWS:
            self._flush()

    def close(self) -> None:
        try:
            self._flush()
            self._writer.close()
            self._partial.replace(self._path)
        finally:
            self._partial.unlink(missing_ok=True)

    def _flush(self) -> None:
        self._writer.write_table(pa.Table.from_pylist(self._rows, schema=self._schema))
        self._rows.clear()


_TABLES: dict[str, Callable[[Path, dict[str, type]], _Table]] = {
    ".csv": _CsvTable,
    ".parquet": _ParquetTable,
}


def export_results(
    results: Iterable[ImageResult], out: Path, run: RunRecord, *, overwrite: bool = False
) -> Iterator[ImageResult]:
    """Write each result as it passes, and the record of the run beside it as `.json`.

    The format follows the suffix, `.csv` or `.parquet`. An existing file is refused, or with
    `overwrite` replaced when all rows are written. When the iteration ends early the rows so far
    remain and the record says that they are not all.

    Raises:
        ExportError: the suffix is unknown, a file exists, or the disk refuses.
    """
    if out.suffix.lower() not in _TABLES:
        raise ExportError(f"{out.name}: results are written as .csv or .parquet, not this.")
    record = out.with_suffix(".json")
    for path in (out, record):
        if path.exists() and not overwrite:
            raise ExportError(f"{path} exists already; nothing was overwritten. Name a new file.")
    target = out.with_name(f".{out.name}.{os.getpid()}.new{out.suffix}") if overwrite else out
    return _export(results, target, out, run)


def _export(
    results: Iterable[ImageResult], target: Path, out: Path, run: RunRecord
) -> Iterator[ImageResult]:
    counts = {"classified": 0, "failed": 0}
    is_complete = False

    def write_record() -> None:
        content = run.to_json(**counts, is_complete=is_complete)
        atomic.write_bytes(out.with_suffix(".json"), content.encode())

    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        table: _Table = _TABLES[out.suffix.lower()](target, table_columns(run))
        try:
            write_record()
            for result in results:
                table.write(table_row(result, run))
                counts["classified" if isinstance(result, Prediction) else "failed"] += 1
                yield result
            is_complete = True
        finally:
            table.close()
            if target != out and is_complete:
                target.replace(out)
            write_record()
    except (OSError, pa.ArrowException) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ExportError(
            f"{out} cannot be written ({reason}). The rows written before are kept; free some "
            "space or choose another folder."
        ) from error
    finally:
        if target != out:
            target.unlink(missing_ok=True)
