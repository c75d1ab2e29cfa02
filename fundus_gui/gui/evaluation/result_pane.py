"""One evaluation: warnings, key figures, and everything that was measured in tabs."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QLabel, QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from fundus_gui.core.catalogue import InstalledModel
from fundus_gui.gui.actions import Actions
from fundus_gui.gui.error_dialog import ErrorReporter
from fundus_gui.gui.evaluation.assessment_jobs import KeptAssessment, export_assessment
from fundus_gui.gui.evaluation.calibration_tab import CalibrationTab
from fundus_gui.gui.evaluation.chosen_photographs import ChosenPhotographs
from fundus_gui.gui.evaluation.classes_tab import ClassesTab
from fundus_gui.gui.evaluation.confusion_tab import ConfusionTab
from fundus_gui.gui.evaluation.curves_tab import CurvesTab
from fundus_gui.gui.evaluation.mistakes_tab import MistakesTab
from fundus_gui.gui.evaluation.pdf import save_pdf
from fundus_gui.gui.evaluation.referral_tab import ReferralTab
from fundus_gui.gui.evaluation.result_header import ResultHeader
from fundus_gui.gui.evaluation.second_opinions import SecondOpinions
from fundus_gui.gui.evaluation.subgroups_tab import SubgroupsTab
from fundus_gui.gui.evaluation.warning_banner import WarningBanner
from fundus_gui.gui.evaluation.weights_tab import WeightsTab
from fundus_gui.gui.file_dialogs import FileDialogs
from fundus_gui.gui.model_colours import appearance_of
from fundus_gui.gui.sentences import spoken
from fundus_gui.gui.widgets.scroll_pane import ScrollPane
from fundus_gui.gui.worker import JobSlot

_Tab = (
    ClassesTab
    | ConfusionTab
    | CurvesTab
    | CalibrationTab
    | ReferralTab
    | WeightsTab
    | SubgroupsTab
    | MistakesTab
)


class ResultPane(QWidget):
    """Fills a tab when it is looked at for the first time.

    Signals:
        message: something to say in passing.
        models_changed: the installed ensembles are others.
        photograph_requested: the path of a photograph to be opened on the Classify page.
    """

    message = Signal(str)
    models_changed = Signal()
    photograph_requested = Signal(object)

    def __init__(
        self,
        errors: ErrorReporter,
        dialogs: FileDialogs,
        actions: Actions,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._dialogs = dialogs
        self._actions = actions
        self._kept: KeptAssessment | None = None
        self._models: Mapping[str, InstalledModel] = {}
        self._waiting: set[int] = set()  # tabs that do not show it yet
        self.opinions = SecondOpinions(self)
        self.header = ResultHeader()
        self.banner = WarningBanner()
        self.notes = QLabel()
        self.notes.setWordWrap(True)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.chosen = ChosenPhotographs(self.opinions)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.tabs)
        self._stack.addWidget(self.chosen)
        self._writing = JobSlot(self)
        self._written_name = ""
        self._writing.failed.connect(errors.report)
        self.classes, self.confusion = ClassesTab(), ConfusionTab(self.opinions)
        self.curves, self.calibration = CurvesTab(), CalibrationTab()
        self.referral, self.weights = ReferralTab(), WeightsTab()
        self.subgroups, self.mistakes = SubgroupsTab(), MistakesTab(self.opinions)
        self._tabs = self._add_tabs()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 8, 16, 8)
        layout.setSpacing(8)
        for widget in (self.banner, self.header, self.notes):
            layout.addWidget(widget)
        layout.addWidget(self._stack, 1)
        self._connect()

    def _add_tabs(self) -> list[_Tab]:
        titled: list[tuple[str, _Tab]] = [
            (self.tr("Classes"), self.classes),
            (self.tr("Confusion"), self.confusion),
            (self.tr("Curves"), self.curves),
            (self.tr("Calibration"), self.calibration),
            (self.tr("Referral"), self.referral),
            (self.tr("Weights"), self.weights),
            (self.tr("Subgroups"), self.subgroups),
            (self.tr("Mistakes"), self.mistakes),
        ]
        for title, tab in titled:
            self.tabs.addTab(tab, title)
            for area in tab.findChildren(ScrollPane):
                area.setAccessibleName(title)
        return [tab for _, tab in titled]

    def _connect(self) -> None:
        self.tabs.currentChanged.connect(self._fill_tab)
        self.banner.photographs_requested.connect(self._on_leaks_requested)
        self.header.report.clicked.connect(self.open_report)
        self.header.pdf.clicked.connect(self.save_pdf)
        self.header.folder.clicked.connect(self.open_folder)
        self.chosen.closed.connect(self._show_tabs)
        self.chosen.photograph_requested.connect(self.photograph_requested)
        self._writing.completed.connect(self._on_written)
        self._actions.export_evaluation.triggered.connect(self.export)
        for talking in (
            self.classes,
            self.curves,
            self.calibration,
            self.referral,
            self.weights,
            self.subgroups,
        ):
            talking.message.connect(self.message)
        for gallery in (self.confusion, self.mistakes):
            gallery.photograph_requested.connect(self.photograph_requested)
        for figures in (self.curves, self.referral):
            figures.images_chosen.connect(self._on_images_chosen)
        self.weights.ensemble_saved.connect(self.models_changed)

    def set_models(self, models: Mapping[str, InstalledModel]) -> None:
        """Call and colour models, in the assessments to come, as the installed ones are."""
        self._models = models

    def show_assessment(self, kept: KeptAssessment) -> None:
        """Show an evaluation, on the tab that is open."""
        self._kept = kept
        assessment = kept.assessment
        looks = appearance_of(self._models, assessment.report.ensemble.members)
        choices = (self.classes.model, self.confusion.models, self.curves.model)
        for named in (*choices, self.calibration.model, self.classes, self.weights):
            named.set_appearance(looks)
        self.header.show_assessment(assessment)
        self.banner.show_warnings(assessment.warnings, is_leak=bool(assessment.leaks))
        self.notes.setText("\n".join(map(spoken, assessment.report.notes)))
        self.notes.setVisible(bool(assessment.report.notes))
        self.opinions.show_folder(assessment.judged.source.folder)
        self._waiting = set(range(len(self._tabs)))
        self._show_tabs()
        self._fill_tab()

    def forget(self) -> None:
        """Show nothing any more."""
        self._kept = None

    @property
    def folder(self) -> Path | None:
        """Where the evaluation lies that is shown."""
        return self._kept.folder if self._kept is not None else None

    def open_report(self) -> None:
        """Open the report in the browser."""
        if self._kept is not None:
            self._open(self._kept.folder / "report.html")

    def open_folder(self) -> None:
        """Show the evaluation's files."""
        if self._kept is not None:
            self._open(self._kept.folder)

    def save_pdf(self) -> None:
        """Ask for a file and write the report to it."""
        title, filters = self.tr("Save the report"), self.tr("PDF files (*.pdf)")
        self._write(save_pdf, title, ".pdf", filters)

    def export(self) -> None:
        """Ask for a new folder and write report, tables and predictions into it."""
        self._write(export_assessment, self.tr("Export the evaluation"), "", self.tr("Folder (*)"))

    def _write(
        self, job: Callable[..., Generator[object, None, None]], title: str, suffix: str, kind: str
    ) -> None:
        kept = self._kept  # another may be shown by the time the dialog is answered
        if kept is None or self._writing.busy:
            return
        suggested = Path.home() / f"{kept.folder.name}{suffix}"
        path = self._dialogs.save_as(self, title, suggested, kind)
        if path is not None:
            self._written_name = path.name
            self.message.emit(self.tr("Writing {name}…").format(name=path.name))
            how = {"has_pseudonyms": self._actions.pseudonyms.isChecked()}
            self._writing.start(partial(job, kept.assessment, path, **how))

    def close_threads(self) -> None:
        """Stop and wait for the threads."""
        self._writing.finish()
        for threaded in (
            self.confusion,
            self.curves,
            self.calibration,
            self.referral,
            self.weights,
            self.mistakes,
            self.chosen,
            self.opinions,
        ):
            threaded.close_thread()

    def _fill_tab(self) -> None:
        index = self.tabs.currentIndex()
        if self._kept is not None and index in self._waiting:
            self._waiting.remove(index)
            self._tabs[index].show_assessment(self._kept.assessment)

    def _show_tabs(self) -> None:
        self._stack.setCurrentWidget(self.tabs)

    def _on_leaks_requested(self) -> None:
        if self._kept is None:
            return
        assessment = self._kept.assessment
        known = {path for paths in assessment.leaks.values() for path in paths}
        numbers = [n for n, image in enumerate(assessment.judged.images) if image.path in known]
        self._on_images_chosen(numbers, self.tr("Trained on by a model"))

    def _on_images_chosen(self, numbers: Sequence[int], title: str) -> None:
        if self._kept is not None:
            self.chosen.show_photographs(self._kept.assessment, numbers, title)
            self._stack.setCurrentWidget(self.chosen)

    def _on_written(self) -> None:
        self.message.emit(self.tr("{name} was saved.").format(name=self._written_name))

    @staticmethod
    def _open(path: Path) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
