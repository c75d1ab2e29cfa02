"""The Train page: all trainings on the left, a new one or the chosen one on the right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from fundus_gui.core.runs import TrainConfig
from fundus_gui.gui.actions import Actions
from fundus_gui.gui.error_dialog import ErrorReporter
from fundus_gui.gui.settings import AppSettings
from fundus_gui.gui.training.architectures import list_architectures
from fundus_gui.gui.training.launch import own_program
from fundus_gui.gui.training.run_control import RunControl
from fundus_gui.gui.training.run_list import RunList
from fundus_gui.gui.training.run_pane import RunPane
from fundus_gui.gui.training.setup_pane import ListModels, SetupPane


class TrainPage(QWidget):
    """Connects the list of trainings, the set-up of a new one and the view of the chosen.

    Args:
        runs_dir: where runs are made.
        program: the command whose `train` is run; this program itself if None.
        list_models: names the networks; iterated in a thread.

    Signals:
        changed: `summary` says something else.
        choose_requested: the user wants to be asked for a folder of photographs.
        message: something to say in passing.
        model_added: the installed models are others.
        model_chosen: the name of the installed model that is to be used.
        evaluation_requested: the TrainedModel that is to be evaluated.
    """

    changed = Signal()
    choose_requested = Signal()
    message = Signal(str)
    model_added = Signal()
    model_chosen = Signal(object)
    evaluation_requested = Signal(object)

    def __init__(
        self,
        runs_dir: Path,
        actions: Actions,
        errors: ErrorReporter,
        *,
        program: Sequence[str] | None = None,
        list_models: ListModels = list_architectures,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        command = program or own_program()
        self.control = RunControl(runs_dir, self, program=command)
        self.runs = RunList(self.control)
        self.setup = SetupPane(runs_dir, command, errors, list_models=list_models)
        self.pane = RunPane(self.control)
        self.right = QStackedWidget()
        self.right.addWidget(self.setup)
        self.right.addWidget(self.pane)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self.runs)
        self.splitter.addWidget(self.right)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setSizes([288, 1152])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.splitter)
        self._connect(actions, errors)

    def _connect(self, actions: Actions, errors: ErrorReporter) -> None:
        actions.new_training.triggered.connect(self.set_up)
        actions.choose_data.triggered.connect(self.choose_requested)
        actions.start_training.triggered.connect(self.setup.bar.start.click)
        actions.open_run.triggered.connect(self.runs.open_run.trigger)
        self.runs.new_run_requested.connect(self.set_up)
        self.runs.run_selected.connect(self._on_run_selected)
        self.setup.choose_requested.connect(self.choose_requested)
        self.setup.start_requested.connect(self._on_start_requested)
        self.setup.message.connect(self.message)
        self.pane.message.connect(self.message)
        self.pane.model_added.connect(self.model_added)
        self.pane.model_chosen.connect(self.model_chosen)
        self.pane.evaluation_requested.connect(self.evaluation_requested)
        self.control.started.connect(self._on_started)
        self.control.failed.connect(self._on_failed)
        self.control.failed.connect(errors.report)
        self.control.runs_changed.connect(self.changed)

    def set_up(self) -> None:
        """Show the set-up of a new training, as it was left."""
        self.runs.clear_selection()
        self.right.setCurrentWidget(self.setup)

    def take_over(self, earlier: TrainPage) -> None:
        """Go on with what another page, which is not used any more, set up and showed."""
        self.setup.take_over(earlier.setup)
        self.runs.take_over(earlier.runs)

    def open_data(self, path: Path) -> None:
        """Set a training on the photographs in a folder up."""
        self.set_up()
        self.setup.data.open(path)

    def summary(self) -> str:
        """Return what goes on, for the status line."""
        alive = self.control.alive()
        if not alive:
            return self.tr("Ready")
        if len(alive) == 1:
            return self.tr("“{name}” is training").format(name=alive[0].name)
        return self.tr("{count} trainings are running").format(count=len(alive))

    def restore(self, settings: AppSettings) -> None:
        """Take over the remembered choices."""
        if settings.train_splitter:
            self.splitter.restoreState(settings.train_splitter)

    def choices(self, settings: AppSettings) -> AppSettings:
        """Return the settings with the present choices."""
        return replace(settings, train_splitter=bytes(self.splitter.saveState().data()))

    def may_close(self) -> bool:
        """Ask what becomes of running trainings; return whether the window may close."""
        return self.control.ask_on_close(self)

    def close_threads(self) -> None:
        """Stop all work and wait for the threads; trainings go on."""
        self.setup.close_threads()
        self.pane.close_thread()
        self.control.close()

    def _on_run_selected(self, paths: tuple[Path, ...]) -> None:
        self.pane.show_runs(paths)
        self.right.setCurrentWidget(self.pane if paths else self.setup)

    def _on_start_requested(self, config: TrainConfig, name: str) -> None:
        self.setup.bar.set_starting(True)
        self.control.start(config, name)

    def _on_started(self) -> None:
        if self.setup.bar.is_starting:
            self.setup.bar.set_starting(False)
            self.setup.bar.forget_name()

    def _on_failed(self) -> None:
        self.setup.bar.set_starting(False)
