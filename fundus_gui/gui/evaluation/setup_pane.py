"""Sets a new evaluation up: photographs, models, and the bar that starts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QVBoxLayout, QWidget

from fundus_gui.core.assessments.assessing import AssessmentRequest
from fundus_gui.core.assessments.command import evaluate_arguments
from fundus_gui.core.catalogue import Catalogue
from fundus_gui.core.errors import FundusError
from fundus_gui.gui.error_dialog import ErrorReporter
from fundus_gui.gui.evaluation.data_section import DataSection
from fundus_gui.gui.evaluation.measures_form import MeasuresForm
from fundus_gui.gui.model_chooser import ModelChooser
from fundus_gui.gui.model_colours import appearance_of
from fundus_gui.gui.sentences import spoken
from fundus_gui.gui.training.notice_box import NoticeBox, Remark
from fundus_gui.gui.widgets.scroll_pane import ScrollPane
from fundus_gui.gui.widgets.section import section
from fundus_gui.gui.widgets.start_bar import StartBar, StartWords

_SIDE_BY_SIDE = 960  # px, from which the models stand beside the photographs


class SetupPane(QWidget):
    """Photographs and models, which scroll where the window is low, above the bar that starts.

    Args:
        catalogue: the installed models.
        runs_dir: trainings whose parts are offered.
        evaluations_dir: where evaluations are kept.

    Signals:
        start_requested: an AssessmentRequest.
        choose_requested: the user wants to be asked for a folder.
        folder_requested: the Path of a recent folder that is to be opened.
        message: something to say in passing.
    """

    start_requested = Signal(object)
    choose_requested = Signal()
    folder_requested = Signal(object)
    message = Signal(str)

    def __init__(
        self,
        catalogue: Catalogue,
        runs_dir: Path,
        evaluations_dir: Path,
        errors: ErrorReporter,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._catalogue = catalogue
        self._evaluations_dir = evaluations_dir
        self.data = DataSection(runs_dir, errors)
        self.measures = MeasuresForm()
        self.failure = NoticeBox()
        self.bar = StartBar(_words())
        self._halves = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._models = QVBoxLayout()
        self._models.setContentsMargins(0, 0, 0, 0)
        self.chooser = self._add_chooser()
        self._lay_out()
        self.data.changed.connect(self._on_changed)
        self.data.choose_requested.connect(self.choose_requested)
        self.data.folder_requested.connect(self.folder_requested)
        self.measures.changed.connect(self._on_changed)
        self.bar.start_requested.connect(self._on_start)
        self.bar.message.connect(self.message)
        self._on_changed()

    def request(self, name: str = "") -> AssessmentRequest | None:
        """Return what is set up, None while photographs or models are missing."""
        judged, spec = self.data.judged, self.chooser.spec
        if judged is None or spec is None:
            return None
        return AssessmentRequest(
            judged=judged,
            spec=spec,
            tuning=self.data.tuning,
            settings=self.measures.settings(),
            name=name,
            near_duplicates=self.measures.near_duplicates.isChecked(),
        )

    def set_catalogue(self, catalogue: Catalogue) -> None:
        """Offer other models; the choice stays where it can."""
        spec = self.chooser.spec
        self._catalogue = catalogue
        self.chooser.deleteLater()
        self.chooser = self._add_chooser()
        if spec is not None:
            self.chooser.choose(spec.name, spec.members)
        self._on_changed()

    def take_over(self, earlier: SetupPane) -> None:
        """Set up what another pane, which is not used any more, had set up."""
        self.data.take_over(earlier.data)
        self.measures.take_over(earlier.measures)
        spec = earlier.chooser.spec
        if spec is not None:
            self.chooser.choose(spec.name, spec.members)
        self._on_changed()
        self.bar.take_over(earlier.bar)

    def choose_model(self, name: str) -> None:
        """Evaluate this model alone, or this ensemble."""
        self.chooser.choose(name, (name,))
        self._on_changed()

    def show_failure(self, sentence: str) -> None:
        """Say why the last evaluation failed; everything set stays."""
        self.failure.show_remarks([Remark("error", sentence)] if sentence else ())

    def close_threads(self) -> None:
        """Stop and wait for the threads."""
        self.data.close_threads()

    def _add_chooser(self) -> ModelChooser:
        chooser = ModelChooser(self._catalogue, appearance_of(self._catalogue.models))
        chooser.choose("")
        chooser.spec_changed.connect(self._on_changed)
        self._models.addWidget(chooser)
        return chooser

    def _lay_out(self) -> None:
        models = QWidget()
        models.setLayout(self._models)
        content = QWidget()
        self._halves.setContentsMargins(16, 8, 16, 8)
        self._halves.setSpacing(24)
        self._halves.addWidget(section(self.tr("1  Photographs"), self.data), 3)
        self._halves.addWidget(section(self.tr("2  Models"), models, self.measures), 2)
        content.setLayout(self._halves)
        line = QFrame()
        line.setFrameShape(QFrame.Shape.HLine)
        line.setFrameShadow(QFrame.Shadow.Sunken)
        notice = QVBoxLayout()
        notice.setContentsMargins(16, 8, 16, 0)
        notice.addWidget(self.failure)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(ScrollPane(content, self.tr("Photographs and models")), 1)
        layout.addWidget(line)
        layout.addLayout(notice)
        layout.addWidget(self.bar)

    def _on_changed(self) -> None:
        self.show_failure("")
        self.bar.show_problem(self._problem())
        request = self.request()
        if request is None:
            self.bar.show_no_task()
        else:
            arguments = partial(_arguments, request, self._evaluations_dir)
            self.bar.show_task(arguments, request.title)

    def _problem(self) -> str:
        if not self._catalogue.models:
            return self.tr("No weights are installed that could be evaluated.")
        if self.chooser.spec is None:
            return self.tr("Choose an ensemble or at least one model.")
        if self.data.problem:
            return self.data.problem
        known = self._catalogue.models[self.chooser.spec.members[0]].card.class_names
        foreign = [name for name in self.data.class_names if name not in known]
        if foreign:
            return self.tr(
                "The models do not know the class {foreign}; they know {known}. Choose other "
                "models, or rename the classes."
            ).format(foreign=", ".join(foreign), known=", ".join(known))
        try:
            self.measures.settings().grades(known)
        except FundusError as error:
            return spoken(str(error))
        return ""

    def _on_start(self) -> None:
        request = self.request(self.bar.name.text().strip())
        if request is not None:
            self.show_failure("")
            self.start_requested.emit(request)

    def showEvent(self, event: QShowEvent) -> None:
        """Look whether there are other trainings by now."""
        super().showEvent(event)
        self.data.look_for_runs()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the models below the photographs where there is no room beside them."""
        super().resizeEvent(event)
        is_wide = self.width() >= _SIDE_BY_SIDE
        direction = QBoxLayout.Direction
        self._halves.setDirection(direction.LeftToRight if is_wide else direction.TopToBottom)


def _arguments(request: AssessmentRequest, folder: Path, name: str) -> Sequence[str]:
    return evaluate_arguments(request, folder / name)


def _words() -> StartWords:
    translate = QCoreApplication.translate
    return StartWords(
        start=translate("EvaluationStart", "&Start evaluation"),
        starting=translate("EvaluationStart", "Evaluating…"),
        start_hint=translate("EvaluationStart", "Classify the photographs and measure the answers"),
        name_hint=translate("EvaluationStart", "Name of the evaluation and of its folder"),
        command_hint=translate("EvaluationStart", "The same evaluation from a terminal"),
        nameless=translate("EvaluationStart", "Give the evaluation a name."),
    )
