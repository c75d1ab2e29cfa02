"""Ways to vote are judged on images whose patients had no part in their weights."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from made_votes import answers

from fundus_gui.core.errors import ConfigError, EnsembleError, UnknownNameError
from fundus_gui.core.evaluation import Bootstrap
from fundus_gui.core.fusion import FIT_METHODS, FitOptions, fit_vote_weights, score_votes
from fundus_gui.core.fusion.comparison import (
    ComparedVote,
    ComparisonSettings,
    bootstrap_weights,
    compare_methods,
    cross_fitted_votes,
    patient_folds,
)
from fundus_gui.core.vote import soft_vote

QUICK = ComparisonSettings(
    options=FitOptions(step=0.1, rounds=10, score="log_loss"),
    folds=3,
    bootstrap=Bootstrap(replicates=100),
)


def patients_of(images: int, each: int = 2) -> list[str]:
    return [f"patient {index // each}" for index in range(images)]


def compared(*skills: float, settings: ComparisonSettings = QUICK) -> dict[str, ComparedVote]:
    probabilities, labels = answers(*skills, images=120)
    names = [f"member {index}" for index in range(len(skills))]
    found = compare_methods(probabilities, labels, patients_of(120), names, settings)
    return {row.name: row for row in found}


def test_members_come_first_then_equal_weights_then_every_other_method() -> None:
    rows = compared(1.0, 0.8)
    others = [name for name in FIT_METHODS if name != "equal"]
    assert list(rows) == ["member 0", "member 1", "equal", *others]
    assert [row.kind for row in rows.values()] == ["member"] * 2 + ["method"] * len(FIT_METHODS)


def test_three_members_have_no_fixed_weights_unless_given() -> None:
    assert "fixed" not in compared(1.0, 0.8, 0.5)
    options = dataclasses.replace(QUICK.options, weights=(3, 2, 1))
    settings = dataclasses.replace(QUICK, options=options)
    assert compared(1.0, 0.8, 0.5, settings=settings)["fixed"].fit.weights == (3 / 6, 2 / 6, 1 / 6)


def test_each_row_holds_the_fit_on_all_images_and_the_scores_of_the_cross_fitted_votes() -> None:
    probabilities, labels = answers(1.0, 0.8, images=120)
    folds = patient_folds(labels, patients_of(120), folds=3)
    for name, row in compared(1.0, 0.8).items():
        assert row.scores["log_loss"] == score_votes(row.votes, labels, "log_loss")
        assert row.interval.value == pytest.approx(row.scores["log_loss"])
        assert row.interval.low < row.interval.value < row.interval.high
        if row.kind == "method":
            assert row.fit == fit_vote_weights(probabilities, labels, name, QUICK.options)
            votes = cross_fitted_votes(probabilities, labels, folds, name, QUICK.options)
            np.testing.assert_array_equal(row.votes, votes)
        else:
            np.testing.assert_array_equal(row.votes, row.fit.vote(probabilities))


def test_differences_are_from_equal_weights_and_from_the_best_member() -> None:
    rows = compared(0.2, 2.5)
    for row in rows.values():
        loss = row.scores["log_loss"]
        equal, best = (rows[name].scores["log_loss"] for name in ("equal", "member 1"))
        assert row.against_equal.value == pytest.approx(loss - equal)
        assert row.against_best_member.value == pytest.approx(loss - best)
    assert (rows["equal"].against_equal.low, rows["equal"].against_equal.high) == (0, 0)
    assert not rows["equal"].against_equal.excludes_zero
    assert rows["member 0"].against_best_member.low > 0  # significantly more loss
    assert rows["simplex_nll"].against_equal.high < 0  # significantly less


def test_members_of_the_same_skill_do_not_differ_significantly() -> None:
    rows = compared(1.0, 1.0)
    assert not rows["inverse_variance"].against_equal.excludes_zero
    assert not rows["member 0"].against_best_member.excludes_zero


def test_no_image_is_voted_on_with_weights_that_its_patient_took_part_in() -> None:
    """Another label of a patient changes the others' votes, and never the patient's own."""
    probabilities, labels = answers(1.0, 0.5, images=60)
    folds = patient_folds(labels, patients_of(60), folds=5)
    votes = cross_fitted_votes(probabilities, labels, folds, "inverse_variance", FitOptions())
    changed = labels.copy()
    changed[:2] = (changed[:2] + 1) % 4
    again = cross_fitted_votes(probabilities, changed, folds, "inverse_variance", FitOptions())
    own = folds == folds[0]
    np.testing.assert_array_equal(again[own], votes[own])
    assert (again[~own] != votes[~own]).all()


def test_what_is_not_fitted_votes_the_same_with_and_without_folds() -> None:
    probabilities, labels = answers(1.0, 0.5, images=60)
    folds = patient_folds(labels, patients_of(60), folds=4)
    votes = cross_fitted_votes(probabilities, labels, folds, "equal", FitOptions())
    np.testing.assert_allclose(votes, soft_vote(probabilities, (1, 1)), rtol=1e-12)


@pytest.mark.parametrize("each", [1, 3])
def test_folds_part_no_patient_and_spread_the_classes(each: int) -> None:
    labels = np.repeat([0, 1, 2], (90, 45, 15))
    patients = patients_of(150, each)
    folds = patient_folds(labels, patients, folds=5)
    assert len(set(zip(patients, folds.tolist(), strict=True))) == len(set(patients))
    for fold in range(5):
        assert np.bincount(labels[folds == fold], minlength=3).min() > 0
    np.testing.assert_array_equal(folds, patient_folds(labels, patients, folds=5))


def test_a_class_rarer_than_the_folds_is_no_hindrance() -> None:
    assert set(patient_folds([0] * 20 + [1], patients_of(21), folds=5)) == set(range(5))
    assert set(patient_folds(range(6), patients_of(6, each=1), folds=3)) == set(range(3))


@pytest.mark.parametrize("folds", [1, 6])
def test_folds_that_cannot_be_are_refused(folds: int) -> None:
    with pytest.raises(ConfigError, match=f"not {folds} folds for 5 patients"):
        patient_folds([0, 1] * 5, patients_of(10), folds)


def test_what_does_not_go_together_is_refused() -> None:
    probabilities, labels = answers(1.0, 0.8, images=20)
    with pytest.raises(EnsembleError, match="2 models need as many names, not 1"):
        next(compare_methods(probabilities, labels, patients_of(20), ["a"]))
    settings = dataclasses.replace(QUICK, methods=("guess",))
    with pytest.raises(UnknownNameError, match="no method to fit the vote named 'guess'"):
        list(compare_methods(probabilities, labels, patients_of(20), ["a", "b"], settings))


def test_intervals_of_the_weights_hold_the_weights_and_narrow_with_images() -> None:
    widths = []
    for images in (60, 960):
        probabilities, labels = answers(1.0, 0.6, images=images)
        weights = fit_vote_weights(probabilities, labels).weights
        ends = bootstrap_weights(probabilities, labels, patients_of(images), "adaptive")
        assert ends.shape == (2, 2)
        assert (ends[:, 0] <= weights).all()
        assert (weights <= ends[:, 1]).all()
        widths.append(ends[0, 1] - ends[0, 0])
    assert widths[1] < widths[0] / 2
