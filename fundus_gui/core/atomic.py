"""The one way in which the program replaces a file: whole, or not at all."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """Open a temporary file beside `path`; on leaving without an error it becomes `path`.

    The parent folder is made when missing. After an error the old file, if any, is untouched and
    nothing is left behind. OSErrors go to the caller, who knows what was being written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # Named by hash, since a name as long as the system allows has no room for a suffix.
    name = hashlib.sha256(os.fsencode(path.name)).hexdigest()[:16]
    temporary = path.with_name(f".{name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


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
