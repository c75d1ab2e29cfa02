"""The foot of a new training: its name, its start, and the command that it stands for."""

from __future__ import annotations

import shlex
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QWidget,
)

from fundus_gui.core.runs import TrainConfig, train_arguments


class StartBar(QFrame):
    """Offers to start what the config says, or says why it cannot be started.

    Args:
        runs_dir: where runs are made.

    Signals:
        start_requested: the training is to begin.
        message: what has been done, in a sentence.
    """

    start_requested = Signal()
    message = Signal(str)

    def __init__(self, runs_dir: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runs_dir = runs_dir
        self._config = TrainConfig()
        self._problem = ""
        self._proposed = ""
        self.is_starting = False
        self.name = QLineEdit()
        self.name.setToolTip(self.tr("Name of the training and of its folder"))
        self.start = QPushButton(self.tr("&Start training"))
        self.start.setMinimumHeight(36)
        font = self.start.font()
        font.setBold(True)
        self.start.setFont(font)
        self.problem = QLabel()
        self.problem.setWordWrap(True)
        self.command = QLineEdit()
        self.command.setReadOnly(True)
        self.command.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.command.setToolTip(self.tr("The same training from a terminal"))
        self.copy = QPushButton(self.tr("C&opy"))
        self.copy.setToolTip(self.tr("Copy the command"))
        self._lay_out()
        self.name.textChanged.connect(self._on_name_changed)
        self.start.clicked.connect(self.start_requested)
        self.copy.clicked.connect(self._on_copy)

    def show_config(self, config: TrainConfig | None, problem: str) -> None:
        """Show what would be started; `problem` says why it cannot be."""
        if config is not None:
            self._config = config
        self._problem = problem
        self._propose_name()
        self._show_command()
        self._show_state()

    def set_starting(self, is_starting: bool) -> None:
        """Take no further click while a training is being started."""
        self.is_starting = is_starting
        self._show_state()

    def forget_name(self) -> None:
        """Propose a name again instead of the one that was used."""
        self.name.clear()
        self._propose_name()

    def _lay_out(self) -> None:
        label = QLabel(self.tr("N&ame"))
        label.setBuddy(self.name)
        below = QLabel(self.tr("Co&mmand"))
        below.setBuddy(self.command)
        command = QHBoxLayout()
        command.setSpacing(8)
        command.addWidget(self.command, 1)
        command.addWidget(self.copy)
        grid = QGridLayout(self)
        grid.setContentsMargins(8, 8, 8, 8)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(8)
        grid.addWidget(self.problem, 0, 0, 1, 3)
        grid.addWidget(label, 1, 0)
        grid.addWidget(self.name, 1, 1)
        grid.addWidget(self.start, 1, 2, 2, 1)
        grid.addWidget(below, 2, 0)
        grid.addLayout(command, 2, 1)
        grid.setColumnStretch(1, 1)

    def _show_state(self) -> None:
        problem = self._problem
        if not problem and not self.name.text().strip():
            problem = self.tr("Give the training a name.")
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        self.start.setEnabled(not problem and not self.is_starting)
        self.start.setText(self.tr("Starting…") if self.is_starting else self.tr("&Start training"))
        self.start.setToolTip(problem or self.tr("Train in a process of its own"))

    def _propose_name(self) -> None:
        """Name the run after day and network unless the user has named it."""
        if self.name.text() in ("", self._proposed):
            today = datetime.now().astimezone().strftime("%Y-%m-%d")
            network = self._config.model.replace(":", "-").replace("/", "-")
            self._proposed = f"{today} {network}"
            self.name.setText(self._proposed)

    def _show_command(self) -> None:
        out = self._runs_dir / self.name.text().strip()
        self.command.setText(shlex.join(["fundus-gui", *train_arguments(self._config, out)]))
        self.command.setCursorPosition(0)

    def _on_name_changed(self) -> None:
        self._show_command()
        self._show_state()

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self.command.text())
        self.message.emit(self.tr("The command was copied."))
