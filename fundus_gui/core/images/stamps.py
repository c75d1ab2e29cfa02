"""What tells later whether a file is still the one that was read, without decoding it."""

from __future__ import annotations

import hashlib
import stat
from pathlib import Path
from typing import NamedTuple


class FileStamp(NamedTuple):
    """Size and time of the last change (nanoseconds since 1970); None where unknown."""

    file_bytes: int | None
    file_modified_ns: int | None


def file_stamp(path: Path) -> FileStamp:
    """Return the stamp of the file that a path or link leads to."""
    try:
        status = path.stat()
    except (OSError, ValueError):  # ValueError: no path of this system
        return FileStamp(None, None)
    return FileStamp(status.st_size, status.st_mtime_ns)


def file_sha256(path: Path) -> str:
    """Return the hash of a file's bytes, empty where they cannot be read."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe would wait for ever
            return ""
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except (OSError, ValueError):
        return ""
