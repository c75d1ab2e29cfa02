"""Which images the program reports on and which it hands to a person.

Selective classification (Geifman & El-Yaniv, NeurIPS 2017): the less sure answers are referred, so
that the rest holds fewer errors.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fundus_gui.core.decision import Referral, is_reported
from fundus_gui.core.errors import ConfigError, DatasetError
from fundus_gui.core.evaluation.metrics import Floats

Aim = Literal["error", "referral"]

_POINTS = 201  # of the curve, that is every half per cent
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class ReferralFigures:
    """How a referral turned out.

    Attributes:
        images: all of them.
        reported: those not referred.
        errors: wrong answers among the reported.
        caught: wrong answers among the referred.
    """

    images: int
    reported: int
    errors: int
    caught: int

    @property
    def referral_rate(self) -> float:
        """Share of the images that is referred."""
        return 1 - self.reported / self.images

    @property
    def error_rate(self) -> float:
        """Share of wrong answers among the reported; 0 if none is reported."""
        return self.errors / max(self.reported, 1)


def measure_referral(
    referral: Referral, hits: ArrayLike, confidence: ArrayLike, agreement: ArrayLike
) -> ReferralFigures:
    """Measure thresholds on images (N,) whose answers are right or wrong (`hits`)."""
    reported, wrong = is_reported(referral, confidence, agreement), ~np.asarray(hits, dtype=bool)
    errors = int((reported & wrong).sum())
    return ReferralFigures(len(wrong), int(reported.sum()), errors, int(wrong.sum()) - errors)


def fit_referral(
    hits: ArrayLike, confidence: ArrayLike, agreement: ArrayLike, *, aim: Aim, rate: float
) -> Referral:
    """Find the thresholds that refer least for a wanted error, or err least for a referral rate.

    Args:
        hits: (N,), whether each answer is right.
        confidence: (N,) probability of the answer.
        agreement: (N,) share of the vote weight that says the same.
        aim: which of both rates is held.
        rate: share of errors among the reported images, or of referred images, at most.

    Raises:
        DatasetError: no thresholds keep the error that low.
    """
    if not 0 <= rate < 1:
        raise ConfigError(f"A rate must be at least 0 and below 1, not {rate}.")
    right = np.asarray(hits, dtype=bool)
    sure, agreed = np.asarray(confidence, np.float64), np.asarray(agreement, np.float64)
    candidates: list[tuple[float, float, Referral]] = []
    for least in np.unique(agreed):
        taken = agreed >= least
        levels, reported, errors = _at_each_level(right[taken], sure[taken])
        rates = {"error": errors / reported, "referral": 1 - reported / len(right)}
        held = rates.pop(aim)
        (wanted,) = rates.values()
        allowed = np.flatnonzero(held <= rate + _ROUNDING)
        if len(allowed):
            best = allowed[np.lexsort((held[allowed], wanted[allowed]))[0]]
            thresholds = Referral(confidence=float(levels[best]), agreement=float(least))
            candidates.append((float(wanted[best]), float(held[best]), thresholds))
    if not candidates:
        raise DatasetError(
            f"No thresholds keep the error at {rate:.1%}: even the surest answers are wrong more "
            "often. Allow more errors."
        )
    return min(candidates, key=lambda candidate: candidate[:2])[2]


def _at_each_level(right: NDArray[np.bool_], sure: Floats) -> tuple[Floats, Floats, Floats]:
    """Return each confidence, falling, with the images from it on and the errors among them."""
    order = np.argsort(-sure, kind="stable")
    last_of_ties = np.flatnonzero(np.append(np.diff(sure[order]) != 0, True))
    errors = (~right[order]).cumsum()[last_of_ties].astype(np.float64)
    return sure[order][last_of_ties], (last_of_ties + 1).astype(np.float64), errors


@dataclass(frozen=True, slots=True)
class ReferralCurve:
    """Share referred against error on the rest, from nobody to nearly all referred.

    Attributes:
        referral_rates: shares of the images that are referred, rising.
        error_rates: of wrong answers among the others.
        confidences: least probability of a reported answer.
    """

    referral_rates: tuple[float, ...]
    error_rates: tuple[float, ...]
    confidences: tuple[float, ...]


def referral_curve(hits: ArrayLike, confidence: ArrayLike) -> ReferralCurve:
    """Refer ever more images (N,), the least sure first; at most 201 points."""
    right, sure = np.asarray(hits, dtype=bool), np.asarray(confidence, dtype=np.float64)
    levels, reported, errors = (part[::-1] for part in _at_each_level(right, sure))
    shown = np.unique(np.linspace(0, len(levels) - 1, min(len(levels), _POINTS)).astype(int))
    return ReferralCurve(
        tuple((1 - reported[shown] / len(right)).tolist()),
        tuple((errors[shown] / reported[shown]).tolist()),
        tuple(levels[shown].tolist()),
    )
