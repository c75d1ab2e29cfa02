"""Windows and commands at the same time over one library: nothing is lost, nothing corrupted."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from command_line import PATIENCE_SECONDS, environment, finish, start
from tiny_photographs import write_photographs
from tiny_results import names_in, read_json, read_table
from tiny_weights import write_tiny_model

from fundus_gui.core.assessments.folder import find_assessments, read_assessment
from fundus_gui.core.catalogue import read_catalogue
from fundus_gui.core.catalogue.ensembles_file import read_entries
from fundus_gui.core.checkpoints import load_checkpoint
from fundus_gui.gui.settings import load_settings

WRITERS = 3
EACH = 8

# Each is run by several processes at once, which begin together when the file `go` appears.
_BEGIN = """
import sys, time
from pathlib import Path
sys.path[:0] = {paths!r}
folder, number = Path(sys.argv[1]), int(sys.argv[2])
{imports}
(folder / f"ready {{number}}").touch()
while not (folder / "go").exists():
    time.sleep(0.001)
try:
{body}
except FundusError as error:
    print(error)
"""


def at_once(folder: Path, imports: str, body: str, writers: int = WRITERS) -> list[str]:
    """Run a body in several processes at once and return what they said."""
    indented = "\n".join(f"    {line}" for line in body.strip().splitlines())
    imports = f"from fundus_gui.core.errors import FundusError\n{imports}"
    paths = [str(Path(__file__).parents[1]), str(Path(__file__).parent)]
    code = _BEGIN.format(paths=paths, imports=imports, body=indented)
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(folder), str(number)],
            env=environment(folder),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(writers)
    ]
    deadline = time.monotonic() + PATIENCE_SECONDS
    while sum((folder / f"ready {number}").exists() for number in range(writers)) < writers:
        assert time.monotonic() < deadline
        assert all(p.poll() in (None, 0) for p in processes), processes[0].communicate()
        time.sleep(0.01)
    (folder / "go").touch()
    said = [process.communicate(timeout=PATIENCE_SECONDS) for process in processes]
    for _, err in said:
        assert not err, err
    return [out.strip() for out, _ in said]


def test_ensembles_added_by_several_processes_are_all_there(tmp_path: Path) -> None:
    imports = "from fundus_gui.core.catalogue import EnsembleSpec, write_ensemble"
    body = f"""
for at in range({EACH}):
    name = f"{{number}} {{at}}"
    spec = EnsembleSpec(name=name, members=("a", "b"), weights=(0.5, 0.5))
    write_ensemble(spec, folder / "weights")
"""
    assert at_once(tmp_path, imports, body) == [""] * WRITERS
    expected = {f"{number} {at}" for number in range(WRITERS) for at in range(EACH)}
    assert set(read_entries(tmp_path / "weights")) == expected


def test_runs_hidden_by_several_windows_are_all_hidden(tmp_path: Path) -> None:
    imports = "from fundus_gui.gui.training.run_library import RunLibrary"
    body = f"""
for at in range({EACH}):
    for _ in RunLibrary(folder / "runs").hide((Path(f"/runs/{{number}}-{{at}}"),), hidden=True):
        pass
"""
    assert at_once(tmp_path, imports, body) == [""] * WRITERS
    text = (tmp_path / "runs" / "list.toml").read_text(encoding="utf-8")
    for number in range(WRITERS):
        assert all(f"/runs/{number}-{at}" in text for at in range(EACH))


def test_second_opinions_of_several_windows_are_all_there(tmp_path: Path) -> None:
    (tmp_path / "eyes").mkdir()
    imports = "from fundus_gui.core.assessments.marks import Mark, Marks"
    body = f"""
for at in range({EACH}):
    mark = Mark(filename=f"{{number}}-{{at}}.png", label="amd", verdict="wrong")
    Marks(folder / "eyes").put(mark)
"""
    assert at_once(tmp_path, imports, body) == [""] * WRITERS
    table = (tmp_path / "eyes.second_opinions.csv").read_text(encoding="utf-8-sig")
    assert len(table.splitlines()) == 1 + WRITERS * EACH


def test_a_model_that_two_add_under_one_name_is_that_of_one_of_them(tmp_path: Path) -> None:
    for number in range(WRITERS):
        write_tiny_model(tmp_path / f"run {number}" / "best.safetensors", seed=number)
    imports = "from fundus_gui.core.runs import add_to_library"
    body = 'add_to_library(folder / f"run {number}", "mine")'
    said = at_once(tmp_path, imports, body)
    assert sorted(bool(sentence) for sentence in said) == [False] + [True] * (WRITERS - 1)
    assert all("is installed already" in sentence for sentence in said if sentence)
    winner = said.index("")
    added = load_checkpoint(tmp_path / "weights" / "mine.safetensors")
    first = load_checkpoint(tmp_path / f"run {winner}" / "best.safetensors")
    assert added.sha256 == first.sha256
    assert not list(tmp_path.rglob("*.tmp"))


def test_an_evaluation_that_two_keep_under_one_name_is_that_of_one_of_them(tmp_path: Path) -> None:
    imports = """
from fundus_gui.core.assessments import reporting
from fundus_gui.core.assessments.folder import write_assessment
from tiny_assessments import assessment
reporting.write_evaluation_report = lambda *_: iter(())
made = assessment(Path("/photographs"), images=30 + number, has_tuning=False)
"""
    said = at_once(tmp_path, imports, 'write_assessment(made, folder / "kept")')
    assert said.count("") == 1
    assert all(sentence.endswith(".") for sentence in said if sentence)
    (kept,) = find_assessments(tmp_path)
    assert read_assessment(kept.folder).report.images == 30 + said.index("")
    assert not list(tmp_path.glob(".*.tmp"))


def test_two_windows_that_start_runs_of_one_name_get_two_folders(tmp_path: Path) -> None:
    imports = "from fundus_gui.gui.training.run_library import make_run_folder"
    body = f"""
for _ in range({EACH}):
    print(make_run_folder(folder / "runs", "run"))
"""
    told = [line for said in at_once(tmp_path, imports, body) for line in said.splitlines()]
    assert len(set(told)) == WRITERS * EACH


# One table ----------------------------------------------------------------------------------------


@pytest.mark.skipif(os.name != "posix", reason="stops a process by a signal of POSIX")
def test_a_table_that_is_being_written_is_refused_to_a_second_command(
    home: Path, tmp_path: Path
) -> None:
    from signal import SIGCONT, SIGSTOP

    folder, out = tmp_path / "eyes", tmp_path / "results" / "r.csv"
    write_photographs(folder, 60)
    arguments = ("classify", folder, "--batch-size", "2", "--workers", "1", "--resume", out)
    with start(home, *arguments) as first:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not (out.exists() and out.read_bytes().count(b"\n") > 5):
            assert time.monotonic() < deadline
            assert first.poll() is None, first.communicate()
            time.sleep(0.001)
        first.send_signal(SIGSTOP)
        try:
            with start(home, *arguments) as second:
                refused = finish(second)
        finally:
            first.send_signal(SIGCONT)
        done = finish(first)
    assert refused.code == 1
    assert str(out) in refused.sentence
    assert done.code == 0
    assert len(read_table(out)) == 60
    assert read_json(out.with_suffix(".json"))["is_complete"]
    assert names_in(out.parent) == {"r.csv", "r.json"}


# Two windows and a command ------------------------------------------------------------------------

_WINDOW = """
import sys
from pathlib import Path
from fundus_gui.gui.app import main
from fundus_gui.gui.main_window import MainWindow

show = MainWindow.showEvent

def show_and_watch(window, event):
    show(window, event)
    window.page.classification.finished.connect(window.close)

MainWindow.showEvent = show_and_watch
sys.exit(main([Path(sys.argv[1])]))
"""


def open_windows(home: Path, folders: Sequence[Path]) -> list[subprocess.Popen[str]]:
    return [
        subprocess.Popen(
            [sys.executable, "-c", _WINDOW, str(folder)],
            env=environment(home),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for folder in folders
    ]


def test_two_windows_and_a_command_work_at_once_over_one_library(
    home: Path, tmp_path: Path
) -> None:
    (home / "settings.ini").write_text(
        '[General]\nmodels="[\\"tiny_a\\", \\"tiny_b\\"]"\n', encoding="utf-8"
    )
    folders = [tmp_path / f"eyes {number}" for number in range(2)]
    for folder in folders:
        write_photographs(folder, 12)
    windows = open_windows(home, folders)
    out = tmp_path / "r.csv"
    with start(home, "classify", folders[0], "--ensemble", "pair", "--out", out) as command:
        done = finish(command)
    for window in windows:
        _, err = window.communicate(timeout=PATIENCE_SECONDS)
        assert window.returncode == 0, err
        assert "Error" not in err
    assert done.code == 0
    assert len(read_table(out)) == 12
    remembered = load_settings(home / "settings.ini")
    assert remembered.models == ("tiny_a", "tiny_b")
    assert set(remembered.recent) & {str(folder) for folder in folders}
    for measured in (home / "cache").glob("*.json"):
        assert isinstance(json.loads(measured.read_text(encoding="utf-8")), dict)
    assert set(read_catalogue([home / "weights"]).models) == {"tiny_a", "tiny_b"}
    assert not list(home.rglob("*.tmp"))
