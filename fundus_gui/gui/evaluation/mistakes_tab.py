"""The mistakes of an evaluation, the worst first, and what a researcher thinks of their labels."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QGroupBox,
    QHBoxLayout,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from fundus_gui.core.assessments import Assessment
from fundus_gui.core.assessments.answers import Answers
from fundus_gui.core.assessments.marks import Mark
from fundus_gui.gui.evaluation.empty_state import EmptyState
from fundus_gui.gui.evaluation.gallery import Gallery
from fundus_gui.gui.evaluation.opinion_form import OpinionForm
from fundus_gui.gui.evaluation.photograph_preview import PhotographPreview
from fundus_gui.gui.evaluation.second_opinions import SecondOpinions
from fundus_gui.gui.labels import class_title

_MISTAKES, _UNMARKED, _MARKED = "mistakes", "unmarked", "marked"


class MistakesTab(QWidget):
    """A gallery on the left; on the right the current photograph with the vote on it.

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
        self._answers: Answers | None = None
        self._current: int | None = None
        self.kinds = QComboBox()
        self.classes = QComboBox()
        self.gallery = Gallery(self.opinions)
        self.preview = PhotographPreview()
        self.form = OpinionForm()
        self.remove = QPushButton(self.tr("Re&move the mark"))
        self.empty = EmptyState(self.tr("Choose an evaluation to see its worst mistakes."))
        self._pages = QStackedWidget()
        self._pages.addWidget(self.empty)
        self._pages.addWidget(self._make_splitter())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addWidget(self._pages)
        self.kinds.currentIndexChanged.connect(self._show_photographs)
        self.classes.currentIndexChanged.connect(self._show_photographs)
        self.gallery.photograph_requested.connect(self.photograph_requested)
        self.gallery.current_changed.connect(self._on_current_changed)
        self.form.edited.connect(self._on_edited)
        self.remove.clicked.connect(self._on_remove)
        self.opinions.loaded.connect(self._on_opinions_loaded)
        self.opinions.changed.connect(self._show_opinion)
        self.show_assessment(None)

    def _make_splitter(self) -> QSplitter:
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.addWidget(self._make_left())
        self.splitter.addWidget(self._make_right())
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setSizes([10_000, 10_000])  # halves of whatever there is
        return self.splitter

    def _make_left(self) -> QWidget:
        self.kinds.setAccessibleName(self.tr("Which photographs are shown"))
        for title, kind in (
            (self.tr("All mistakes"), _MISTAKES),
            (self.tr("Mistakes without a mark"), _UNMARKED),
            (self.tr("Marked photographs"), _MARKED),
        ):
            self.kinds.addItem(title, kind)
        self.classes.setAccessibleName(self.tr("Filter by label"))
        self.classes.setToolTip(self.tr("Show only photographs with one label"))
        left = QWidget()
        bar = QHBoxLayout()
        bar.setSpacing(8)
        bar.addWidget(self.kinds)
        bar.addWidget(self.classes)
        bar.addStretch(1)
        layout = QVBoxLayout(left)
        layout.setContentsMargins(0, 0, 8, 0)
        layout.setSpacing(8)
        layout.addLayout(bar)
        layout.addWidget(self.gallery, 1)
        return left

    def _make_right(self) -> QWidget:
        self.opinion = QGroupBox(self.tr("Second opinion"))
        self.opinion.setToolTip(
            self.tr("Saved at once in a table beside the data; the labels stay as they are.")
        )
        self.form.verdict_row.addWidget(self.remove)
        box = QVBoxLayout(self.opinion)
        box.addWidget(self.form)
        right = QWidget()
        layout = QVBoxLayout(right)
        layout.setContentsMargins(8, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.preview, 1)
        layout.addWidget(self.opinion)
        return right

    def show_assessment(self, assessment: Assessment | None) -> None:
        """Show the vote's mistakes; None shows what to do."""
        self._answers = Answers(assessment) if assessment is not None else None
        self._pages.setCurrentIndex(int(assessment is not None))
        names = self._answers.class_names if self._answers is not None else ()
        with QSignalBlocker(self.classes), QSignalBlocker(self.kinds):
            self.kinds.setCurrentIndex(0)
            self.classes.clear()
            self.classes.addItem(self.tr("All classes"), -1)
            for index, name in enumerate(names):
                self.classes.addItem(class_title(name), index)
        self.form.set_classes(names)
        if assessment is not None:
            self.opinions.show_folder(assessment.judged.source.folder)
        self._show_photographs()

    def close_thread(self) -> None:
        """Finish what is being written, stop everything else and wait."""
        self.form.keep_note()
        self.preview.close_thread()
        self.gallery.close_thread()
        self.opinions.close_thread()

    def _show_photographs(self) -> None:
        answers = self._answers
        if answers is None:
            self.gallery.show_message("")
            return
        kind, label = self.kinds.currentData(), self.classes.currentData()
        if kind == _MARKED:
            numbers = answers.worst_first(range(len(answers.images))).tolist()
        else:
            numbers = answers.mistakes().tolist()
        if kind != _MISTAKES:
            has_mark = {n: self._mark_of(answers, n) is not None for n in numbers}
            numbers = [n for n in numbers if has_mark[n] == (kind == _MARKED)]
        if label >= 0:
            numbers = [n for n in numbers if answers.labels[n] == label]
        title = self.tr("{kind}, worst first").format(kind=self.kinds.currentText())
        self.gallery.show_photographs(answers, numbers, title, select=True)

    def _mark_of(self, answers: Answers, number: int) -> Mark | None:
        return self.opinions.mark_of(answers.filename(number))

    def _on_opinions_loaded(self) -> None:
        if self.kinds.currentData() != _MISTAKES:
            self._show_photographs()

    def _on_current_changed(self, number: int | None) -> None:
        self._current = number
        self.opinion.setEnabled(number is not None)
        if number is None or self._answers is None:
            self.preview.clear()
        else:
            self.preview.show_photograph(self._answers, number)
        self._show_opinion()

    def _show_opinion(self) -> None:
        mark = None
        if self._answers is not None and self._current is not None:
            mark = self._mark_of(self._answers, self._current)
        self.form.set_mark(mark)
        self.remove.setEnabled(mark is not None)

    def _on_edited(self) -> None:
        if self._answers is not None and self._current is not None:
            self.opinions.put(self.form.filled_in(self._answers.mark(self._current)))

    def _on_remove(self) -> None:
        if self._answers is not None and self._current is not None:
            self.opinions.remove(self._answers.filename(self._current))
