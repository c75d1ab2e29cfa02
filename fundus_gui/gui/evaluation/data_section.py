"""The labelled photographs of a new evaluation: a folder, its classes, and the parts to use."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from fundus_gui.core.assessments import DataPart
from fundus_gui.core.errors import FundusError
from fundus_gui.core.runs import Preparing
from fundus_gui.gui.error_dialog import ErrorReporter
from fundus_gui.gui.evaluation.data_jobs import survey_labelled
from fundus_gui.gui.evaluation.part_choice import PartChoice
from fundus_gui.gui.training.class_table import ClassTable
from fundus_gui.gui.training.data_welcome import DataWelcome
from fundus_gui.gui.training.dataset_job import DataSurvey
from fundus_gui.gui.training.notice_box import NoticeBox, Remark
from fundus_gui.gui.training.reading_progress import ReadingProgress
from fundus_gui.gui.training.run_splits import RunSplit, list_splits
from fundus_gui.gui.training.survey_words import survey_summary
from fundus_gui.gui.worker import JobSlot


class DataSection(QWidget):
    """Surveys the chosen folder in a thread; the latest choice wins.

    Args:
        runs_dir: trainings whose parts are offered.

    Signals:
        changed: `judged`, `tuning` or `problem` are others.
        choose_requested: the user wants to be asked for a folder.
        folder_requested: the Path of a recent folder that is to be opened.
    """

    changed = Signal()
    choose_requested = Signal()
    folder_requested = Signal(object)

    def __init__(
        self, runs_dir: Path, errors: ErrorReporter, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._runs_dir = runs_dir
        self._errors = errors
        self._folder: Path | None = None
        self._survey: DataSurvey | None = None
        self._error = ""
        self._slot = JobSlot(self)
        self._splits_slot = JobSlot(self)
        self.welcome = DataWelcome()
        self._path = QLabel()
        self._path.setTextFormat(Qt.TextFormat.PlainText)
        self._path.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.choose = QPushButton(self.tr("Choose another &folder…"))
        self.choose.setToolTip(self.tr("Choose the folder that holds the labelled photographs"))
        self.recent = QToolButton()
        self.recent.setText(self.tr("Recent"))
        self.recent.setToolTip(self.tr("Folders that were evaluated on before"))
        self.recent.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.recent.setMenu(QMenu(self))
        self.recent.hide()
        self._progress = ReadingProgress()
        self.summary = QLabel()
        self.summary.setWordWrap(True)
        self.table = ClassTable()
        self.notices = NoticeBox()
        self.parts = PartChoice()
        self._lay_out()
        self._connect()
        self._show()

    @property
    def judged(self) -> DataPart | None:
        """What is to be measured on, None while nothing is known."""
        return self.parts.judged if self._survey is not None else None

    @property
    def tuning(self) -> DataPart | None:
        """What thresholds are to be fitted on."""
        return self.parts.tuning if self._survey is not None else None

    @property
    def class_names(self) -> tuple[str, ...]:
        """The classes that the photographs are labelled with, as far as they are known."""
        return self._survey.dataset.class_names if self._survey is not None else ()

    @property
    def problem(self) -> str:
        """Why these photographs cannot be measured on, in a sentence; empty when they can."""
        if self._folder is None:
            return self.tr("Choose the labelled photographs to measure on.")
        if self._error:
            return self.tr("The photographs cannot be measured on as they are.")
        return "" if self._survey is not None else self.tr("The photographs are being read.")

    def open(self, path: Path, given: RunSplit | None = None) -> None:
        """Read a folder, or that of a table, in place of the present one.

        Args:
            path: of the folder or of its `labels.csv`.
            given: the training whose validation part is to be measured on.
        """
        folder = path.parent if path.suffix.lower() == ".csv" else path
        self._set_folder(folder)
        self.parts.set_folder(folder, given)
        self.look_for_runs()
        self._read()

    def take_over(self, earlier: DataSection) -> None:
        """Show what another section, which is not used any more, knew of its photographs."""
        if earlier._folder is None:
            return
        self._set_folder(earlier._folder)
        self.parts.take_over(earlier.parts)
        if earlier._survey is None:
            self._read()
            return
        self._survey = earlier._survey
        self._show()
        self.changed.emit()

    def set_recent(self, folders: Sequence[str]) -> None:
        """Offer these folders for a click."""
        self.recent.menu().clear()
        for folder in folders:
            action = self.recent.menu().addAction(folder.replace("&", "&&"))
            action.setData(folder)
        self.recent.setVisible(bool(folders))

    def look_for_runs(self) -> None:
        """Look again for trainings that have shared photographs out."""
        self._splits_slot.start(partial(list_splits, self._runs_dir))

    def close_threads(self) -> None:
        """Stop and wait for the threads."""
        self._slot.close()
        self._splits_slot.close()
        self.table.close_thread()

    def _set_folder(self, folder: Path) -> None:
        self._folder = folder
        self._path.setText(str(folder))
        self._path.setToolTip(str(folder))

    def _connect(self) -> None:
        self._slot.yielded.connect(self._on_surveyed)
        self._slot.completed.connect(self._progress.hide)
        self._slot.failed.connect(self._on_failed)
        self._splits_slot.yielded.connect(self._on_splits_listed)
        self._splits_slot.failed.connect(self._errors.report)
        self.welcome.choose_requested.connect(self.choose_requested)
        self.choose.clicked.connect(self.choose_requested)
        self.recent.menu().triggered.connect(self._on_recent_chosen)
        self.parts.table_changed.connect(self._read)
        self.parts.changed.connect(self.changed)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self._path, 1)
        top.addWidget(self.recent)
        top.addWidget(self.choose)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(top)
        for widget in (self.summary, self.table, self._progress, self.notices, self.parts):
            layout.addWidget(widget)
        layout.addWidget(self.welcome, 1)

    def _read(self) -> None:
        if self._folder is None:
            return
        self._survey, self._error = None, ""
        self._slot.start(partial(survey_labelled, self._folder, self.parts.table))
        self._progress.show_stage(Preparing(stage="reading"))
        self._show()
        self.changed.emit()

    def _on_surveyed(self, survey: DataSurvey) -> None:
        self._survey = survey
        self._show()
        self.parts.set_dataset(survey.dataset)

    def _on_failed(self, error: BaseException) -> None:
        self._progress.hide()
        if not isinstance(error, FundusError):
            self._errors.report(error)
        self._error = str(error)
        self._show()
        self.changed.emit()

    def _on_splits_listed(self, splits: tuple[RunSplit, ...]) -> None:
        self.parts.set_splits(splits)

    def _on_recent_chosen(self, action: QAction) -> None:
        self.folder_requested.emit(Path(action.data()))

    def _show(self) -> None:
        survey = self._survey
        self.choose.setVisible(self._folder is not None)
        self.welcome.setVisible(self._folder is None or bool(self._error))
        for widget in (self.summary, self.table, self.parts):
            widget.setVisible(survey is not None)
        if self._error:
            self.notices.show_remarks([Remark("error", self._error)])
        elif survey is not None:
            self.summary.setText(survey_summary(survey))
            self.table.show_dataset(survey.dataset)
            self.notices.show_remarks(self._remarks(survey))
        else:
            self.notices.show_remarks(())

    def _remarks(self, survey: DataSurvey) -> list[Remark]:
        if survey.knows_patients:
            return []
        words = self.tr(
            "Nothing is known of patients, so that every photograph counts as another patient's. "
            "If some show the same person, a labels.csv with a column patient_id makes the "
            "intervals honest."
        )
        return [Remark("warning", words)]
