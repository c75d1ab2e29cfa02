"""Where files lie that several machines share: folders of this computer, or object storage."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import unquote, urlsplit

from fundus_gui.core import atomic
from fundus_gui.core.errors import ConfigError, ExportError, FundusError

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

_URL = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_KEYS_IN_A_LINE = re.compile(r"(?<=://)[^\s/?@'\"]*@|\?[^\s'\")]*")


def local_path(location: str) -> Path | None:
    """Return the absolute path of what lies in the file system, None for another kind of URL."""
    if not _URL.match(location):
        return Path(location).absolute()
    if location.lower().startswith("file://"):
        return Path(unquote(urlsplit(location).path))
    return None


def below(folder: str, name: str) -> str:
    """Return the location of a name in a folder."""
    return f"{folder.rstrip('/')}/{name.lstrip('/')}"


@contextmanager
def storage(url: str) -> Iterator[tuple[AbstractFileSystem, str]]:
    """Open what reads and writes there, and the path by which it knows the URL.

    Each kind of storage has errors of its own, which share no root; inside, all of them become
    OSErrors, the original one being the cause.

    Raises:
        ConfigError: the kind of URL is unknown, lacks its package or cannot be opened.
        OSError: what is done inside fails.
    """
    try:
        from fsspec.core import url_to_fs
    except ModuleNotFoundError:
        raise ConfigError(
            f"{without_keys(url)} needs the package fsspec. Install it by pip install "
            "'fundus-gui[ray]'."
        ) from None
    try:
        opened: tuple[AbstractFileSystem, str] = url_to_fs(url)
    except Exception as error:
        raise ConfigError(f"{without_keys(url)} cannot be opened: {said(error)}") from error
    try:
        yield opened
    except (OSError, FundusError):
        raise
    except Exception as error:
        raise OSError(said(error)) from error


def said(error: Exception) -> str:
    """Return what an error says in one line, without the keys to a storage."""
    told = error.strerror if isinstance(error, OSError) else None
    line = (told or str(error)).strip().splitlines()[:1]
    return _KEYS_IN_A_LINE.sub("", line[0].rstrip(".")) if line else type(error).__name__


def kind_of(error: OSError) -> str:
    """Return what went wrong in words that name no file, folder or storage."""
    if error.errno is not None and error.errno in errno.errorcode:
        return os.strerror(error.errno)
    return type(error.__cause__ or error).__name__


def without_keys(url: str) -> str:
    """Return a URL without user, password and what follows `?`, which may open the storage."""
    kind, mark, place = url.partition("://")
    if not mark:
        return url
    host, slash, inner = place.partition("?")[0].partition("/")
    return f"{kind}://{host.rpartition('@')[2]}{slash}{inner}"


class Folder:
    """A flat folder of results, of which every file is there whole or not at all.

    Files of the file system are written beside and renamed; an object storage shows an object
    only when all of it has arrived.
    """

    def __init__(self, location: str) -> None:
        """Name a folder; it is made when something is written."""
        self.path = local_path(location)
        self.location = location if self.path is None else str(self.path)

    def __str__(self) -> str:
        """Name it for people."""
        return self.location if self.path is not None else without_keys(self.location)

    def names(self) -> list[str]:
        """Return the names of what it shows, none where there is no such folder."""
        with self._refusing("read"):
            try:
                if self.path is not None:
                    names = (found.name for found in self.path.iterdir())
                    return sorted(name for name in names if name[:1] != ".")
                with storage(self.location) as (system, path):
                    system.invalidate_cache()
                    found = system.ls(path, detail=False)
                    return sorted(str(name).rstrip("/").rpartition("/")[2] for name in found)
            except FileNotFoundError:
                return []

    def read(self, name: str) -> bytes | None:
        """Return a file's content, None where there is no such file."""
        with self._refusing("read"):
            try:
                if self.path is not None:
                    return (self.path / name).read_bytes()
                with storage(self.location) as (system, path):
                    content: bytes = system.cat_file(below(path, name))
                    return content
            except FileNotFoundError:
                return None

    def write(self, name: str, content: bytes) -> None:
        """Write a whole file, or replace one.

        Raises:
            ExportError: the disk or the storage refuses.
        """
        with self._refusing("written"):
            if self.path is not None:
                atomic.write_bytes(self.path / name, content)
                return
            with storage(self.location) as (system, path):
                system.makedirs(path, exist_ok=True)
                system.pipe_file(below(path, name), content)

    def remove(self, name: str) -> None:
        """Take a file away.

        Raises:
            ExportError: the disk or the storage refuses.
        """
        with self._refusing("written"):
            if self.path is not None:
                (self.path / name).unlink(missing_ok=True)
                return
            with storage(self.location) as (system, path):
                system.rm_file(below(path, name))

    @contextmanager
    def alone(self) -> Iterator[Self]:
        """Keep other commands from writing into the same folder of the file system."""
        if self.path is None:
            yield self
            return
        from fundus_gui.core.export.writing import writing_alone

        with self._refusing("written"):
            self.path.mkdir(parents=True, exist_ok=True)
        with writing_alone(self.path):
            yield self

    @contextmanager
    def _refusing(self, what: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise ExportError(
                f"{self} cannot be {what} ({said(error)}). Free some "
                "space, or choose another folder."
            ) from error
