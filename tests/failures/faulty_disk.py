"""A disk whose N-th call fails, as SQLite's tests have it, and one that is really full."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest


class FaultyDisk:
    """Lets the N-th call of the file layer fail, and, when persistent, all that follow.

    Counted are what opens, writes, flushes, closes, syncs, renames or makes folders from Python.
    A failing write writes a half first. Removing works, since nobody could tidy up without.

    Args:
        folder: below which files are on the faulty disk.
        fail_at: number of the failing call, from 1.
        code: of the system's error.
        persistent: whether the disk stays broken.
    """

    def __init__(self, folder: Path, fail_at: int, code: int, *, persistent: bool) -> None:
        self.calls = 0
        self._folder, self._fail_at = str(folder), fail_at
        self._code, self._persistent = code, persistent

    @property
    def failed(self) -> bool:
        """Whether the fault has come."""
        return self.calls >= self._fail_at

    def call(self) -> None:
        """Count a call, and raise if it is to fail."""
        self.calls += 1
        if self.calls == self._fail_at or (self._persistent and self.failed):
            raise OSError(self._code, os.strerror(self._code))

    @contextmanager
    def mounted(self) -> Iterator[None]:
        """Put it under everything that Python writes."""
        with pytest.MonkeyPatch.context() as patch:
            for name in ("mkdir", "rename", "replace", "link"):
                patch.setattr(os, name, self._guarded(getattr(os, name)))
            patch.setattr(os, "fsync", self._guarded(os.fsync, anywhere=True))
            patch.setattr(io, "open", self._guarded_open(io.open))
            yield

    def _is_mine(self, path: Any) -> bool:
        return isinstance(path, str | os.PathLike) and os.fspath(path).startswith(self._folder)

    def _guarded(self, real: Callable[..., Any], *, anywhere: bool = False) -> Callable[..., Any]:
        def guarded(path: Any, *arguments: Any, **options: Any) -> Any:
            if anywhere or self._is_mine(path):
                self.call()
            return real(path, *arguments, **options)

        return guarded

    def _guarded_open(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def guarded(path: Any, mode: str = "r", *arguments: Any, **options: Any) -> Any:
            if not self._is_mine(path) or not set(mode) & set("wax+"):
                return real(path, mode, *arguments, **options)
            self.call()
            return _FaultyStream(real(path, mode, *arguments, **options), self)

        return guarded


class _FaultyStream:
    """A stream of a faulty disk."""

    def __init__(self, stream: Any, disk: FaultyDisk) -> None:
        self._stream, self._disk = stream, disk

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def __enter__(self) -> _FaultyStream:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def write(self, content: Any) -> int:
        try:
            self._disk.call()
        except OSError:
            self._stream.write(content[: len(content) // 2])
            raise
        written: int = self._stream.write(content)
        return written

    def flush(self) -> None:
        self._disk.call()
        self._stream.flush()

    def close(self) -> None:
        if self._stream.closed:
            return
        try:
            self._disk.call()
        finally:
            self._stream.close()


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    """Let the system itself refuse every byte beyond `size`, also to Qt and Arrow."""
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """Mount a disk of that size, such as 256k; the test is skipped where that is forbidden."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    administrator = [] if os.name == "posix" and os.geteuid() == 0 else ["sudo", "-n"]
    if not all(shutil.which(word) for word in (command[0], *administrator[:1])):
        pytest.skip("a small file system cannot be mounted on this machine")
    if subprocess.run([*administrator, *command], capture_output=True, check=False).returncode:
        pytest.skip("a small file system cannot be mounted without an administrator")
    try:
        if administrator:
            subprocess.run([*administrator, "chmod", "777", str(folder)], check=True)
        yield folder
    finally:
        subprocess.run([*administrator, "umount", "--lazy", str(folder)], check=True)


def fill(disk: Path, *, leave: int = 0) -> Path:
    """Fill a small disk up to `leave` bytes; deleting the returned file makes room again."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as stream:
        for size in (65536, 512):
            with suppress(OSError):
                while True:
                    stream.write(b"\0" * size)
        stream.truncate(max(0, stream.tell() - leave))
    return filler
