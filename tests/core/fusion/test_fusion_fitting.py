"""Each method finds the weights that its formula or its optimality condition says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_votes import Labels, answers, made_answers

from fundus_gui.core.errors import ConfigError, EnsembleError, UnknownNameError
from fundus_gui.core.fusion import (
    ADAPTIVE,
    FIT_METHODS,
    FitOptions,
    VoteFit,
    fit_vote_weights,
    score_votes,
)
from fundus_gui.core.fusion.scores import true_class_probabilities
from fundus_gui.core.fusion.search import simplex_grid
from fundus_gui.core.vote import Floats, normalise_weights, soft_vote

COARSE = FitOptions(step=0.1, rounds=20)
QUICKLY = settings(deadline=None, max_examples=30)
FITTED = [name for name in FIT_METHODS if name != "fixed"]
SMOOTH = ["inverse_variance", "min_variance_cov", "simplex_nll", "accuracy", "log_odds", "entropy"]


def with_brier_scores(*scores: float, images: int = 4) -> tuple[Floats, Labels]:
    """Return members of two classes whose Brier scores are given; their errors are the same."""
    errors = np.sqrt(np.array(scores) / 2)
    each = np.stack([1 - errors, errors], axis=1)  # (M, 2)
    return np.repeat(each[:, np.newaxis], images, axis=1), np.zeros(images, np.int64)


def log_loss(probabilities: Floats, labels: Labels, weights: Any) -> float:
    return float(score_votes(soft_vote(probabilities, weights), labels, "log_loss"))


def brier(probabilities: Floats, labels: Labels, weights: Any) -> float:
    return float(score_votes(soft_vote(probabilities, weights), labels, "brier"))


# What holds for all -------------------------------------------------------------------------------


@pytest.mark.parametrize("method", FITTED)
@QUICKLY
@given(made_answers())
def test_weights_lie_on_the_simplex_and_the_vote_is_a_distribution(
    method: str, made: tuple[Floats, Labels]
) -> None:
    probabilities, labels = made
    fit = fit_vote_weights(probabilities, labels, method, COARSE)
    assert fit.method == method
    assert len(fit.weights) == len(probabilities)
    assert min(fit.weights) >= 0
    assert sum(fit.weights) == pytest.approx(1)
    voted = fit.vote(probabilities)
    assert (voted >= 0).all()
    np.testing.assert_allclose(voted.sum(axis=1), 1, rtol=1e-9)


@pytest.mark.parametrize("method", FITTED)
@QUICKLY
@given(st.data())
def test_permuting_the_members_permutes_the_weights(method: str, data: st.DataObject) -> None:
    probabilities, labels = data.draw(made_answers(least=2, most=4))
    order = data.draw(st.permutations(range(len(probabilities))))
    fit = fit_vote_weights(probabilities, labels, method, COARSE)
    turned = fit_vote_weights(probabilities[order], labels, method, COARSE)
    if method in SMOOTH:
        np.testing.assert_allclose(turned.weights, np.array(fit.weights)[order], atol=1e-3)
    else:  # equally good weights may tie
        assert turned.value == pytest.approx(fit.value)


@pytest.mark.parametrize("method", FITTED)
def test_the_order_of_the_images_changes_nothing(method: str) -> None:
    probabilities, labels = answers(1.0, 0.5, 0.7)
    fit = fit_vote_weights(probabilities, labels, method, COARSE)
    turned = fit_vote_weights(probabilities[:, ::-1], labels[::-1], method, COARSE)
    np.testing.assert_allclose(turned.weights, fit.weights, atol=1e-6)


@pytest.mark.parametrize("method", FITTED)
def test_one_member_has_all_the_weight(method: str) -> None:
    probabilities, labels = answers(1.0)
    assert fit_vote_weights(probabilities, labels, method).weights == (1.0,)


@pytest.mark.parametrize("method", FITTED)
def test_the_vote_of_identical_members_is_theirs(method: str) -> None:
    (one,), labels = answers(1.0)
    fit = fit_vote_weights([one, one, one], labels, method, COARSE)
    np.testing.assert_allclose(fit.vote([one, one, one]), one, rtol=1e-9)


@pytest.mark.parametrize("method", SMOOTH)
def test_identical_members_share_their_weight(method: str) -> None:
    (one, other), labels = answers(1.0, 1.5)
    fit = fit_vote_weights([one, other, one], labels, method)
    assert fit.weights[0] == pytest.approx(fit.weights[2], abs=1e-6)


@pytest.mark.parametrize("method", ["inverse_variance", "min_variance_cov", "simplex_nll"])
def test_a_perfect_member_has_all_the_weight(method: str) -> None:
    (other,), labels = answers(1.0)
    fit = fit_vote_weights([other, np.eye(4)[labels]], labels, method)
    np.testing.assert_allclose(fit.weights, (0, 1), atol=1e-4)


@pytest.mark.parametrize("method", FITTED)
def test_half_precision_is_good_enough(method: str) -> None:
    probabilities, labels = answers(1.0, 0.5)
    halved = fit_vote_weights(probabilities.astype(np.float16), labels, method)
    assert sum(halved.weights) == pytest.approx(1)


# Formulas -----------------------------------------------------------------------------------------


def test_brier_scores_of_two_to_three_give_the_weights_of_the_paper() -> None:
    probabilities, labels = with_brier_scores(0.2, 0.3)
    for method in (ADAPTIVE, "inverse_variance"):
        fit = fit_vote_weights(probabilities, labels, method)
        np.testing.assert_allclose(fit.weights, (0.6, 0.4), rtol=1e-12)
        assert fit.method == "inverse_variance"
        assert fit.value == pytest.approx(0.36 * 0.2 + 0.16 * 0.3)
        assert fit.notes == ("The members' errors correlate with 1.00.",)
    assert fit_vote_weights(probabilities, labels) == fit
    turned = fit_vote_weights(probabilities[::-1], labels)
    np.testing.assert_allclose(turned.weights, (0.4, 0.6), rtol=1e-12)


@given(st.lists(st.floats(0.01, 2), min_size=2, max_size=6))
def test_inverse_variance_depends_on_the_ratio_of_the_brier_scores_alone(
    scores: list[float],
) -> None:
    halves = [score / 2 for score in scores]
    weights = fit_vote_weights(*with_brier_scores(*scores)).weights
    np.testing.assert_allclose(fit_vote_weights(*with_brier_scores(*halves)).weights, weights)
    np.testing.assert_allclose(np.multiply(weights, scores), weights[0] * scores[0])


def test_the_weights_of_the_paper_are_the_fixed_ones_of_two_members() -> None:
    probabilities, labels = answers(1.0, 1.0)
    assert fit_vote_weights(probabilities, labels, "fixed").weights == (0.6, 0.4)
    chosen = FitOptions(weights=(1, 3))
    assert fit_vote_weights(probabilities, labels, "fixed", chosen).weights == (0.25, 0.75)


def test_independent_errors_are_weighed_as_bates_and_granger_say() -> None:
    """C = diag(2, 3) and errors that never coincide: both formulas give 0.6 and 0.4."""
    first, second = (np.sqrt(score) for score in (0.2, 0.3))
    right, labels = (1.0, 0.0), [0, 0]
    probabilities = [[(1 - first, first), right], [right, (1 - second, second)]]
    for method in ("inverse_variance", "min_variance_cov"):
        fit = fit_vote_weights(probabilities, labels, method)
        np.testing.assert_allclose(fit.weights, (0.6, 0.4), atol=1e-8)


def test_least_variance_is_the_closed_form_where_no_weight_is_negative() -> None:
    probabilities, labels = answers(1.0, 1.1, 0.9)
    errors = (probabilities - np.eye(4)[labels]).reshape(3, -1)
    solution = np.linalg.solve(errors @ errors.T, np.ones(3))
    assert (solution > 0).all()
    fit = fit_vote_weights(probabilities, labels, "min_variance_cov")
    np.testing.assert_allclose(fit.weights, solution / solution.sum(), atol=1e-6)


@QUICKLY
@given(made_answers(least=2, most=4))
def test_no_weights_have_a_lower_brier_score_than_least_variance(
    made: tuple[Floats, Labels],
) -> None:
    fit = fit_vote_weights(*made, "min_variance_cov")
    assert fit.value == pytest.approx(brier(*made, fit.weights))
    for weights in simplex_grid(len(made[0]), 10):
        assert fit.value <= brier(*made, weights) + 1e-7


def test_accuracy_weighs_by_the_share_of_right_answers() -> None:
    sure, unsure = (0.9, 0.1), (0.1, 0.9)
    probabilities = [[sure, sure, sure, unsure], [sure, unsure, unsure, unsure]]
    assert fit_vote_weights(probabilities, [0] * 4, "accuracy").weights == (0.75, 0.25)


def test_log_odds_weigh_by_the_evidence_of_a_label() -> None:
    """Three of four and two of four right among three classes: odds 2 · 3.5/1.5 and 2 · 1."""
    a, b = (0.8, 0.1, 0.1), (0.1, 0.8, 0.1)
    probabilities = [[a, a, a, b], [a, a, b, b]]
    fit = fit_vote_weights(probabilities, [0] * 4, "log_odds")
    expected = np.log([2 * 3.5 / 1.5, 2])
    np.testing.assert_allclose(fit.weights, expected / expected.sum())


def test_members_worse_than_chance_are_silenced_and_if_all_are_they_vote_equally() -> None:
    a, b = (0.9, 0.1), (0.1, 0.9)
    fit = fit_vote_weights([[a, a, a, b], [a, b, b, b]], [0] * 4, "log_odds")
    assert fit.weights == (1.0, 0.0)
    for method in ("log_odds", "accuracy"):
        fit = fit_vote_weights([[b, b], [b, b]], [0, 0], method)
        assert fit.weights == (0.5, 0.5)
        assert len(fit.notes) == 1
        assert fit.notes[0].endswith(": all equal.")


def test_entropy_is_a_rule_and_not_weights() -> None:
    probabilities = [[(1.0, 0.0), (0.5, 0.5)], [(0.5, 0.5), (0.0, 1.0)]]
    fit = fit_vote_weights(probabilities, [0, 1], "entropy")
    assert fit.rule == "entropy"
    np.testing.assert_allclose(fit.vote(probabilities), [(5 / 6, 1 / 6), (1 / 6, 5 / 6)])
    with pytest.raises(EnsembleError, match="other weights for every image"):
        np.asarray(fit)


def test_a_fit_stands_for_its_weights() -> None:
    fit = VoteFit(method="fixed", weights=(0.6, 0.4))
    np.testing.assert_array_equal(fit, (0.6, 0.4))
    assert np.asarray(fit, dtype=np.float32).dtype == np.float32
    np.testing.assert_array_equal(normalise_weights(fit, 2), (0.6, 0.4))


# Searches -----------------------------------------------------------------------------------------


@QUICKLY
@given(made_answers(least=2))
def test_the_least_log_loss_meets_the_optimality_conditions(made: tuple[Floats, Labels]) -> None:
    """Karush, Kuhn and Tucker: no member gains more than 1, and those with weight gain 1."""
    probabilities, labels = made
    fit = fit_vote_weights(probabilities, labels, "simplex_nll")
    likelihoods = true_class_probabilities(probabilities, labels).clip(1e-7)
    weights = np.array(fit.weights)
    gains = (likelihoods / (weights @ likelihoods)).mean(axis=1)
    assert gains.max() <= 1 + 1e-4
    np.testing.assert_allclose(gains[weights > 0.01], 1, atol=0.01)
    assert fit.value == pytest.approx(log_loss(probabilities, labels, weights), abs=1e-4)


@given(made_answers(least=2), st.integers(0, 1000), st.floats(0, 1))
@QUICKLY
def test_the_log_loss_is_convex_in_the_weights(
    made: tuple[Floats, Labels], seed: int, share: float
) -> None:
    first, second = np.random.default_rng(seed).dirichlet(np.ones(len(made[0])), size=2)
    between = log_loss(*made, share * first + (1 - share) * second)
    ends = share * log_loss(*made, first) + (1 - share) * log_loss(*made, second)
    assert between <= ends + 1e-12


def test_the_mixture_that_the_labels_were_drawn_from_is_recovered() -> None:
    """Labels drawn from 0.7 · a + 0.3 · b are likeliest under those weights."""
    random = np.random.default_rng(1)
    members = random.dirichlet(np.full(3, 0.4), size=(2, 20_000))
    truth = soft_vote(members, (0.7, 0.3))
    labels = (random.random(len(truth))[:, np.newaxis] > truth.cumsum(axis=1)[:, :-1]).sum(axis=1)
    for method in ("simplex_nll", "min_variance_cov"):
        np.testing.assert_allclose(
            fit_vote_weights(members, labels, method).weights, (0.7, 0.3), atol=0.02
        )


@pytest.mark.parametrize("score", ["accuracy", "balanced_accuracy", "macro_auc", "log_loss"])
def test_no_point_of_the_grid_is_better_than_the_one_it_returns(score: Any) -> None:
    probabilities, labels = answers(1.0, 0.6, 0.3, images=60)
    fit = fit_vote_weights(probabilities, labels, "grid", FitOptions(score=score, step=0.1))
    weights = simplex_grid(3, 10)
    values = score_votes(np.tensordot(weights, probabilities, axes=1), labels, score)
    assert fit.objective == score
    assert fit.value == pytest.approx(values.min() if score == "log_loss" else values.max())
    np.testing.assert_allclose(np.multiply(fit.weights, 10), np.rint(np.multiply(fit.weights, 10)))


def test_a_grid_in_blocks_is_the_grid_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    probabilities, labels = answers(1.0, 0.6, 0.3, images=50)
    whole = fit_vote_weights(probabilities, labels, "grid", COARSE)
    monkeypatch.setattr("fundus_gui.core.fusion.search._NUMBERS_AT_ONCE", 1000)
    assert fit_vote_weights(probabilities, labels, "grid", COARSE) == whole


@pytest.mark.parametrize(("members", "points"), [(2, 101), (3, 5151), (4, 1771), (5, 1001)])
def test_the_grid_is_as_fine_as_is_quick(members: int, points: int) -> None:
    probabilities, labels = answers(*[1.0] * members, images=20)
    fit = fit_vote_weights(probabilities, labels, "grid")
    assert fit.notes[0].startswith(f"Of {points} weights in steps of ")


def test_a_grid_has_each_weight_once() -> None:
    assert simplex_grid(1, 7).tolist() == [[1]]
    assert simplex_grid(2, 2).tolist() == [[0, 1], [0.5, 0.5], [1, 0]]
    points = simplex_grid(4, 6)
    assert len(np.unique(points, axis=0)) == len(points) == 84
    np.testing.assert_allclose(points.sum(axis=1), 1)


def test_greedy_selection_takes_the_best_member_first() -> None:
    probabilities, labels = answers(0.2, 3.0, 0.1)
    once = FitOptions(score="log_loss", rounds=1)
    assert fit_vote_weights(probabilities, labels, "caruana", once).weights == (0, 1, 0)


def test_greedy_selection_comes_near_the_least_log_loss() -> None:
    probabilities, labels = answers(1.0, 0.8, 0.9, 0.2)
    least = fit_vote_weights(probabilities, labels, "simplex_nll")
    options = FitOptions(score="log_loss", rounds=200)
    greedy = fit_vote_weights(probabilities, labels, "caruana", options)
    assert least.value is not None
    assert greedy.value == pytest.approx(least.value, abs=1e-3)
    assert greedy.value >= least.value - 1e-9


def test_bags_average_and_a_seed_repeats_them() -> None:
    probabilities, labels = answers(1.0, 0.8, images=60)
    options = FitOptions(score="log_loss", rounds=10, bags=5)
    first, again = (fit_vote_weights(probabilities, labels, "caruana", options) for _ in range(2))
    assert first == again
    assert first.notes == ("The mean of 5 samples of the images.",)
    assert first.weights != fit_vote_weights(probabilities, labels, "caruana", COARSE).weights


# What is refused ----------------------------------------------------------------------------------


def test_an_unknown_method_suggests_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'simplex_nll'"):
        fit_vote_weights(*answers(1.0), "simplex_nl")


def test_fixed_weights_of_three_members_must_be_given() -> None:
    with pytest.raises(EnsembleError, match="must be given for 3 models"):
        fit_vote_weights(*answers(1.0, 1.0, 1.0), "fixed")
    with pytest.raises(EnsembleError, match="3 models need 3 vote weights, not 2"):
        fit_vote_weights(*answers(1.0, 1.0, 1.0), "fixed", FitOptions(weights=(1, 2)))


@pytest.mark.parametrize(
    ("probabilities", "labels", "problem"),
    [
        ([[0.5, 0.5]], [0], "the shapes"),
        ([[[0.5, 0.5]]], [0, 1], "the shapes"),
        (np.empty((2, 0, 3)), [], "the shapes"),
        ([[[0.9, 0.9]]], [0], "at least 0, of sum 1"),
        ([[[1.5, -0.5]]], [0], "at least 0, of sum 1"),
        ([[[np.nan, 0.5]]], [0], "at least 0, of sum 1"),
        ([[[0.5, 0.5]]], [2], "class indices from 0 to 1"),
        ([[[0.5, 0.5]]], [-1], "class indices from 0 to 1"),
        ([[[0.5, 0.5]]], ["normal"], "class indices from 0 to 1"),
    ],
)
def test_what_is_no_vote_is_refused(probabilities: Any, labels: Any, problem: str) -> None:
    with pytest.raises(EnsembleError, match=problem):
        fit_vote_weights(probabilities, labels)


def test_a_grid_too_fine_to_search_is_refused() -> None:
    with pytest.raises(ConfigError, match="too many points for 5 models"):
        fit_vote_weights(*answers(*[1.0] * 5, images=3), "grid", FitOptions(step=0.01))


@pytest.mark.parametrize(
    "options", [{"step": 0.3}, {"step": -0.1}, {"step": 2}, {"rounds": 0}, {"bags": -1}]
)
def test_options_without_meaning_are_refused(options: Any) -> None:
    with pytest.raises(ConfigError):
        FitOptions(**options)
