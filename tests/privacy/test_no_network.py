"""Nothing leaves the machine: the whole program runs where the network is forbidden."""

from __future__ import annotations

import json
import os
import platform
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from tiny_photographs import photograph
from tiny_results import read_json, read_table
from tiny_weights import CLASS_NAMES, write_tiny_weights

from fundus_gui.core.models import create_model
from fundus_gui.core.paths import samples_dir

TESTS = Path(__file__).resolve().parent.parent

Start = Callable[..., subprocess.CompletedProcess[str]]

# Does in the window what can be done there, one thing after the other, and closes it.
WINDOW = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QDialog
from fundus_gui.core.assessments import DataPart
from fundus_gui.core.assessments.assessing import AssessmentRequest
from fundus_gui.core.assessments.folder import evaluations_dir
from fundus_gui.core.evaluation import Bootstrap, EvaluationSettings
from fundus_gui.core.paths import user_data_dir
from fundus_gui.core.runs import TrainConfig, read_run
from fundus_gui.gui.app import main
from fundus_gui.gui.file_dialogs import FileDialogs
from fundus_gui.gui.main_window import MainWindow

table, data = map(Path, sys.argv[1:])
show = MainWindow.showEvent

def is_written():
    record = table.with_suffix(".json")
    return record.is_file() and b'"is_complete": true' in record.read_bytes()

def dialogs():
    return [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()]

def steps(window):
    commands = window.commands
    yield lambda: window.page.classification.spec is not None
    commands.open_samples.trigger()
    yield lambda: window.page.model.results() and not window.page.classification.busy
    commands.export_all.trigger()
    yield is_written

    window.show_page("train")
    config = TrainConfig(data=str(data), model="tiny", epochs=1, batch_size=8, input_size=32,
                         duplicates="ignore", workers=0)
    window.train_page.setup.start_requested.emit(config, "learnt")
    run = user_data_dir() / "runs" / "learnt"
    yield lambda: (run / "config.toml").is_file() and read_run(run).status == "finished"

    window.show_page("evaluate")
    window.evaluate_page.setup.start_requested.emit(AssessmentRequest(
        judged=DataPart(folder=data),
        spec=window.catalogue.of_models(["tiny_a", "tiny_b"]),
        settings=EvaluationSettings(bootstrap=Bootstrap(replicates=50)),
    ))
    yield lambda: window.evaluate_page.is_running
    yield lambda: not window.evaluate_page.is_running
    assert list(evaluations_dir().glob("*/report.html"))

    for command in (commands.guide, commands.about, commands.shortcuts):
        command.trigger()
        yield dialogs
        dialogs()[0].close()
        yield lambda: not dialogs()

    window.show_page("classify")
    commands.conference.trigger()
    yield lambda: any(type(w).__name__ == "DemoWindow" for w in QApplication.topLevelWidgets())
    commands.conference.trigger()
    window.close()

def show_and_work(window, event):
    show(window, event)
    if hasattr(window, "watch"):
        return
    window.steps = steps(window)
    window.until = next(window.steps)
    window.watch = QTimer(window, interval=100)
    window.watch.timeout.connect(lambda: go_on(window))
    window.watch.start()

def go_on(window):
    if window.until():
        window.until = next(window.steps, lambda: False)

MainWindow.showEvent = show_and_work
FileDialogs.save_as = lambda *_: table
sys.exit(main())
"""

# Shows photographs as at a conference until the second one is seen.
DEMO = """
import sys
from fundus_gui.__main__ import main
from fundus_gui.gui.demo.loop import DemoLoop
from fundus_gui.gui.demo import loop
from PySide6.QtWidgets import QApplication

seen, init = [], DemoLoop.__init__

def watched(self, *arguments, **options):
    init(self, *arguments, **options, seconds_each=0.5)
    self.scene_ready.connect(lambda _: seen.append(1) or len(seen) < 2 or QApplication.exit(0))

DemoLoop.__init__ = watched
sys.argv = ["fundus-gui", "demo"]
code = main()
sys.exit(code if len(seen) > 1 else "nothing was shown")
"""

# Runs several commands one after the other, so that torch is loaded once.
COMMANDS = """
import json, sys
from fundus_gui.__main__ import main

for arguments in json.loads(sys.argv[1]):
    sys.argv = ["fundus-gui", *arguments]
    if main() != 0:
        sys.exit(f"{arguments} failed")
    if "ray" in sys.modules:
        sys.exit(f"{arguments} imported ray")
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


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return photographs in a folder for each class."""
    for number, label in enumerate(CLASS_NAMES):
        (tmp_path / "data" / label).mkdir(parents=True)
        for seed in range(8 * number, 8 * number + 8):
            photograph(seed).save(tmp_path / "data" / label / f"{seed}.png")
    return tmp_path / "data"


@pytest.mark.parametrize("code", [TALKING, ASKING])
def test_an_attempt_would_be_seen(start: Start, attempts: Path, code: str) -> None:
    assert start("-c", code).returncode == 1
    assert "socket." in attempts.read_text()


@pytest.mark.skipif(
    (sys.platform, platform.machine()) != ("linux", "x86_64"), reason="needs seccomp"
)
def test_an_attempt_below_python_would_be_seen(start: Start) -> None:
    done = start("-c", "import ctypes; ctypes.CDLL(None).socket(2, 1, 0)")
    assert done.returncode == -signal.SIGSYS
    assert start("-c", "import ctypes; ctypes.CDLL(None).socket(1, 1, 0)").returncode == 0


@pytest.mark.usefixtures("data")
@pytest.mark.timeout(1800)  # on a busy machine
def test_the_command_line_reaches_no_network(start: Start, attempts: Path, tmp_path: Path) -> None:
    """Every command, but with neither `--pretrained hub` nor `--engine ray`."""
    theirs = create_model("timm:test_efficientnet", num_classes=1000).state_dict()
    torch.save(theirs, tmp_path / "theirs.pth")
    training = (
        "--epochs",
        "1",
        "--batch-size",
        "8",
        "--input-size",
        "32",
        "--duplicates",
        "ignore",
    )
    on_all, few = ("--data", "data", "--part", "all"), ("--replicates", "50")
    preset = ("--as", "timm:test_efficientnet", "--classes", "amd,normal")
    commands = (
        ("samples", "samples", "--per-class", "1", "--size", "512"),
        ("train", "--data", "data", "--model", "tiny", "--out", "run", *training),
        ("models", "add", "run", "--name", "learnt"),
        ("models", "convert", "theirs.pth", *preset),
        ("fuse", *on_all, "--models", "tiny_a,tiny_b", "--name", "mine", *few),
        ("calibrate", *on_all, "--ensemble", "mine"),
        ("evaluate", "--data", "data", "--model", "learnt", "--out", "evaluation", *few),
        ("classify", "data", "--ensemble", "pair", "--out", "r.csv"),
        ("classify", "data", "--resume", "r.csv"),
        ("verify", "r.csv"),
        ("models", "list"),
        ("models", "titles", "learnt", "zh_CN", *CLASS_NAMES),
        ("models", "show", "learnt"),
        ("doctor", "--device", "cpu"),
    )
    done = start("-c", COMMANDS, json.dumps(commands))
    assert done.returncode == 0, done.stderr
    assert len(read_table(tmp_path / "r.csv")) == 24
    assert (tmp_path / "evaluation" / "report.html").is_file()
    assert not attempts.exists()


@pytest.mark.timeout(1800)  # a whole training and evaluation, on a busy machine
def test_the_window_reaches_no_network(
    start: Start, attempts: Path, data: Path, tmp_path: Path
) -> None:
    """Photographs, an export, a training, an evaluation, all dialogs, conference mode."""
    done = start("-c", WINDOW, tmp_path / "r.csv", data)
    assert done.returncode == 0, done.stderr
    samples = [path for path in samples_dir().iterdir() if path.suffix == ".jpg"]
    assert len(read_table(tmp_path / "r.csv")) == len(samples)
    assert read_json(tmp_path / "r.json")["is_complete"]
    assert (tmp_path / "home" / "runs" / "learnt" / "best.safetensors").is_file()
    assert "Error" not in done.stderr
    assert not attempts.exists()


def test_the_show_reaches_no_network(start: Start, attempts: Path) -> None:
    done = start("-c", DEMO)
    assert done.returncode == 0, done.stderr
    assert not attempts.exists()
