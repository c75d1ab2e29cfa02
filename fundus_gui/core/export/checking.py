"""Checks a table against its hashes and its record, and says where it was altered and how."""

from __future__ import annotations

import csv
import math
from collections.abc import Generator, Iterator
from pathlib import Path

from fundus_gui.core.errors import FundusError, ResultsError
from fundus_gui.core.export.chain import first_hash, next_hash
from fundus_gui.core.export.reading import Record, RowReader, TableRow, table_rows
from fundus_gui.core.export.tables import ROW_HASH, answer_cells, columns_of, writable
from fundus_gui.core.one_or_many import one_or_many
from fundus_gui.core.results import Prediction

_ROUNDING = 1e-9  # by which another version of numpy may add up differently
_ROUNDING_OF_MEMBER = 1e-3  # of a sum of probabilities, bfloat16 included


def checked_rows(path: Path, record: Record) -> Generator[TableRow, None, None]:
    """Yield the rows, without the head, as long as the table is as it was written.

    A table with no head yet, or with a last line that was cut off, is one whose run was killed.

    Raises:
        ResultsError: the first row that is not, and what differs; or the table is not its record's.
        ExportError: the suffix is unknown.
        OSError: the table cannot be read.
    """
    columns = tuple(columns_of(record.class_names, record.ensemble.members))
    rows = table_rows(path)
    head = next(rows, None)
    if head is not None and _cells(head) != list(columns):
        raise ResultsError(
            f"{path.name} does not have the columns of its record {record.path.name}: it was "
            "altered, or written by another version of the program."
        )
    count, last = 0, first_hash(record.identity, columns)
    for row in rows:
        if not _continues(row, last):
            difference = _difference(row, last, rows, record, count)
            raise ResultsError(f"{path.name} was altered in line {row.line}{difference}")
        count, last = count + 1, row.row_hash
        yield row
    _check_end(path, record, count, last)


def _continues(row: TableRow, last: str) -> bool:
    return next_hash(last, row.unsealed) == row.row_hash


def _cells(row: TableRow) -> list[str]:
    try:
        return row.cells
    except (ValueError, csv.Error):
        return []


def _check_end(path: Path, record: Record, count: int, last: str) -> None:
    missing = record.rows - count
    if missing > 0:
        are = one_or_many(missing, "row is", "rows are")
        raise ResultsError(
            f"{path.name} was altered: {missing} {are} missing at its end, for its record "
            f"{record.path.name} tells of {record.rows}."
        )
    if record.is_complete and count > record.rows:
        raise ResultsError(
            f"{path.name} was altered: it has {count} {one_or_many(count, 'row')}, but its record "
            f"{record.path.name} tells of {record.rows}."
        )
    known = record.content.get("last_row_hash")
    if record.is_complete and known != last:
        raise ResultsError(
            f"{path.name} was altered: its last {ROW_HASH} is not that of its record "
            f"{record.path.name}, although its rows agree with each other."
        )


def _difference(
    row: TableRow, last: str, later: Iterator[TableRow], record: Record, before: int
) -> str:
    """Say in the rest of a sentence how the row differs from what was written."""
    columns = tuple(columns_of(record.class_names, record.ensemble.members))
    cells = _cells(row)
    if len(cells) != len(columns):
        return f": it has {len(cells)} cells, not {len(columns)}."
    named = f" ({cells[0]})"
    doubts = _contradictions(row, RowReader(columns, record))
    if doubts:
        return f"{named}: {doubts}."
    count = before + 1
    for other in later:
        if _continues(other, last):
            return (
                f"{named}: it does not belong there; rows up to line {other.line - 1} were moved "
                "or put in."
            )
        count += 1
    if count < record.rows:
        missing = record.rows - count
        are = one_or_many(missing, "row is", "rows are")
        return f"{named}: {missing} {are} missing, the first of them before it."
    of_record = f", or the settings in {record.path.name} were" if before == 0 else ""
    return (
        f"{named}: a cell of it or its {ROW_HASH} was changed, or a row before it was "
        f"removed{of_record}."
    )


def _contradictions(row: TableRow, reader: RowReader) -> str:
    """Say which cells cannot stand together, empty where all can."""
    try:
        result, cells = reader.result(row, Path("photograph")), reader.named(row)
        if not isinstance(result, Prediction):
            return ""
        for name, probabilities in zip(
            result.member_names, result.member_probabilities, strict=True
        ):
            is_one = math.isclose(sum(probabilities), 1, abs_tol=_ROUNDING_OF_MEMBER)
            if not is_one or min(probabilities) < 0:
                return f"the probabilities of {name} do not add up to 1"
        expected = {writable(name): value for name, value in answer_cells(result).items()}
        wrong = [name for name, value in expected.items() if not _is_same(cells[name], value)]
    except (FundusError, ValueError, KeyError) as error:
        return str(error).rstrip(".")
    if not wrong:
        return ""
    return f"{', '.join(wrong)} cannot be with the probabilities of the models"


def _is_same(cell: str, value: str | float | None) -> bool:
    if isinstance(value, float):
        return math.isclose(float(cell), value, rel_tol=0, abs_tol=_ROUNDING)
    return cell == (writable(value) if isinstance(value, str) else "")
