"""Trainings are started, asked and left to themselves without the window's thread waiting."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest
from invented_runs import finished, silent_program
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from fundus_gui.core.errors import DatasetError, FundusError
from fundus_gui.core.paths import user_weights_dir
from fundus_gui.core.runs import Run, RunEnded, RunFolder, TrainConfig, read_events, read_run
from fundus_gui.gui.training.close_question import CloseQuestion
from fundus_gui.gui.training.launch import own_program
from fundus_gui.gui.training.run_control import RunControl

CONFIG = TrainConfig(data="/data/eyes", model="vit_ti_16")
PATIENCE_MS = 20_000


def start(control: RunControl, qtbot: QtBot, name: str = "first") -> Run:
    """Start a run and wait until it trains and the control knows."""
    with qtbot.waitSignal(control.started, timeout=PATIENCE_MS) as started:
        control.start(CONFIG, name)
    path = started.args[0]
    qtbot.waitUntil(lambda: status(control, path) == "running", timeout=PATIENCE_MS)
    return next(run for run in control.alive() if run.folder.path == path)


def status(control: RunControl, path: Path) -> str:
    return next((k.run.status for k in control.runs if k.path == path), "unknown")


def test_a_started_run_trains_in_a_new_folder(control: RunControl, qtbot: QtBot) -> None:
    run = start(control, qtbot)
    assert run.name == "first"
    assert "training" in run.folder.log_file.read_text()


def test_a_second_run_of_the_same_name_gets_a_number(control: RunControl, qtbot: QtBot) -> None:
    assert [start(control, qtbot).name, start(control, qtbot).name] == ["first", "first 2"]


@pytest.mark.parametrize("name", ["", "..", "a/b", "x" * 101])
def test_a_name_that_no_folder_can_have_is_refused(
    control: RunControl, qtbot: QtBot, name: str
) -> None:
    with qtbot.waitSignal(control.failed, timeout=PATIENCE_MS) as failed:
        control.start(CONFIG, name)
    assert isinstance(failed.args[0], DatasetError)


def test_a_run_pauses_continues_and_stops_as_asked(control: RunControl, qtbot: QtBot) -> None:
    path = start(control, qtbot).folder.path
    for request, expected in (("pause", "paused"), ("continue", "running"), ("stop", "stopped")):
        control.ask(path, request)
        qtbot.waitUntil(lambda e=expected: status(control, path) == e, timeout=PATIENCE_MS)


def test_a_stopped_run_goes_on_in_its_folder(control: RunControl, qtbot: QtBot) -> None:
    path = start(control, qtbot).folder.path
    control.ask(path, "stop")
    qtbot.waitUntil(lambda: status(control, path) == "stopped", timeout=PATIENCE_MS)
    control.resume(path)
    assert control.is_resuming(path)
    control.resume(path)  # an impatient second click starts no second process
    qtbot.waitUntil(lambda: status(control, path) == "running", timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: not control.is_resuming(path), timeout=PATIENCE_MS)
    assert RunFolder(path).log_file.read_text().count("training") == 2


def test_closing_leaves_the_training_running(control: RunControl, qtbot: QtBot) -> None:
    folder = start(control, qtbot).folder
    control.close()
    assert folder.is_alive()
    folder.ask("stop")
    qtbot.waitUntil(lambda: not folder.is_alive(), timeout=PATIENCE_MS)


def test_another_window_finds_the_running_training(
    control: RunControl, qtbot: QtBot, tmp_path: Path
) -> None:
    path = start(control, qtbot).folder.path
    other = RunControl(tmp_path / "runs")
    qtbot.waitUntil(lambda: status(other, path) == "running", timeout=PATIENCE_MS)
    other.ask(path, "stop")
    qtbot.waitUntil(lambda: status(control, path) == "stopped", timeout=PATIENCE_MS)
    other.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_killed_training_has_failed_with_the_last_lines_of_its_log(
    control: RunControl, qtbot: QtBot
) -> None:
    folder = start(control, qtbot).folder
    path, pid = folder.path, int(folder.log_file.read_text().split()[0])
    os.kill(pid, signal.SIGKILL)
    qtbot.waitUntil(lambda: status(control, path) == "failed", timeout=PATIENCE_MS)
    assert "training" in read_run(path).problem


@pytest.mark.parametrize(
    ("says", "reason"),
    [
        ("fundus-gui: There is no folder\n/data/eyes.\n", "There is no folder /data/eyes."),
        ("Traceback (most recent call last):\n  File\nValueError: 3\n", "ValueError: 3"),
        ("", "without a word"),
    ],
)
def test_a_process_that_ends_before_it_begins_is_told_at_once(
    qtbot: QtBot, tmp_path: Path, says: str, reason: str
) -> None:
    control = RunControl(tmp_path / "runs", program=silent_program(tmp_path / "train.py", says))
    with qtbot.waitSignal(control.started, timeout=PATIENCE_MS) as started:
        control.start(CONFIG, "first")
    path = started.args[0]
    qtbot.waitUntil(lambda: status(control, path) == "failed", timeout=PATIENCE_MS)
    ended = read_events(RunFolder(path))[-1]
    assert isinstance(ended, RunEnded)
    assert ended.reason.endswith(reason) or reason in ended.reason
    control.close()


def test_a_program_that_is_not_there_is_an_error(qtbot: QtBot, tmp_path: Path) -> None:
    control = RunControl(tmp_path / "runs", program=(str(tmp_path / "absent"),))
    with qtbot.waitSignal(control.failed, timeout=PATIENCE_MS) as failed:
        control.start(CONFIG, "first")
    assert isinstance(failed.args[0], FundusError)
    control.close()


def test_the_program_is_this_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert own_program() == (sys.executable, "-m", "fundus_gui")
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(Path("opt", "fundus-classifier.exe")))
    assert own_program() == (str(Path("opt", "fundus-gui.exe")),)


def test_a_run_from_elsewhere_stays_in_the_list(qtbot: QtBot, tmp_path: Path) -> None:
    finished(tmp_path / "elsewhere" / "old")
    for _ in range(2):
        control = RunControl(tmp_path / "runs")
        control.open(tmp_path / "elsewhere" / "old")
        qtbot.waitUntil(lambda c=control: len(c.runs) == 1, timeout=PATIENCE_MS)
        control.close()
    control = RunControl(tmp_path / "runs")
    qtbot.waitUntil(lambda: len(control.runs) == 1, timeout=PATIENCE_MS)
    control.close()


def test_a_folder_that_is_no_run_is_refused(qtbot: QtBot, tmp_path: Path) -> None:
    control = RunControl(tmp_path / "runs")
    with qtbot.waitSignal(control.failed, timeout=PATIENCE_MS) as failed:
        control.open(tmp_path)
    assert "not the folder of a training run" in str(failed.args[0])
    control.close()


def test_a_model_is_installed_once_however_often_it_is_used(qtbot: QtBot, tmp_path: Path) -> None:
    from fundus_gui.core.cards import ModelCard
    from fundus_gui.core.checkpoints import save_checkpoint
    from fundus_gui.core.models import create_model
    from fundus_gui.core.preprocessing import Preprocessing

    folder = finished(tmp_path / "runs" / "tiny run")
    card = ModelCard(
        architecture="tiny", class_names=("a", "b"), preprocessing=Preprocessing(size=32)
    )
    save_checkpoint(folder.best_file, create_model("tiny", num_classes=2).state_dict(), card)
    control = RunControl(tmp_path / "runs")
    for _ in range(2):
        with qtbot.waitSignal(control.model_chosen, timeout=PATIENCE_MS) as chosen:
            control.use_model(folder.path)
        assert chosen.args == ["tiny run"]
    with qtbot.waitSignal(control.model_added, timeout=PATIENCE_MS):
        control.add_model(folder.path, "another name")
    with qtbot.waitSignal(control.failed, timeout=PATIENCE_MS) as failed:
        control.add_model(folder.path, "another name")
    assert "installed already" in str(failed.args[0])
    control.close()
    for name in ("tiny run", "another name"):
        (user_weights_dir() / f"{name}.safetensors").unlink()


def test_the_window_closes_without_a_question_when_nothing_trains(
    qtbot: QtBot, tmp_path: Path
) -> None:
    control = RunControl(tmp_path / "runs")
    parent = QWidget()
    qtbot.addWidget(parent)
    assert control.ask_on_close(parent)
    control.close()


@pytest.mark.parametrize(
    ("button", "may_close", "then"),
    [("keep", True, "running"), ("stop", True, "stopped"), ("stay", False, "running")],
)
def test_closing_during_a_training_asks_what_becomes_of_it(
    control: RunControl, qtbot: QtBot, button: str, *, may_close: bool, then: str
) -> None:
    path = start(control, qtbot).folder.path
    parent = QWidget()
    qtbot.addWidget(parent)

    def answer() -> None:
        question = QApplication.activeModalWidget()
        assert isinstance(question, CloseQuestion)
        assert "first" in question.text()
        getattr(question, button).click()

    QTimer.singleShot(200, answer)
    assert control.ask_on_close(parent) is may_close
    qtbot.waitUntil(lambda: status(control, path) == then, timeout=PATIENCE_MS)
