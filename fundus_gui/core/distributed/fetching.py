"""Brings photographs from object storage, a few ahead of the engine, and forgets them after it."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from itertools import islice
from pathlib import Path, PurePosixPath

from fundus_gui.core.distributed.listing import relative_name
from fundus_gui.core.distributed.places import kind_of, local_path, storage
from fundus_gui.core.results import ImageResult, UnreadableImage


class Fetcher:
    """Temporary files of what lies elsewhere; what lies in the file system stays where it is.

    Attributes:
        folder: stands for the roots of what was fetched: a result's path begins with it.
    """

    def __init__(self, folder: Path, roots: Sequence[str], threads: int) -> None:
        """Fetch into an empty folder, by so many threads."""
        self.folder = folder
        self._roots = roots
        self._threads = threads
        self._urls: dict[Path, str] = {}
        self._problems: dict[Path, str] = {}

    def paths(self, locations: Iterable[str]) -> Generator[Path, None, None]:
        """Return where each photograph lies, in order, when it has arrived."""
        numbered = enumerate(locations)
        pending: deque[Future[Path]] = deque()
        pool = ThreadPoolExecutor(self._threads, thread_name_prefix="fetch")
        try:
            while True:
                for number, location in islice(numbered, 2 * self._threads - len(pending)):
                    pending.append(pool.submit(self._fetch, number, location))
                if not pending:
                    return
                yield pending.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)

    def settled(self, result: ImageResult) -> ImageResult:
        """Return the result under the photograph's own name, and remove its temporary file."""
        url = self._urls.pop(result.path, None)
        if url is None:
            return result
        result.path.unlink(missing_ok=True)
        problem = self._problems.pop(result.path, None)
        named = self.folder / relative_name(url, self._roots)
        if problem is not None and isinstance(result, UnreadableImage):
            result = replace(result, error=problem)
        return replace(result, path=named, file_modified_ns=None)

    def _fetch(self, number: int, location: str) -> Path:
        local = local_path(location)
        if local is not None:
            return local
        name = PurePosixPath(relative_name(location, self._roots))
        path = self.folder / f"{number}{name.suffix}"
        self._urls[path] = location
        try:
            with storage(location) as (system, inner):
                system.get_file(inner, str(path))
        except FileNotFoundError:
            self._problems[path] = "there is no such file in the storage"
        except OSError as error:
            self._problems[path] = f"it could not be fetched from the storage ({kind_of(error)})"
        if path in self._problems:
            path.unlink(missing_ok=True)
        return path
