"""Sets a new training up: data, recipe, and the bar that starts it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QVBoxLayout,
    QWidget,
)

from fundus_gui.core.errors import FundusError
from fundus_gui.core.runs import TrainConfig
from fundus_gui.gui.error_dialog import ErrorReporter
from fundus_gui.gui.sentences import spoken
from fundus_gui.gui.training.architectures import list_architectures
from fundus_gui.gui.training.data_pane import DataPane
from fundus_gui.gui.training.recipe_form import RecipeForm
from fundus_gui.gui.training.start_bar import TrainingStartBar
from fundus_gui.gui.training.trials_bar import TrialsBar
from fundus_gui.gui.widgets.scroll_pane import ScrollPane
from fundus_gui.gui.widgets.section import section
from fundus_gui.gui.worker import JobSlot

_SIDE_BY_SIDE = 1280  # px, from which the recipe stands beside the data

ListModels = Callable[[], Generator[tuple[str, ...] | None, None, None]]


class SetupPane(QWidget):
    """Data and recipe, which scroll where the window is low, above the bar that starts.

    Args:
        runs_dir: where runs are made.
        program: the command whose `train` is run.
        errors: shows what nobody foresaw.
        list_models: names the networks; iterated in a thread when the pane is first seen.

    Signals:
        start_requested: a config and a name.
        choose_requested: the user wants to be asked for a folder.
        message: something to say in passing.
    """

    start_requested = Signal(object, str)
    choose_requested = Signal()
    message = Signal(str)

    def __init__(
        self,
        runs_dir: Path,
        program: Sequence[str],
        errors: ErrorReporter,
        *,
        list_models: ListModels = list_architectures,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._list_models: ListModels | None = list_models
        self._models_slot = JobSlot(self)
        self.data = DataPane(errors)
        self.recipe = RecipeForm(left_out=self.data.settings())
        self.trials = TrialsBar(program, errors)
        self.bar = TrainingStartBar(runs_dir)
        self._halves = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._lay_out()
        self._models_slot.yielded.connect(self._on_models_listed)
        self._models_slot.failed.connect(errors.report)
        self.data.choose_requested.connect(self.choose_requested)
        self.data.changed.connect(self._on_changed)
        self.recipe.changed.connect(self._on_changed)
        self.trials.answered.connect(self._on_answered)
        self.bar.start_requested.connect(self._on_start)
        self.bar.message.connect(self.message)
        self._on_changed()

    def config(self) -> TrainConfig:
        """Return what is set.

        Raises:
            ConfigError: it could not be trained with.
        """
        return TrainConfig(**self.recipe.settings(), **self.data.settings())

    def take_over(self, earlier: SetupPane) -> None:
        """Set up what another pane, which is not used any more, had set up."""
        self.recipe.take_over(earlier.recipe)
        self.data.take_over(earlier.data)
        self.bar.take_over(earlier.bar)

    def close_threads(self) -> None:
        """Stop and wait for the threads."""
        self._models_slot.close()
        self.trials.close_thread()
        self.data.close_threads()

    def _lay_out(self) -> None:
        content = QWidget()
        self._halves.setContentsMargins(16, 8, 16, 8)
        self._halves.setSpacing(24)
        self._halves.addWidget(section(self.tr("1  Photographs"), self.data), 1)
        self._halves.addWidget(section(self.tr("2  Recipe"), self.recipe, self.trials), 1)
        content.setLayout(self._halves)
        line = QFrame()
        line.setFrameShape(QFrame.Shape.HLine)
        line.setFrameShadow(QFrame.Shadow.Sunken)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(ScrollPane(content, self.tr("Photographs and recipe")), 1)
        layout.addWidget(line)
        layout.addWidget(self.bar)

    def _on_changed(self) -> None:
        try:
            config = self.config()
        except FundusError as error:
            self.bar.show_config(None, spoken(str(error)))
            self.trials.set_config(None)
            return
        self.data.set_config(config)
        self.bar.show_config(config, self.data.problem)
        self.trials.set_config(None if self.data.problem else config)

    def _on_models_listed(self, names: tuple[str, ...] | None) -> None:
        if names is not None:
            self.recipe.suggest_models(names)

    def _on_answered(self, settings: Mapping[str, Any]) -> None:
        for name, value in settings.items():
            self.recipe.editor(name).set_value(value)

    def _on_start(self) -> None:
        self.start_requested.emit(self.config(), self.bar.name.text())

    def showEvent(self, event: QShowEvent) -> None:
        """Look for the networks once."""
        super().showEvent(event)
        if self._list_models is not None:
            self._models_slot.start(self._list_models)
            self._list_models = None

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the recipe below the data where there is no room beside it."""
        super().resizeEvent(event)
        is_wide = self.width() >= _SIDE_BY_SIDE
        direction = QBoxLayout.Direction
        self._halves.setDirection(direction.LeftToRight if is_wide else direction.TopToBottom)
