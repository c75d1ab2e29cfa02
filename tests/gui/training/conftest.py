"""A control over invented runs, whose list is read often."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from invented_runs import fake_program
from pytestqt.qtbot import QtBot

from fundus_gui.gui.training import run_library
from fundus_gui.gui.training.run_control import RunControl

PATIENCE_MS = 20_000


@pytest.fixture(autouse=True)
def _eager(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_library, "_PAUSE_SECONDS", 0.1)


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """Return the folder in which the control's runs lie."""
    folder = tmp_path / "runs"
    folder.mkdir()
    return folder


@pytest.fixture
def control(qtbot: QtBot, tmp_path: Path, runs: Path) -> Iterator[RunControl]:
    made = RunControl(runs, program=fake_program(tmp_path / "train.py"))
    yield made
    made.close()
    for path in runs.iterdir():
        folder = run_library.RunFolder(path)
        if folder.is_alive():
            folder.ask("stop")
            qtbot.waitUntil(lambda f=folder: not f.is_alive(), timeout=PATIENCE_MS)


@pytest.fixture
def wait_for_runs(qtbot: QtBot, control: RunControl) -> Callable[[int], None]:
    """Return a function that waits until the control knows so many runs."""

    def wait(count: int) -> None:
        qtbot.waitUntil(lambda: len(control.runs) == count, timeout=PATIENCE_MS)

    return wait
