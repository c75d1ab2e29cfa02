"""One way into the program, as the fuzzing sees it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Reader:
    """One way in.

    Attributes:
        seeds: sound inputs.
        read: takes the bytes of a file.
    """

    seeds: tuple[bytes, ...]
    read: Callable[[bytes], object]


def of_file(path: Path, read: Callable[[Path], object]) -> Callable[[bytes], object]:
    """Return a reader of bytes that puts them into a file first."""

    def read_bytes(content: bytes) -> object:
        path.write_bytes(content)
        return read(path)

    return read_bytes
