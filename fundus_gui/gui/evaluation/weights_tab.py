"""Fits the vote on the part that nothing is measured on, and saves the weights as an ensemble."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from fundus_gui.core.assessments import Assessment
from fundus_gui.core.assessments.assessing import Progress
from fundus_gui.core.errors import FundusError
from fundus_gui.core.fusion import FitOptions
from fundus_gui.core.fusion.comparison import ComparedVote, ComparisonSettings, methods_in_order
from fundus_gui.core.fusion.landscape import WeightMap
from fundus_gui.core.reports.style import Style
from fundus_gui.gui.evaluation.compare_bar import CompareBar
from fundus_gui.gui.evaluation.empty_state import EmptyState
from fundus_gui.gui.evaluation.ensemble_saver import EnsembleSaver
from fundus_gui.gui.evaluation.weights_jobs import Compared, compare_methods
from fundus_gui.gui.evaluation.weights_table import WeightsTable, method_title
from fundus_gui.gui.sentences import spoken
from fundus_gui.gui.widgets.appearance import Appearance
from fundus_gui.gui.widgets.figure_view import FigureView
from fundus_gui.gui.widgets.scroll_pane import ScrollPane
from fundus_gui.gui.worker import JobSlot

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_CHART = 300, 380  # px, least size
_FIRST_CHOICE = "inverse_variance"


class WeightsTab(QWidget):
    """The ways to vote, below them the score of the vote by its weights.

    Signals:
        message: what has been done, in a sentence.
        ensemble_saved: name of an ensemble that is installed now.
    """

    message = Signal(str)
    ensemble_saved = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._assessment: Assessment | None = None
        self._votes: list[ComparedVote] = []
        self._settings = ComparisonSettings()
        self._map: WeightMap | None = None
        self._appearance = Appearance()
        self.empty = EmptyState("")
        self.source = _sentence()
        self.compare_bar = CompareBar()
        self.compare_bar.asked.connect(self.start)
        self.notice = _sentence()
        self.table = WeightsTable()
        self.table.itemSelectionChanged.connect(self._on_chosen)
        self.chart = FigureView()
        self.chart.setAccessibleName(self.tr("Score of the vote by its weights"))
        self.chart.setMinimumSize(*_CHART)
        self.saver = EnsembleSaver()
        self.saver.saved.connect(self._on_saved)
        self.saver.refused.connect(self._show_notice)
        self.explanation = _sentence(
            self.tr(
                "Each way to vote is judged on every photograph by weights that were fitted "
                "without its patient. Muted differences are not significant: their interval "
                "holds 0. The chart shows the very photographs that the weights are fitted on, "
                "which flatters the best ones."
            )
        )
        self.explanation.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._slot = JobSlot(self)
        self._slot.yielded.connect(self._on_record)
        self._slot.completed.connect(self._on_end)
        self._slot.cancelled.connect(self._on_end)
        self._slot.failed.connect(self._on_failed)
        self.compare_bar.cancelled.connect(self._slot.cancel)
        self._content = self._lay_out()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.empty)
        layout.addWidget(self._content)
        self.show_assessment(None)

    def set_appearance(self, appearance: Appearance) -> None:
        """Say how models are called and coloured, in the assessments to come."""
        self._appearance = appearance

    def show_assessment(self, assessment: Assessment | None) -> None:
        """Offer to compare the ways to vote on the assessment's other part."""
        self._slot.cancel()
        self._assessment = assessment
        self._forget()
        reason = self._why_not(assessment)
        self.empty.setText(reason)
        self.empty.setVisible(bool(reason))
        self._content.setVisible(not reason)
        if assessment is not None and assessment.tuning is not None:
            part = assessment.tuning
            self.source.setText(
                self.tr(
                    "Weights are fitted on {part}, %Ln photograph(s), never on those that this "
                    "evaluation measures on. Compare the ways to find them, then save the one of "
                    "your choice as an ensemble.",
                    None,
                    len(part.images),
                ).format(part=part.source.title)
            )

    def start(self) -> None:
        """Compare the ways to vote."""
        if self._assessment is None or self._assessment.tuning is None:
            return
        self._forget()
        self._settings = ComparisonSettings(
            options=FitOptions(score=self.compare_bar.score),
            bootstrap=self._assessment.report.settings.bootstrap,
        )
        self._slot.start(partial(compare_methods, self._assessment.tuning, self._settings))
        self._show_progress()

    def close_thread(self) -> None:
        """Stop what runs and wait for it."""
        self._slot.close()
        self.saver.close_thread()
        self.chart.close_thread()

    def _why_not(self, assessment: Assessment | None) -> str:
        if assessment is None:
            return self.tr("Choose an evaluation on the left to fit the weights of its models.")
        if len(assessment.report.ensemble.members) < 2:
            return self.tr("One model needs no weights. Evaluate two or more models together.")
        if assessment.tuning is None:
            return self.tr(
                "Weights must not be fitted on the photographs that they are measured on. "
                "Choose a validation part in a new evaluation."
            )
        return ""

    def _on_record(self, record: object) -> None:
        if isinstance(record, ComparedVote):
            self._votes.append(record)
            self.table.show_votes(
                self._votes, self._settings.options.score, self._members(), self._appearance
            )
            self.table.show()
            self.explanation.show()
            self._show_progress()
        elif isinstance(record, WeightMap):
            self._map = record
            self._draw()
        elif isinstance(record, Progress):
            words = self.tr("Looking for training photographs among these…")
            self.compare_bar.show_progress(words, record.done, record.total)
        elif isinstance(record, Compared) and self._assessment is not None:
            self._show_notice(*record.leaks)
            self.saver.offer(self._assessment, tuple(self._votes), self._settings, record)
            self.saver.show()
            self.table.choose(_FIRST_CHOICE)

    def _on_end(self) -> None:
        self.compare_bar.show_idle()

    def _on_failed(self, error: BaseException) -> None:
        self.compare_bar.show_idle()
        if not isinstance(error, FundusError):
            raise error
        self._show_notice(str(error))

    def _on_chosen(self) -> None:
        self.saver.choose(self.table.chosen)

    def _on_saved(self, name: str) -> None:
        self.message.emit(
            self.tr("The ensemble '{name}' is installed and can be chosen.").format(name=name)
        )
        self.ensemble_saved.emit(name)

    def _forget(self) -> None:
        self._votes, self._map = [], None
        self._show_notice()
        self.saver.forget()
        self.chart.set_drawing(None)
        for widget in (self.table, self.chart, self.saver, self.explanation):
            widget.hide()

    def _show_progress(self) -> None:
        members = len(self._members())
        total = members + len(methods_in_order(self._settings, members))
        self.compare_bar.show_progress(self.tr("Comparing…"), len(self._votes), total)

    def _show_notice(self, *sentences: str) -> None:
        self.notice.setText("\n".join(map(spoken, sentences)))
        self.notice.setVisible(bool(sentences))

    def _members(self) -> tuple[str, ...]:
        return () if self._assessment is None else self._assessment.report.ensemble.members

    def _draw(self) -> None:
        assert self._map is not None
        titles = tuple(map(self._appearance.model_title, self._members()))
        marks = {
            method_title(vote.name): vote.fit.weights
            for vote in self._votes
            if vote.kind == "method" and vote.fit.rule == "constant"
        }
        self.chart.set_drawing(partial(draw_weights, self._map, titles, marks))
        best = zip(titles, self._map.best, strict=True)
        self.chart.setAccessibleDescription(
            self.tr("Best: {weights}").format(
                weights=", ".join(f"{title} {weight:.2f}" for title, weight in best)
            )
        )
        self.chart.show()

    def _lay_out(self) -> ScrollPane:
        buttons = QHBoxLayout()
        buttons.addWidget(self.saver)
        buttons.addStretch(1)
        content = QWidget()
        rows = QVBoxLayout(content)
        rows.setContentsMargins(8, 8, 8, 8)
        rows.setSpacing(8)
        rows.addWidget(self.source)
        rows.addWidget(self.compare_bar)
        rows.addWidget(self.notice)
        rows.addWidget(self.table)
        rows.addLayout(buttons)
        rows.addWidget(self.chart, 1)
        rows.addWidget(self.explanation)
        rows.addStretch(0)
        return ScrollPane(content)


def draw_weights(
    weight_map: WeightMap,
    titles: Sequence[str],
    marks: Mapping[str, Sequence[float]],
    figure: Figure,
    style: Style,
) -> None:
    """Draw a curve for two members, a triangle for three."""
    from fundus_gui.core.reports.fusion import draw_weight_curve, draw_weight_triangle

    figure.set_layout_engine("constrained")
    draw = draw_weight_curve if len(titles) == 2 else draw_weight_triangle
    draw(figure.add_subplot(), weight_map, titles, marks, style)


def _sentence(text: str = "") -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
