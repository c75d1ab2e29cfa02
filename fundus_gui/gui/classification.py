"""One list of photographs and the run that classifies it; knows no widget."""

from __future__ import annotations

import enum
import functools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from fundus_gui.core.catalogue import Catalogue, EnsembleSpec
from fundus_gui.core.errors import ResultsError
from fundus_gui.core.export import EarlierResults
from fundus_gui.core.results import ImageResult, ModelsReady
from fundus_gui.gui.continuing import Continued, continue_table, read_table
from fundus_gui.gui.jobs import list_images
from fundus_gui.gui.result_columns import ResultColumns
from fundus_gui.gui.results_model import ResultsModel
from fundus_gui.gui.run_progress import RunProgress
from fundus_gui.gui.worker import Job, JobSlot

if TYPE_CHECKING:
    from fundus_gui.core.assessments import Classify, ClassifyRecord

_SHOW_EVERY_MS = 50
_SHOW_REST_AFTER_MS = 10  # so that the window acts on keys in between
_SHOW_AT_ONCE = 250  # records
_MOMENT_SECONDS = 0.01
_RESORT_EVERY_MS = 1000


class Phase(enum.Enum):
    """What the run is busy with."""

    IDLE = enum.auto()
    READING = enum.auto()  # a table of an earlier run
    LISTING = enum.auto()
    LOADING = enum.auto()
    CLASSIFYING = enum.auto()


@dataclass(frozen=True, slots=True)
class _Earlier:
    """What other models have said of the same photographs."""

    results: ResultColumns | None = None
    models_ready: ModelsReady | None = None


class Classification(QObject):
    """Lists photographs, classifies those that wait and fills the model with the results.

    Results belong to the members that made them: another choice of models lets every photograph
    wait again, and coming back to an earlier choice brings its results back.

    Args:
        model: the rows to fill.
        classify: yields ModelsReady and one result per path; iterated in a thread.

    Signals:
        changed: phase, counts or progress are new.
        nothing_found: the opened paths, which hold no photograph.
        finished: a run has classified all that waited.
        table_read: the EarlierResults that are to be continued; its ensemble is to be chosen.
        continued: the Continued table, once it is complete.
        failed: the exception that ended a listing or a run.
    """

    changed = Signal()
    nothing_found = Signal(object)
    finished = Signal()
    table_read = Signal(object)
    continued = Signal(object)
    failed = Signal(object)

    def __init__(
        self, model: ResultsModel, classify: Classify, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.auto_run = True
        self.phase = Phase.IDLE
        self.progress: RunProgress | None = None
        self.models_ready: ModelsReady | None = None
        self.roots: tuple[Path, ...] = ()
        self.started = datetime.now(UTC)
        self._run_when_listed = True
        self._model = model
        self._classify = classify
        self._spec: EnsembleSpec | None = None
        self._earlier: dict[tuple[str, ...], _Earlier] = {}
        self._read: EarlierResults | None = None
        self._table: tuple[Path, Catalogue] | None = None  # that new results are added to
        self._found: list[Path] = []  # not shown yet, like the following
        self._unshown: list[ImageResult] = []
        self._outcome: Continued | None = None
        self._tell_end: Callable[[], object] | None = None  # of a job, once all of it is shown
        self._slot = JobSlot(self)
        self._slot.yielded.connect(self._on_yielded)
        self._slot.completed.connect(self._on_completed)
        self._slot.cancelled.connect(self._on_cancelled)
        self._slot.failed.connect(self._on_failed)
        self._show_timer = self._timer(_SHOW_EVERY_MS, self._show_some)
        self._resort_timer = self._timer(_RESORT_EVERY_MS, self._model.resort)

    def _timer(self, interval_ms: int, slot: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(interval_ms)
        timer.timeout.connect(slot)
        return timer

    @property
    def spec(self) -> EnsembleSpec | None:
        """The ensemble that classifies, None when no model is chosen."""
        return self._spec

    @property
    def busy(self) -> bool:
        """Whether something runs that can be cancelled."""
        return self.phase is not Phase.IDLE

    def open(self, paths: Sequence[Path], *, add: bool = False) -> None:
        """List the photographs below the paths in place of the present ones, or after them."""
        self.open_from(functools.partial(list_images, tuple(paths)), tuple(paths), add=add)

    def open_from(self, listing: Job, roots: tuple[Path, ...], *, add: bool = False) -> None:
        """Take the photographs from a job that yields tuples of paths."""
        self._show_all()
        self._table = None
        self._run_when_listed = self.auto_run or (add and self._is_running())
        if not add:
            self._model.clear()
            self._earlier.clear()
            self.roots = ()
        self.roots += roots
        self._start(listing, Phase.LISTING)

    def continue_table(self, path: Path, catalogue: Catalogue) -> None:
        """Show a table of an earlier run and add the rows that are missing.

        Cancelled, `run` goes on with it, as long as neither models nor photographs are changed.
        """
        self._show_all()
        self._table = (path, catalogue)
        self._start(functools.partial(read_table, path, catalogue), Phase.READING)

    def _continue_read(self, earlier: EarlierResults) -> None:
        table, self._table = self._table, None
        self._model.clear()
        self._earlier.clear()
        self.roots = earlier.roots
        self.table_read.emit(earlier)
        if table is not None:
            self._table, self.started = table, datetime.now(UTC)
            job = functools.partial(continue_table, earlier, self._classify, table[1])
            self._start(job, Phase.LISTING)

    def take_over(self, earlier: Classification) -> None:
        """Go on with what another one, which has come to rest, has listed and classified."""
        self.roots, self.started = earlier.roots, earlier.started
        self.models_ready = earlier.models_ready
        self._earlier = earlier._earlier
        self._model.take_over(earlier._model)
        self.changed.emit()

    def choose(self, spec: EnsembleSpec | None) -> None:
        """Classify with this ensemble from now on; a running run starts again with it."""
        if spec == self._spec:
            return
        was_running = self._leave_table()
        self._show_all()
        if self._spec is not None:
            present = self._model.exchange_results(None)
            self._earlier[self._spec.members] = _Earlier(present, self.models_ready)
        earlier = _Earlier() if spec is None else self._earlier.pop(spec.members, _Earlier())
        self._spec, self.models_ready = spec, earlier.models_ready
        self._model.set_weights(None)
        if spec is not None and earlier.results is not None:
            self._model.exchange_results(earlier.results.under(spec))
        if was_running:
            self.cancel()
        if spec is not None and (self.auto_run or was_running) and self.phase is not Phase.LISTING:
            self.run()
        else:
            self.changed.emit()

    def start_over(self) -> None:
        """Let every photograph wait again, since another engine is to answer."""
        was_running = self._leave_table()
        self._show_all()
        self._earlier.clear()
        self._model.forget_results()
        self.models_ready = None
        if was_running:
            self.cancel()
        if (self.auto_run or was_running) and self.phase is not Phase.LISTING:
            self.run()
        else:
            self.changed.emit()

    def _is_running(self) -> bool:
        return self.phase in (Phase.LOADING, Phase.CLASSIFYING)

    def _leave_table(self) -> bool:
        """Add no more to a table; return whether a run, or what leads to one, was under way."""
        was_running = self._is_running()
        if self.phase is Phase.READING:
            self.cancel()
        elif self._table is not None and self.phase is Phase.LISTING:
            self._run_when_listed = True
            self._start(functools.partial(list_images, self.roots), Phase.LISTING)
        self._table = None
        return was_running

    def run(self) -> None:
        """Classify all photographs that wait, into the table if one is being continued."""
        paths = self._model.waiting()
        if self._spec is None or not paths:
            self.changed.emit()
            return
        if self._table is not None:
            self.continue_table(*self._table)
            return
        self.progress = RunProgress(len(paths))
        self.started = datetime.now(UTC)
        self._start(functools.partial(self._classify, self._spec, paths), Phase.LOADING)

    def cancel(self) -> None:
        """Stop listing or classifying; what is done stays."""
        self._slot.cancel()

    def close(self) -> None:
        """Stop and wait for the thread."""
        self._show_timer.stop()
        self._resort_timer.stop()
        self._slot.close()
        self.phase = Phase.IDLE

    def weigh(self, weights: tuple[float, ...] | None) -> None:
        """Show all results voted with these weights; None for the ensemble's own."""
        self._model.set_weights(weights)
        self._resort_timer.start()

    def _start(self, job: Job, phase: Phase) -> None:
        self.phase = phase
        self.progress = self.progress if phase is Phase.LOADING else None
        self._tell_end = self._read = self._outcome = None
        self._slot.start(job)
        self.changed.emit()

    def _on_yielded(
        self, record: tuple[Path, ...] | ClassifyRecord | EarlierResults | Continued
    ) -> None:
        match record:
            case tuple():
                self._found.extend(record)
            case ModelsReady():
                self._on_models_ready(record)
            case EarlierResults():
                self._read = record
            case Continued():
                self._outcome = record
            case _:
                self._unshown.append(record)
                if self.phase is Phase.LISTING and self._table is not None:
                    # Rows of the table; after them, models are loaded.
                    self.phase = Phase.LOADING
        if self._has_news() and not self._show_timer.isActive():
            self._show_timer.start(_SHOW_EVERY_MS)

    def _on_models_ready(self, ready: ModelsReady) -> None:
        self._show_all()
        self.models_ready = ready
        self.phase = Phase.CLASSIFYING
        # Loading is no classifying, nor is it progress to show the rows of a table.
        total = self._model.total if self.progress is None else self.progress.total
        self.progress = RunProgress(total)
        self.changed.emit()

    def _on_completed(self) -> None:
        self._end_by(functools.partial(self._tell_completed, self.phase))

    def _on_cancelled(self) -> None:
        self._end_by(lambda: None)

    def _on_failed(self, error: BaseException) -> None:
        if isinstance(error, ResultsError):
            self._table = None
        self._end_by(functools.partial(self.failed.emit, error))

    def _end_by(self, tell: Callable[[], object]) -> None:
        self._tell_end = tell
        self._show_some()

    def _end(self, tell: Callable[[], object]) -> None:
        """Come to rest, now that everything is shown."""
        self._tell_end = None
        self._model.resort()
        self.phase = Phase.IDLE
        self.progress = None
        self.changed.emit()
        tell()

    def _tell_completed(self, phase: Phase) -> None:
        if phase is Phase.READING:
            if self._read is not None:
                self._continue_read(self._read)
        elif phase is not Phase.LISTING:
            self.finished.emit()
            if self._outcome is not None:
                self.continued.emit(self._outcome)
        elif not self._model.total:
            self.nothing_found.emit(self.roots)
        elif self._run_when_listed:
            self.run()

    def _show_some(self) -> None:
        """Hand what has come to the model, as much as fits into a moment."""
        began = time.monotonic()
        while self._has_news() and time.monotonic() - began < _MOMENT_SECONDS:
            self._show_next()
        if self._has_news():
            self._show_timer.start(_SHOW_REST_AFTER_MS)
        self.changed.emit()
        if self._tell_end is not None and not self._has_news():
            self._end(self._tell_end)

    def _show_all(self) -> None:
        """Hand everything that has come to the model, before it is about something else."""
        while self._has_news():
            self._show_next()

    def _has_news(self) -> bool:
        return bool(self._found or self._unshown)

    def _show_next(self) -> None:
        found, self._found = self._found[:_SHOW_AT_ONCE], self._found[_SHOW_AT_ONCE:]
        results, self._unshown = self._unshown[:_SHOW_AT_ONCE], self._unshown[_SHOW_AT_ONCE:]
        self._model.add_paths(found, self.roots)
        self._model.set_results(results)
        if results and self.progress is not None:
            self.progress.advance(len(results))
        if not self._resort_timer.isActive():
            self._resort_timer.start()
