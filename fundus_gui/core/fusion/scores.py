"""What a vote is chosen by: one figure for each of many votes on the same images at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fundus_gui.core.errors import UnknownNameError
from fundus_gui.core.vote import Floats

Labels = NDArray[np.int64]
Score = Literal["accuracy", "balanced_accuracy", "macro_auc", "log_loss", "brier"]

SCORE_NAMES: dict[Score, str] = {  # in words, within a sentence
    "accuracy": "accuracy",
    "balanced_accuracy": "balanced accuracy",
    "macro_auc": "macro-AUC",
    "log_loss": "log-loss",
    "brier": "Brier score",
}
LOSSES: frozenset[Score] = frozenset({"log_loss", "brier"})  # of which less is better


def score_votes(votes: ArrayLike, labels: ArrayLike, score: Score) -> Floats:
    """Score votes (..., N, K) against class indices (N,); returns (...).

    Means over classes are over those that occur in the labels. `accuracy`, `balanced_accuracy`,
    `macro_auc` and `log_loss` are those of `evaluation.measure`; `brier` is the multi-class Brier
    score (0 to 2).

    Raises:
        UnknownNameError: there is no such score.
    """
    if score not in _SCORES:
        raise UnknownNameError("score", score, _SCORES)
    return _SCORES[score](np.asarray(votes, dtype=np.float64), np.asarray(labels))


def best_vote(weights: Floats, votes: Floats, labels: Labels, score: Score) -> tuple[int, float]:
    """Return which of G votes (G, N, K), weighted by (G, M), is best, and its score.

    A share of right answers changes in steps, so that many weights tie: among them the lower
    log-loss decides, then the nearness to equal weights.
    """
    values = score_votes(votes, labels, score)
    cost = values if score in LOSSES else -values
    log_loss = score_votes(votes, labels, "log_loss")
    imbalance = np.square(weights).sum(axis=1)  # least where all are equal
    first = int(np.lexsort((imbalance, log_loss.round(12), cost.round(12)))[0])
    return first, float(values[first])


def true_class_probabilities(probabilities: Floats, labels: Labels) -> Floats:
    """Return (..., N), what (..., N, K) give to the true classes (N,)."""
    found: Floats = probabilities[..., np.arange(len(labels)), labels]
    return found


def _accuracy(votes: Floats, labels: Labels) -> Floats:
    shares: Floats = (votes.argmax(axis=-1) == labels).mean(axis=-1)
    return shares


def _balanced_accuracy(votes: Floats, labels: Labels) -> Floats:
    is_right = votes.argmax(axis=-1) == labels
    sensitivities = [is_right[..., labels == c].mean(axis=-1) for c in np.unique(labels)]
    means: Floats = np.mean(sensitivities, axis=0)
    return means


def _macro_auc(votes: Floats, labels: Labels) -> Floats:
    from scipy.stats import rankdata

    present = np.unique(labels)
    if len(present) < 2:
        return np.full(votes.shape[:-2], np.nan)
    ranks = rankdata(votes[..., present], axis=-2)  # ties share their mean rank
    positive = labels[:, np.newaxis] == present
    count = positive.sum(axis=0)
    # Mann-Whitney: the area is the share of pairs in which the positive image ranks higher.
    rank_sums = np.where(positive, ranks, 0).sum(axis=-2)
    areas = (rank_sums - count * (count + 1) / 2) / (count * (len(labels) - count))
    means: Floats = areas.mean(axis=-1)
    return means


def _log_loss(votes: Floats, labels: Labels) -> Floats:
    likelihoods = true_class_probabilities(votes, labels)
    floor = np.finfo(np.float64).eps  # as scikit-learn's
    losses: Floats = -np.log(likelihoods.clip(floor, 1 - floor)).mean(axis=-1)
    return losses


def _brier(votes: Floats, labels: Labels) -> Floats:
    truth = np.eye(votes.shape[-1])[labels]
    scores: Floats = np.square(votes - truth).sum(axis=-1).mean(axis=-1)
    return scores


_SCORES: dict[str, Callable[[Floats, Labels], Floats]] = {
    "accuracy": _accuracy,
    "balanced_accuracy": _balanced_accuracy,
    "macro_auc": _macro_auc,
    "log_loss": _log_loss,
    "brier": _brier,
}
