"""The map of the weights holds the score that each of them has."""

from __future__ import annotations

import numpy as np
import pytest
from made_votes import answers

from fundus_gui.core.errors import EnsembleError
from fundus_gui.core.fusion import FitOptions, fit_vote_weights, score_votes
from fundus_gui.core.fusion.landscape import map_weights
from fundus_gui.core.vote import soft_vote


@pytest.mark.parametrize(("members", "points"), [(2, 101), (3, 1326)])
def test_a_map_scores_every_weight(members: int, points: int) -> None:
    probabilities, labels = answers(*(1.0, 0.7, 0.5)[:members], images=50)
    found = map_weights(probabilities, labels, "log_loss")
    assert found.weights.shape == (points, members)
    for index in (0, 17, points - 1):
        voted = soft_vote(probabilities, found.weights[index])
        assert found.values[index] == pytest.approx(score_votes(voted, labels, "log_loss"))
        assert found.value_at(found.weights[index]) == found.values[index]


def test_the_ends_of_the_curve_are_the_members_alone() -> None:
    probabilities, labels = answers(1.0, 0.2)
    found = map_weights(probabilities, labels, "macro_auc")
    assert found.weights[[0, -1]].tolist() == [[0, 1], [1, 0]]
    alone = score_votes(probabilities, labels, "macro_auc")
    np.testing.assert_allclose(found.values[[-1, 0]], alone)


@pytest.mark.parametrize("score", ["brier", "balanced_accuracy"])
def test_the_best_place_is_as_good_as_the_grid_search(score: str) -> None:
    probabilities, labels = answers(1.0, 0.2)
    found = map_weights(probabilities, labels, score)  # type: ignore[arg-type]
    fit = fit_vote_weights(probabilities, labels, "grid", FitOptions(score=score))  # type: ignore[arg-type]
    assert found.value_at(found.best.tolist()) == pytest.approx(fit.value)


def test_only_two_and_three_members_have_a_map() -> None:
    for members in (1, 4):
        with pytest.raises(EnsembleError, match=f"2 or 3 models, not for {members}"):
            map_weights(*answers(*[1.0] * members), "accuracy")
