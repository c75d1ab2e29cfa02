"""The foot of a set-up: a name, the start, and the command that does the same in a terminal."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass

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

Arguments = Callable[[str], Sequence[str]]
"""Returns the arguments of `fundus-gui` for a name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StartWords:
    """How the work is called.

    Attributes:
        start: on the button.
        starting: on the button while it starts.
        start_hint, name_hint, command_hint: tooltips.
        nameless: said when there is no name.
    """

    start: str
    starting: str
    start_hint: str
    name_hint: str
    command_hint: str
    nameless: str


class StartBar(QFrame):
    """Offers to start what is set up, or says why it cannot be started.

    Signals:
        start_requested: the work is to begin.
        message: what has been done, in a sentence.
    """

    start_requested = Signal()
    message = Signal(str)

    def __init__(self, words: StartWords, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._arguments: Arguments | None = None
        self._problem = ""
        self._proposed = ""
        self.is_starting = False
        self.name = QLineEdit()
        self.name.setToolTip(words.name_hint)
        self.start = QPushButton(words.start)
        self.start.setMinimumHeight(36)
        font = self.start.font()
        font.setBold(True)
        self.start.setFont(font)
        self.problem = QLabel()
        self.problem.setWordWrap(True)
        self.command = QLineEdit()
        self.command.setReadOnly(True)
        self.command.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.command.setToolTip(words.command_hint)
        self.copy = QPushButton(self.tr("C&opy"))
        self.copy.setToolTip(self.tr("Copy the command"))
        self._lay_out()
        self.name.textChanged.connect(self._on_name_changed)
        self.start.clicked.connect(self.start_requested)
        self.copy.clicked.connect(self._on_copy)

    def show_task(self, arguments: Arguments, proposed: str) -> None:
        """Show what would be started, named as proposed unless the user has named it."""
        self._arguments = arguments
        before, self._proposed = self._proposed, proposed
        if self.name.text() in ("", before):
            self.name.setText(proposed)
        self._show_command()

    def show_no_task(self) -> None:
        """Show that there is nothing yet that could be started."""
        self._arguments = None
        self._show_command()

    def show_problem(self, problem: str) -> None:
        """Say why it cannot be started; empty when it can."""
        self._problem = problem
        self._show_state()

    def set_starting(self, is_starting: bool) -> None:
        """Take no further click while the work is being started."""
        self.is_starting = is_starting
        self._show_state()

    def take_over(self, earlier: StartBar) -> None:
        """Take the name that the user has given in another bar."""
        if earlier.name.text() != earlier._proposed:
            self.name.setText(earlier.name.text())

    def forget_name(self) -> None:
        """Take the name that is proposed next instead of the one that was used."""
        self.name.setText(self._proposed)

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
        grid.setContentsMargins(16, 8, 16, 8)
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
            problem = self._words.nameless
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        self.start.setEnabled(not problem and not self.is_starting)
        self.start.setText(self._words.starting if self.is_starting else self._words.start)
        self.start.setToolTip(problem or self._words.start_hint)

    def _show_command(self) -> None:
        words = ""
        if self._arguments is not None:
            words = shlex.join(["fundus-gui", *self._arguments(self.name.text().strip())])
        self.command.setText(words)
        self.command.setCursorPosition(0)
        self.copy.setEnabled(bool(words))

    def _on_name_changed(self) -> None:
        self._show_command()
        self._show_state()

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self.command.text())
        self.message.emit(self.tr("The command was copied."))
