"""Vote weights that are searched for: on a grid, by likelihood, by greedy selection.

Each function takes the members' probabilities (M, N, K), float64, and the labels (N,).
"""

from __future__ import annotations

from collections.abc import Iterator
from math import comb

import numpy as np

from fundus_gui.core.errors import ConfigError
from fundus_gui.core.fusion.scores import (
    LOSSES,
    Labels,
    Score,
    best_vote,
    score_votes,
    true_class_probabilities,
)
from fundus_gui.core.fusion.vote_fit import FitOptions, VoteFit
from fundus_gui.core.vote import Floats, normalise_weights

_STEPS = (0.01, 0.02, 0.05, 0.1)
_QUICK = 5151  # points of the grid, three members in steps of 0.01
_MOST_POINTS = 200_000
_NUMBERS_AT_ONCE = 4_000_000  # probabilities; bounds the memory
_FLOOR = 1e-7  # least likelihood, what single precision resolves next to 1
_EM_STEPS = 300
_NOTHING = 1e-9  # a weight that only rounding keeps from 0
_OPTIMAL = 1e-5  # nats


def grid(probabilities: Floats, labels: Labels, options: FitOptions) -> VoteFit:
    """The best of all weights that are multiples of a step."""
    members = len(probabilities)
    step = options.step or _finest_step(members)
    points = round(1 / step)
    if comb(points + members - 1, members - 1) > _MOST_POINTS:
        raise ConfigError(
            f"A grid of step {step:g} has too many points for {members} models. Take a larger "
            "step, or the method simplex_nll."
        )
    weights = simplex_grid(members, points)
    winners: list[Floats] = []
    for start, votes in votes_on(probabilities, weights):
        part = weights[start : start + len(votes)]
        winners.append(part[best_vote(part, votes, labels, options.score)[0]])
    finalists = np.array(winners)
    votes = np.tensordot(finalists, probabilities, axes=1)
    best, value = best_vote(finalists, votes, labels, options.score)
    return VoteFit(
        method="grid",
        weights=tuple(normalise_weights(finalists[best], members).tolist()),
        objective=options.score,
        value=value,
        notes=(f"Of {len(weights)} weights in steps of {step:g}.",),
    )


def simplex_nll(probabilities: Floats, labels: Labels, _: FitOptions) -> VoteFit:
    """Least log-loss of the vote on the simplex (van der Laan et al., Super Learner, 2007).

    The log-loss is convex in the weights. How far it is from its least value is known: at most
    max_m g_m - 1, with g_m the mean over the images of p_m / vote at the true class (the
    Frank-Wolfe gap), which is noted when it is not negligible.
    """
    from scipy.optimize import minimize

    likelihoods = true_class_probabilities(probabilities, labels).clip(_FLOOR)  # (M, N)

    def loss(weights: Floats) -> float:
        return float(-np.log(np.maximum(weights @ likelihoods, _FLOOR)).mean())

    def gains(weights: Floats) -> Floats:
        found: Floats = (likelihoods / np.maximum(weights @ likelihoods, _FLOOR)).mean(axis=1)
        return found

    members = len(likelihoods)
    start = np.full(members, 1 / members)
    for _step in range(_EM_STEPS):  # expectation-maximisation: safe, but slow in the end
        start = start * gains(start)
        start /= start.sum()
    polished = minimize(
        loss,
        start,
        jac=lambda weights: -gains(weights),
        bounds=[(0, 1)] * members,
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1, "jac": np.ones_like},
        method="SLSQP",
        options={"ftol": 1e-15, "maxiter": 300},
    ).x.clip(0)
    candidates = [start, polished / polished.sum()] if polished.any() else [start]
    best = min(candidates, key=lambda w: float(gains(w).max()))
    weights = normalise_weights(np.where(best < _NOTHING, 0, best), members)
    gap = float(gains(weights).max()) - 1
    note = f"The log-loss may be up to {gap:.1g} above its least value."
    return VoteFit(
        method="simplex_nll",
        weights=tuple(weights.tolist()),
        objective="log_loss",
        value=loss(weights),
        notes=(note,) if gap > _OPTIMAL else (),
    )


def caruana(probabilities: Floats, labels: Labels, options: FitOptions) -> VoteFit:
    """Greedy forward selection with replacement (Caruana et al., ICML 2004).

    In each round the member joins that makes the vote best; the weights are how often each had
    joined when the vote was best. Bags are drawn from the images, for a handful of members are
    too few to draw from.
    """
    images = len(labels)
    random = np.random.default_rng(options.seed)
    samples = [random.integers(images, size=images) for _ in range(options.bags)]
    weights = np.mean(
        [
            _selected(probabilities[:, sample], labels[sample], options.score, options.rounds)
            for sample in samples or [np.arange(images)]
        ],
        axis=0,
    )
    value = score_votes(np.tensordot(weights, probabilities, axes=1), labels, options.score)
    return VoteFit(
        method="caruana",
        weights=tuple(normalise_weights(weights, len(weights)).tolist()),
        objective=options.score,
        value=float(value),
        notes=(f"The mean of {options.bags} samples of the images.",) if options.bags else (),
    )


def _selected(probabilities: Floats, labels: Labels, score: Score, rounds: int) -> Floats:
    """Return (M,), the weights of the best of the votes that grow by a member a round."""
    counts = np.zeros(len(probabilities))
    joined = np.zeros(probabilities.shape[1:])
    path: list[tuple[float, Floats]] = []
    for size in range(1, rounds + 1):
        weights = (counts + np.eye(len(counts))) / size
        member, value = best_vote(weights, (joined + probabilities) / size, labels, score)
        counts[member] += 1
        joined += probabilities[member]
        path.append((value if score in LOSSES else -value, counts / size))
    return min(path, key=lambda step: step[0])[1]


def simplex_grid(members: int, steps: int) -> Floats:
    """Return (G, M), all weights of sum 1 that are multiples of 1 / steps, in sorted order."""
    counts = np.zeros((1, 0), np.int64)
    for _ in range(members - 1):
        left = steps - counts.sum(axis=1)
        rows = np.repeat(np.arange(len(counts)), left + 1)
        starts = np.cumsum(left + 1) - (left + 1)
        counts = np.column_stack([counts[rows], np.arange(len(rows)) - starts[rows]])
    weights: Floats = np.column_stack([counts, steps - counts.sum(axis=1)]) / steps
    return weights


def votes_on(probabilities: Floats, weights: Floats) -> Iterator[tuple[int, Floats]]:
    """Yield the votes (g, N, K) of weights (G, M) block by block, with each block's first index."""
    block = max(1, _NUMBERS_AT_ONCE // probabilities[0].size)
    for start in range(0, len(weights), block):
        yield start, np.tensordot(weights[start : start + block], probabilities, axes=1)


def _finest_step(members: int) -> float:
    quick = [s for s in _STEPS if comb(round(1 / s) + members - 1, members - 1) <= _QUICK]
    return quick[0] if quick else _STEPS[-1]
