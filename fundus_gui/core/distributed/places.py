"""Where files lie that several machines share: folders of this computer, or object storage."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import unquote, urlsplit

from fundus_gui.core import atomic
from fundus_gui.core.errors import ConfigError, ExportError

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

_URL = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)


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


def file_system(url: str) -> tuple[AbstractFileSystem, str]:
    """Return what reads and writes there, and the path by which it knows the URL.

    Raises:
        ConfigError: the kind of URL is unknown or lacks its package.
    """
    try:
        from fsspec.core import url_to_fs
    except ModuleNotFoundError:
        raise ConfigError(
            f"{url} needs the package fsspec. Install it by pip install 'fundus-gui[ray]'."
        ) from None
    try:
        system, path = url_to_fs(url)
    except (ValueError, ImportError) as error:
        raise ConfigError(f"{url} cannot be opened: {error}") from error
    return system, path


class Folder:
    """A flat folder of results, of which every file is there whole or not at all.

    Files of the file system are written beside and renamed; an object storage shows an object
    only when all of it has arrived.
    """

    def __init__(self, location: str) -> None:
        """Name a folder; it is made when something is written."""
        self.path = local_path(location)
        self.location = location if self.path is None else str(self.path)

    def names(self) -> list[str]:
        """Return the names of what it holds, none where there is no such folder."""
        try:
            if self.path is not None:
                return sorted(found.name for found in self.path.iterdir())
            system, path = file_system(self.location)
            return sorted(str(found).rpartition("/")[2] for found in system.ls(path, detail=False))
        except FileNotFoundError:
            return []
        except OSError as error:
            raise self._refused("read", error) from error

    def read(self, name: str) -> bytes | None:
        """Return a file's content, None where there is no such file."""
        try:
            if self.path is not None:
                return (self.path / name).read_bytes()
            system, path = file_system(self.location)
            content: bytes = system.cat_file(below(path, name))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._refused("read", error) from error
        return content

    def write(self, name: str, content: bytes) -> None:
        """Write a whole file, or replace one.

        Raises:
            ExportError: the disk or the storage refuses.
        """
        try:
            if self.path is not None:
                atomic.write_bytes(self.path / name, content)
                return
            system, path = file_system(self.location)
            system.makedirs(path, exist_ok=True)
            system.pipe_file(below(path, name), content)
        except OSError as error:
            raise self._refused("written", error) from error

    @contextmanager
    def alone(self) -> Iterator[Self]:
        """Keep other commands of this machine from writing into the same folder."""
        if self.path is None:
            yield self
            return
        from fundus_gui.core.export.writing import writing_alone

        with writing_alone(self.path):
            yield self

    def _refused(self, what: str, error: OSError) -> ExportError:
        return ExportError(
            f"{self.location} cannot be {what} ({error.strerror or error}). Free some space, "
            "or choose another folder."
        )
