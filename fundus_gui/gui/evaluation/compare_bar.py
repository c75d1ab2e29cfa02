"""Starts the comparison of the ways to vote, shows how far it is and stops it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from fundus_gui.core.fusion import Score
from fundus_gui.gui.evaluation.figure_titles import figure_title

_SCORES: tuple[Score, ...] = ("balanced_accuracy", "accuracy", "macro_auc", "log_loss", "brier")
_BAR_HEIGHT = 8  # px


class CompareBar(QWidget):
    """A score to judge by and a button; while it goes on, words, a bar and Cancel.

    Signals:
        asked: the comparison is wanted.
        cancelled: it is not wanted any more.
    """

    asked = Signal()
    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choice = QComboBox()
        self._choice.setAccessibleName(self.tr("What the ways to vote are judged by"))
        for name in _SCORES:
            self._choice.addItem(figure_title(name), name)
        label = QLabel(self.tr("&Judge by"))
        label.setBuddy(self._choice)
        self.compare = QPushButton(self.tr("&Compare methods"))
        self.compare.clicked.connect(self.asked)
        self.stage = QLabel()
        self.bar = QProgressBar()
        self.bar.setFixedHeight(_BAR_HEIGHT)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Progress of the comparison"))
        self.cancel = QPushButton(self.tr("Cancel"))
        self.cancel.clicked.connect(self._on_cancel)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for widget in (label, self._choice, self.compare, self.stage):
            row.addWidget(widget)
        self.stage.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row.setStretchFactor(self.stage, 2)
        row.addWidget(self.bar, 1)
        row.addWidget(self.cancel)
        row.addStretch(0)
        self.show_idle()

    @property
    def score(self) -> Score:
        """What is judged by."""
        score: Score = self._choice.currentData()
        return score

    def show_progress(self, words: str, done: int, total: int) -> None:
        """Show what goes on, and how far it is."""
        self.stage.setText(words)
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        self._set_busy(True)

    def show_idle(self) -> None:
        """Show that nothing goes on."""
        self._set_busy(False)

    def _set_busy(self, is_busy: bool) -> None:
        self._choice.setEnabled(not is_busy)
        self.compare.setEnabled(not is_busy)
        for widget in (self.stage, self.bar, self.cancel):
            widget.setVisible(is_busy)
        self.cancel.setEnabled(is_busy)

    def _on_cancel(self) -> None:
        self.cancel.setEnabled(False)
        self.stage.setText(self.tr("Cancelling…"))
        self.cancelled.emit()
