"""What becomes of the members' probabilities: vote, temperature, prediction set, referral.

The engine, the evaluation and the window all decide here, so that their numbers are the same.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fundus_gui.core.errors import EnsembleError
from fundus_gui.core.vote import Floats, VoteRule, image_weights

ConformalScore = Literal["lac", "aps"]
Outcome = Literal["report", "refer"]

_ROUNDING = 1e-9  # what lies on a threshold, often the very image that it was fitted on, reaches it


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictionSets:
    """Thresholds of split conformal prediction: which classes an image's answer leaves open.

    Attributes:
        coverage: share of the images whose set is to hold their class, above 0 and below 1.
        thresholds: greatest nonconformity that is let in, for all classes or one for each.
        score: the nonconformity, 1 - p of the class or the probability cumulated down to it.
    """

    coverage: float
    thresholds: tuple[float, ...]
    score: ConformalScore = "lac"

    def __post_init__(self) -> None:
        """Refuse what has no meaning."""
        if not 0 < self.coverage < 1:
            raise EnsembleError(f"The coverage must be between 0 and 1, not {self.coverage!r}.")
        if not self.thresholds or any(math.isnan(threshold) for threshold in self.thresholds):
            raise EnsembleError("Prediction sets need a threshold for all classes or for each.")
        _refuse_other("nonconformity score", self.score, get_args(ConformalScore))


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """Below which confidence or agreement (0 to 1) an image is referred to a person."""

    confidence: float = 0.0
    agreement: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what has no meaning."""
        for threshold in (self.confidence, self.agreement):
            if not 0 <= threshold <= 1:
                raise EnsembleError(f"Referral needs thresholds from 0 to 1, not {threshold!r}.")


@dataclass(frozen=True, slots=True, eq=False)
class Vote:
    """M members' vote on one image, or on N of them (...).

    Attributes:
        weights: (M, ...), what each member weighs on the image, of sum 1 over the members.
        shares: (M, ..., K), of each member in `probabilities`, which are their exact sum.
        probabilities: (..., K), calibrated. Ties of the argmax go to the lower class index.
        agreement: (...), share of the weight (0 to 1) whose own top class is the vote's.
    """

    weights: Floats
    shares: Floats
    probabilities: Floats
    agreement: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """How the members' probabilities become an answer.

    Attributes:
        rule: whether the weights hold for all images or change from image to image.
        temperature: the vote's p becomes proportional to p^(1 / temperature).
        prediction_sets: None without conformal calibration.
        referral: None where every image is reported.
    """

    rule: VoteRule = "constant"
    temperature: float = 1.0
    prediction_sets: PredictionSets | None = None
    referral: Referral | None = None

    def __post_init__(self) -> None:
        """Refuse what has no meaning."""
        _refuse_other("rule of the vote", self.rule, get_args(VoteRule))
        if not 0 < self.temperature < math.inf:
            raise EnsembleError(
                f"The temperature of the vote must be above 0, not {self.temperature!r}."
            )

    @property
    def is_fitted(self) -> bool:
        """Whether something in it holds for the weights that it was fitted with only."""
        return self != Decision(rule=self.rule)

    def vote(self, member_probabilities: ArrayLike, weights: ArrayLike) -> Vote:
        """Vote on images.

        Args:
            member_probabilities: (M, N, K) or (M, K), members first.
            weights: (M,), in any scale.

        Raises:
            EnsembleError: the weights are impossible.
        """
        members = np.asarray(member_probabilities, dtype=np.float64)
        of_images = image_weights(members, weights, self.rule)
        shares: Floats = members * of_images[..., np.newaxis]
        if self.temperature != 1:
            voted = shares.sum(axis=0)
            parts = np.divide(shares, voted, out=np.zeros_like(shares), where=voted > 0)
            shares = parts * with_temperature(voted, self.temperature)
        probabilities: Floats = shares.sum(axis=0)
        agrees = members.argmax(axis=-1) == probabilities.argmax(axis=-1)
        agreement: Floats = np.minimum((of_images * agrees).sum(axis=0), 1.0)
        return Vote(of_images, shares, probabilities, agreement)


def with_temperature(probabilities: ArrayLike, temperature: float) -> Floats:
    """Return probabilities (..., K) as if their logits had been divided by the temperature.

    The order of the classes stays. Guo, Pleiss, Sun & Weinberger, ICML 2017.
    """
    values = np.asarray(probabilities, dtype=np.float64)
    powers = (values / values.max(axis=-1, keepdims=True)) ** (1 / temperature)
    tempered: Floats = powers / powers.sum(axis=-1, keepdims=True)
    return tempered


def nonconformity(probabilities: ArrayLike, score: ConformalScore) -> Floats:
    """Return how ill each class (..., K) suits its image."""
    values = np.asarray(probabilities, dtype=np.float64)
    if score == "lac":
        return 1 - values
    order = np.argsort(-values, axis=-1, kind="stable")
    scores = np.empty_like(values)
    cumulated = np.take_along_axis(values, order, axis=-1).cumsum(axis=-1)
    np.put_along_axis(scores, order, cumulated, axis=-1)
    return scores


def classes_in_sets(sets: PredictionSets, probabilities: ArrayLike) -> NDArray[np.bool_]:
    """Return which classes (..., K) are in each image's set; the most probable one always is."""
    values = np.asarray(probabilities, dtype=np.float64)
    limits = np.array(sets.thresholds) + _ROUNDING
    members: NDArray[np.bool_] = nonconformity(values, sets.score) <= limits
    np.put_along_axis(members, values.argmax(axis=-1, keepdims=True), True, axis=-1)
    return members


def reaches(figures: ArrayLike, threshold: float) -> NDArray[np.bool_]:
    """Return which figures (N,) are at least the threshold, whatever rounding did to them."""
    reached: NDArray[np.bool_] = np.asarray(figures) >= threshold - _ROUNDING
    return reached


def is_reported(
    referral: Referral, confidence: ArrayLike, agreement: ArrayLike
) -> NDArray[np.bool_]:
    """Return which images (N,) reach both thresholds."""
    both: NDArray[np.bool_] = reaches(confidence, referral.confidence) & reaches(
        agreement, referral.agreement
    )
    return both


def outcome(referral: Referral, confidence: float, agreement: float) -> Outcome:
    """Return what becomes of one image."""
    return "report" if is_reported(referral, confidence, agreement) else "refer"


def _refuse_other(what: str, given: object, known: tuple[str, ...]) -> None:
    if given not in known:
        raise EnsembleError(f"There is no {what} {given!r}. Known: {', '.join(known)}.")
