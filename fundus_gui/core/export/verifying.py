"""Whether a table still says what was computed: its chain, and a sample to compute again."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from fundus_gui.core.errors import ResultsError
from fundus_gui.core.export.chain import first_hash
from fundus_gui.core.export.checking import checked_rows
from fundus_gui.core.export.places import places_of, same_bytes
from fundus_gui.core.export.pseudonyms import Pseudonyms
from fundus_gui.core.export.reading import Record, RowReader, read_record
from fundus_gui.core.export.run_record import folders_of, relative_path
from fundus_gui.core.export.tables import columns_of, writable
from fundus_gui.core.results import ImageResult, Prediction

_TOLERANCE_EXACT = 1e-5  # another processor or another batch changes the last digits
_TOLERANCE_FAST = 0.05


@dataclass(frozen=True, slots=True)
class SampledRow:
    """One row to compute again.

    Attributes:
        line: of the file.
        name: the cell `relative_path`.
        result: what the row says; its path is `name`.
        part: the file that holds it, where the table is a folder of parts.
    """

    line: int
    name: str
    result: ImageResult
    part: str = ""


@dataclass(frozen=True, slots=True)
class CheckedTable:
    """A table in which each row has the hash that it must have.

    Attributes:
        record: the `.json` beside it.
        classified, failed: rows of either kind.
        last_row_hash: of the last whole row.
        sample: random rows in the table's order.
    """

    record: Record
    classified: int
    failed: int
    last_row_hash: str
    sample: tuple[SampledRow, ...]

    @property
    def tolerance(self) -> float:
        """By how much a probability may differ when it is computed again."""
        return _TOLERANCE_EXACT if self.record.precision == "exact" else _TOLERANCE_FAST


def check_table(path: Path, *, sample: int = 0, seed: int | None = None) -> CheckedTable:
    """Check the chain of a `.csv` or `.parquet` against its record.

    Args:
        path: the table.
        sample: how many rows to return; each is as likely.
        seed: the same number draws the same rows.

    Raises:
        ResultsError: it was altered: names the first altered row and what differs; or it is
            neither CSV nor Parquet.
    """
    record = read_record(path)
    columns = tuple(columns_of(record.class_names, record.ensemble.members))
    reader, last = RowReader(columns, record), first_hash(record.identity, columns)
    draw = random.Random(seed)
    drawn: list[SampledRow] = []
    count = failed = 0
    try:
        for row in checked_rows(path, record):
            cells, last = reader.named(row), row.row_hash
            failed += cells["status"] != "ok"
            place = count if count < sample else draw.randrange(count + 1)  # reservoir sampling
            count += 1
            if place < sample:
                name = cells["relative_path"]
                drawn[place : place + 1] = [
                    SampledRow(row.line, name, reader.result(row, Path(name)))
                ]
    except (OSError, ValueError, csv.Error) as error:
        raise ResultsError(f"{path} cannot be read ({error}).") from error
    return CheckedTable(
        record=record,
        classified=count - failed,
        failed=failed,
        last_row_hash=last,
        sample=tuple(sorted(drawn, key=lambda row: row.line)),
    )


def locate(
    sample: Sequence[SampledRow],
    roots: Sequence[Path],
    photographs: Iterable[Path],
    pseudonyms: Pseudonyms | None,
) -> Iterator[tuple[SampledRow, Path]]:
    """Find the photographs of rows; those that are not there are left out.

    Where several folders have one of that name, it is the one with the row's bytes.

    Args:
        sample: the rows.
        roots: the files and folders that were opened, wherever they are now.
        photographs: all below them, asked for where the name itself does not lead there: a
            pseudonym, or bytes that are no text.
        pseudonyms: how they were made, None for plain names.
    """
    folders, searched = folders_of(roots), list[SampledRow]()
    for row in sample:
        places = [] if pseudonyms is not None else places_of(row.name, folders)
        if places:
            yield row, same_bytes(row.result, places)
        else:
            searched.append(row)
    if not searched:
        return
    found: dict[str, list[Path]] = {row.name: [] for row in searched}
    for path in photographs:
        name = relative_path(path, folders)
        shown = writable(name if pseudonyms is None else pseudonyms.of(name))
        if shown in found:
            found[shown].append(path)
    for row in searched:
        if found[row.name]:
            yield row, same_bytes(row.result, found[row.name])


def largest_difference(row: ImageResult, again: ImageResult) -> float:
    """Return by how much any probability of two results of one photograph differs."""
    if not isinstance(row, Prediction) or not isinstance(again, Prediction):
        return 0.0
    members = zip(row.member_probabilities, again.member_probabilities, strict=True)
    pairs = [*members, (row.probabilities, again.probabilities)]
    return max(abs(a - b) for one, other in pairs for a, b in zip(one, other, strict=True))


def is_same_photograph(row: ImageResult, again: ImageResult) -> bool:
    """Return whether two results are of files with the same bytes."""
    return row.image_sha256 == again.image_sha256
