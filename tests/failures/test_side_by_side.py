"""Windows and commands at the same time over one library: nothing is lost, nothing corrupted."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from signal import SIGCONT, SIGSTOP

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

pytestmark = pytest.mark.skipif(os.name != "posix", reason="forks and stops processes")

WRITERS = 3
EACH = 8

# One process imports what takes long and divides itself into several that begin together.
_DIVIDED = """
import json, multiprocessing, sys
from pathlib import Path
sys.path[:0] = {paths!r}
from fundus_gui.core.errors import FundusError
{imports}

def write(folder, number):
{body}

def begin(number, together, told):
    together.wait()
    try:
        said = write(Path(sys.argv[1]), number)
    except FundusError as error:
        said = str(error)
    told.put((number, said or ""))

writers, divide = {writers}, multiprocessing.get_context("fork")
together, told = divide.Barrier(writers), divide.SimpleQueue()
for number in range(writers):
    divide.Process(target=begin, args=(number, together, told)).start()
print(json.dumps([said for _, said in sorted(told.get() for _ in range(writers))]))
"""


def at_once(folder: Path, imports: str, body: str, writers: int = WRITERS) -> list[str]:
    """Run a body in several processes at once; return what each returned or was refused with."""
    indented = "\n".join(f"    {line}" for line in body.strip().splitlines())
    paths = [str(Path(__file__).parents[1])]
    code = _DIVIDED.format(paths=paths, imports=imports, body=indented, writers=writers)
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder)],
        env=environment(folder),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )
    assert done.stderr == ""
    said: list[str] = json.loads(done.stdout)
    return said


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
made = [assessment(Path("/eyes"), images=30 + n, has_tuning=False) for n in range(3)]
"""
    said = at_once(tmp_path, imports, 'write_assessment(made[number], folder / "kept")')
    assert said.count("") == 1
    assert all(sentence.endswith(".") for sentence in said if sentence)
    (kept,) = find_assessments(tmp_path)
    assert read_assessment(kept.folder).report.images == 30 + said.index("")
    assert not list(tmp_path.glob(".*.tmp"))


def test_two_windows_that_start_runs_of_one_name_get_two_folders(tmp_path: Path) -> None:
    imports = "from fundus_gui.gui.training.run_library import make_run_folder"
    body = f'return [str(make_run_folder(folder / "runs", "run")) for _ in range({EACH})]'
    told = {path for paths in at_once(tmp_path, imports, body) for path in paths}
    assert len(told) == WRITERS * EACH


# One table ----------------------------------------------------------------------------------------


def test_a_table_that_is_being_written_is_refused_to_a_second_command(
    home: Path, tmp_path: Path
) -> None:
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


_WRITER = """
import sys
from pathlib import Path
sys.path[:0] = {paths!r}
from table_files import Engine, write_files
from tiny_results import run_record
from fundus_gui.core.errors import FundusError
from fundus_gui.core.export import export_results

out = Path(sys.argv[1])
paths = [out.parent / f"{{number}}.jpg" for number in range(3)]
run = run_record(out.parent)
try:
    for number, _ in enumerate(export_results(Engine(run)(paths), out, run, overwrite=True)):
        if number == 1:
            print("writing", flush=True)
            sys.stdin.readline()
except FundusError as error:
    print(error, flush=True)
"""


def write_table(home: Path, out: Path, *by: str) -> subprocess.Popen[str]:
    """Begin to write a table, `by` another command if given; a line to it lets it end."""
    code = _WRITER.format(paths=[str(Path(__file__).parents[1])])
    return subprocess.Popen(
        [*by, sys.executable, "-c", code, str(out)],
        env=environment(home),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_a_table_is_refused_to_other_users_until_its_writer_ends_or_is_killed(
    tmp_path: Path,
) -> None:
    """Users share no folder but that of the table."""
    out = tmp_path / "shared" / "r.csv"
    out.parent.mkdir()
    for killed in (False, True):
        with write_table(tmp_path / "one", out) as first:
            assert first.stdout is not None
            assert first.stdout.readline() == "writing\n"
            with write_table(tmp_path / "other", out) as second:
                said, _ = second.communicate(timeout=PATIENCE_SECONDS)
            assert said == (
                f"{out} is being written by another window or command. Wait for its end, or stop "
                "it.\n"
            )
            if killed:
                first.kill()
            else:
                first.communicate("\n", timeout=PATIENCE_SECONDS)
        with write_table(tmp_path / "other", out) as third:
            assert third.communicate("\n", timeout=PATIENCE_SECONDS)[0] == "writing\n"
        assert {name for name in names_in(out.parent) if name[0] != "."} == {"r.csv", "r.json"}
    assert not list(out.parent.glob(".*.lock"))


@pytest.mark.skipif(
    os.name != "posix" or os.geteuid() != 0 or shutil.which("setpriv") is None,
    reason="only root can be two users",
)
def test_another_account_is_refused_too(tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory() as shared:  # where all may look
        out = Path(shared) / "r.csv"
        Path(shared).chmod(0o777)
        nobody = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
        with write_table(tmp_path, out) as first:
            assert first.stdout is not None
            assert first.stdout.readline() == "writing\n"
            done = subprocess.run(
                [*nobody, sys.executable, "-c", _TAKE, shared],
                capture_output=True, text=True, check=False,
            )  # fmt: skip
            assert done.stdout == "taken\n", done.stderr
            first.communicate("\n", timeout=PATIENCE_SECONDS)


# Nobody may not read this program where root has it, but can ask for its lock.
_TAKE = """
import fcntl, glob, sys
(path,) = glob.glob(sys.argv[1] + "/.*.lock")
try:
    fcntl.flock(open(path, "r+"), fcntl.LOCK_EX | fcntl.LOCK_NB)
except BlockingIOError:
    print("taken")
"""


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
