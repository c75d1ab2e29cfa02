"""Starts trainings as processes of their own, which outlive the window."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fundus_gui.core.runs import (
    RunEnded,
    RunFolder,
    TrainConfig,
    resume_arguments,
    train_arguments,
)
from fundus_gui.gui.training.run_library import make_run_folder

_POLL_SECONDS = 0.1
_TAKE_UP_SECONDS = 120.0  # torch from a cold disk; longer than that is not waited for


@dataclass(frozen=True, slots=True)
class Launched:
    """A process was started for the run in this folder."""

    path: Path


def own_program() -> tuple[str, ...]:
    """Return the command of this program, from a source tree or a frozen bundle."""
    if getattr(sys, "frozen", False):
        # Under Windows the entry of the window has no output that could go into a log.
        return (str(Path(sys.executable).with_stem("fundus-gui")),)
    return (sys.executable, "-m", "fundus_gui")


def start_run(
    program: Sequence[str], config: TrainConfig, folder: Path, name: str
) -> Generator[Launched | None, None, None]:
    """Start a training in a new folder below `folder`; ends when the process has taken it up.

    Raises:
        DatasetError: no folder can have that name.
        ExportError: the folder cannot be written, or the process not started.
    """
    path = make_run_folder(folder, name)
    yield from _launch([*program, *train_arguments(config, path)], RunFolder(path))


def resume_run(program: Sequence[str], path: Path) -> Generator[Launched | None, None, None]:
    """Go on with a run; ends when the process has taken it up.

    Raises:
        ExportError: the folder cannot be written, or the process not started.
    """
    yield from _launch([*program, *resume_arguments(path)], RunFolder(path))


def _launch(command: list[str], folder: RunFolder) -> Generator[Launched | None, None, None]:
    with folder.writing():
        folder.path.mkdir(parents=True, exist_ok=True)
        told, printed = _size(folder.events_file), _size(folder.log_file)
        with folder.log_file.open("ab") as log:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=os.environ | {"PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"},
                **_detached(),
            )
    try:
        yield Launched(folder.path)
        deadline = time.monotonic() + _TAKE_UP_SECONDS
        while not folder.is_alive() and time.monotonic() < deadline:
            if process.poll() is not None:
                if _size(folder.events_file) == told:
                    _tell_failure(folder, printed)
                return
            time.sleep(_POLL_SECONDS)
            yield None
    finally:
        # Popen would warn of a process that outlives it, as this one is meant to.
        process.returncode = process.poll() or 0


def _detached() -> dict[str, Any]:
    """Return what lets a process outlive the window and its terminal, and opens no console."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0


def _tell_failure(folder: RunFolder, printed_from: int) -> None:
    """Write into the run, on behalf of a process that ended before it began, what it said."""
    said = folder.log_file.read_bytes()[printed_from:].decode("utf-8", "replace").split("\n")
    lines = [line.strip() for line in said if line.strip()]
    if not lines:
        reason = "The training process ended before it began, without a word."
    elif lines[0].startswith("Traceback"):
        reason = f"The training process ended before it began: {lines[-1]}"
    else:
        reason = " ".join(lines).removeprefix("fundus-gui: ")
    folder.append_event(RunEnded(ending="failed", reason=reason))
