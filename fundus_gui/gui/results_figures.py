"""What the table shows of each prediction: the votes of ten thousand photographs at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from fundus_gui.core.decision import is_reported
from fundus_gui.core.results import Prediction


class Figures(NamedTuple):
    """One prediction, voted with the weights that are shown.

    `referred` says whether a person should look at the photograph, None where that is left open.
    """

    label_index: int
    confidence: float
    agreement: float
    referred: bool | None


def figures_of(
    predictions: Sequence[Prediction], weights: tuple[float, ...] | None
) -> dict[Path, Figures]:
    """Vote all predictions of equal members, weights and decision at once.

    Args:
        predictions: of any ensembles.
        weights: to vote with in place of the predictions' own, where their number fits.
    """
    alike: dict[object, list[Prediction]] = {}
    for prediction in predictions:
        key = prediction.class_names, prediction.weights, prediction.decision
        alike.setdefault(key, []).append(prediction)
    figures: dict[Path, Figures] = {}
    for group in alike.values():
        figures |= _figures_of_alike(group, weights)
    return figures


def _figures_of_alike(
    group: Sequence[Prediction], weights: tuple[float, ...] | None
) -> dict[Path, Figures]:
    one = group[0]
    if weights is not None and len(weights) == len(one.weights):
        one = one.reweighted(weights)
    members = np.asarray([p.member_probabilities for p in group]).swapaxes(0, 1)  # (M, N, K)
    vote = one.decision.vote(members, one.weights)
    confidence, referral = vote.probabilities.max(axis=1), one.decision.referral
    referred: list[bool] | list[None] = (
        [None] * len(group)
        if referral is None
        else (~is_reported(referral, confidence, vote.agreement)).tolist()
    )
    rows = zip(
        vote.probabilities.argmax(axis=1).tolist(),
        confidence.tolist(),
        vote.agreement.tolist(),
        referred,
        strict=True,
    )
    return {p.path: Figures(*row) for p, row in zip(group, rows, strict=True)}
