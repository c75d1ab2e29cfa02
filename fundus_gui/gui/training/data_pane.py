"""What is to be learnt from: a folder, its classes, its patients and whatever is wrong with it."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from fundus_gui.core.errors import FundusError
from fundus_gui.core.runs import Preparing, TrainConfig
from fundus_gui.gui.error_dialog import ErrorReporter
from fundus_gui.gui.training.class_table import ClassTable
from fundus_gui.gui.training.data_welcome import DataWelcome
from fundus_gui.gui.training.dataset_job import DataSurvey, Surveyor
from fundus_gui.gui.training.notice_box import NoticeBox, Remark
from fundus_gui.gui.training.patient_row import PatientRow
from fundus_gui.gui.training.reading_progress import ReadingProgress
from fundus_gui.gui.training.survey_words import survey_remarks, survey_summary
from fundus_gui.gui.worker import JobSlot

# The settings on which the parts depend.
_OF_THE_SPLIT = (
    "data",
    "patient_pattern",
    "validation_fraction",
    "folds",
    "fold",
    "duplicates",
    "seed",
)
_SETTLE_MS = 300


class DataPane(QWidget):
    """Surveys the chosen folder in a thread; the latest choice wins.

    Signals:
        changed: `settings` are others, or `problem` says something else.
        choose_requested: the user wants to be asked for a folder.
    """

    changed = Signal()
    choose_requested = Signal()

    def __init__(self, errors: ErrorReporter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._errors = errors
        self._folder: Path | None = None
        self._surveyor = Surveyor()
        self._survey: DataSurvey | None = None
        self._error = ""
        self._split: dict[str, Any] = {}
        self._config = TrainConfig()
        self._slot = JobSlot(self)
        self._slot.yielded.connect(self._on_yielded)
        self._slot.completed.connect(self._on_completed)
        self._slot.failed.connect(self._on_failed)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SETTLE_MS)
        self._timer.timeout.connect(self._start)
        self.welcome = DataWelcome()
        self.welcome.choose_requested.connect(self.choose_requested)
        self._path = QLabel()
        self._path.setTextFormat(Qt.TextFormat.PlainText)
        self._path.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.choose = QPushButton(self.tr("Choose another &folder…"))
        self.choose.setToolTip(self.tr("Choose the folder that holds the labelled photographs"))
        self.choose.clicked.connect(self.choose_requested)
        self.summary = QLabel()
        self.summary.setWordWrap(True)
        self.table = ClassTable()
        self.patients = PatientRow()
        self.patients.changed.connect(self.changed)
        self._progress = ReadingProgress()
        self.notices = NoticeBox()
        self._found = QWidget()
        self._lay_out()
        self._show()

    @property
    def survey(self) -> DataSurvey | None:
        """What is known of the data so far."""
        return self._survey

    @property
    def problem(self) -> str:
        """Why the data cannot be trained on, in a sentence; empty when it can."""
        if self._folder is None:
            return self.tr("Choose the photographs to learn from.")
        if self._error:
            return self.tr("The photographs cannot be trained on as they are.")
        if self._survey is None or not self._survey.is_split:
            return self.tr("The photographs are being read.")
        errors = [r.text for r in survey_remarks(self._survey, self._config) if r.weight == "error"]
        return errors[0] if errors else ""

    def is_reading(self) -> bool:
        """Return whether something is still to be found out."""
        return self._slot.busy or self._timer.isActive()

    def settings(self) -> dict[str, Any]:
        """Return the settings that are chosen here, by name."""
        return {
            "data": str(self._folder or ""),
            "patient_pattern": self.patients.confirmed(),
        }

    def open(self, path: Path) -> None:
        """Read a folder, or that of a table, in place of the present one."""
        self._slot.cancel()
        self._folder = path.parent if path.suffix.lower() == ".csv" else path
        self._surveyor = Surveyor()
        self._survey, self._error, self._split = None, "", {}
        self.patients.propose("")
        self._path.setText(str(self._folder))
        self._path.setToolTip(str(self._folder))
        self._progress.show_stage(Preparing(stage="reading"))
        self._show()
        self.changed.emit()

    def take_over(self, earlier: DataPane) -> None:
        """Show what another pane, which is not used any more, knew; nothing is hashed again."""
        if earlier._folder is None:
            return
        self.open(earlier._folder)
        self._surveyor, self._survey = earlier._surveyor, earlier._survey
        self.patients.take_over(earlier.patients)
        self._show()
        self.changed.emit()

    def set_config(self, config: TrainConfig) -> None:
        """Share the photographs out as this config wants it; read again only if need be."""
        split = {name: getattr(config, name) for name in _OF_THE_SPLIT}
        self._config = config
        if split == self._split or not config.data:
            return
        is_new = split["data"] != self._split.get("data")
        self._split = split
        self._timer.start(0 if is_new else _SETTLE_MS)

    def close_threads(self) -> None:
        """Stop and wait for the threads."""
        self._timer.stop()
        self._slot.close()
        self.table.close_thread()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self._path, 1)
        top.addWidget(self.choose)
        found = QVBoxLayout(self._found)
        found.setContentsMargins(0, 0, 0, 0)
        found.setSpacing(8)
        found.addLayout(top)
        for widget in (self.summary, self.table, self.patients):
            found.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._found)
        layout.addWidget(self._progress)
        layout.addWidget(self.notices)
        layout.addWidget(self.welcome, 1)

    def _start(self) -> None:
        self._error = ""
        self._slot.start(partial(self._surveyor.survey, self._config))

    def _on_yielded(self, record: Preparing | DataSurvey) -> None:
        if isinstance(record, Preparing):
            self._progress.show_stage(record)
            return
        if self._survey is None:
            self.patients.propose(record.pattern)
        if record.is_split or self._survey is None:  # the parts shown stay until there are others
            self._survey = record
            self._show()
            self.changed.emit()

    def _on_completed(self) -> None:
        self._progress.hide()

    def _on_failed(self, error: BaseException) -> None:
        self._progress.hide()
        if not isinstance(error, FundusError):
            self._errors.report(error)
        self._error = str(error)
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        survey = self._survey
        self._found.setVisible(self._folder is not None)
        self.welcome.setVisible(self._folder is None or (survey is None and bool(self._error)))
        for widget in (self.summary, self.table):
            widget.setVisible(survey is not None)
        remarks = [Remark("error", self._error)] if self._error else []
        if survey is not None:
            self.summary.setText(survey_summary(survey))
            self.table.show_dataset(survey.dataset)
            if not self._error:
                remarks += survey_remarks(survey, self._config)
        self.patients.setVisible(survey is not None and not survey.knows_patients)
        self.notices.show_remarks(remarks)
