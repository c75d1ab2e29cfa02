"""A replaced file is the old one or the new one, never a part, whatever fails on the way."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fundus_gui.core import atomic

posix_only = pytest.mark.skipif(os.name != "posix", reason="asks POSIX which processes live")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def failing(code: int) -> Callable[..., Any]:
    def fail(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    return fail


def test_a_file_is_written_into_a_folder_that_is_made_for_it(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "results.csv"
    atomic.write_bytes(path, b"a,b\r\n")
    assert path.read_bytes() == b"a,b\r\n"
    assert names(path.parent) == ["results.csv"]


def test_the_old_file_stays_until_the_new_one_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    path.write_bytes(b"old")
    with atomic.replacing(path) as stream:
        stream.write(b"new")
        stream.flush()
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"
    assert names(tmp_path) == ["results.csv"]


@pytest.mark.parametrize("interruption", [ValueError, KeyboardInterrupt])
def test_an_interrupted_writing_leaves_the_old_file_alone(
    tmp_path: Path, interruption: type[BaseException]
) -> None:
    path = tmp_path / "results.csv"
    path.write_bytes(b"old")

    def write() -> None:
        with atomic.replacing(path) as stream:
            stream.write(b"half of the n")
            raise interruption

    with pytest.raises(interruption):
        write()
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["results.csv"]


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EACCES, errno.EROFS])
@pytest.mark.parametrize("step", ["os.fsync", "pathlib.Path.replace", "pathlib.Path.open"])
def test_a_failing_disk_leaves_the_old_file_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, code: int
) -> None:
    path = tmp_path / "results.csv"
    path.write_bytes(b"old")
    with monkeypatch.context() as patch:
        patch.setattr(step, failing(code))
        with pytest.raises(OSError, match=os.strerror(code)):
            atomic.write_bytes(path, b"new")
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["results.csv"]
    atomic.write_bytes(path, b"new")
    assert path.read_bytes() == b"new"


def test_a_folder_in_the_way_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "results.csv" / "mine").mkdir(parents=True)
    with pytest.raises(OSError, match="results"):
        atomic.write_bytes(tmp_path / "results.csv", b"new")
    assert names(tmp_path) == ["results.csv"]


@pytest.mark.parametrize("letter", ["x", "é", "眼", "👁"])
def test_names_as_long_as_the_system_allows_can_be_written(tmp_path: Path, letter: str) -> None:
    path = tmp_path / (letter * (251 // len(letter.encode())) + ".csv")
    atomic.write_bytes(path, b"new")
    assert path.read_bytes() == b"new"


def test_two_files_can_be_written_at_once(tmp_path: Path) -> None:
    long = "x" * 200
    with (
        atomic.replacing(tmp_path / f"{long}.csv") as table,
        atomic.replacing(tmp_path / f"{long}.json") as record,
    ):
        table.write(b"table")
        record.write(b"record")
    assert (tmp_path / f"{long}.csv").read_bytes() == b"table"
    assert (tmp_path / f"{long}.json").read_bytes() == b"record"


# What killed processes leave, and what several do at once -----------------------------------------


@posix_only
@pytest.mark.parametrize("is_folder", [False, True])
def test_what_a_killed_process_left_is_removed_by_the_next_writing(
    tmp_path: Path, is_folder: bool
) -> None:
    path = tmp_path / "results.csv"
    leaving = (
        "import os, sys; from pathlib import Path; from fundus_gui.core import atomic\n"
        "left = atomic.temporary_beside(Path(sys.argv[1]))\n"
        "left.mkdir() if sys.argv[2:] else left.touch()\n"
        "os.kill(os.getpid(), 9)"
    )
    arguments = [sys.executable, "-c", leaving, str(path), *(["folder"] * is_folder)]
    subprocess.run(arguments, check=False)
    other = atomic.temporary_beside(tmp_path / "other.csv")
    other.touch()
    assert len(names(tmp_path)) == 2
    atomic.write_bytes(path, b"new")
    assert names(tmp_path) == [other.name, "results.csv"]


@posix_only
def test_what_a_living_process_writes_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    own = atomic.temporary_beside(path)
    others = own.with_name(own.name.replace(str(os.getpid()), str(os.getppid())))
    others.touch()
    atomic.write_bytes(path, b"new")
    assert names(tmp_path) == [others.name, "results.csv"]


def test_while_a_file_is_changed_others_wait_and_then_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(atomic, "_LOCK_SECONDS", 0.1)
    path = tmp_path / "new" / "list.toml"
    with (
        atomic.changing(path),
        pytest.raises(OSError, match="another window or command is writing it"),
        atomic.changing(path),
    ):
        pass
    with atomic.changing(path):
        atomic.write_bytes(path, b"new")
    assert path.read_bytes() == b"new"
