"""The one way in which the program replaces a file: whole, or not at all."""

from __future__ import annotations

import errno
import hashlib
import os
import platform
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from filelock import FileLock, Timeout

_LOCK_SECONDS = 5.0


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """Open a temporary file beside `path`; on leaving without an error it becomes `path`.

    The parent folder is made when missing. After an error the old file, if any, is untouched and
    nothing is left behind. OSErrors go to the caller, who knows what was being written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = temporary_beside(path)
    try:
        with temporary.open("wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def temporary_beside(path: Path) -> Path:
    """Return the hidden name that a file or folder has until it is whole and becomes `path`.

    What a process of this machine that was killed has left in the place of the same `path` is
    removed.
    """
    # Named by hash, since a name as long as the system allows has no room for a suffix.
    told = os.fsencode(f"{platform.node()}/{path.name}")
    name = hashlib.sha256(told).hexdigest()[:16]
    for left in path.parent.glob(f".{name}.*.tmp"):
        if _has_ended(left.suffixes[0].lstrip(".")):
            with suppress(OSError):
                shutil.rmtree(left) if left.is_dir() else left.unlink()
    return path.with_name(f".{name}.{os.getpid()}.tmp")


def _has_ended(process: str) -> bool:
    """Return whether no other process has that number."""
    if os.name != "posix" or not process.isdecimal():
        return False
    if int(process) == os.getpid():
        return True
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


@contextmanager
def changing(path: Path) -> Iterator[None]:
    """Keep all others out while a file is read, changed and replaced.

    Raises:
        OSError: somebody else is at it for seconds, or the folder cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path.with_name(f".{path.name}.lock"), timeout=_LOCK_SECONDS)
    try:
        lock.acquire()
    except Timeout:
        told = "another window or command is writing it; try again in a moment"
        raise TimeoutError(errno.EBUSY, told) from None
    try:
        yield
    finally:
        lock.release()


def write_bytes(path: Path, content: bytes) -> None:
    """Write a whole file at once."""
    with replacing(path) as stream:
        stream.write(content)


def check_writable(folder: Path) -> None:
    """Write a nameless file into a folder, or where it would be made; nothing is left behind.

    Raises:
        OSError: the system refuses.
    """
    existing = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    with tempfile.TemporaryFile(dir=existing):
        pass
