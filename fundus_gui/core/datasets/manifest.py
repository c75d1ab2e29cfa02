"""`labels.csv`, which says what is known of each photograph, and `split.csv`, its like."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from fundus_gui.core.datasets.labelled import Dataset, LabelledImage, Part, shortened
from fundus_gui.core.datasets.patients import refuse_divided_patients
from fundus_gui.core.errors import DatasetError

MANIFEST = "labels.csv"

# What other programs call the parts, with our name.
PART_NAMES: dict[str, Part] = {
    "train": "train",
    "val": "val",
    "valid": "val",
    "validation": "val",
    "test": "test",
}

_NEEDED = ("filename", "label")
_COLUMNS = (*_NEEDED, "patient_id", "laterality", "split")


class _Row(NamedTuple):
    """A line of the table with the number that spreadsheets show for it."""

    number: int
    cells: dict[str, str]
    path: Path | None

    @property
    def name(self) -> str:
        return self.cells["filename"]

    @property
    def place(self) -> str:
        return f"'{self.name[:100]}' (row {self.number})"


def read_manifest(table: Path, folder: Path) -> tuple[LabelledImage, ...]:
    """Read a CSV table of photographs in `folder` or in its subfolder `images`.

    Columns: filename, label; and if known patient_id, laterality, split. Others are kept in
    `extra`.

    Raises:
        DatasetError: naming the rows that cannot be used.
        OSError: the table cannot be read.
    """
    rows = [
        _Row(number, cells, _find(folder, cells["filename"])) for number, cells in _cells(table)
    ]
    times = Counter(row.path for row in rows)
    _refuse(table, "names files that do not exist", (r for r in rows if r.path is None))
    _refuse(table, "has rows without a label", (r for r in rows if not r.cells["label"]))
    _refuse(
        table,
        "has a split other than train, val, test or empty",
        (r for r in rows if r.cells.get("split", "").lower() not in ("", *PART_NAMES)),
    )
    _refuse(table, "names files more than once", (r for r in rows if times[r.path] > 1))
    return tuple(_image(row, row.path) for row in rows if row.path is not None)


def _refuse(table: Path, problem: str, rows: Iterable[_Row]) -> None:
    places = [row.place for row in rows]
    if places:
        raise DatasetError(f"{table} {problem}: {shortened(places)}.")


def _cells(table: Path) -> list[tuple[int, dict[str, str]]]:
    """Return line number and stripped cells of every row that is not empty."""
    try:
        with table.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream, restkey="", restval="")
            reader.fieldnames = [name.strip() for name in reader.fieldnames or ()]
            missing = [name for name in _NEEDED if name not in reader.fieldnames]
            rows = [(reader.line_num, row) for row in reader]
    except UnicodeDecodeError as error:
        raise DatasetError(f"{table} is not UTF-8; save it as CSV in UTF-8.") from error
    except csv.Error as error:
        raise DatasetError(f"{table} cannot be read: {error}.") from error
    if missing:
        raise DatasetError(
            f"{table} needs the columns filename and label, separated by commas; it lacks "
            f"{', '.join(missing)}."
        )
    overlong = [str(number) for number, row in rows if any(row.pop("", ()))]
    if overlong:
        raise DatasetError(
            f"{table} has more cells than column names in row {shortened(overlong)}."
        )
    return [(number, {name: cell.strip() for name, cell in row.items()}) for number, row in rows]


def _find(folder: Path, name: str) -> Path | None:
    """Return the file of a row, or None."""
    if not name:
        return None
    return next((p for p in (folder / name, folder / "images" / name) if _is_file(p)), None)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name too long, as when a quote was not closed
        return False


def _image(row: _Row, path: Path) -> LabelledImage:
    return LabelledImage(
        path=path,
        label=row.cells["label"],
        patient_id=row.cells.get("patient_id") or row.name,
        laterality=row.cells.get("laterality", ""),
        part=PART_NAMES.get(row.cells.get("split", "").lower()),
        extra={name: cell for name, cell in row.cells.items() if name not in _COLUMNS},
    )


def split_table(dataset: Dataset) -> str:
    """Return the text of `split.csv`: a `labels.csv` that also says the part of each image."""
    extra = list(dict.fromkeys(name for image in dataset.images for name in image.extra))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow((*_COLUMNS, *extra))
    for image in dataset.images:
        below = image.path.is_relative_to(dataset.folder)
        path = image.path.relative_to(dataset.folder) if below else image.path
        known = (path.as_posix(), image.label, image.patient_id, image.laterality, image.part)
        writer.writerow((*known, *(image.extra.get(name, "") for name in extra)))
    return text.getvalue().encode("utf-8", "backslashreplace").decode()  # undecodable file names


def read_split(folder: Path, table: Path) -> Dataset:
    """Read what `split_table` wrote of the data in `folder`.

    Raises:
        DatasetError: the table cannot be read, or does not fit the folder.
    """
    try:
        images = read_manifest(table, folder)
    except OSError as error:
        raise DatasetError(f"{table} cannot be read: {error.strerror}.") from error
    dataset = Dataset(folder.resolve().name, images, folder)
    refuse_divided_patients(dataset)
    return dataset
