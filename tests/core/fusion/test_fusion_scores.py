"""Many votes scored at once score as each would alone, and as evaluation and scikit-learn say."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from made_votes import Labels, answers, made_answers

from fundus_gui.core.errors import UnknownNameError
from fundus_gui.core.evaluation import measure
from fundus_gui.core.evaluation.metrics import LOWER_IS_BETTER, OVERALL_FIGURES, WeightedSample
from fundus_gui.core.fusion.scores import LOSSES, Score, best_vote, score_votes
from fundus_gui.core.vote import Floats


@settings(deadline=None, max_examples=50)
@given(made_answers())
def test_every_score_is_the_figure_of_the_evaluation(made: tuple[Floats, Labels]) -> None:
    votes, labels = made
    for score in get_args(Score):
        figure = OVERALL_FIGURES[score]
        expected = [figure(WeightedSample.of(vote, labels))[0] for vote in votes]
        np.testing.assert_allclose(score_votes(votes, labels, score), expected, rtol=1e-9)
    assert set(get_args(Score)) & LOWER_IS_BETTER == LOSSES


def test_the_scores_are_those_that_the_training_prints() -> None:
    (votes,), labels = answers(1.0)
    measured = measure(votes, labels)
    for score in ("accuracy", "balanced_accuracy", "macro_auc", "log_loss"):
        assert score_votes(votes, labels, score) == pytest.approx(getattr(measured, score))


def test_tied_probabilities_rank_half_above_each_other() -> None:
    votes = np.array([(0.5, 0.5), (0.5, 0.5), (0.2, 0.8), (0.8, 0.2)])
    assert score_votes(votes, [0, 1, 1, 0], "macro_auc") == pytest.approx(0.875)


def test_an_area_needs_two_classes() -> None:
    assert np.isnan(score_votes(np.full((3, 2), 0.5), [1, 1, 1], "macro_auc"))


def test_an_unknown_score_suggests_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match=r"no score named 'acuracy'.*'accuracy'"):
        score_votes([[0.5, 0.5]], [0], "acuracy")  # type: ignore[arg-type]


def test_among_equally_accurate_votes_the_likelier_wins_and_then_the_evener() -> None:
    weights = np.array([(1.0, 0.0), (0.0, 1.0), (0.5, 0.5), (0.3, 0.7)])
    right, righter, wrong = [(0.6, 0.4)], [(0.7, 0.3)], [(0.1, 0.9)]
    labels = np.array([0])
    assert best_vote(weights, np.array([right, righter, wrong, wrong]), labels, "accuracy")[0] == 1
    votes = np.array([right, righter, righter, righter])
    assert best_vote(weights, votes, labels, "accuracy") == (2, 1.0)
