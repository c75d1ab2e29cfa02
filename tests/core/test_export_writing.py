"""Exported files as a run goes, ends early, or meets a disk that refuses: nothing half done."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from tiny_results import (
    export,
    names_in,
    prediction,
    read_json,
    read_table,
    run_record,
    some_results,
)

from fundus_gui.core.errors import DeviceError, ExportError
from fundus_gui.core.export import export_results
from fundus_gui.core.export.writing import writing_alone
from fundus_gui.core.results import ImageResult

posix_only = pytest.mark.skipif(os.name != "posix", reason="uses POSIX links and limits")

# As the run goes ----------------------------------------------------------------------------------


def test_rows_are_on_disk_as_they_come(tmp_path: Path) -> None:
    out = tmp_path / "new" / "folder" / "r.csv"
    results = some_results(tmp_path)
    rows = export_results(iter(results), out, run_record(tmp_path))
    for count, _ in enumerate(rows, start=1):
        assert len(read_table(out)) == count
        record = read_json(out.with_suffix(".json"))
        assert (record["is_complete"], record["classified"]) == (False, 0)
    record = read_json(out.with_suffix(".json"))
    assert (record["is_complete"], record["classified"], record["failed"]) == (True, 4, 2)


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_leaving_early_keeps_the_rows_and_says_they_are_not_all(
    tmp_path: Path, suffix: str
) -> None:
    out = tmp_path / f"r{suffix}"
    rows = export_results(some_results(tmp_path), out, run_record())
    for _ in range(3):
        next(rows)
    rows.close()
    written = read_table(out)
    assert [row["filename"] for row in written] == ["0.jpg", "1.jpg", "2.jpg"]
    record = read_json(tmp_path / "r.json")
    assert (record["is_complete"], record["classified"], record["failed"]) == (False, 2, 1)
    assert names_in(tmp_path) == {out.name, "r.json"}


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_an_error_of_the_engine_passes_through_and_the_rows_stay(
    tmp_path: Path, suffix: str
) -> None:
    def failing() -> Iterator[ImageResult]:
        yield prediction(tmp_path / "0.jpg")
        raise DeviceError("too small")

    out = tmp_path / f"r{suffix}"
    with pytest.raises(DeviceError, match="too small"):
        list(export_results(failing(), out, run_record()))
    written = read_table(out)
    assert len(written) == 1
    assert read_json(tmp_path / "r.json")["is_complete"] is False
    assert names_in(tmp_path) == {out.name, "r.json"}


@pytest.mark.parametrize("existing", ["r.csv", "r.json"])
def test_existing_files_are_refused_before_anything_is_done(tmp_path: Path, existing: str) -> None:
    (tmp_path / existing).write_text("mine")
    with pytest.raises(ExportError, match=f"{existing} exists already; nothing was overwritten"):
        export_results([], tmp_path / "r.csv", run_record())
    assert names_in(tmp_path) == {existing}
    assert (tmp_path / existing).read_text() == "mine"


@posix_only
def test_a_dangling_link_counts_as_existing(tmp_path: Path) -> None:
    (tmp_path / "r.csv").symlink_to(tmp_path / "elsewhere.csv")
    with pytest.raises(ExportError, match="exists already"):
        export_results([], tmp_path / "r.csv", run_record())


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize("is_finished", [True, False])
def test_overwriting_replaces_table_and_record_only_when_all_is_written(
    tmp_path: Path, suffix: str, is_finished: bool
) -> None:
    out, record = tmp_path / f"r{suffix}", tmp_path / "r.json"
    export([prediction(tmp_path / "old.jpg")], out, run_record(command="old"))
    before = out.read_bytes(), record.read_bytes()
    rows = export_results(some_results(tmp_path), out, run_record(command="new"), overwrite=True)
    for _ in range(6):
        next(rows)
        assert (out.read_bytes(), record.read_bytes()) == before
    if is_finished:
        assert list(rows) == []
        written = read_table(out)
        assert len(written) == 6
        assert read_json(record)["command"] == "new"
    else:
        rows.close()
        assert (out.read_bytes(), record.read_bytes()) == before
    assert names_in(tmp_path) == {out.name, record.name}


# A disk that refuses ------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [{}, {"overwrite": True}])
@pytest.mark.parametrize("name", ["file/r.csv", "file/deeper/r.parquet", f"{'x' * 300}.csv"])
def test_an_impossible_place_is_an_export_error(
    tmp_path: Path, name: str, options: dict[str, bool]
) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(ExportError, match="cannot be written") as caught:
        list(export_results(some_results(tmp_path), tmp_path / name, run_record(), **options))
    assert isinstance(caught.value.__cause__, OSError)
    assert names_in(tmp_path) == {"file"}


@posix_only
@pytest.mark.parametrize("number", [1, 3, 6])
def test_a_table_that_is_moved_away_ends_the_run(tmp_path: Path, number: int) -> None:
    out = tmp_path / "out" / "r.csv"
    rows = export_results(some_results(tmp_path), out, run_record())
    for _ in range(number):
        next(rows)
    out.parent.rename(tmp_path / "moved")
    with pytest.raises(ExportError, match=r"cannot be written \(it was moved or removed meanwhile"):
        list(rows)
    assert names_in(tmp_path) == {"moved"}
    assert len(read_table(tmp_path / "moved" / "r.csv")) == number


FULL_DISK = """
import resource, sys
from pathlib import Path
sys.path[:0] = {paths!r}
import tiny_results as t
from fundus_gui.core.export import export_results
from fundus_gui.core.errors import ExportError
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
try:
    for _ in export_results(t.some_results(Path("/x"), 500), Path({out!r}), t.run_record()):
        pass
except ExportError as error:
    sys.exit(str(error))
"""


@posix_only
@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_full_disk_is_an_export_error_and_leaves_only_whole_rows(
    tmp_path: Path, suffix: str
) -> None:
    out = tmp_path / f"r{suffix}"
    code = FULL_DISK.format(paths=[str(Path(__file__).parents[1])], out=str(out))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == (
        f"{out} cannot be written (File too large). Free some space or choose another folder.\n"
    )
    if suffix == ".csv":
        content = out.read_bytes()
        assert content.endswith(b"\r\n")
        assert 15_000 < len(content) <= 20_000
        rows = read_table(out)
        assert [row["filename"] for row in rows] == [f"{n}.jpg" for n in range(len(rows))]
        assert all(row["image_sha256"] for row in rows)
    record = read_json(tmp_path / "r.json")
    assert record["is_complete"] is False
    assert {path.suffix for path in tmp_path.iterdir()} <= {suffix, ".json"}


# A shared folder without locks --------------------------------------------------------------------

WITHOUT_LOCKS = """
import errno, fcntl, os, sys, time
from pathlib import Path
from fundus_gui.core.export.writing import writing_alone

def refusing(*_):
    raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

fcntl.flock = refusing
with writing_alone(Path(sys.argv[1])):
    print("writing", flush=True)
    time.sleep(600)
"""


@pytest.fixture(params=[errno.ENOLCK, errno.EOPNOTSUPP])
def without_locks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no folder have locks."""

    def refusing(*_: object) -> NoReturn:
        raise OSError(request.param, os.strerror(request.param))

    monkeypatch.setattr("fcntl.flock", refusing)


@posix_only
@pytest.mark.usefixtures("without_locks")
def test_a_folder_without_locks_takes_a_table_of_one_writer_at_a_time(tmp_path: Path) -> None:
    out = tmp_path / "r.csv"
    rows = export_results(some_results(tmp_path), out, run_record())
    next(rows)
    with pytest.raises(ExportError, match="is being written by another window"):
        writing_alone(out).__enter__()
    assert len(list(rows)) == 5
    assert names_in(tmp_path) == {"r.csv", "r.json"}


@posix_only
@pytest.mark.usefixtures("without_locks")
def test_where_there_are_no_locks_a_killed_writer_keeps_nobody_out(tmp_path: Path) -> None:
    out = tmp_path / "r.csv"
    code = [sys.executable, "-c", WITHOUT_LOCKS, str(out)]
    with subprocess.Popen(code, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "writing\n"
        with pytest.raises(ExportError, match="is being written by another window"):
            writing_alone(out).__enter__()
        writer.send_signal(signal.SIGKILL)
    with writing_alone(out):
        assert names_in(tmp_path) != set()
    assert names_in(tmp_path) == set()


@posix_only
def test_another_refusal_of_the_lock_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refusing(*_: object) -> NoReturn:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr("fcntl.flock", refusing)
    with pytest.raises(ExportError, match=r"cannot be written \(Input/output error\)"):
        writing_alone(tmp_path / "r.csv").__enter__()
