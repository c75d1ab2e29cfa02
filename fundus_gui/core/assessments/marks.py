"""Second opinions on labels, kept in a table beside the data and never in it."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Literal, NamedTuple, get_args

from fundus_gui.core.atomic import changing, write_bytes
from fundus_gui.core.errors import DatasetError, ExportError
from fundus_gui.core.export import defused

Verdict = Literal["right", "wrong"]

_NEEDED = ("filename", "verdict")
_PLACES_AT_MOST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What somebody thinks of the label of one photograph.

    Attributes:
        filename: relative to the data folder, with forward slashes.
        label: that was judged.
        verdict: whether it looks right.
        suggested_label: a better one, or empty.
        note: in free words.
        date: of the opinion, ISO 8601.
        sha256: of the photograph's file.
    """

    filename: str
    label: str
    verdict: Verdict
    suggested_label: str = ""
    note: str = ""
    date: str = ""
    sha256: str = ""


_COLUMNS = tuple(field.name for field in fields(Mark))


class _Row(NamedTuple):
    """A line of the table, as it was found, with the number that spreadsheets show for it."""

    number: int
    cells: dict[str, str]

    def plain(self, column: str) -> str:
        """Return a cell without what `defused` put before it; empty if there is none."""
        cell = self.cells.get(column, "").strip()
        return cell[1:] if cell.startswith("'") and defused(cell[1:]) == cell else cell

    @property
    def place(self) -> str:
        return f"'{self.plain('filename')[:100]}' (row {self.number})"


class Marks:
    """The marks of one data folder.

    Several windows may write at once. Rows of other photographs and further columns stay as
    somebody may have written them by hand.

    Attributes:
        file: NAME.second_opinions.csv beside the folder NAME.
    """

    def __init__(self, folder: Path) -> None:
        folder = folder.resolve()
        self.file = folder.parent / f"{folder.name}.second_opinions.csv"

    def read(self) -> dict[str, Mark]:
        """Return the marks by filename; none while there is no file.

        Raises:
            DatasetError: the file is damaged or cannot be read.
        """
        _, rows = self._read_table()
        return {mark.filename: mark for mark in map(_mark, rows)}

    def put(self, mark: Mark) -> None:
        """Write a mark, in place of an older one of the same photograph.

        Raises:
            DatasetError: the file is damaged; it stays as it is.
            ExportError: it cannot be written.
        """
        with self._writing():
            columns, rows = self._read_table()
            columns = (*columns, *(name for name in _COLUMNS if name not in columns))
            cells = {name: str(defused(cell)) for name, cell in asdict(mark).items()}
            lines = [row.cells for row in rows]
            known = [row.plain("filename") for row in rows]
            if mark.filename in known:
                place = known.index(mark.filename)
                lines[place] = lines[place] | cells
            else:
                lines.append(cells)
            self._write_table(columns, lines)

    def remove(self, filename: str) -> None:
        """Take a photograph's mark away, if it has one.

        Raises:
            DatasetError: the file is damaged; it stays as it is.
            ExportError: it cannot be written.
        """
        with self._writing():
            columns, rows = self._read_table()
            others = [row.cells for row in rows if row.plain("filename") != filename]
            if len(others) < len(rows):
                self._write_table(columns, others)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Keep other windows out, and turn the system's complaints into a sentence."""
        if not self.file.parent.is_dir():  # of another computer, or not told
            raise ExportError(
                f"The second opinion cannot be saved to {self.file}: its folder is not there."
            )
        try:
            with changing(self.file):
                yield
        except OSError as error:
            raise ExportError(
                f"The second opinion cannot be saved to {self.file}: {error.strerror}. "
                "Make its folder writable."
            ) from error

    def _read_table(self) -> tuple[tuple[str, ...], list[_Row]]:
        """Return the names of the columns and the rows that are not empty."""
        try:
            with self.file.open(encoding="utf-8-sig", newline="") as stream:
                reader = csv.DictReader(stream, restkey="", restval="", strict=True)
                columns = tuple(name.strip() for name in reader.fieldnames or ())
                reader.fieldnames = columns
                rows = [_Row(reader.line_num, cells) for cells in reader]
        except FileNotFoundError:
            return _COLUMNS, []
        except UnicodeDecodeError as error:
            raise self._damaged("is not UTF-8") from error
        except csv.Error as error:
            raise self._damaged(f"cannot be read as CSV ({error})") from error
        except OSError as error:
            raise DatasetError(f"{self.file} cannot be read: {error.strerror}.") from error
        rows = [row for row in rows if any(map(str.strip, map("".join, row.cells.values())))]
        self._check(columns, rows)
        return columns, rows

    def _check(self, columns: tuple[str, ...], rows: list[_Row]) -> None:
        if missing := [name for name in _NEEDED if name not in columns]:
            raise self._damaged(f"lacks the column {' and '.join(missing)}, separated by commas")
        if len(set(columns)) < len(columns):
            raise self._damaged("has two columns of the same name")
        times = Counter(row.plain("filename") for row in rows)
        verdicts = get_args(Verdict)
        for problem, wrong in {
            "has more cells than columns": [r for r in rows if "" in r.cells],
            "has rows without a filename": [r for r in rows if not r.plain("filename")],
            "names files more than once": [r for r in rows if times[r.plain("filename")] > 1],
            f"has a verdict other than {' and '.join(verdicts)}": [
                r for r in rows if r.plain("verdict").lower() not in verdicts
            ],
        }.items():
            if wrong:
                raise self._damaged(f"{problem}: {_places(wrong)}")

    def _damaged(self, problem: str) -> DatasetError:
        return DatasetError(
            f"{self.file} {problem}. It was left as it is: mend it, or move it away to begin anew."
        )

    def _write_table(self, columns: tuple[str, ...], lines: Iterable[dict[str, str]]) -> None:
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines)
        # With a byte-order mark, without which spreadsheets take UTF-8 for something else.
        write_bytes(self.file, f"\ufeff{text.getvalue()}".encode("utf-8", "backslashreplace"))


def filename_in(folder: Path, path: Path) -> str:
    """Return what a mark calls a photograph of a data folder."""
    return path.as_posix().removeprefix(f"{folder.as_posix().rstrip('/')}/")


def _mark(row: _Row) -> Mark:
    cells = {name: row.plain(name) for name in _COLUMNS if name != "verdict"}
    verdict: Verdict = "right" if row.plain("verdict").lower() == "right" else "wrong"
    return Mark(verdict=verdict, **cells)


def _places(rows: list[_Row]) -> str:
    more = len(rows) - _PLACES_AT_MOST
    named = ", ".join(row.place for row in rows[:_PLACES_AT_MOST])
    return f"{named} and {more} more" if more > 0 else named
