"""The records of a fit of the vote: what may be asked of it, and what came out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from fundus_gui.core.errors import ConfigError, EnsembleError
from fundus_gui.core.fusion.scores import Score
from fundus_gui.core.vote import Floats, VoteRule, image_weights, soft_vote


@dataclass(frozen=True, slots=True, kw_only=True)
class FitOptions:
    """What single methods want to know; the others take no notice of it.

    Attributes:
        weights: of `fixed`, in any scale; empty for the paper's 0.6 and 0.4 of two members.
        score: what `grid` and `caruana` choose by.
        step: of `grid`, a fraction of 1 such as 0.1; 0 for the finest that stays quick.
        rounds: how often `caruana` takes a member.
        bags: samples of the images over which `caruana` is averaged; 0 for the images themselves.
        seed: of those samples.
    """

    weights: tuple[float, ...] = ()
    score: Score = "balanced_accuracy"
    step: float = 0.0
    rounds: int = 50
    bags: int = 0
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse what has no meaning."""
        if self.step and not (
            0 < self.step <= 1 and abs(1 / self.step - round(1 / self.step)) < 1e-6
        ):
            raise ConfigError(
                f"The step of the grid must divide 1, as 0.1 and 0.01 do, not {self.step:g}."
            )
        if self.rounds < 1 or self.bags < 0:
            raise ConfigError("Greedy selection needs at least 1 round and no fewer than 0 bags.")


@dataclass(frozen=True, slots=True, kw_only=True)
class VoteFit:
    """How the members shall vote, and why.

    Attributes:
        method: one of `FIT_METHODS`.
        weights: (M,) of sum 1; where the rule changes them from image to image, those it starts
            from.
        rule: "constant", or how the weights depend on the image.
        objective: what was made best, empty for a method that makes nothing best.
        value: what the objective came to on the images of the fit.
        notes: sentences that a reader of the weights should know.
    """

    method: str
    weights: tuple[float, ...]
    rule: VoteRule = "constant"
    objective: str = ""
    value: float | None = None
    notes: tuple[str, ...] = ()

    def vote(self, probabilities: ArrayLike) -> Floats:
        """Return the members' (M, N, K) or (M, K) voted, (N, K) or (K,)."""
        stacked = np.asarray(probabilities, dtype=np.float64)
        if self.rule == "constant":
            return soft_vote(stacked, self.weights)
        weights = image_weights(stacked, self.weights, self.rule)
        voted: Floats = (weights[..., np.newaxis] * stacked).sum(axis=0)
        return voted

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> Floats:
        """Return the weights (M,), so that a fit stands wherever weights are asked for."""
        if self.rule != "constant":
            raise EnsembleError(f"The rule '{self.rule}' has other weights for every image.")
        weights: Floats = np.array(self.weights, dtype=dtype, copy=copy)
        return weights
