"""Whichever call of the file layer fails: the old is whole or the new is, and it is one sentence.

The loop is that of SQLite's tests: the first call fails, then the second, until nothing fails.
"""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

import pytest
from faulty_disk import FaultyDisk, no_file_larger_than
from tiny_results import names_in
from write_paths import WRITE_PATHS, WritePath

from fundus_gui.core.errors import FundusError

posix_only = pytest.mark.skipif(os.name != "posix", reason="needs limits of POSIX")
MOST_CALLS = 400


@pytest.fixture(params=WRITE_PATHS, ids=lambda path: path.name.replace(" ", "_"))
def path(request: pytest.FixtureRequest) -> WritePath:
    chosen: WritePath = request.param
    return chosen


@pytest.fixture
def before(path: WritePath, tmp_path: Path) -> Path:
    """Return the folder as it is before the writing."""
    folder = tmp_path / "before"
    folder.mkdir()
    path.prepare(folder)
    return folder


def write(path: WritePath, folder: Path) -> FundusError | None:
    try:
        path.write(folder)
    except FundusError as error:
        return error
    return None


def check(path: WritePath, folder: Path, error: FundusError | None) -> None:
    if error is not None:
        assert str(error).endswith(".")
        assert "\n" not in str(error)
    left = names_in(folder)
    path.check(folder, error is None)
    assert left <= path.files


@pytest.mark.parametrize(
    ("code", "persistent"),
    [(errno.EIO, False), (errno.ENOSPC, True)],
    ids=["error_of_the_disk_once", "full_for_good"],
)
def test_whichever_call_fails_nothing_earlier_is_lost(
    path: WritePath, before: Path, tmp_path: Path, code: int, persistent: bool
) -> None:
    faults = 0
    for number in range(1, MOST_CALLS):
        folder = shutil.copytree(before, tmp_path / str(number))
        disk = FaultyDisk(folder, number, code, persistent=persistent)
        with disk.mounted():
            error = write(path, folder)
        if error is not None and not disk.failed:
            raise error
        check(path, folder, error)
        if not disk.failed:
            break
        faults += error is not None
        shutil.rmtree(folder)
    assert disk.calls < MOST_CALLS - 1
    assert faults >= 2


@posix_only
def test_wherever_the_disk_is_full_nothing_earlier_is_lost(
    path: WritePath, before: Path, tmp_path: Path
) -> None:
    """The system itself refuses: no file may grow beyond 0, then a little more, and so on."""
    errors = 0
    size = 0
    while True:
        folder = shutil.copytree(before, tmp_path / str(size))
        with no_file_larger_than(size):
            error = write(path, folder)
        check(path, folder, error)
        shutil.rmtree(folder)
        if error is None:
            break
        errors += 1
        size = max(size + 1, round(1.3 * size))
    assert errors >= 2
