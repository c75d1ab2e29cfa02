"""What an answer leaves open and what becomes of the photograph, in words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from invented import predict
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from fundus_gui.core.decision import Decision, PredictionSets, Referral
from fundus_gui.core.results import Prediction
from fundus_gui.gui.widgets.appearance import Appearance
from fundus_gui.gui.widgets.decision_view import DecisionView

UNSURE = predict((0.1, 0.5, 0.4), (0.1, 0.7, 0.2), weights=(0.5, 0.5))
SETS = PredictionSets(coverage=0.9, thresholds=(0.75,))
NOTE = "Calibration, prediction set and referral hold for the ensemble's own weights."


@pytest.fixture
def view(qtbot: QtBot) -> DecisionView:
    shown = DecisionView()
    qtbot.addWidget(shown)
    shown.set_appearance(Appearance(str.upper))
    shown.show()
    return shown


def decided(**how: object) -> Prediction:
    return replace(UNSURE, decision=Decision(**how))  # type: ignore[arg-type]


def said(view: DecisionView) -> list[str]:
    return [label.text() for label in view.findChildren(QLabel) if label.isVisible()]


def tooltip(view: DecisionView) -> str:
    return next(label.toolTip() for label in view.findChildren(QLabel) if label.toolTip())


def test_a_plain_ensemble_says_nothing(view: DecisionView) -> None:
    view.set_prediction(UNSURE, UNSURE)
    assert view.isHidden()
    other = UNSURE.reweighted((0.3, 0.7))
    view.set_prediction(other, UNSURE)
    assert view.isHidden()
    view.set_prediction(None, None)
    assert view.isHidden()


def test_the_set_is_read_out_with_its_coverage(view: DecisionView) -> None:
    fitted = decided(prediction_sets=SETS)
    view.set_prediction(fitted, fitted)
    assert said(view) == ["Also possible: AMD. The set holds the class in 90% of cases."]
    alone = decided(prediction_sets=replace(SETS, coverage=0.995, thresholds=(0.5,)))
    view.set_prediction(alone, alone)
    assert said(view) == ["No other class is in the set, which holds the class in 99.5% of cases."]


@pytest.mark.parametrize(
    ("referral", "outcome", "why"),
    [
        (
            Referral(confidence=0.5, agreement=1.0),
            "Report",
            [
                "Confidence 60.0%: at least the 50.0% that a report needs",
                "Agreement 100.0%: at least the 100.0% that a report needs",
            ],
        ),
        (
            Referral(confidence=0.8),
            "Refer to a person",
            ["Confidence 60.0%: below the 80.0% that a report needs"],
        ),
    ],
)
def test_the_outcome_is_said_and_why(
    view: DecisionView, referral: Referral, outcome: str, why: list[str]
) -> None:
    fitted = decided(referral=referral)
    view.set_prediction(fitted, fitted)
    assert said(view) == [outcome]
    assert tooltip(view).splitlines() == why


def test_moved_weights_take_it_back_and_what_is_below_does_not_jump(view: DecisionView) -> None:
    fitted = decided(temperature=1.2, prediction_sets=SETS, referral=Referral(confidence=0.5))
    view.set_prediction(fitted, fitted)
    assert len(said(view)) == 2
    height = view.height()
    view.set_prediction(fitted.reweighted((0.3, 0.7)), fitted)
    assert said(view) == [NOTE]
    assert view.height() >= height


def test_calibration_alone_is_mentioned(view: DecisionView) -> None:
    fitted = decided(temperature=1.2)
    view.set_prediction(fitted, fitted)
    assert said(view) == ["The probabilities are calibrated."]
