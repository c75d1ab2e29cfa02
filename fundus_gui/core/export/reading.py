"""Rows of a table back from the disk: their bytes, their cells and what they said of the image."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import IO, Any

from fundus_gui.core.catalogue import EnsembleSpec
from fundus_gui.core.errors import EnsembleError, ResultsError
from fundus_gui.core.export.chain import HASH_LETTERS, unsealed_line
from fundus_gui.core.export.run_record import identity_of
from fundus_gui.core.export.tables import undefused, writable
from fundus_gui.core.export.writing import BYTE_ORDER_MARK, TABLE_SUFFIXES, check_format
from fundus_gui.core.results import ImageResult, Precision, Prediction, UnreadableImage

_LINE_END = b"\r\n"
_DAMAGED = (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError)
_MOST_BYTES = 1_000_000  # of a row; more is none of ours


@dataclass(frozen=True)
class TableRow:
    """One row, or the head, as it stands in the file.

    Attributes:
        line: the number that a text editor shows, 1 for the head; in Parquet as if it were a CSV.
        offset: where its bytes begin.
        content: its bytes without byte-order mark, with the line end.
    """

    line: int
    offset: int
    content: bytes

    @property
    def unsealed(self) -> bytes:
        """The bytes up to the last comma, which `row_hash` is computed from."""
        return self.content[: -HASH_LETTERS - len(_LINE_END)]

    @property
    def row_hash(self) -> str:
        """The last cell."""
        return self.content[-HASH_LETTERS - len(_LINE_END) : -len(_LINE_END)].decode("latin-1")

    @cached_property
    def cells(self) -> list[str]:
        """The text of each cell.

        Raises:
            ValueError, csv.Error: it is no row of a CSV.
        """
        text = self.content.decode("utf-8")
        (cells,) = csv.reader(io.StringIO(text, newline=""), strict=True)
        return [undefused(cell) for cell in cells]


def csv_rows(stream: IO[bytes], offset: int = 0, line: int = 1) -> Iterator[TableRow]:
    """Yield the head and the rows from an offset on; a row that is cut off at the end is not told.

    Raises:
        ResultsError: a row has no end.
    """
    stream.seek(offset)
    if offset == 0 and not _skipped(stream, BYTE_ORDER_MARK.encode()):
        stream.seek(0)
    while True:
        begin, content, lines, quotes = stream.tell(), bytearray(), 0, 0
        while not content or quotes % 2 or not content.endswith(_LINE_END):
            part = stream.readline(_MOST_BYTES)
            if not part:
                return
            content += part
            quotes += part.count(b'"')
            lines += 1
            if len(content) > _MOST_BYTES:
                raise ResultsError(f"Line {line} is not the line of a table of results.")
        yield TableRow(line, begin, bytes(content))
        line += lines


def _skipped(stream: IO[bytes], mark: bytes) -> bool:
    return stream.read(len(mark)) == mark


def table_rows(path: Path) -> Iterator[TableRow]:
    """Yield the head and the rows of a .csv or .parquet table as lines of a CSV.

    Raises:
        ExportError, ResultsError: it has another suffix or is no table of results.
        OSError: it cannot be read.
    """
    check_format(path)
    if path.suffix.lower() == ".parquet":
        yield from _parquet_rows(path)
        return
    with path.open("rb") as stream:
        yield from csv_rows(stream)


def _parquet_rows(path: Path) -> Iterator[TableRow]:
    from fundus_gui.core.export.parquet import read_rows

    for line, cells in enumerate(read_rows(path), start=1):
        unsealed, row_hash = unsealed_line(cells[:-1]), str(cells[-1])
        yield TableRow(line, 0, unsealed + row_hash.encode() + _LINE_END)


@dataclass(frozen=True)
class Record:
    """The `.json` beside a table, as far as rows are read by it.

    Attributes:
        path: the file.
        content: as JSON gives it.
        ensemble: members, weights and decision.
        identity: what the numbers depend on, see `chain`.
    """

    path: Path
    content: Mapping[str, Any]
    ensemble: EnsembleSpec
    identity: dict[str, Any]

    @property
    def class_names(self) -> tuple[str, ...]:
        """K names."""
        return tuple(map(str, self.content["class_names"]))

    @property
    def weights_sha256(self) -> dict[str, str]:
        """Hash of each member's weights file."""
        return {name: model["weights_sha256"] for name, model in self.identity["models"].items()}

    @property
    def roots(self) -> tuple[Path, ...]:
        """The files and folders that were opened; empty where names are pseudonyms."""
        return tuple(map(Path, self.content["roots"]))

    @property
    def recursive(self) -> bool:
        """Whether subfolders were looked into."""
        return bool(self.content["recursive"])

    @property
    def has_pseudonyms(self) -> bool:
        """Whether names are pseudonyms."""
        return bool(self.identity["paths"] == "hashed")

    @property
    def number_format(self) -> str:
        """What the networks computed in, e.g. float32 or bfloat16."""
        return str(self.identity["precision"])

    @property
    def precision(self) -> Precision:
        """What to ask the engine for in order to get the same again."""
        return "exact" if self.number_format == "float32" else "fast"

    @property
    def started(self) -> datetime:
        """When the first run began."""
        return datetime.fromisoformat(self.content["started"])

    @property
    def is_complete(self) -> bool:
        """Whether the run ended by itself."""
        return bool(self.content["is_complete"])

    @property
    def rows(self) -> int:
        """How many rows the table had when the record was written."""
        return int(self.content["classified"]) + int(self.content["failed"])


def read_record(table: Path) -> Record:
    """Read the record of a table.

    Raises:
        ResultsError: it is missing, damaged or of another version.
    """
    if table.suffix.lower() not in TABLE_SUFFIXES:
        raise ResultsError(
            f"{table.name} is no table of results: name the .csv or .parquet of a run."
        )
    path = table.with_suffix(".json")
    try:
        content = json.loads(path.read_bytes())
        ensemble = EnsembleSpec.from_table(content["ensemble"]["name"], content["ensemble"])
        record = Record(path, content, ensemble, identity_of(content))
        _ = record.class_names, record.weights_sha256, record.roots, record.is_complete, record.rows
        _ = record.recursive, record.started, [*content["resumed"]], str(content["command"])
    except OSError as error:
        if not table.exists():
            raise ResultsError(f"There is no table {table}; check the spelling.") from error
        raise ResultsError(
            f"{path}, the record of the table, cannot be read ({error.strerror}). Copy it beside "
            "the table; a table that this program has not written has none."
        ) from error
    except (*_DAMAGED, EnsembleError) as error:
        raise ResultsError(
            f"{path} is no record of a table of this version of the program, or was altered."
        ) from error
    return record


class RowReader:
    """Makes results of rows again, every digit as it was."""

    def __init__(self, columns: Sequence[str], record: Record) -> None:
        self._columns = columns
        self._classes = record.class_names
        self._spec = record.ensemble

    def named(self, row: TableRow) -> dict[str, str]:
        """Return the cells by column.

        Raises:
            ValueError, csv.Error: it has another number of cells.
        """
        return dict(zip(self._columns, row.cells, strict=True))

    def result(self, row: TableRow, path: Path) -> ImageResult:
        """Return what the row says of the photograph at `path`.

        Raises:
            ResultsError: the cells are impossible.
        """
        try:
            return self._result(self.named(row), path)
        except (ValueError, KeyError, csv.Error) as error:
            raise ResultsError(f"Line {row.line} is no row of this table ({error}).") from error

    def _result(self, cells: Mapping[str, str], path: Path) -> ImageResult:
        size, modified = _whole(cells["file_bytes"]), _whole(cells["file_modified_ns"])
        sha256, seconds = cells["image_sha256"], float(cells["seconds"])
        if cells["status"] != "ok":
            return UnreadableImage(path, cells["error"], sha256, seconds, size, modified)
        return Prediction(
            path=path,
            class_names=self._classes,
            member_names=self._spec.members,
            weights=self._spec.weights,
            member_probabilities=tuple(
                tuple(float(cells[writable(f"{m}__prob_{c}")]) for c in self._classes)
                for m in self._spec.members
            ),
            image_sha256=sha256,
            seconds=seconds,
            warnings=tuple(filter(None, cells["warnings"].split("; "))),
            decision=self._spec.decision,
            file_bytes=size,
            file_modified_ns=modified,
        )


def _whole(cell: str) -> int | None:
    return int(cell) if cell else None
