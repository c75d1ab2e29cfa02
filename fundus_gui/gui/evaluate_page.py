"""The Evaluate page: kept evaluations on the left, a new one or the chosen one on the right."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from fundus_gui.core.assessments import Classify
from fundus_gui.core.assessments.assessing import AssessmentRequest, Progress
from fundus_gui.core.assessments.folder import evaluations_dir
from fundus_gui.core.catalogue import Catalogue
from fundus_gui.core.errors import FundusError
from fundus_gui.core.paths import user_data_dir
from fundus_gui.gui.actions import Actions
from fundus_gui.gui.error_dialog import ErrorReporter
from fundus_gui.gui.evaluation.assessment_comparison import AssessmentComparison
from fundus_gui.gui.evaluation.assessment_jobs import (
    KeptAssessment,
    Saving,
    load_assessments,
    run_assessment,
)
from fundus_gui.gui.evaluation.assessment_library import AssessmentLibrary
from fundus_gui.gui.evaluation.assessment_list import AssessmentList
from fundus_gui.gui.evaluation.empty_state import EmptyState
from fundus_gui.gui.evaluation.progress_pane import ProgressPane
from fundus_gui.gui.evaluation.result_pane import ResultPane
from fundus_gui.gui.evaluation.setup_pane import SetupPane
from fundus_gui.gui.file_dialogs import FileDialogs
from fundus_gui.gui.sentences import spoken
from fundus_gui.gui.settings import RECENT_COUNT, AppSettings
from fundus_gui.gui.training.run_jobs import TrainedModel
from fundus_gui.gui.training.run_splits import RunSplit
from fundus_gui.gui.worker import JobSlot


class EvaluatePage(QWidget):
    """Connects the list of evaluations, the set-up of a new one and the view of the chosen.

    Args:
        catalogue: the installed models.
        classify: runs them; iterated in a thread.
        dialogs: asks where a PDF or an export is to be written.

    Signals:
        changed: `summary` says something else.
        choose_requested: the user wants to be asked for a folder of photographs.
        message: something to say in passing.
        models_changed: the installed ensembles are others.
        photograph_requested: the path of a photograph to be opened on the Classify page.
    """

    changed = Signal()
    choose_requested = Signal()
    message = Signal(str)
    models_changed = Signal()
    photograph_requested = Signal(object)

    def __init__(
        self,
        catalogue: Catalogue,
        classify: Classify,
        actions: Actions,
        errors: ErrorReporter,
        dialogs: FileDialogs,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._catalogue = catalogue
        self._classify = classify
        self._actions = actions
        self._errors = errors
        self._recent: tuple[str, ...] = ()
        self._loaded: dict[Path, KeptAssessment] = {}
        self._made: Path | None = None
        self.library = AssessmentLibrary(evaluations_dir(), self)
        self.list = AssessmentList(self.library)
        self.setup = SetupPane(catalogue, user_data_dir() / "runs", self.library.folder, errors)
        self.progress = ProgressPane()
        self.result = ResultPane(errors, dialogs, actions)
        self.result.set_models(catalogue.models)
        self.comparison = AssessmentComparison()
        self.notice = EmptyState("")
        self.right = QStackedWidget()
        for pane in (self.setup, self.progress, self.result, self.comparison, self.notice):
            self.right.addWidget(pane)
        self._run = JobSlot(self)
        self._load = JobSlot(self)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self.list)
        self.splitter.addWidget(self.right)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setSizes([288, 1152])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.splitter)
        self._connect()
        self._show(self.setup)

    def _connect(self) -> None:
        actions = self._actions
        actions.new_evaluation.triggered.connect(self.set_up)
        actions.choose_labelled.triggered.connect(self.choose_requested)
        actions.start_evaluation.triggered.connect(self.setup.bar.start.click)
        actions.cancel_evaluation.triggered.connect(self.cancel)
        actions.open_report.triggered.connect(self.result.open_report)
        actions.save_pdf.triggered.connect(self.result.save_pdf)
        actions.open_evaluation.triggered.connect(self.result.open_folder)
        self.library.failed.connect(self._errors.report)
        self.list.new_requested.connect(self.set_up)
        self.list.selected.connect(self._on_selected)
        self.setup.start_requested.connect(self._on_start_requested)
        self.setup.choose_requested.connect(self.choose_requested)
        self.setup.folder_requested.connect(self.open_data)
        self.setup.message.connect(self.message)
        self.progress.cancel_requested.connect(self.cancel)
        self.result.message.connect(self.message)
        self.result.models_changed.connect(self.models_changed)
        self.result.photograph_requested.connect(self.photograph_requested)
        self._run.yielded.connect(self._on_progress)
        self._run.completed.connect(self._on_completed)
        self._run.cancelled.connect(self._on_cancelled)
        self._run.failed.connect(self._on_failed)
        self._load.yielded.connect(self._on_loaded)
        self._load.completed.connect(self._show_selected)
        self._load.failed.connect(self._on_load_failed)

    def set_up(self) -> None:
        """Show the set-up of a new evaluation as it was left, or the running evaluation."""
        self.list.clear_selection()
        self._show(self.progress if self._run.busy else self.setup)

    def take_over(self, earlier: EvaluatePage) -> None:
        """Go on with what another page, which is not used any more, set up and showed."""
        self.setup.take_over(earlier.setup)
        self._loaded = earlier._loaded
        self.list.select(*earlier.list.folders())
        self.result.tabs.setCurrentIndex(earlier.result.tabs.currentIndex())

    def open_data(self, path: Path, given: RunSplit | None = None) -> None:
        """Set an evaluation up on the photographs in a folder, as a training shared them out."""
        folder = str(path)
        self._recent = (folder, *(f for f in self._recent if f != folder))[:RECENT_COUNT]
        self.setup.data.set_recent(self._recent)
        self.setup.data.open(path, given)
        self.set_up()

    def evaluate_model(self, model: TrainedModel) -> None:
        """Set an evaluation of a trained model up, on its validation part if that is there."""
        self.setup.choose_model(model.name)
        if model.split is not None:
            self.open_data(model.split.folder, model.split)
        self.set_up()

    def set_catalogue(self, catalogue: Catalogue) -> None:
        """Offer other models; a running evaluation keeps those it has."""
        self._catalogue = catalogue
        self.setup.set_catalogue(catalogue)
        self.result.set_models(catalogue.models)

    def cancel(self) -> None:
        """Stop the running evaluation."""
        if self._run.busy:
            self.progress.show_cancelling()
            self._run.cancel()

    @property
    def is_running(self) -> bool:
        """Whether an evaluation runs."""
        return self._run.busy

    def summary(self) -> str:
        """Return what goes on, for the status line."""
        return self.progress.words if self._run.busy else self.tr("Ready")

    def restore(self, settings: AppSettings) -> None:
        """Take over the remembered choices."""
        self._recent = settings.recent_data
        self.setup.data.set_recent(self._recent)
        if settings.evaluate_splitter:
            self.splitter.restoreState(settings.evaluate_splitter)

    def choices(self, settings: AppSettings) -> AppSettings:
        """Return the settings with the present choices."""
        return replace(
            settings,
            evaluate_splitter=bytes(self.splitter.saveState().data()),
            recent_data=self._recent,
        )

    def close_threads(self) -> None:
        """Stop all work and wait for the threads; a running evaluation is given up."""
        self._run.close()
        self._load.close()
        self.setup.close_threads()
        self.result.close_threads()
        self.library.close()

    def _show(self, pane: QWidget) -> None:
        self.right.setCurrentWidget(pane)
        self._show_state()

    def _show_state(self) -> None:
        """Offer what can be done with what is shown, and what runs."""
        pane, actions, is_running = self.right.currentWidget(), self._actions, self._run.busy
        self.list.set_running(is_running)
        self.setup.bar.set_starting(is_running)
        actions.start_evaluation.setEnabled(pane is self.setup)
        actions.cancel_evaluation.setEnabled(is_running)
        for action in actions.of_evaluation:
            action.setEnabled(pane is self.result)
        self.changed.emit()

    def _on_start_requested(self, request: AssessmentRequest) -> None:
        job = partial(run_assessment, request, self._catalogue, self._classify, self.library.folder)
        self._run.start(job)
        self.progress.begin(request)
        self._show(self.progress)

    def _on_progress(self, record: Progress | Saving | KeptAssessment) -> None:
        if isinstance(record, KeptAssessment):
            self._loaded[record.folder] = record
            self._made = record.folder
        else:
            self.progress.show_progress(record)
            self.changed.emit()

    def _on_completed(self) -> None:
        self.setup.bar.forget_name()
        self.library.look()
        is_watched = self.right.currentWidget() is self.progress
        self._show_state()
        if self._made is not None:
            self.message.emit(self.tr("“{name}” is done.").format(name=self._made.name))
            if is_watched:
                self.list.select(self._made)

    def _on_cancelled(self) -> None:
        self.message.emit(self.tr("The evaluation was stopped; nothing was kept."))
        self._leave_progress()

    def _on_failed(self, error: BaseException) -> None:
        if isinstance(error, FundusError):
            self.setup.show_failure(str(error))
        else:
            self._errors.report(error)
        self._leave_progress()

    def _leave_progress(self) -> None:
        """Show that nothing runs any more."""
        if self.right.currentWidget() is self.progress:
            self.right.setCurrentWidget(self.setup)
        self._show_state()

    def _on_selected(self, folders: tuple[Path, ...]) -> None:
        if not folders:
            if self.right.currentWidget() in (self.result, self.comparison, self.notice):
                self.set_up()
            return
        self._loaded = {f: kept for f, kept in self._loaded.items() if f in folders}
        missing = tuple(f for f in folders if f not in self._loaded)
        if not missing:
            self._show_selected()
            return
        self.notice.setText(self.tr("Reading…"))
        self._show(self.notice)
        self._load.start(partial(load_assessments, missing))

    def _on_loaded(self, kept: KeptAssessment) -> None:
        self._loaded[kept.folder] = kept

    def _on_load_failed(self, error: BaseException) -> None:
        if not isinstance(error, FundusError):
            self._errors.report(error)
        if self.right.currentWidget() is self.notice:  # else nobody waits for it any more
            self.notice.setText(spoken(str(error)))

    def _show_selected(self) -> None:
        folders = self.list.folders()
        chosen = [self._loaded[folder] for folder in folders if folder in self._loaded]
        if len(chosen) < len(folders) or not chosen:
            return
        if len(chosen) == 1:
            if self.result.folder != chosen[0].folder:
                self.result.show_assessment(chosen[0])
            self._show(self.result)
        else:
            self.comparison.show_assessments([kept.assessment for kept in chosen])
            self._show(self.comparison)

    def showEvent(self, event: QShowEvent) -> None:
        """See what other programs have evaluated meanwhile."""
        super().showEvent(event)
        self.library.look()
