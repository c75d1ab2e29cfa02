"""Which photographs a run on many machines looks at: folders, lists of files, object storage."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from fundus_gui.core.distributed.places import below, file_system, local_path
from fundus_gui.core.errors import ImageError
from fundus_gui.core.images import IMAGE_SUFFIXES, find_images

_LIST_SUFFIXES = {".txt", ".csv"}
_HEADS = ("path", "url", "filename")  # of the column of a CSV list that names the photographs


@dataclass(frozen=True, slots=True)
class Listing:
    """Photographs in the order of the results.

    Attributes:
        locations: absolute paths and URLs, none twice.
        roots: folders, absolute paths and URLs; names in the results count from them.
    """

    locations: tuple[str, ...]
    roots: tuple[str, ...]

    @property
    def sha256(self) -> str:
        """Hash that tells listings apart."""
        return hashlib.sha256(json.dumps([self.locations, self.roots]).encode()).hexdigest()

    @property
    def local_roots(self) -> tuple[Path, ...]:
        """Those of the roots that all machines must see in their file system."""
        return tuple(path for root in self.roots if (path := local_path(root)) is not None)

    def parts(self, size: int) -> list[tuple[str, ...]]:
        """Cut the locations into parts of `size`, the last one shorter."""
        return [
            self.locations[start : start + size] for start in range(0, len(self.locations), size)
        ]


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
    locations: dict[str, None] = {}
    roots: dict[str, None] = {}
    for source in sources:
        path = local_path(source)
        location = source if path is None else str(path)
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
            locations.update(dict.fromkeys(_stored(location, recursive)))
        roots[root] = None
    return Listing(tuple(locations), tuple(roots))


def relative_name(url: str, roots: Sequence[str]) -> str:
    """Return a URL below the deepest root that holds it, else without its scheme.

    What follows `?` or `#` is left out: it may hold the key to a storage.
    """
    if url.startswith(("http://", "https://")):
        url = url.partition("?")[0].partition("#")[0]
    folders = [f"{root.rstrip('/')}/" for root in roots]
    inside = [url.removeprefix(folder) for folder in folders if url.startswith(folder)]
    return min(inside, key=len, default=url.partition("://")[2].lstrip("/"))


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
        system, inner = file_system(location)
        content: bytes = system.cat_file(inner)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ImageError(Path(location), f"the list cannot be read ({reason})") from error
    return content


def _stored(url: str, recursive: bool) -> Iterator[str]:
    """List photographs below a URL, or the one that it is."""
    system, inner = file_system(url)
    try:
        keys = sorted(system.find(inner, maxdepth=None if recursive else 1))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ImageError(Path(url), f"{url} cannot be listed ({reason})") from error
    if not keys:
        raise ImageError(Path(url), f"there is no file or folder at {url}; check the spelling")
    for key in keys:
        if key == inner:
            yield url
        elif PurePosixPath(key).suffix.lower() in IMAGE_SUFFIXES:
            yield below(url, key.removeprefix(inner))
