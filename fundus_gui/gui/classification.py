"""One list of photographs and the run that classifies it; knows no widget."""

from __future__ import annotations

import enum
import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from fundus_gui.core.catalogue import EnsembleSpec
from fundus_gui.core.results import ImageResult, ModelsReady, UnreadableImage
from fundus_gui.gui.jobs import list_images
from fundus_gui.gui.results_model import ResultsModel
from fundus_gui.gui.run_progress import RunProgress
from fundus_gui.gui.worker import Job, JobSlot

if TYPE_CHECKING:
    from fundus_gui.core.assessments import Classify, ClassifyRecord

_SHOW_EVERY_MS = 50
_RESORT_EVERY_MS = 1000


class Phase(enum.Enum):
    """What the run is busy with."""

    IDLE = enum.auto()
    LISTING = enum.auto()
    LOADING = enum.auto()
    CLASSIFYING = enum.auto()


@dataclass(frozen=True, slots=True)
class _Earlier:
    """What other models have said of the same photographs."""

    results: Sequence[ImageResult] = ()
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
        failed: the exception that ended a listing or a run.
    """

    changed = Signal()
    nothing_found = Signal(object)
    finished = Signal()
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
        self._unshown: list[ImageResult] = []
        self._slot = JobSlot(self)
        self._slot.yielded.connect(self._on_yielded)
        self._slot.completed.connect(self._on_completed)
        self._slot.cancelled.connect(self._on_cancelled)
        self._slot.failed.connect(self._on_failed)
        self._show_timer = self._timer(_SHOW_EVERY_MS, self._show_results)
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
        self._show_results()
        self._run_when_listed = self.auto_run or (add and self._is_running())
        if not add:
            self._model.clear()
            self._earlier.clear()
            self.roots = ()
        self.roots += roots
        self._start(listing, Phase.LISTING)

    def choose(self, spec: EnsembleSpec | None) -> None:
        """Classify with this ensemble from now on; a running run starts again with it."""
        if spec == self._spec:
            return
        was_running = self._is_running()
        self._show_results()
        if self._spec is not None:
            self._earlier[self._spec.members] = _Earlier(self._model.results(), self.models_ready)
        self._spec = spec
        self._model.set_weights(None)
        self._model.forget_results()
        if was_running:
            self.cancel()
        if spec is None:
            self.models_ready = None
            self.changed.emit()
            return
        earlier = self._earlier.pop(spec.members, _Earlier())
        self.models_ready = earlier.models_ready
        self._model.set_results([_with_weights(result, spec) for result in earlier.results])
        if (self.auto_run or was_running) and self.phase is not Phase.LISTING:
            self.run()
        else:
            self.changed.emit()

    def start_over(self) -> None:
        """Let every photograph wait again, since another engine is to answer."""
        was_running = self._is_running()
        self._show_results()
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

    def run(self) -> None:
        """Classify all photographs that wait."""
        paths = self._model.waiting()
        if self._spec is None or not paths:
            self.changed.emit()
            return
        self.progress = RunProgress(len(paths))
        self.started = datetime.now(UTC)
        self._start(functools.partial(self._classify, self._spec, tuple(paths)), Phase.LOADING)

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
        self._slot.start(job)
        self.changed.emit()

    def _on_yielded(self, record: tuple[Path, ...] | ClassifyRecord) -> None:
        if isinstance(record, tuple):
            self._model.add_paths(record, self.roots)
            self.changed.emit()
        elif isinstance(record, ModelsReady):
            self.models_ready = record
            self.phase = Phase.CLASSIFYING
            if self.progress is not None:
                self.progress = RunProgress(self.progress.total)  # loading is no classifying
            self.changed.emit()
        else:
            self._unshown.append(record)
            if not self._show_timer.isActive():
                self._show_timer.start()

    def _on_completed(self) -> None:
        listed = self.phase is Phase.LISTING
        self._end()
        if not listed:
            self.finished.emit()
        elif not self._model.rowCount():
            self.nothing_found.emit(self.roots)
        elif self._run_when_listed:
            self.run()

    def _on_cancelled(self) -> None:
        self._end()

    def _on_failed(self, error: BaseException) -> None:
        self._end()
        self.failed.emit(error)

    def _end(self) -> None:
        self._show_results()
        self._model.resort()
        self.phase = Phase.IDLE
        self.progress = None
        self.changed.emit()

    def _show_results(self) -> None:
        """Hand the results of the last moment to the model in one go."""
        self._show_timer.stop()
        if not self._unshown:
            return
        results, self._unshown = self._unshown, []
        self._model.set_results(results)
        if self.progress is not None:
            self.progress.advance(len(results))
        if not self._resort_timer.isActive():
            self._resort_timer.start()
        self.changed.emit()


def _with_weights(result: ImageResult, spec: EnsembleSpec) -> ImageResult:
    """Vote an earlier result of the same members as this ensemble does."""
    if isinstance(result, UnreadableImage):
        return result
    return replace(result, weights=spec.weights, decision=spec.decision)
