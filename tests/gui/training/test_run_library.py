"""The list of runs: what is in it, in which order, and what the user put out of sight."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from invented_runs import begin, finished

from fundus_gui.core.errors import DatasetError, ExportError
from fundus_gui.core.runs import RunEnded
from fundus_gui.gui.training.run_library import RunLibrary, make_run_folder


def names(library: RunLibrary) -> list[str]:
    return [known.run.name for known in library.read()]


def test_runs_are_listed_the_newest_first(tmp_path: Path) -> None:
    for age, name in enumerate(("new", "old", "older")):
        folder = finished(tmp_path / name)
        os.utime(folder.config_file, (1e9 - age, 1e9 - age))
    (tmp_path / "no run").mkdir()
    assert names(RunLibrary(tmp_path)) == ["new", "old", "older"]


def test_a_folder_that_does_not_exist_holds_no_runs(tmp_path: Path) -> None:
    assert RunLibrary(tmp_path / "absent").read() == ()


def test_a_run_that_did_not_change_is_not_read_again(tmp_path: Path) -> None:
    library = RunLibrary(tmp_path)
    folder = begin(tmp_path / "run")
    (before,) = library.read()
    assert library.read()[0].run is before.run
    folder.append_event(RunEnded(ending="stopped", reason="Stopped as asked."))
    assert library.read()[0].run.status == "stopped"


def test_what_can_be_done_with_a_run_is_known(tmp_path: Path) -> None:
    folder = begin(tmp_path / "run")
    (known,) = RunLibrary(tmp_path).read()
    assert (known.can_resume, known.has_weights) == (False, False)
    folder.state_file.write_bytes(b"")
    folder.best_file.write_bytes(b"")
    (known,) = RunLibrary(tmp_path).read()
    assert (known.can_resume, known.has_weights) == (True, True)


def test_hidden_runs_keep_their_files_and_can_be_shown_again(tmp_path: Path) -> None:
    folder = finished(tmp_path / "run")
    files = sorted(folder.path.rglob("*"))
    list(RunLibrary(tmp_path).hide((folder.path,), hidden=True))
    assert [known.is_hidden for known in RunLibrary(tmp_path).read()] == [True]
    assert sorted(folder.path.rglob("*")) == files
    list(RunLibrary(tmp_path).hide((folder.path,), hidden=False))
    assert [known.is_hidden for known in RunLibrary(tmp_path).read()] == [False]


def test_opening_a_hidden_run_shows_it_again(tmp_path: Path) -> None:
    folder = finished(tmp_path / "run")
    library = RunLibrary(tmp_path)
    list(library.hide((folder.path,), hidden=True))
    assert list(library.open(folder.path)) == [folder.path]
    assert [known.is_hidden for known in library.read()] == [False]


def test_a_damaged_list_file_hides_nothing(tmp_path: Path) -> None:
    finished(tmp_path / "run")
    (tmp_path / "list.toml").write_text("hidden = [")
    assert names(RunLibrary(tmp_path)) == ["run"]


def test_a_list_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ExportError, match="cannot be written"):
        list(RunLibrary(tmp_path / "file").hide((tmp_path,), hidden=True))


def test_a_new_run_takes_no_name_that_is_taken(tmp_path: Path) -> None:
    assert make_run_folder(tmp_path, " run ") == tmp_path / "run"
    (tmp_path / "run 2").mkdir()
    assert make_run_folder(tmp_path, "run") == tmp_path / "run 3"


@pytest.mark.parametrize("name", ["", " ", ".hidden", "..", "a/b", "a\\b", "a:b", "x" * 101])
def test_a_name_that_no_folder_can_have_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(DatasetError, match="cannot be the name"):
        make_run_folder(tmp_path, name)


@pytest.mark.parametrize("content", [b"opened = [", b"\xff\xfe", b"opened = 3", b'hidden = "a"'])
def test_a_damaged_list_is_put_aside_and_told_of_once(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "list.toml").write_bytes(content)
    finished(tmp_path / "run")
    library = RunLibrary(tmp_path)
    assert names(library) == ["run"]
    assert "was damaged and is now" in str(library.problem)
    assert (tmp_path / "list.toml.broken-1").read_bytes() == content
    library.problem = None
    list(library.hide((tmp_path / "run",), hidden=True))
    assert [known.is_hidden for known in library.read()] == [True]
    assert library.problem is None
