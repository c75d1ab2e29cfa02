"""The right side of the Train page: the run that is selected, or several in comparison."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLabel, QStackedLayout, QWidget

from fundus_gui.core.errors import FundusError
from fundus_gui.gui.sentences import spoken
from fundus_gui.gui.training.live_run import LiveRun, watch_runs
from fundus_gui.gui.training.run_comparison import RunComparison
from fundus_gui.gui.training.run_control import RunControl
from fundus_gui.gui.training.run_view import RunView
from fundus_gui.gui.worker import JobSlot


class RunPane(QWidget):
    """Watches the runs it shows in a thread; the latest choice wins.

    Signals:
        message: what has been done, in a sentence.
        model_added: the installed models are others.
        model_chosen: the name of the installed model that is to be used.
        evaluation_requested: the TrainedModel that is to be evaluated.
    """

    message = Signal(str)
    model_added = Signal()
    model_chosen = Signal(object)
    evaluation_requested = Signal(object)

    def __init__(self, control: RunControl, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._paths: tuple[Path, ...] = ()
        self._live: dict[Path, LiveRun] = {}
        self.view = RunView(control)
        self.view.message.connect(self.message)
        self.comparison = RunComparison()
        self.empty = QLabel()
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setWordWrap(True)
        self.empty.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._stack = QStackedLayout(self)
        for widget in (self.empty, self.view, self.comparison):
            self._stack.addWidget(widget)
        self._slot = JobSlot(self)
        self._slot.yielded.connect(self._on_read)
        self._slot.failed.connect(self._on_failed)
        control.model_added.connect(self._on_model_added)
        control.model_chosen.connect(self._on_model_chosen)
        control.evaluation_requested.connect(self.evaluation_requested)
        self.show_runs(())

    def show_runs(self, paths: Sequence[Path]) -> None:
        """Show one run, several in comparison, or none."""
        if paths and tuple(paths) == self._paths:
            return
        self._paths = tuple(paths)
        self._live = {path: live for path, live in self._live.items() if path in self._paths}
        if self._paths:
            self._say(self.tr("Reading…"))
            self._slot.start(partial(watch_runs, self._paths))
            self._show()
        else:
            self._slot.cancel()
            self._say(self.tr("Select a training to see how it goes."))

    def close_thread(self) -> None:
        """Stop and wait for the threads."""
        self._slot.close()
        self.view.close_thread()
        self.comparison.close_thread()

    def _on_read(self, live: LiveRun | None) -> None:
        if live is not None and live.run.folder.path in self._paths:
            self._live[live.run.folder.path] = live
            self._show()

    def _show(self) -> None:
        runs = [self._live[path] for path in self._paths if path in self._live]
        if len(runs) < len(self._paths):
            return
        if len(runs) == 1:
            self.view.show_run(runs[0])
            self._stack.setCurrentWidget(self.view)
        else:
            self.comparison.show_runs(runs)
            self._stack.setCurrentWidget(self.comparison)

    def _say(self, text: str) -> None:
        self.empty.setText(text)
        self._stack.setCurrentWidget(self.empty)

    def _on_failed(self, error: BaseException) -> None:
        self._live.clear()
        self._say(spoken(str(error)))
        if not isinstance(error, FundusError):
            raise error  # to the hook that shows what nobody foresaw

    def _on_model_added(self, name: str) -> None:
        self.model_added.emit()
        self.message.emit(self.tr("“{name}” was added to the models.").format(name=name))

    def _on_model_chosen(self, name: str) -> None:
        self.model_added.emit()
        self.model_chosen.emit(name)
