"""What becomes of the members' probabilities, the same wherever it is asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from fundus_gui.core.catalogue import EnsembleSpec
from fundus_gui.core.decision import (
    Decision,
    PredictionSets,
    Referral,
    classes_in_sets,
    is_reported,
    outcome,
    with_temperature,
)
from fundus_gui.core.errors import EnsembleError
from fundus_gui.core.evaluation import LabelledPredictions
from fundus_gui.core.results import Prediction
from fundus_gui.core.vote import soft_vote, vote_shares

Floats = NDArray[np.float64]

CNN = (0.10, 0.20, 0.30, 0.15, 0.25)
VIT = (0.15, 0.35, 0.10, 0.10, 0.30)

decisions = st.builds(
    Decision,
    rule=st.sampled_from(("constant", "entropy")),
    temperature=st.one_of(st.just(1.0), st.floats(0.05, 20)),
    prediction_sets=st.one_of(
        st.none(),
        st.builds(
            PredictionSets,
            coverage=st.just(0.9),
            thresholds=st.tuples(st.floats(0, 1)),
            score=st.sampled_from(("lac", "aps")),
        ),
    ),
    referral=st.one_of(
        st.none(), st.builds(Referral, confidence=st.floats(0, 1), agreement=st.floats(0, 1))
    ),
)


@st.composite
def ensembles(draw: st.DrawFn) -> tuple[Floats, Floats]:
    """Draw members' probabilities (M, N, K), some of them 0, and weights (M,) in any scale."""
    shape = tuple(draw(st.integers(*span)) for span in ((1, 4), (1, 3), (2, 6)))
    odds = draw(arrays(np.float64, shape, elements=st.integers(0, 1000).map(float)))
    assume(odds.any(axis=-1).all())
    weights = draw(arrays(np.float64, shape[0], elements=st.integers(0, 5).map(float)))
    assume(weights.any())
    return odds / odds.sum(axis=-1, keepdims=True), weights


def prediction(members: Floats, weights: Floats, decision: Decision) -> Prediction:
    names = tuple(f"class {index}" for index in range(members.shape[1]))
    return Prediction(
        path=Path("eye.jpg"),
        class_names=names,
        member_names=tuple(f"member {index}" for index in range(len(members))),
        weights=tuple((weights / weights.sum()).tolist()),
        member_probabilities=tuple(tuple(row) for row in members.tolist()),
        image_sha256="",
        seconds=0.0,
        decision=decision,
    )


# The vote -----------------------------------------------------------------------------------------


def test_the_plain_decision_is_the_soft_vote() -> None:
    vote = Decision().vote((CNN, VIT), (3, 2))
    assert vote.probabilities.tolist() == soft_vote((CNN, VIT), (3, 2)).tolist()
    assert vote.shares.tolist() == vote_shares((CNN, VIT), (3, 2)).tolist()
    assert vote.weights.tolist() == [0.6, 0.4]


@given(ensembles(), decisions)
def test_shares_add_up_to_the_tempered_vote(
    ensemble: tuple[Floats, Floats], decision: Decision
) -> None:
    vote = decision.vote(*ensemble)
    assert (vote.shares.sum(axis=0) == vote.probabilities).all()
    assert vote.probabilities.sum(axis=-1) == pytest.approx(1)
    plain = Decision(rule=decision.rule).vote(*ensemble)
    expected = with_temperature(plain.probabilities, decision.temperature)
    np.testing.assert_allclose(vote.probabilities, expected, rtol=1e-12, atol=0)
    parts = plain.shares * expected  # each member's part of a class stays the same
    np.testing.assert_allclose(vote.shares * plain.probabilities, parts, rtol=1e-9, atol=1e-300)


def test_a_class_that_nobody_names_keeps_its_zero() -> None:
    for temperature in (0.05, 20):
        vote = Decision(temperature=temperature).vote(((1, 0, 0), (0.5, 0.5, 0)), (1, 1))
        assert vote.probabilities[2] == 0
        assert vote.shares[0].tolist() == [pytest.approx(vote.probabilities[0] * 2 / 3), 0, 0]


def test_agreement_is_the_vote_weight_behind_the_answer() -> None:
    def agreement(members: Any, weights: Any, **how: Any) -> float:
        return float(Decision(**how).vote(members, weights).agreement)

    assert agreement((CNN, VIT), (0.6, 0.4)) == 0  # class 4 wins, and neither puts it first
    assert agreement((CNN, VIT), (0.4, 0.6)) == pytest.approx(0.6)
    assert agreement((CNN, CNN, CNN), (0.1, 0.2, 0.7)) == 1
    assert agreement((CNN, VIT), (3, 0)) == 1
    members = [(0, 1, 0), (1 / 3 + 1e-6, 1 / 3, 1 / 3 - 1e-6)]
    assert agreement(members, (1, 1), rule="entropy") == pytest.approx(0.75)


@given(ensembles(), decisions)
def test_the_evaluation_and_the_engine_decide_alike(
    ensemble: tuple[Floats, Floats], decision: Decision
) -> None:
    probabilities, weights = ensemble
    members, images, classes = probabilities.shape
    names = tuple(f"member {index}" for index in range(members))
    labelled = LabelledPredictions(
        class_names=tuple(f"class {index}" for index in range(classes)),
        member_names=names,
        probabilities=probabilities,
        labels=np.zeros(images, dtype=np.int64),
    )
    spec = EnsembleSpec(
        name="e",
        members=names,
        weights=tuple(weights),
        rule=decision.rule,
        temperature=decision.temperature,
        prediction_sets=decision.prediction_sets,
        referral=decision.referral,
    )
    assert spec.decision == decision
    votes, agreements = labelled.vote(spec)
    for image in range(images):
        engine = prediction(probabilities[:, image], weights, decision)
        assert engine.probabilities == pytest.approx(votes[image].tolist(), rel=1e-12)
        assert 0 <= engine.agreement <= 1
        assert engine.agreement == pytest.approx(agreements[image], abs=1e-12)
        if decision.prediction_sets is not None:
            inside = classes_in_sets(decision.prediction_sets, votes)[image]
            assert sorted(engine.prediction_set or ()) == [
                f"class {index}" for index in np.flatnonzero(inside)
            ]
        if decision.referral is not None:
            confidence = votes[image].max()
            assert engine.outcome == outcome(decision.referral, confidence, agreements[image])


# Sets and referral --------------------------------------------------------------------------------


def test_rounding_does_not_cast_out_what_lies_on_a_threshold() -> None:
    sets = PredictionSets(coverage=0.9, thresholds=(1 - (0.1 + 0.2),))
    assert classes_in_sets(sets, (0.7, 0.3)).tolist() == [True, True]
    referral = Referral(confidence=0.1 + 0.2, agreement=1)
    assert is_reported(referral, [0.3, 0.29], [1 - 1e-16, 1]).tolist() == [True, False]


def test_an_ensemble_knows_what_holds_for_its_weights_only() -> None:
    assert not Decision().is_fitted
    assert not Decision(rule="entropy").is_fitted
    assert Decision(temperature=1.1).is_fitted
    assert Decision(referral=Referral(confidence=0.5)).is_fitted


@pytest.mark.parametrize(
    ("impossible", "sentence"),
    [
        ({"rule": "loudest"}, "There is no rule of the vote 'loudest'. Known: constant, entropy."),
        ({"temperature": 0}, "The temperature of the vote must be above 0, not 0."),
        ({"temperature": float("nan")}, "must be above 0, not nan"),
    ],
)
def test_what_has_no_meaning_is_refused(impossible: dict[str, Any], sentence: str) -> None:
    with pytest.raises(EnsembleError, match=sentence):
        Decision(**impossible)
