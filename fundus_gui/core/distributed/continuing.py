"""Which finished parts of a folder still hold, and what is left to do, since photographs change."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import count
from typing import NamedTuple

from fundus_gui.core.distributed.listing import Listing, RowNames
from fundus_gui.core.distributed.manifest import (
    Manifest,
    PartRecord,
    is_part,
    part_name,
    part_number,
)
from fundus_gui.core.distributed.places import Folder, local_path, storage
from fundus_gui.core.errors import ExportError, ImageError
from fundus_gui.core.images import FileStamp, file_stamp, read_photograph

_THREADS = 16  # that wait for file systems and storages


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs from the finished parts of a folder.

    Attributes:
        more: photographs by which the listing has grown, those that are gone counted as replaced.
        changed: photographs that are other ones now, or can be read now.
        gone: photographs that the listing has no more.
        altered: names of parts that are not as they were written.
        again: names of all parts that are done again; what there is of them is set aside.
    """

    more: int = 0
    changed: int = 0
    gone: int = 0
    altered: tuple[str, ...] = ()
    again: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything does."""
        return self != Changes()


@dataclass(frozen=True, slots=True)
class Continuation:
    """A manifest with the parts that stay, and the photographs of those that are to be made.

    Attributes:
        manifest: of now.
        missing: locations of each part to make, by its number.
        changes: what differs.
    """

    manifest: Manifest
    missing: Mapping[int, tuple[str, ...]]
    changes: Changes


def continuation(new: Manifest, listing: Listing, folder: Folder) -> Continuation:
    """Find out what of a work is done in a folder already, which may be new or empty.

    A part stays when its file is the one that the manifest names and all of its photographs are
    in the listing and unchanged: by size and time, in object storage by the size that the storage
    tells. All other photographs go, in the order of the listing, into the free numbers: so what
    is missing of an unchanged listing is cut as it was the first time.

    Raises:
        ExportError: the folder holds something else, other work or none of these photographs.
    """
    earlier = new.continued(folder)
    found = _compared(earlier, listing, folder) if earlier.parts else {}
    rows = sum(part.rows for part in found.values())
    gone = sum(part.gone for part in found.values())
    if rows and gone == rows:
        raise ExportError(
            f"{folder} was begun with other photographs: none of the {rows} that are done "
            "is among these. Name a new folder."
        )
    taken: set[str] = set()
    kept = dict[int, PartRecord]()
    for number, part in found.items():
        locations = part.locations(taken)
        if locations is not None:
            taken |= locations
            kept[number] = earlier.parts[number]
    changes = Changes(
        more=max(0, len(listing.locations) - (earlier.photographs - gone)),
        changed=sum(part.changed for part in found.values()),
        gone=gone,
        altered=tuple(part_name(number) for number, part in found.items() if part.is_altered),
        again=tuple(part_name(number) for number in found if number not in kept),
    )
    left = [location for location in listing.locations if location not in taken]
    size = earlier.part_size
    parts = [tuple(left[start : start + size]) for start in range(0, len(left), size)]
    free = (number for number in count() if number not in kept)
    manifest = replace(earlier, photographs=len(listing.locations), parts=kept)
    return Continuation(manifest, dict(zip(free, parts, strict=False)), changes)


def begin(work: Continuation, folder: Folder) -> None:
    """Write the manifest, and set aside the parts that do not stay.

    Killed at any moment, it can be done again.

    Raises:
        ExportError: the folder cannot be written.
    """
    for name in work.changes.again:
        content = folder.read(name)
        if content is not None:
            folder.write(_aside(name, content), content)
    work.manifest.write(folder)  # before anything else is in a new folder
    known = {*work.manifest.parts, *work.missing}  # what is missing will be replaced
    for name in folder.names():
        if is_part(name) and part_number(name) not in known:
            folder.remove(name)


def _aside(name: str, content: bytes) -> str:
    """Return a name that readers of `part-*` do not find, always the same for the same content."""
    return f"earlier-{part_number(name):06}-{hashlib.sha256(content).hexdigest()[:8]}.parquet"


class _Row(NamedTuple):
    """What a row of a part tells of its photograph's file."""

    name: str
    sha256: str
    stamp: FileStamp


@dataclass(frozen=True, slots=True)
class _CheckedPart:
    """How the photographs of a part are now.

    Attributes:
        rows: of the part, 0 where it is altered or missing.
        same: for each row the locations, mostly one, that are what it tells of.
        gone: rows whose name the listing does not have.
        is_altered: whether its file is not the one that was written.
    """

    rows: int = 0
    same: tuple[tuple[str, ...], ...] = ()
    gone: int = 0
    is_altered: bool = False

    @property
    def changed(self) -> int:
        """Photographs that are there but are other ones."""
        return sum(not locations for locations in self.same) - self.gone

    def locations(self, taken: Iterable[str]) -> set[str] | None:
        """Return a location for each row, each one once; None where a row has none."""
        if self.is_altered:
            return None
        chosen: set[str] = set()
        for locations in self.same:
            free = [place for place in locations if place not in chosen and place not in taken]
            if not free:
                return None
            chosen.add(free[0])
        return chosen


def _compared(earlier: Manifest, listing: Listing, folder: Folder) -> dict[int, _CheckedPart]:
    """Compare each part with the photographs of now."""
    by_name: dict[str, list[str]] = {}
    names = RowNames(listing, earlier.run.pseudonyms)
    for location in listing.locations:
        by_name.setdefault(names.of(location), []).append(location)

    def checked(part: PartRecord) -> _CheckedPart:
        content = folder.read(part.name)
        if content is None or hashlib.sha256(content).hexdigest() != part.sha256:
            return _CheckedPart(is_altered=True)
        rows = _rows(content)
        if not rows or len(rows) != part.photographs:
            return _CheckedPart(is_altered=True)
        named = [by_name.get(row.name, []) for row in rows]
        same = tuple(
            tuple(place for place in places if _is_same(row, place, listing.sizes))
            for row, places in zip(rows, named, strict=True)
        )
        return _CheckedPart(len(rows), same, sum(not places for places in named))

    with ThreadPoolExecutor(_THREADS, thread_name_prefix="part") as pool:
        return dict(zip(earlier.parts, pool.map(checked, earlier.parts.values()), strict=True))


def _is_same(row: _Row, location: str, sizes: Mapping[str, int]) -> bool:
    path = local_path(location)
    if path is None:
        if row.stamp.file_bytes is None:  # it could not be fetched
            return not _is_stored(location)
        return sizes.get(location) in (None, row.stamp.file_bytes)
    if row.sha256:
        return file_stamp(path) == row.stamp
    try:
        read_photograph(path)
    except ImageError as error:
        return not error.sha256  # its bytes still cannot be read
    return False


def _rows(content: bytes) -> list[_Row]:
    """Return what a part tells, nothing where it is none although the manifest says so."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    text, number = pa.string(), pa.int64()
    schema = pa.schema(
        [
            ("relative_path", text),
            ("image_sha256", text),
            ("file_bytes", number),
            ("file_modified_ns", number),
        ]
    )
    try:
        found = pq.read_table(io.BytesIO(content), columns=schema.names)
        columns = found.select(schema.names).cast(schema).to_pydict()
    except (OSError, KeyError, ValueError, pa.ArrowException):
        return []
    cells = zip(*columns.values(), strict=True)
    return [
        _Row(name, sha256 or "", FileStamp(size, modified))
        for name, sha256, size, modified in cells
    ]


def _is_stored(url: str) -> bool:
    """Return whether what could not be fetched can be now."""
    try:
        with storage(url) as (system, path):
            return bool(system.exists(path))
    except OSError:
        return False
