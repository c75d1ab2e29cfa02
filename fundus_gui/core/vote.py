"""The weighted soft vote and its anatomy: shares, flip points. Numpy only.

Soft vote: p[c] = Σ_m w_m · p_m[c] with w ≥ 0 and Σ w = 1 (Yuan et al., Chinese Journal of
Lasers 49(20), 2007205, 2022, weigh EfficientNetV2-S and ViT with 0.6 and 0.4).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fundus_gui.core.errors import EnsembleError

Floats = NDArray[np.float64]
VoteRule = Literal["constant", "entropy"]

_NEGLIGIBLE = 1e-6  # difference of probabilities or weights that means nothing


def normalise_weights(weights: ArrayLike, members: int) -> Floats:
    """Scale vote weights to sum 1.

    Raises:
        EnsembleError: the count differs from `members`, or a weight is negative or not finite,
            or all are zero.
    """
    values = np.asarray(weights, dtype=np.float64)
    if values.shape != (members,):
        if members == 1:
            raise EnsembleError(f"One model needs one vote weight, not {values.size}.")
        raise EnsembleError(f"{members} models need {members} vote weights, not {values.size}.")
    if not np.isfinite(values).all() or (values < 0).any():
        raise EnsembleError(f"Vote weights must be numbers of at least 0, not {_listed(values)}.")
    if not values.any():
        raise EnsembleError("All vote weights are 0; at least one model must have a say.")
    _, exponent = np.frexp(values.max())
    scaled: Floats = np.ldexp(values, -exponent)  # exact; keeps huge weights from overflowing
    normalised: Floats = scaled / scaled.sum()
    return normalised


def _listed(values: Floats) -> str:
    return ", ".join(f"{value:g}" for value in values.ravel())


def vote_shares(probabilities: ArrayLike, weights: ArrayLike) -> Floats:
    """Return each member's additive share w_m · p_m[c] of the vote.

    Args:
        probabilities: (M, N, K) or (M, K), members first.
        weights: (M,), in any scale.

    Returns:
        Shares of the same shape; their sum over the members is the soft vote exactly.
    """
    stacked = np.asarray(probabilities, dtype=np.float64)
    scaled = normalise_weights(weights, stacked.shape[0])
    shares: Floats = stacked * scaled.reshape(-1, *([1] * (stacked.ndim - 1)))
    return shares


def soft_vote(probabilities: ArrayLike, weights: ArrayLike) -> Floats:
    """Average the members' probabilities with their weights.

    Args:
        probabilities: (M, N, K) or (M, K), members first.
        weights: (M,), in any scale.

    Returns:
        (N, K) or (K,). Ties of its argmax go to the lower class index.
    """
    votes: Floats = vote_shares(probabilities, weights).sum(axis=0)
    return votes


def image_weights(probabilities: ArrayLike, weights: ArrayLike, rule: VoteRule) -> Floats:
    """Return the normalised weights that the members have on each image.

    `constant` leaves the weights as they are; `entropy` multiplies them by exp(-H) of the member's
    own distribution of entropy H in nats, so that the sure outweigh the unsure.

    Args:
        probabilities: (M, N, K) or (M, K), members first.
        weights: (M,), in any scale.
        rule: how.

    Returns:
        (M, N) or (M,), of sum 1 over the members.
    """
    stacked = np.asarray(probabilities, dtype=np.float64)
    scaled = normalise_weights(weights, stacked.shape[0])
    of_images = np.broadcast_to(scaled.reshape(-1, *([1] * (stacked.ndim - 2))), stacked.shape[:-1])
    if rule == "constant":
        return of_images
    surer = of_images * np.exp(-_entropies(stacked))
    normalised: Floats = surer / surer.sum(axis=0)
    return normalised


def entropy(probabilities: ArrayLike) -> float:
    """Return the Shannon entropy in nats of one distribution (K,)."""
    return float(_entropies(np.asarray(probabilities, dtype=np.float64)))


def _entropies(probabilities: Floats) -> Floats:
    positive = np.where(probabilities > 0, probabilities, 1.0)  # 0 · log 0 = 0 = 1 · log 1
    entropies: Floats = -(positive * np.log(positive)).sum(axis=-1) + 0.0  # not -0.0
    return entropies


@dataclass(frozen=True, slots=True)
class FlipPoint:
    """Where the answer changes when one member's normalised weight moves and the others keep
    their proportions."""

    member: int
    weight: float
    direction: Literal["above", "below"]
    class_index: int


def flip_points(
    member_probabilities: ArrayLike, weights: Sequence[float], rule: VoteRule = "constant"
) -> list[FlipPoint]:
    """Return, for every member, the nearest weight on either side at which the answer changes.

    Args:
        member_probabilities: (M, K).
        weights: (M,), in any scale. Members whose weight cannot change the answer do not appear.
        rule: what becomes of the weights on this image.
    """
    members = np.asarray(member_probabilities, dtype=np.float64)
    if rule == "entropy":  # the answer does not feel that the image's weights add up to less than 1
        members = members * np.exp(-_entropies(members))[:, np.newaxis]
    scaled = normalise_weights(weights, members.shape[0])
    winner = int(soft_vote(members, scaled).argmax())
    points = []
    for index in range(len(members)):
        others = np.delete(scaled, index)
        if not len(others):
            continue
        rest_weights = others if others.any() else np.ones_like(others)
        rest = soft_vote(np.delete(members, index, axis=0), rest_weights)
        points.extend(_flips_of_member(index, members[index], rest, float(scaled[index]), winner))
    return points


def _flips_of_member(
    index: int, own: Floats, rest: Floats, weight: float, winner: int
) -> list[FlipPoint]:
    # lead[c](w) = rest_lead + w · (own_lead - rest_lead) is linear in w: one crossing per class,
    # never on the wrong side of the present weight (rounding could put it there in a tie).
    rest_lead = rest[winner] - rest
    slope = own[winner] - own - rest_lead
    losing, gaining = slope < -_NEGLIGIBLE, slope > _NEGLIGIBLE

    def answer(at: float) -> int:
        return int((rest + at * (own - rest)).argmax())

    found = []
    if losing.any():
        at = max(weight, float((-rest_lead[losing] / slope[losing]).min()))
        if at < 1 - _NEGLIGIBLE:
            found.append(FlipPoint(index, at, "above", answer(at + _NEGLIGIBLE)))
    if gaining.any():
        at = min(weight, float((-rest_lead[gaining] / slope[gaining]).max()))
        if at > _NEGLIGIBLE:
            found.append(FlipPoint(index, at, "below", answer(at - _NEGLIGIBLE)))
    return found
