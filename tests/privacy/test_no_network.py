"""Nothing leaves the machine: the whole program runs where the network is forbidden."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tiny_photographs import photograph
from tiny_results import read_json, read_table
from tiny_weights import CLASS_NAMES, write_tiny_weights

from fundus_gui.core.paths import samples_dir

TESTS = Path(__file__).resolve().parent.parent

Start = Callable[..., subprocess.CompletedProcess[str]]

# Opens the sample photographs in the window, classifies them, exports them and closes.
WINDOW = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from fundus_gui.gui.app import main
from fundus_gui.gui.file_dialogs import FileDialogs
from fundus_gui.gui.main_window import MainWindow

table = Path(sys.argv[1])
show = MainWindow.showEvent

def close_when_written(window):
    record = table.with_suffix(".json")
    if record.is_file() and b'"is_complete": true' in record.read_bytes():
        window.close()

def show_and_work(window, event):
    show(window, event)
    window.watch = QTimer(window, interval=100)
    window.watch.timeout.connect(lambda: close_when_written(window))
    window.watch.start()
    window.page.classification.finished.connect(window.commands.export_all.trigger)
    window.commands.open_samples.trigger()

MainWindow.showEvent = show_and_work
FileDialogs.save_as = lambda *_: table
sys.exit(main())
"""

# Runs several commands one after the other, so that torch is loaded once.
COMMANDS = """
import json, sys
from fundus_gui.__main__ import main

for arguments in json.loads(sys.argv[1]):
    sys.argv = ["fundus-gui", *arguments]
    if main() != 0:
        sys.exit(f"{arguments} failed")
"""

TALKING = "import socket; socket.create_connection(('192.0.2.1', 80), timeout=5)"
ASKING = "import socket; socket.getaddrinfo('example.org', 80)"


def without_network() -> list[str]:
    """Return what starts a command where there is no network at all; empty if that cannot be."""
    unshare = shutil.which("unshare")
    if unshare is None:
        return []
    command = [unshare, "--map-root-user", "--net"]
    done = subprocess.run([*command, "true"], capture_output=True, check=False)
    return command if done.returncode == 0 else []


@pytest.fixture(scope="module")
def isolated() -> list[str]:
    return without_network()


@pytest.fixture
def attempts(tmp_path: Path) -> Path:
    """Return the file in which every attempt to reach the network is noted."""
    return tmp_path / "attempts.txt"


@pytest.fixture
def start(tmp_path: Path, attempts: Path, isolated: list[str]) -> Start:
    home = tmp_path / "home"
    write_tiny_weights(home / "weights")
    chosen = '[General]\nmodels="[\\"tiny_a\\", \\"tiny_b\\"]"\n'
    (home / "settings.ini").write_text(chosen, encoding="utf-8")
    environment = {
        **os.environ,
        "FUNDUS_GUI_HOME": str(home),
        "FUNDUS_ATTEMPTS": str(attempts),
        "PYTHONPATH": os.pathsep.join([str(TESTS / "privacy"), str(TESTS.parent)]),
        "OMP_NUM_THREADS": "1",
    }

    def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        command = [*isolated, sys.executable, *map(str, arguments)]
        return subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False, cwd=tmp_path
        )

    return run


@pytest.mark.parametrize("code", [TALKING, ASKING])
def test_an_attempt_would_be_seen(start: Start, attempts: Path, code: str) -> None:
    assert start("-c", code).returncode == 1
    assert "socket." in attempts.read_text()


@pytest.mark.timeout(1800)  # a whole training and evaluation, on a busy machine
def test_the_command_line_reaches_no_network(start: Start, attempts: Path, tmp_path: Path) -> None:
    """Learn from photographs, evaluate what was learnt, and classify."""
    for number, label in enumerate(CLASS_NAMES):
        (tmp_path / "data" / label).mkdir(parents=True)
        for seed in range(8 * number, 8 * number + 8):
            photograph(seed).save(tmp_path / "data" / label / f"{seed}.png")
    options = ("--epochs", "1", "--batch-size", "8", "--input-size", "32", "--duplicates", "ignore")
    commands = (
        ("samples", "samples", "--per-class", "1", "--size", "512"),
        ("train", "--data", "data", "--model", "tiny", "--out", "run", *options),
        ("models", "add", "run", "--name", "learnt"),
        ("evaluate", "--data", "data", "--model", "learnt", "--out", "evaluation"),
        ("classify", "data", "--ensemble", "pair", "--out", "r.csv"),
        ("models", "list"),
    )
    done = start("-c", COMMANDS, json.dumps(commands))
    assert done.returncode == 0, done.stderr
    assert len(read_table(tmp_path / "r.csv")) == 24
    assert (tmp_path / "evaluation" / "report.html").is_file()
    assert not attempts.exists()


def test_the_window_reaches_no_network(start: Start, attempts: Path, tmp_path: Path) -> None:
    done = start("-c", WINDOW, tmp_path / "r.csv")
    assert done.returncode == 0, done.stderr
    samples = [path for path in samples_dir().iterdir() if path.suffix == ".jpg"]
    assert len(read_table(tmp_path / "r.csv")) == len(samples)
    assert read_json(tmp_path / "r.json")["is_complete"]
    assert not attempts.exists()
