"""What the runs in a folder have come to; for lists, curves and windows that open later."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from fundus_gui.core.errors import ConfigError, DatasetError, FundusError
from fundus_gui.core.runs.config import TrainConfig
from fundus_gui.core.runs.events import (
    EpochReport,
    Event,
    RunContinued,
    RunEnded,
    RunPaused,
    RunStarted,
    StepReport,
    event_from_json,
)
from fundus_gui.core.runs.folder import RunFolder

Status = Literal["starting", "running", "paused", "finished", "stopped", "failed"]

_POLL_SECONDS = 0.2
_STARTING_SECONDS = 60.0  # a process that loads torch from a cold disk holds no lock yet
_LOG_TAIL = 20  # lines
_STEP = f'{{"event": "{StepReport.__name__}"'  # how its line begins


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run as its folder tells it.

    Attributes:
        folder: where it lies.
        config: its settings; None while the process has not written them.
        status: starting (nothing written yet), running, paused, finished, stopped or failed;
            a process that was killed has failed.
        started: the last start; None before the first step.
        epochs: all completed epochs, each once, in order.
        last_step: the newest report of an update.
        ended: how it ended, None while it lives or if it was killed.
        problem: one sentence for a failed run, with the last lines of its log if it was killed.
    """

    folder: RunFolder
    config: TrainConfig | None
    status: Status
    started: RunStarted | None
    epochs: tuple[EpochReport, ...]
    last_step: StepReport | None
    ended: RunEnded | None
    problem: str

    @property
    def name(self) -> str:
        """Name of the folder."""
        return self.folder.path.name

    @property
    def is_alive(self) -> bool:
        """Whether a process works on it."""
        return self.status in ("starting", "running", "paused")

    @property
    def best(self) -> EpochReport | None:
        """The epoch whose weights are `best`."""
        return next((epoch for epoch in reversed(self.epochs) if epoch.is_best), None)

    @property
    def can_resume(self) -> bool:
        """Whether there is a saved state to go on from."""
        return self.status in ("stopped", "failed") and self.folder.state_file.is_file()


def read_run(path: Path) -> Run:
    """Read one run folder as it is now.

    Raises:
        DatasetError: it is none.
    """
    folder = RunFolder(path)
    if not (folder.config_file.is_file() or folder.log_file.is_file()):
        raise DatasetError(f"{path} is not the folder of a training run.")
    is_alive = folder.is_alive()  # before the events: what ends in between is read as ended
    steps, others = _divided(_lines(folder))
    events = list(_parsed(others))
    ended = next((e for e in reversed(events) if isinstance(e, RunEnded | RunStarted)), None)
    ended = ended if isinstance(ended, RunEnded) else None
    status = _status(folder, events, ended, is_alive=is_alive)
    return Run(
        folder=folder,
        config=_config(folder),
        status=status,
        started=_newest(events, RunStarted),
        epochs=_epochs(events),
        last_step=next(_parsed(reversed(steps)), None),
        ended=ended,
        problem=_problem(folder, ended) if status == "failed" else "",
    )


def find_runs(folder: Path) -> Iterator[Run]:
    """Yield the runs that lie directly in a folder, the newest first."""
    try:
        entries = [entry for entry in folder.iterdir() if entry.is_dir()]
        entries.sort(key=lambda entry: entry.stat().st_ctime, reverse=True)
    except OSError:
        return
    for entry in entries:
        try:
            yield read_run(entry)
        except FundusError:
            continue


def read_events(folder: RunFolder) -> list[Event]:
    """Return all events so far, in order; torn lines are left out."""
    return list(_parsed(_lines(folder)))


def _lines(folder: RunFolder) -> list[str]:
    try:
        return folder.events_file.read_text(encoding="utf-8", errors="replace").split("\n")
    except OSError:
        return []


def _parsed(lines: Iterable[str]) -> Iterator[Any]:
    return (event for event in map(event_from_json, lines) if event is not None)


def _divided(lines: Iterable[str]) -> tuple[list[str], list[str]]:
    """Part the updates from the rest: they are nearly all, and take long to parse."""
    steps: list[str] = []
    others: list[str] = []
    for line in lines:
        (steps if line.startswith(_STEP) else others).append(line)
    return steps, others


def follow_run(path: Path) -> Iterator[list[Event]]:
    """Yield the events of a run as they come, beginning with all so far, until it is over.

    An empty list comes every fifth of a second while nothing happens, so that whoever iterates
    can cease to.
    """
    folder = RunFolder(path)
    position = 0
    while True:
        is_alive = read_run(path).is_alive if position == 0 else folder.is_alive()
        position, events = _events_after(folder, position)
        yield events
        if not is_alive and not events:
            return
        time.sleep(_POLL_SECONDS)


def _events_after(folder: RunFolder, position: int) -> tuple[int, list[Event]]:
    """Return where the last whole line ends, and the events since `position`."""
    try:
        with folder.events_file.open("rb") as stream:
            stream.seek(position)
            content = stream.read()
    except OSError:
        return position, []
    whole = content[: content.rfind(b"\n") + 1]
    return position + len(whole), list(_parsed(whole.decode("utf-8", "replace").split("\n")))


def _status(
    folder: RunFolder, events: list[Event], ended: RunEnded | None, *, is_alive: bool
) -> Status:
    if is_alive:
        pauses = [e for e in events if isinstance(e, RunPaused | RunContinued | RunStarted)]
        return "paused" if pauses and isinstance(pauses[-1], RunPaused) else "running"
    if ended is not None:
        return ended.ending
    if not folder.config_file.is_file() and _seconds_since_start(folder) < _STARTING_SECONDS:
        return "starting"
    return "failed"


def _seconds_since_start(folder: RunFolder) -> float:
    try:
        return time.time() - folder.log_file.stat().st_mtime
    except OSError:
        return float("inf")


def _config(folder: RunFolder) -> TrainConfig | None:
    try:
        return folder.read_config()
    except ConfigError:
        return None


def _epochs(events: list[Event]) -> tuple[EpochReport, ...]:
    """Return each epoch once: one that was begun again after a kill counts as it ended."""
    epochs = {event.epoch: event for event in events if isinstance(event, EpochReport)}
    return tuple(epochs[number] for number in sorted(epochs))


def _newest(events: list[Event], kind: type) -> Any:
    return next((event for event in reversed(events) if isinstance(event, kind)), None)


def _problem(folder: RunFolder, ended: RunEnded | None) -> str:
    if ended is not None:
        return ended.reason
    try:
        lines = folder.log_file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    tail = "\n".join(line for line in lines[-_LOG_TAIL:] if line.strip())
    return f"The training process ended without a word.\n{tail}".strip()
