"""How far the running evaluation is."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from fundus_gui.core.assessments.assessing import AssessmentRequest, Progress, Stage
from fundus_gui.gui.evaluation.assessment_jobs import Saving
from fundus_gui.gui.run_progress import RunProgress
from fundus_gui.gui.training.run_labels import duration
from fundus_gui.gui.widgets.type_scale import TITLE, enlarge

_WIDTH = 93  # letters of average width


class ProgressPane(QWidget):
    """The stage in words, a bar, the time left, and the way out.

    Signals:
        cancel_requested: the evaluation is not wanted any more.
    """

    cancel_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._at: tuple[Stage, str, int] | None = None
        self._clock = RunProgress(0)
        self.title = QLabel()
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setWordWrap(True)
        enlarge(self.title, TITLE, bold=True)
        self.stage = QLabel()
        self.detail = QLabel()
        for label in (self.stage, self.detail):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.detail.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(8)
        self.bar.setAccessibleName(self.tr("Progress of the evaluation"))
        self.cancel = QPushButton(self.tr("&Cancel"))
        self.cancel.setToolTip(self.tr("Stop; nothing is kept, and the set-up stays"))
        self.cancel.clicked.connect(self.cancel_requested)
        self._lay_out()

    @property
    def words(self) -> str:
        """The stage and how far it is, in one line."""
        return self.stage.text()

    def begin(self, request: AssessmentRequest) -> None:
        """Show that an evaluation has been started."""
        self._at = None
        self.title.setText(request.title)
        self.cancel.setEnabled(True)
        self.show_progress(Progress("reading", text=request.judged.title))

    def show_progress(self, progress: Progress | Saving) -> None:
        """Show what is done and how much of it."""
        if isinstance(progress, Saving):
            self._show(self.tr("Writing figures, tables and the report"), "", 0, 0)
            return
        at = (progress.stage, progress.text, progress.total)
        if progress.stage == "measuring":
            at = (progress.stage, "", progress.total)
        if at != self._at:
            self._at = at
            self._clock = RunProgress(progress.total)
        self._clock.advance(progress.done - self._clock.done)
        words = self._title(progress.stage)
        if progress.total:
            words += self.tr(": {done} of {total}").format(
                done=f"{progress.done:,}", total=f"{progress.total:,}"
            )
        left = self._clock.seconds_left
        facts = [progress.text]
        if left is not None and progress.total:
            facts.append(self.tr("{duration} left").format(duration=duration(left)))
        self._show(words, " · ".join(filter(None, facts)), progress.done, progress.total)

    def show_cancelling(self) -> None:
        """Show that the evaluation will stop soon."""
        self.cancel.setEnabled(False)
        self._show(self.tr("Stopping…"), "", 0, 0)

    def _show(self, words: str, detail: str, done: int, total: int) -> None:
        self.stage.setText(words)
        self.detail.setText(detail)
        self.bar.setRange(0, total)
        self.bar.setValue(done)

    def _title(self, stage: Stage) -> str:
        titles: dict[Stage, str] = {
            "reading": self.tr("Reading the labels"),
            "hashing": self.tr("Looking for photographs that a model was trained on"),
            "loading": self.tr("Loading models"),
            "classifying": self.tr("Classifying photographs"),
            "measuring": self.tr("Measuring, with intervals"),
        }
        return titles[stage]

    def _lay_out(self) -> None:
        card = QWidget()
        card.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        card.setFixedWidth(_WIDTH * self.fontMetrics().averageCharWidth())
        foot = QHBoxLayout()
        foot.addWidget(self.detail, 1)
        foot.addWidget(self.cancel)
        column = QVBoxLayout(card)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.title)
        column.addSpacing(8)
        column.addWidget(self.stage)
        column.addWidget(self.bar)
        column.addLayout(foot)
        layout = QVBoxLayout(self)
        layout.addStretch(2)
        layout.addWidget(card, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)
