"""Asks the data before a training: how fast to learn, and how coloured the photographs are."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from fundus_gui.core.errors import FundusError
from fundus_gui.core.runs import TrainConfig
from fundus_gui.gui.error_dialog import ErrorReporter
from fundus_gui.gui.sentences import spoken
from fundus_gui.gui.training.before_training import (
    RateSearch,
    Statistics,
    find_learning_rate,
    measure_statistics,
)
from fundus_gui.gui.worker import JobSlot

_CURVE_WIDTH = 420  # px

Trial = Callable[[Sequence[str], TrainConfig], Generator[Any, None, None]]


class TrialsBar(QWidget):
    """Two buttons, one of which runs at a time, and what came out.

    Args:
        program: the command whose `train` is asked.
        errors: shows what nobody foresaw.

    Signals:
        answered: settings by name that the answer suggests.
    """

    answered = Signal(dict)

    def __init__(
        self, program: Sequence[str], errors: ErrorReporter, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._program = tuple(program)
        self._errors = errors
        self._config: TrainConfig | None = None
        self._asked: TrainConfig | None = None  # while the answer is wanted
        self._slot = JobSlot(self)
        self._slot.yielded.connect(self._on_yielded)
        self._slot.completed.connect(self._show_state)
        self._slot.cancelled.connect(self._show_state)
        self._slot.failed.connect(self._on_failed)
        self.find_rate = QPushButton(self.tr("Find &learning rate"))
        self.find_rate.setToolTip(
            self.tr("Try rising learning rates for at most 100 updates and take the best over")
        )
        self.measure = QPushButton(self.tr("&Measure mean and deviation"))
        self.measure.setToolTip(
            self.tr("Of the colours of the training photographs, and train with them")
        )
        self.cancel = QPushButton(self.tr("Cancel"))
        self._bar = QProgressBar()
        self._bar.setRange(0, 0)
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(8)
        self._bar.setAccessibleName(self.tr("Progress of the trial"))
        self.answer = QLabel()
        self.answer.setWordWrap(True)
        self.answer.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.curve = QLabel()
        self.curve.setAccessibleName(self.tr("Loss over the learning rate"))
        self._lay_out()
        self.find_rate.clicked.connect(self._on_find_rate)
        self.measure.clicked.connect(self._on_measure)
        self.cancel.clicked.connect(self._slot.cancel)
        self._show_state()

    def set_config(self, config: TrainConfig | None) -> None:
        """Ask with this config; None when there is nothing that could be asked."""
        self._config = config
        if self._asked is not None and config != self._asked:  # the answer would be of another
            self._asked = None
            self._slot.cancel()
            self._say(self.tr("Stopped, since the settings have been changed."))
        self._show_state()

    def close_thread(self) -> None:
        """Stop and wait for the thread and its process."""
        self._slot.close()

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for widget in (self.find_rate, self.measure, self.cancel):
            buttons.addWidget(widget)
        buttons.addWidget(self._bar, 1)
        buttons.addStretch(0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(buttons)
        layout.addWidget(self.answer)
        layout.addWidget(self.curve)
        self.answer.hide()
        self.curve.hide()

    def _on_find_rate(self) -> None:
        self._start(find_learning_rate)

    def _on_measure(self) -> None:
        self._start(measure_statistics)

    def _start(self, trial: Trial) -> None:
        if self._config is not None:
            self._asked = self._config
            self._slot.start(partial(trial, self._program, self._config))
            self._say("")
            self._show_state()

    def _on_yielded(self, record: Statistics | RateSearch | None) -> None:
        if record is not None:
            self._asked = None
        if isinstance(record, RateSearch):
            self._show_rate(record)
        elif isinstance(record, Statistics):
            self._say(
                self.tr("Mean {mean}, standard deviation {std} (red, green, blue).").format(
                    mean=_listed(record.mean), std=_listed(record.std)
                )
            )
            self.answered.emit({"normalisation": "measured"})

    def _show_rate(self, search: RateSearch) -> None:
        self._say(
            self.tr("The learning rate {rate} is suggested and taken over.").format(
                rate=f"{search.learning_rate:g}"
            )
        )
        if not search.curve.isNull():
            ratio = self.devicePixelRatioF()
            curve = search.curve.scaledToWidth(
                round(_CURVE_WIDTH * ratio), Qt.TransformationMode.SmoothTransformation
            )
            curve.setDevicePixelRatio(ratio)
            self.curve.setPixmap(QPixmap.fromImage(curve))
            self.curve.show()
        self.answered.emit({"learning_rate": search.learning_rate})

    def _on_failed(self, error: BaseException) -> None:
        if isinstance(error, FundusError):
            self._say(spoken(str(error)))
        else:
            self._errors.report(error)
        self._show_state()

    def _say(self, text: str) -> None:
        self.answer.setText(text)
        self.answer.setVisible(bool(text))
        self.curve.hide()

    def _show_state(self) -> None:
        is_busy = self._slot.busy
        if not is_busy:
            self._asked = None
        for button in (self.find_rate, self.measure):
            button.setEnabled(self._config is not None and not is_busy)
        self.cancel.setVisible(is_busy)
        self._bar.setVisible(is_busy)


def _listed(colour: Sequence[float]) -> str:
    return ", ".join(f"{value:.3f}" for value in colour)
