"""The foot of a new training: its name, its start, and the command that it stands for."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from fundus_gui.core.runs import TrainConfig, train_arguments
from fundus_gui.gui.widgets.start_bar import StartBar, StartWords


class TrainingStartBar(StartBar):
    """Offers to start what the config says, or says why it cannot be started.

    Args:
        runs_dir: where runs are made.
    """

    def __init__(self, runs_dir: Path, parent: QWidget | None = None) -> None:
        super().__init__(_words(), parent)
        self._runs_dir = runs_dir
        self.show_config(TrainConfig(), "")

    def show_config(self, config: TrainConfig | None, problem: str) -> None:
        """Show what would be started; `problem` says why it cannot be."""
        if config is not None:
            today = datetime.now().astimezone().strftime("%Y-%m-%d")
            network = config.model.replace(":", "-").replace("/", "-")
            self.show_task(
                lambda name: train_arguments(config, self._runs_dir / name), f"{today} {network}"
            )
        self.show_problem(problem)


def _words() -> StartWords:
    translate = QCoreApplication.translate
    return StartWords(
        start=translate("TrainingStart", "&Start training"),
        starting=translate("TrainingStart", "Starting…"),
        start_hint=translate("TrainingStart", "Train in a process of its own"),
        name_hint=translate("TrainingStart", "Name of the training and of its folder"),
        command_hint=translate("TrainingStart", "The same training from a terminal"),
        nameless=translate("TrainingStart", "Give the training a name."),
    )
