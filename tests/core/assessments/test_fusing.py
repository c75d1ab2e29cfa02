"""A fitted vote is an ensemble that says what it was fitted on and promises what it can hold."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tiny_assessments import judged_part

from fundus_gui.core.assessments import JudgedPart
from fundus_gui.core.assessments.fusing import (
    FusedVote,
    FusionRequest,
    fuse,
    images_digest,
    is_significant,
)
from fundus_gui.core.catalogue import EnsembleSpec
from fundus_gui.core.decision import with_temperature
from fundus_gui.core.errors import ConfigError, EnsembleError, UnknownNameError
from fundus_gui.core.evaluation import Bootstrap, EvaluationSettings, LabelledPredictions
from fundus_gui.core.evaluation.calibration import fit_temperature
from fundus_gui.core.fusion import FIT_METHODS, FitOptions
from fundus_gui.core.fusion.comparison import ComparedVote, ComparisonSettings

QUICK = ComparisonSettings(bootstrap=Bootstrap(replicates=20))
FITTED = EvaluationSettings(coverage=0.8)


@pytest.fixture(scope="module")
def part(tmp_path_factory: pytest.TempPathFactory) -> JudgedPart:
    return judged_part(tmp_path_factory.mktemp("eyes"), "val", images=120)


def fused(part: JudgedPart, **wishes: object) -> FusedVote:
    settings = {"name": "mine", "comparison": QUICK, "evaluation": FITTED} | wishes
    *_, last = fuse(part, FusionRequest(**settings))  # type: ignore[arg-type]
    assert isinstance(last, FusedVote)
    return last


def test_every_member_and_method_is_judged_before_the_ensemble_comes(part: JudgedPart) -> None:
    *compared, last = fuse(part, FusionRequest(name="mine", comparison=QUICK, evaluation=FITTED))
    assert all(isinstance(vote, ComparedVote) for vote in compared)
    assert [vote.name for vote in compared][:3] == ["cnn", "vit", "equal"]
    assert {vote.name for vote in compared} == {"cnn", "vit", *FIT_METHODS}
    assert isinstance(last, FusedVote)
    assert last.compared == tuple(compared)
    assert last.chosen.name == "inverse_variance"


def test_the_ensemble_says_what_it_was_fitted_on(part: JudgedPart) -> None:
    spec = fused(part, title="Mine", warnings=("cnn knows some.",)).spec
    assert spec.members == ("cnn", "vit")
    assert (spec.name, spec.title, spec.method) == ("mine", "Mine", "inverse_variance")
    assert spec.fitted_on == f"{part.source.title}: 120 photographs of 60 patients"
    assert spec.images_sha256 == images_digest(part.image_sha256)
    assert spec.notes[0] == "cnn knows some."
    assert any("less that of equal weights" in note for note in spec.notes)
    assert EnsembleSpec.from_table(spec.name, spec.to_table()) == spec


def test_members_that_are_too_sure_are_to_be_calibrated_first(part: JudgedPart) -> None:
    predictions = part.predictions
    calibrated = [
        with_temperature(p, fit_temperature(p, predictions.labels).temperature)
        for p in predictions.probabilities
    ]
    too_sure = [with_temperature(calibrated[0], 1 / 3), calibrated[1]]
    for probabilities, is_noted in ((calibrated, False), (too_sure, True)):
        judged = replace(
            part, predictions=replace(predictions, probabilities=np.array(probabilities))
        )
        notes = " ".join(fused(judged).spec.notes)
        assert ("The probabilities of cnn do not mean what they say" in notes) == is_noted


@pytest.mark.parametrize("method", sorted(FIT_METHODS))
def test_every_method_makes_an_ensemble(part: JudgedPart, method: str) -> None:
    settings = replace(QUICK, methods=(method,))
    spec = fused(part, method=method, comparison=settings).spec
    assert spec.method == method
    assert spec.rule == ("entropy" if method == "entropy" else "constant")
    assert spec.prediction_sets is not None


def test_the_order_of_the_photographs_does_not_change_their_hash() -> None:
    assert images_digest(["ab", "cd"]) == images_digest(["cd", "ab"]) != images_digest(["ab"])


def test_weights_have_intervals_that_hold_them(part: JudgedPart) -> None:
    found = fused(part)
    low, high = found.weight_intervals.T
    assert (low <= found.spec.weights).all()
    assert (found.spec.weights <= high).all()


def test_the_map_is_there_for_two_members_only(part: JudgedPart) -> None:
    found = fused(part)
    assert found.weight_map is not None
    assert found.weight_map.score == "balanced_accuracy"
    assert fused(of_members(part, 4), method="equal").weight_map is None


def of_members(part: JudgedPart, count: int) -> JudgedPart:
    predictions = part.predictions
    places = np.arange(count) % len(predictions.member_names)
    return replace(
        part,
        predictions=LabelledPredictions(
            class_names=predictions.class_names,
            member_names=tuple(f"m{index}" for index in range(count)),
            probabilities=predictions.probabilities[places],
            labels=predictions.labels,
            patients=predictions.patients,
        ),
    )


def test_what_an_overfitted_vote_stores_comes_from_patients_it_has_not_seen(
    tmp_path: Path,
) -> None:
    """Among many random members the greedy search finds some that fit these images by luck."""
    random = np.random.default_rng(0)
    part = judged_part(tmp_path, "val", images=60)
    odds = np.exp(random.normal(size=(12, 60, 3)))
    predictions = LabelledPredictions(
        class_names=part.predictions.class_names,
        member_names=tuple(f"m{index}" for index in range(12)),
        probabilities=odds / odds.sum(axis=2, keepdims=True),
        labels=part.predictions.labels,
        patients=part.predictions.patients,
    )
    lucky = replace(part, predictions=predictions)
    settings = replace(QUICK, methods=("caruana",), options=FitOptions(rounds=10))
    found = fused(lucky, method="caruana", comparison=settings)
    seen = predictions.vote(replace(found.spec, temperature=1.0))[0]
    assert (seen.argmax(axis=1) == predictions.labels).mean() > found.chosen.scores["accuracy"]
    assert found.fitted.temperature.loss_before > found.chosen.scores["log_loss"] - 1e-9
    assert found.spec.temperature > 1.5  # it knows nothing, and says so


def test_a_difference_is_significant_when_its_interval_leaves_out_0(part: JudgedPart) -> None:
    for vote in fused(part).compared:
        low, high = vote.against_equal.low, vote.against_equal.high
        assert is_significant(vote) == (low > 0 or high < 0)


def test_one_model_is_no_vote(part: JudgedPart) -> None:
    with pytest.raises(EnsembleError, match="at least two models"):
        fused(of_members(part, 1))


def test_an_unknown_method_is_refused_before_the_comparison(part: JudgedPart) -> None:
    steps = fuse(
        part, FusionRequest(name="x", method="adaptiv", comparison=QUICK, evaluation=FITTED)
    )
    with pytest.raises(UnknownNameError, match="adaptive"):
        next(steps)


def test_too_few_patients_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="patient"):
        fused(judged_part(tmp_path, "val", images=6))
