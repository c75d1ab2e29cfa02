"""How many images must go to a person for how few errors on the rest."""

from __future__ import annotations

from collections.abc import Generator
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from fundus_gui.core.assessments import Assessment
from fundus_gui.core.decision import Referral, is_reported
from fundus_gui.core.evaluation.metrics import Floats, WeightedSample
from fundus_gui.core.evaluation.referral import measure_referral
from fundus_gui.gui.evaluation.empty_state import EmptyState
from fundus_gui.gui.evaluation.operating_curve import ChartLine, OperatingCurveView
from fundus_gui.gui.evaluation.referral_pane import ReferralPane
from fundus_gui.gui.widgets.scroll_pane import ScrollPane
from fundus_gui.gui.worker import JobSlot

_PANE = 53  # letters of average width, beside the curve
_HEADROOM = 1.1  # of the curve
_LEAST_TOP = 0.02
_START = 0.2  # share referred at first


class ReferralTab(QWidget):
    """The referral curve with a movable point, and what fitted thresholds gave.

    Signals:
        images_chosen: places of images in the evaluation, and a title for the gallery.
        message: for the status bar.
    """

    images_chosen = Signal(object, str)
    message = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._assessment: Assessment | None = None
        self._votes: _Votes | None = None
        self._index = 0
        self.curve = OperatingCurveView(
            self.tr("Referral"),
            self.tr("Share referred to a person"),
            self.tr("Wrong answers among the rest"),
        )
        self.curve.index_chosen.connect(self.set_index)
        self.pane = ReferralPane()
        self.pane.index_chosen.connect(self.set_index)
        self.pane.referred_wanted.connect(self._on_referred_wanted)
        self.pane.fitted_wanted.connect(self._on_fitted_wanted)
        self._slot = JobSlot(self)
        self._slot.yielded.connect(self._on_votes)
        self._slot.failed.connect(self._on_failed)
        self._lay_out()
        self.show_assessment(None)

    def show_assessment(self, assessment: Assessment | None) -> None:
        """Show the curve of the vote; None shows what to do."""
        self._assessment, self._votes = assessment, None
        self._whole.setCurrentIndex(int(assessment is not None))
        self._slot.cancel()
        if assessment is None:
            return
        report = assessment.report
        curve = report.referral_curve
        rates, errors = np.array(curve.referral_rates), np.array(curve.error_rates)
        self.curve.set_lines(
            [ChartLine(rates, errors)],
            reference=((0.0, errors[0]), (1.0, errors[0])),
            detail=self.tr("dotted: nobody referred, {share} wrong").format(
                share=f"{errors[0]:.1%}"
            ),
            top=max(float(errors.max()) * _HEADROOM, _LEAST_TOP),
            is_movable=True,
        )
        figures = report.referral
        if figures is not None and figures.reported:
            self.curve.set_mark((figures.referral_rate, figures.error_rate))
        self.pane.show_report(report)
        self._slot.start(partial(_votes_of, assessment))

    def set_index(self, index: int) -> None:
        """Move to a point of the curve."""
        if self._assessment is None or self._votes is None:
            return
        self._index = index
        curve = self._assessment.report.referral_curve
        votes, level = self._votes, Referral(confidence=curve.confidences[index])
        figures = measure_referral(level, votes.hits, votes.confidence, votes.agreement)
        self.curve.set_index(index)
        self.curve.setAccessibleDescription(self.pane.show_point(index, figures, level.confidence))

    def close_thread(self) -> None:
        """Stop and wait for the thread."""
        self._slot.close()

    def _on_votes(self, votes: _Votes) -> None:
        assert self._assessment is not None
        self._votes = votes
        rates = np.array(self._assessment.report.referral_curve.referral_rates)
        self.set_index(int(np.abs(rates - _START).argmin()))

    def _on_failed(self, error: BaseException) -> None:
        raise error  # to the hook that shows what nobody foresaw

    def _on_referred_wanted(self) -> None:
        if self._assessment is None:
            return
        level = self._assessment.report.referral_curve.confidences[self._index]
        title = self.tr("Confidence below {level}").format(level=f"{level:.1%}")
        self._choose(Referral(confidence=level), title)

    def _on_fitted_wanted(self) -> None:
        if self._assessment is not None and self._assessment.report.ensemble.referral is not None:
            title = self.tr("Referred by the ensemble's thresholds")
            self._choose(self._assessment.report.ensemble.referral, title)

    def _choose(self, referral: Referral, title: str) -> None:
        """Emit the referred images, the least sure first."""
        if self._votes is None:
            return
        sure = self._votes.confidence
        referred = np.flatnonzero(~is_reported(referral, sure, self._votes.agreement))
        least_first = referred[np.argsort(sure[referred], kind="stable")]
        self.images_chosen.emit(tuple(least_first.tolist()), title)

    def _lay_out(self) -> None:
        scroll = ScrollPane(self.pane)
        scroll.setFixedWidth(_PANE * self.fontMetrics().averageCharWidth())
        content = QWidget()
        columns = QHBoxLayout(content)
        columns.setContentsMargins(8, 8, 8, 8)
        columns.setSpacing(16)
        columns.addWidget(self.curve, 1)
        columns.addWidget(scroll)
        self._whole = QStackedWidget()
        self._whole.addWidget(EmptyState(self.tr("Choose an evaluation to see its referral.")))
        self._whole.addWidget(content)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._whole)


class _Votes(NamedTuple):
    """What decides over N images."""

    hits: NDArray[np.bool_]
    confidence: Floats
    agreement: Floats


def _votes_of(assessment: Assessment) -> Generator[_Votes, None, None]:
    """Yield once: what the vote says, as the report measured it."""
    votes, agreement = assessment.judged.predictions.vote(assessment.report.ensemble)
    sample = WeightedSample.of(votes, assessment.labels)
    yield _Votes(sample.hits, sample.confidence, agreement)
