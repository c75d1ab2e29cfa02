"""Starts, resumes and asks trainings, and knows which runs there are."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from fundus_gui.core.runs import Request, Run, TrainConfig
from fundus_gui.gui.training.close_question import CloseQuestion
from fundus_gui.gui.training.launch import Launched, own_program, resume_run, start_run
from fundus_gui.gui.training.run_jobs import (
    ask_run,
    find_or_install_model,
    install_model,
    prepare_evaluation,
)
from fundus_gui.gui.training.run_library import KnownRun, RunLibrary
from fundus_gui.gui.worker import Job, JobSlot, Worker


class RunControl(QObject):
    """Does in threads whatever touches a run's folder or process; the window only listens.

    Args:
        runs_dir: where new runs are made.
        program: the command whose `train` is run; this program itself if None.

    Signals:
        started: the folder of a run whose process was started, or started again.
        opened: the folder of a run from elsewhere that is now in the list.
        failed: an error, when something could not be done.
        runs_changed: `runs` or `is_resuming` answer otherwise.
        model_added: the name under which a run's best weights were installed.
        model_chosen: the name of the installed model that is to be used.
        evaluation_requested: the TrainedModel that is to be evaluated.
    """

    started = Signal(object)
    opened = Signal(object)
    failed = Signal(object)
    runs_changed = Signal()
    model_added = Signal(object)
    model_chosen = Signal(object)
    evaluation_requested = Signal(object)

    def __init__(
        self,
        runs_dir: Path,
        parent: QObject | None = None,
        *,
        program: Sequence[str] | None = None,
    ) -> None:
        super().__init__(parent)
        self._program = tuple(program) if program is not None else own_program()
        self._library = RunLibrary(runs_dir)
        self._runs: tuple[KnownRun, ...] = ()
        self._workers: list[Worker] = []
        self._resuming: dict[Path, Worker] = {}
        self._watch = JobSlot(self)
        self._watch.yielded.connect(self._on_runs_read)
        self._watch.failed.connect(self.failed)
        self._watch.start(self._library.watch)

    @property
    def runs(self) -> tuple[KnownRun, ...]:
        """All runs as they were read last, the newest first, hidden ones included."""
        return self._runs

    def alive(self) -> tuple[Run, ...]:
        """Return the runs that a process works on."""
        return tuple(known.run for known in self._runs if known.run.is_alive)

    def is_resuming(self, path: Path) -> bool:
        """Return whether a process was started to go on with the run but has not got to it yet."""
        return path in self._resuming

    def start(self, config: TrainConfig, name: str) -> None:
        """Train in a new folder of that name; `started` or `failed` follows."""
        worker = self._worker(partial(start_run, self._program, config, self._library.folder, name))
        worker.yielded.connect(self._on_launch)
        worker.start()

    def resume(self, path: Path) -> None:
        """Go on with a run from its last saved state; `started` or `failed` follows."""
        if path in self._resuming:
            return
        worker = self._worker(partial(resume_run, self._program, path))
        worker.yielded.connect(self._on_launch)
        self._resuming[path] = worker
        worker.start()
        self.runs_changed.emit()

    def ask(self, path: Path, request: Request) -> None:
        """Ask the training in a folder; it looks before each update."""
        self._worker(partial(ask_run, path, request)).start()

    def open(self, path: Path) -> None:
        """Add a run that lies elsewhere to the list; `opened` or `failed` follows."""
        worker = self._worker(partial(self._library.open, path))
        worker.yielded.connect(self.opened)
        worker.start()

    def set_hidden(self, paths: Sequence[Path], *, hidden: bool) -> None:
        """Put runs out of sight or back; no file of theirs is touched."""
        self._worker(partial(self._library.hide, tuple(paths), hidden=hidden)).start()

    def add_model(self, path: Path, name: str) -> None:
        """Install the best weights of a run; `model_added` or `failed` follows."""
        worker = self._worker(partial(install_model, path, name))
        worker.yielded.connect(self.model_added)
        worker.start()

    def use_model(self, path: Path) -> None:
        """Install the best weights of a run unless they are; `model_chosen` or `failed` follows."""
        worker = self._worker(partial(find_or_install_model, path))
        worker.yielded.connect(self.model_chosen)
        worker.start()

    def evaluate_model(self, path: Path) -> None:
        """Install as `use_model` does; `evaluation_requested` or `failed` follows."""
        worker = self._worker(partial(prepare_evaluation, path))
        worker.yielded.connect(self.evaluation_requested)
        worker.start()

    def ask_on_close(self, parent: QWidget) -> bool:
        """Ask what becomes of running trainings; return whether the window may close."""
        alive = self.alive()
        if not alive:
            return True
        question = CloseQuestion([run.name for run in alive], parent)
        question.exec()
        if question.answer == "stop-after-epoch":
            for run in alive:
                self.ask(run.folder.path, "stop-after-epoch")
        return question.answer != "cancel"

    def close(self) -> None:
        """End the threads; trainings go on, and what they were asked is still written."""
        self._watch.cancel()
        self._library.wake()
        self._watch.close()
        for worker in self._workers:
            worker.cancel()
        for worker in self._workers:
            worker.wait()
        self._workers.clear()
        self._resuming.clear()

    def _worker(self, job: Job) -> Worker:
        worker = Worker(job, self)
        worker.failed.connect(self.failed)
        worker.finished.connect(self._on_worker_finished)
        self._workers.append(worker)
        return worker

    def _on_runs_read(self, runs: tuple[KnownRun, ...]) -> None:
        problem, self._library.problem = self._library.problem, None
        if problem is not None:
            self.failed.emit(problem)
        if runs != self._runs:
            self._runs = runs
            self.runs_changed.emit()

    def _on_launch(self, record: Launched | None) -> None:
        if record is not None:
            self._library.wake()
            self.started.emit(record.path)

    def _on_worker_finished(self) -> None:
        for worker in [worker for worker in self._workers if worker.isFinished()]:
            self._workers.remove(worker)
            worker.deleteLater()
        running = {p: w for p, w in self._resuming.items() if w in self._workers}
        if running != self._resuming:
            self._resuming = running
            self.runs_changed.emit()
        self._library.wake()
