"""Which photographs a run on many machines looks at: folders, lists of files, object storage."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from fundus_gui.core.distributed.places import below, local_path, said, storage, without_keys
from fundus_gui.core.errors import ImageError
from fundus_gui.core.export import Pseudonyms
from fundus_gui.core.export.run_record import folders_of, relative_path
from fundus_gui.core.export.tables import writable
from fundus_gui.core.images import IMAGE_SUFFIXES, find_images

_LIST_SUFFIXES = {".txt", ".csv"}
_HEADS = ("path", "url", "filename")  # of the column of a CSV list that names the photographs


@dataclass(frozen=True, slots=True)
class Listing:
    """Photographs in the order of the results.

    Attributes:
        locations: absolute paths and URLs, none twice.
        roots: folders, absolute paths and URLs; names in the results count from them.
        sources: what was listed; the same, absolute, list the photographs again.
        sizes: bytes of those URLs of which the storage told.
    """

    locations: tuple[str, ...]
    roots: tuple[str, ...]
    sources: tuple[str, ...] = ()
    sizes: Mapping[str, int] = field(default_factory=dict, repr=False)

    @property
    def local_roots(self) -> tuple[Path, ...]:
        """Those of the roots that all machines must see in their file system."""
        return tuple(path for root in self.roots if (path := local_path(root)) is not None)


def list_photographs(sources: Sequence[str], *, recursive: bool = True) -> Listing:
    """List the photographs of folders, lists and single files, each a path or a URL.

    A list is a `.txt` file with a path or URL on each line, or a `.csv` file that has them in the
    column headed `path`, `url` or `filename`, else in its first. What is relative in it counts
    from the list's folder. Folders of the file system are listed as `find_images` does it, those
    of object storage in the order of their names.

    Raises:
        ImageError: a source does not exist or cannot be read.
        ConfigError: a kind of URL is unknown.
    """
    locations: dict[str, int | None] = {}
    roots: dict[str, None] = {}
    absolute = [source if (path := local_path(source)) is None else str(path) for source in sources]
    for location in absolute:
        path = local_path(location)
        if PurePosixPath(location).suffix.lower() in _LIST_SUFFIXES:
            root = location.rpartition("/")[0] if path is None else str(path.parent)
            try:
                locations.update(dict.fromkeys(_listed(location, root)))
            except csv.Error as error:
                raise ImageError(Path(location), f"the list cannot be read ({error})") from error
        elif path is not None:
            root = location
            found = find_images([path], recursive=recursive)
            locations.update(dict.fromkeys(map(str, found)))
        else:
            root = location
            locations.update(_stored(location, recursive))
        roots[root] = None
    _check_kinds(locations)
    sizes = {location: size for location, size in locations.items() if size is not None}
    return Listing(tuple(locations), tuple(roots), tuple(absolute), sizes)


def relative_name(url: str, roots: Sequence[str]) -> str:
    """Return a URL below the deepest root that holds it, else without its scheme.

    What may hold the key to a storage is left out: what follows `?` or `#`, and a password.
    """
    if url.startswith(("http://", "https://")):
        url = url.partition("?")[0].partition("#")[0]
    folders = [f"{root.rstrip('/')}/" for root in roots]
    inside = [url.removeprefix(folder) for folder in folders if url.startswith(folder)]
    host, slash, key = url.partition("://")[2].partition("/")
    whole = f"{host.rpartition('@')[2]}{slash}{key}".lstrip("/")
    name = min(inside, key=len, default=whole)
    return PurePosixPath(name).as_posix()


class RowNames:
    """What the cell `relative_path` holds of each photograph of a listing."""

    def __init__(self, listing: Listing, pseudonyms: Pseudonyms | None) -> None:
        self._roots = listing.roots
        self._folders = folders_of(listing.local_roots)
        self._pseudonyms = pseudonyms

    def of(self, location: str) -> str:
        """Return the cell of a path or URL."""
        path = local_path(location)
        if path is None:
            name = relative_name(location, self._roots)
        else:
            name = relative_path(path, self._folders)
        return writable(name if self._pseudonyms is None else self._pseudonyms.of(name))


def _listed(location: str, root: str) -> Iterator[str]:
    content = _read(location)
    # A name need not be valid text.
    lines = io.StringIO(content.decode("utf-8-sig", "surrogateescape"), newline="")
    is_table = location.lower().endswith(".csv")
    names = _column(lines) if is_table else (line.rstrip("\r\n") for line in lines)
    for name in names:
        if not name.strip():
            continue
        if "://" in name:
            path = local_path(name)
            yield name if path is None else str(path)
        else:
            yield below(root, name) if "://" in root else os.path.normpath(Path(root, name))


def _column(lines: io.StringIO) -> Iterator[str]:
    rows = csv.reader(lines)
    first = next(rows, [])
    heads = [cell.strip().lower() for cell in first]
    index = next((heads.index(head) for head in _HEADS if head in heads), None)
    if index is None:
        index = 0
        yield from first[:1]
    for row in rows:
        yield from row[index : index + 1]


def _read(location: str) -> bytes:
    path = local_path(location)
    try:
        if path is not None:
            return path.read_bytes()
        with storage(location) as (system, inner):
            content: bytes = system.cat_file(inner)
    except OSError as error:
        raise ImageError(Path(location), f"the list cannot be read ({said(error)})") from error
    return content


def _check_kinds(locations: Iterable[str]) -> None:
    """Open one URL of each kind, lest a run ends at one that nothing can read."""
    urls = {url.partition("://")[0]: url for url in locations if local_path(url) is None}
    for url in urls.values():
        with storage(url):
            pass


def _stored(url: str, recursive: bool) -> Iterator[tuple[str, int | None]]:
    """List photographs below a URL, or the one that it is, with their sizes."""
    found: Mapping[str, Mapping[str, Any]] = {}
    told = without_keys(url)
    try:
        with storage(url) as (system, inner):
            found = system.find(inner, maxdepth=None if recursive else 1, detail=True)
    except FileNotFoundError:
        pass
    except OSError as error:
        raise ImageError(Path(told), f"{told} cannot be listed ({said(error)})") from error
    if not found:
        raise ImageError(Path(told), f"there is no file or folder at {told}; check the spelling")
    for key in sorted(found):
        if key == inner:
            yield url, found[key].get("size")
        elif PurePosixPath(key).suffix.lower() in IMAGE_SUFFIXES:
            yield below(url, key.removeprefix(inner)), found[key].get("size")
