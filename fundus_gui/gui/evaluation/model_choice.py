"""Whose figures a tab shows: the vote's or one member's."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QComboBox, QWidget

from fundus_gui.core.assessments import Assessment
from fundus_gui.core.evaluation import EvaluationReport
from fundus_gui.core.evaluation.metrics import Floats
from fundus_gui.gui.widgets.appearance import Appearance


class ModelChoice(QComboBox):
    """The vote first, then its members; of an ensemble of one there is nothing to choose."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = Appearance()
        self.setAccessibleName(self.tr("Whose figures are shown"))
        self.setToolTip(self.tr("The vote, or one of the models that vote"))
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)

    def set_appearance(self, appearance: Appearance) -> None:
        """Say how models are called, in the reports to come."""
        self._appearance = appearance

    def set_report(self, report: EvaluationReport) -> None:
        """Offer the report's models and choose the vote; emits nothing."""
        name_of = self._appearance.model_title
        vote = report.ensemble.title or name_of(report.vote.name)
        with QSignalBlocker(self):
            self.clear()
            members = [name_of(model.name) for model in report.models[:-1]]
            self.addItem(self.tr("Vote: {name}").format(name=vote) if members else vote)
            self.addItems(members)
        self.setEnabled(bool(members))

    @property
    def place(self) -> int:
        """Of the chosen one in `EvaluationReport.models` and in its calibrations."""
        return self.currentIndex() - 1  # the vote, -1, is the last

    @property
    def is_vote(self) -> bool:
        """Whether the vote is chosen."""
        return self.currentIndex() <= 0


def probabilities_of(assessment: Assessment, place: int) -> Floats:
    """Return (N, K) of the model at a place of `EvaluationReport.models`; -1 is the vote."""
    if place < 0:
        return assessment.votes
    probabilities: Floats = assessment.judged.predictions.probabilities[place]
    return probabilities
