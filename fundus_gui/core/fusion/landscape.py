"""How good the vote is for every weight: a curve for two members, a triangle for three."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from fundus_gui.core.errors import EnsembleError
from fundus_gui.core.fusion.fitting import checked_votes
from fundus_gui.core.fusion.scores import LOSSES, Score, score_votes
from fundus_gui.core.fusion.search import simplex_grid, votes_on
from fundus_gui.core.vote import Floats

_STEPS = {2: 100, 3: 50}
DRAWABLE = tuple(_STEPS)  # members whose weights a curve or a triangle can show


@dataclass(frozen=True, slots=True, eq=False)
class WeightMap:
    """The score of the vote at G weights.

    Attributes:
        weights: (G, M), in sorted order, from all for the last member to all for the first.
        values: (G,).
        score: what was measured.
    """

    weights: Floats
    values: Floats
    score: Score

    @property
    def best(self) -> Floats:
        """(M,), of the best weights the ones nearest to equal weights."""
        cost = self.values if self.score in LOSSES else -self.values
        nearness = np.square(self.weights).sum(axis=1)
        best: Floats = self.weights[np.lexsort((nearness, cost.round(12)))[0]]
        return best

    def value_at(self, weights: Sequence[float]) -> float:
        """Return the score at the nearest of the measured weights."""
        nearest = np.square(self.weights - np.asarray(weights)).sum(axis=1).argmin()
        return float(self.values[nearest])


def map_weights(
    probabilities: ArrayLike, labels: ArrayLike, score: Score, steps: int | None = None
) -> WeightMap:
    """Score the vote at all weights that are multiples of 1 / steps.

    Args:
        probabilities: (2 or 3, N, K).
        labels: (N,) class indices.
        score: what to measure.
        steps: 100 for two members and 50 for three unless given.

    Raises:
        EnsembleError: it is not two or three members, or the arrays do not go together.
    """
    stacked, truth = checked_votes(probabilities, labels)
    members = len(stacked)
    if members not in _STEPS:
        raise EnsembleError(f"Weights can be drawn for 2 or 3 models, not for {members}.")
    weights = simplex_grid(members, steps or _STEPS[members])
    values = [score_votes(votes, truth, score) for _, votes in votes_on(stacked, weights)]
    return WeightMap(weights, np.concatenate(values), score)
