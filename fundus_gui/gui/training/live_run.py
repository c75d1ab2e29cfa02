"""What the window shows of runs, read in a thread as they go on."""

from __future__ import annotations

import os
import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from fundus_gui.core.runs import (
    EpochReport,
    Event,
    Notice,
    Preparing,
    Run,
    RunContinued,
    RunEnded,
    RunFolder,
    RunPaused,
    RunStarted,
    StepReport,
    follow_run,
    read_run,
)

_STEPS_AT_MOST = 1000  # points of a curve; more cannot be told apart on a screen
_LOG_BYTES = 64 * 1024
_IDLE_SECONDS = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveRun:
    """A run as far as it has come.

    Attributes:
        run: what its folder tells.
        is_listening: whether the training can be asked to pause or stop: between its first and
            its last update.
        preparing: what is done before the first update; None from then on.
        steps: updates, evenly thinned where there are very many.
        notices: sentences that the user should read, in order.
        log: the end of what the process printed.
        can_resume: whether there is a saved state to go on from.
        has_weights: whether there are best weights.
        has_report: whether the page of the run is written.
    """

    run: Run
    is_listening: bool = False
    preparing: Preparing | None = None
    steps: tuple[StepReport, ...] = ()
    notices: tuple[str, ...] = ()
    log: str = ""
    can_resume: bool = False
    has_weights: bool = False
    has_report: bool = False


def watch_runs(paths: Sequence[Path]) -> Generator[LiveRun | None, None, None]:
    """Yield each run at once and whenever something has happened in it; has no end of its own.

    None comes every fifth of a second while nothing happens.

    Raises:
        DatasetError: a path is not the folder of a run.
    """
    watched = [_watch(path) for path in paths]
    while watched:
        for live in watched:
            yield next(live)


def _watch(path: Path) -> Generator[LiveRun | None, None, None]:
    """Yield one run again and again, however often it ends and is resumed."""
    folder = RunFolder(path)
    while True:
        gathered = _Gathered(read_run(path))
        if gathered.run.status == "starting":  # there may be no event for long
            yield gathered.live()
        for events in follow_run(path):
            for event in events:
                gathered.take(event)
            yield gathered.live() if events else None
            if _is_outdated(gathered.run):
                break
        traces = _traces(folder)
        gathered.run = read_run(path)
        yield gathered.live()
        while not gathered.run.is_alive and _traces(folder) == traces:
            time.sleep(_IDLE_SECONDS)
            yield None


def _is_outdated(run: Run) -> bool:
    """Return whether there is more to read than events: the run has begun, or was resumed."""
    has_begun = run.status == "starting" and run.folder.config_file.is_file()
    return has_begun or (not run.is_alive and run.folder.is_alive())


def _traces(folder: RunFolder) -> tuple[bool, int]:
    """Return what tells that an ended run goes on: its lock, and the size of its events."""
    try:
        size = folder.events_file.stat().st_size
    except OSError:
        size = 0
    return folder.is_alive(), size


@dataclass(slots=True)
class _Gathered:
    """Events put together into what is shown."""

    run: Run
    is_paused: bool = False
    is_listening: bool = False
    preparing: Preparing | None = None
    epochs: dict[int, EpochReport] = field(default_factory=dict)
    steps: list[StepReport] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    def take(self, event: Event) -> None:
        match event:
            case StepReport():
                self._take_step(event)
            case EpochReport():
                self.epochs[event.epoch] = event
            case Notice():
                self.notices.append(event.text)
            case Preparing():
                self.preparing, self.is_listening = event, False
            case RunStarted():
                self.run = replace(self.run, started=event, ended=None)
                self.preparing, self.is_listening, self.is_paused = None, True, False
            case RunPaused() | RunContinued():
                self.is_paused = isinstance(event, RunPaused)
            case RunEnded():
                self.run = replace(self.run, ended=event)
                self.is_listening = False

    def _take_step(self, event: StepReport) -> None:
        place = (event.epoch, event.step)
        while self.steps and (self.steps[-1].epoch, self.steps[-1].step) >= place:
            self.steps.pop()  # the epoch was begun again after a kill
        self.steps.append(event)
        if len(self.steps) > 2 * _STEPS_AT_MOST:
            self.steps = self.steps[::2]

    def live(self) -> LiveRun:
        run = self.run
        if run.status in ("running", "paused"):
            # Whether it still lives is for `read_run` to say once its events have ceased.
            run = replace(
                run,
                status="paused" if self.is_paused else "running",
                epochs=tuple(self.epochs[number] for number in sorted(self.epochs)),
                last_step=self.steps[-1] if self.steps else None,
            )
        return LiveRun(
            run=run,
            is_listening=run.is_alive and self.is_listening,
            preparing=self.preparing if run.is_alive else None,
            steps=tuple(self.steps),
            notices=tuple(self.notices),
            log=_log_tail(run.folder),
            can_resume=run.can_resume,
            has_weights=run.folder.best_file.is_file(),
            has_report=report_file(run.folder.path).is_file(),
        )


def report_file(path: Path) -> Path:
    """Return where the page lies that tells all of a run."""
    return path / "report.html"


def _log_tail(folder: RunFolder) -> str:
    try:
        with folder.log_file.open("rb") as stream:
            size = stream.seek(0, os.SEEK_END)
            stream.seek(max(0, size - _LOG_BYTES))
            return stream.read().decode("utf-8", "replace").strip()
    except OSError:
        return ""
