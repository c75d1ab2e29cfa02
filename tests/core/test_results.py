"""The records say the same of a photograph wherever they are shown."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import pytest

from fundus_gui.core.decision import Decision, PredictionSets, Referral
from fundus_gui.core.errors import EnsembleError
from fundus_gui.core.results import Prediction, UnreadableImage

CLASSES = ("amd", "cataract", "diabetic_retinopathy", "glaucoma", "normal")

PREDICTION = Prediction(
    path=Path("eye.jpg"),
    class_names=CLASSES,
    member_names=("cnn", "vit"),
    weights=(0.6, 0.4),
    member_probabilities=((0.10, 0.20, 0.30, 0.15, 0.25), (0.15, 0.35, 0.10, 0.10, 0.30)),
    image_sha256="ab" * 32,
    seconds=0.25,
    warnings=("greyscale, without colour",),
)


def test_a_prediction_says_what_the_vote_says() -> None:
    assert PREDICTION.probabilities == pytest.approx((0.12, 0.26, 0.22, 0.13, 0.27), abs=1e-15)
    assert PREDICTION.label_index == 4
    assert PREDICTION.label == "normal"
    assert PREDICTION.confidence == PREDICTION.probabilities[4]
    assert PREDICTION.agreement == 0
    assert PREDICTION.entropy == pytest.approx(
        -sum(p * math.log(p) for p in PREDICTION.probabilities)
    )


def test_the_shares_of_a_class_add_up_to_the_number_shown() -> None:
    cnn, vit = PREDICTION.shares
    assert tuple(a + b for a, b in zip(cnn, vit, strict=True)) == PREDICTION.probabilities
    assert cnn[4] == 0.6 * 0.25


def test_a_tie_goes_to_the_lower_class() -> None:
    tied = dataclasses.replace(
        PREDICTION, member_probabilities=((0.1, 0.4, 0.1, 0.4, 0), (0.1, 0.4, 0.1, 0.4, 0))
    )
    assert tied.label == "cataract"


def test_other_weights_make_a_new_record_and_leave_the_old() -> None:
    swapped = PREDICTION.reweighted((2, 3))
    assert swapped.weights == pytest.approx((0.4, 0.6))
    assert swapped.label == "cataract"
    assert swapped.agreement == pytest.approx(0.6)
    assert PREDICTION.weights == (0.6, 0.4)
    assert dataclasses.replace(swapped, weights=PREDICTION.weights) == PREDICTION


def test_the_same_weights_in_another_scale_make_an_equal_record() -> None:
    assert PREDICTION.reweighted((3, 2)) == PREDICTION
    assert PREDICTION.reweighted((60, 40)).probabilities == PREDICTION.probabilities


FITTED = Decision(
    rule="entropy",
    temperature=0.5,
    prediction_sets=PredictionSets(coverage=0.9, thresholds=(0.8,)),
    referral=Referral(confidence=0.3, agreement=0.5),
)


def test_the_answer_is_decided_as_the_ensemble_says() -> None:
    fitted = dataclasses.replace(PREDICTION, decision=FITTED)
    vote = FITTED.vote(PREDICTION.member_probabilities, PREDICTION.weights)
    assert fitted.probabilities == tuple(vote.probabilities)
    assert fitted.image_weights == tuple(vote.weights) != fitted.weights == (0.6, 0.4)
    assert fitted.agreement == float(vote.agreement)
    cnn, vit = fitted.shares
    assert tuple(a + b for a, b in zip(cnn, vit, strict=True)) == fitted.probabilities
    assert fitted.label == PREDICTION.label
    assert fitted.confidence > PREDICTION.confidence  # below 1 a temperature makes surer
    assert fitted.prediction_set == ("normal", "cataract", "diabetic_retinopathy")
    assert fitted.outcome == "refer"  # no model puts the answer first


def test_without_calibration_nothing_is_left_open() -> None:
    assert PREDICTION.prediction_set is None
    assert PREDICTION.outcome is None
    assert PREDICTION.image_weights is PREDICTION.weights


def test_what_was_fitted_does_not_outlive_its_weights_but_the_rule_does() -> None:
    fitted = dataclasses.replace(PREDICTION, decision=FITTED)
    assert fitted.reweighted((2, 3)).decision == Decision(rule="entropy")
    assert fitted.reweighted((60, 40)) == fitted


@pytest.mark.parametrize("weights", [(1,), (1, 1, 1), (0, 0), (1, -1), (1, math.nan)])
def test_weights_that_do_not_fit_are_refused(weights: tuple[float, ...]) -> None:
    with pytest.raises(EnsembleError):
        PREDICTION.reweighted(weights)


def test_records_cannot_be_changed_and_can_be_compared() -> None:
    for record in (PREDICTION, UnreadableImage(Path("eye.jpg"), "the file is empty")):
        with pytest.raises(dataclasses.FrozenInstanceError):
            record.path = Path("other.jpg")  # type: ignore[misc]
        assert record == dataclasses.replace(record)
        assert hash(record) == hash(dataclasses.replace(record))


def test_numbers_are_plain_floats() -> None:
    """As numpy's own they would show as `np.float64(0.27)` in a table or a JSON file."""
    numbers = (
        *PREDICTION.probabilities,
        *PREDICTION.shares[0],
        *PREDICTION.reweighted((1, 2)).weights,
        PREDICTION.confidence,
        PREDICTION.agreement,
        PREDICTION.entropy,
    )
    assert {type(number) for number in numbers} == {float}
