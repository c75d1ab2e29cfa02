"""The confusion matrix of an evaluation beside the photographs of the chosen cell."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from fundus_gui.core.assessments import Assessment
from fundus_gui.core.assessments.answers import Answers
from fundus_gui.gui.evaluation.confusion_matrix import ConfusionMatrix
from fundus_gui.gui.evaluation.empty_state import EmptyState
from fundus_gui.gui.evaluation.gallery import Gallery
from fundus_gui.gui.evaluation.model_choice import ModelChoice
from fundus_gui.gui.evaluation.second_opinions import SecondOpinions
from fundus_gui.gui.labels import class_title
from fundus_gui.gui.widgets.scroll_pane import ScrollPane

_SPARE = 24  # px beside the matrix, so that no scroll bar is needed
_LEAST_GALLERY = 200  # px, one column of thumbnails


class ConfusionTab(QWidget):
    """Of the vote or of one model.

    Args:
        opinions: shared with other galleries of the same evaluation; its own if None.

    Signals:
        photograph_requested: the path of a photograph to be opened on the Classify page.
    """

    photograph_requested = Signal(object)

    def __init__(
        self, opinions: SecondOpinions | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.opinions = opinions or SecondOpinions(self)
        self._assessment: Assessment | None = None
        self._answers: Answers | None = None
        self.models = ModelChoice()
        self.row_percent = QCheckBox(self.tr("&Percent of each row"))
        self.matrix = ConfusionMatrix()
        self.gallery = Gallery(self.opinions)
        self.gallery.setMinimumWidth(_LEAST_GALLERY)
        self.empty = EmptyState(
            self.tr("Choose an evaluation to see which class was taken for which.")
        )
        self._pages = QStackedWidget()
        self._pages.addWidget(self.empty)
        self._pages.addWidget(self._make_content())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addWidget(self._pages)
        self.models.currentIndexChanged.connect(self._show_matrix)
        self.row_percent.toggled.connect(self.matrix.set_row_percent)
        self.matrix.cell_chosen.connect(self._on_cell_chosen)
        self.gallery.photograph_requested.connect(self.photograph_requested)
        self.show_assessment(None)

    def _make_content(self) -> QWidget:
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(self._make_bar())
        layout.addWidget(self._make_splitter(), 1)
        return content

    def _make_bar(self) -> QHBoxLayout:
        title = QLabel(self.tr("&Answers of"))
        title.setBuddy(self.models)
        bar = QHBoxLayout()
        bar.setSpacing(8)
        bar.addWidget(title)
        bar.addWidget(self.models)
        bar.addSpacing(16)
        bar.addWidget(self.row_percent)
        bar.addStretch(1)
        return bar

    def _make_splitter(self) -> QSplitter:
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.addWidget(ScrollPane(self.matrix))
        self.splitter.addWidget(self.gallery)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setStretchFactor(0, 1)
        return self.splitter

    def show_assessment(self, assessment: Assessment | None) -> None:
        """Show the vote's answers; None shows what to do."""
        self._assessment = assessment
        self._pages.setCurrentIndex(int(assessment is not None))
        if assessment is not None:
            self.models.set_report(assessment.report)
            self.opinions.show_folder(assessment.judged.source.folder)
        self._show_matrix()

    def close_thread(self) -> None:
        """Finish what is being written, stop everything else and wait."""
        self.gallery.close_thread()
        self.opinions.close_thread()

    def _show_matrix(self) -> None:
        """Show the counts of the chosen model; the chosen cell's photographs follow."""
        self.gallery.show_message(self.tr("Click a cell to see its photographs."))
        if self._assessment is None:
            self._answers = None
            self.matrix.set_matrix((), ())
            return
        report, chosen = self._assessment.report, self.matrix.chosen
        self._answers = Answers(self._assessment, self.models.place)
        titles = tuple(map(class_title, report.class_names))
        is_same = titles == self.matrix.matrix.titles
        self.matrix.set_matrix(report.models[self.models.place].confusion, titles)
        if chosen is not None and is_same:
            self.matrix.choose(chosen)
        if not is_same:
            self._share_room()

    def _share_room(self) -> None:
        """Give the matrix the room that it asks for, and the photographs the rest."""
        wanted = max(self.matrix.sizeHint().width() + _SPARE, self.width() // 2)
        self.splitter.setSizes([wanted, max(self.width() - wanted, self.gallery.minimumWidth())])

    def _on_cell_chosen(self, label: int, answer: int) -> None:
        if self._answers is None:
            return
        titles = self.matrix.matrix.titles
        title = self.tr("{label} answered as {answer}, worst first").format(
            label=titles[label], answer=titles[answer]
        )
        self.gallery.show_photographs(
            self._answers, self._answers.in_cell(label, answer).tolist(), title
        )
