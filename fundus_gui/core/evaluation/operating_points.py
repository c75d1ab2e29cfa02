"""The threshold of each class that keeps a wanted specificity, for use on another part."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike
from sklearn.metrics import roc_curve

from fundus_gui.core.errors import ConfigError


def thresholds_at_specificity(
    probabilities: ArrayLike, labels: ArrayLike, specificity: float
) -> tuple[float, ...]:
    """Return, per class against the rest, the threshold of the highest sensitivity.

    Chosen and measured on the same images it would flatter the model: measure it with
    `metrics.sensitivity_at_threshold` on another part.

    Args:
        probabilities: (N, K).
        labels: (N,) class indices.
        specificity: share of the other classes' images below the threshold, at least.

    Returns:
        K probabilities; above 1 where no image may be called, NaN for a class that does not
        occur or occurs alone.
    """
    if not 0 < specificity < 1:
        raise ConfigError(f"The specificity must be between 0 and 1, not {specificity}.")
    values, truth = np.asarray(probabilities, dtype=np.float64), np.asarray(labels)
    return tuple(
        _threshold(values[:, index], truth == index, 1 - specificity)
        for index in range(values.shape[1])
    )


def _threshold(scores: np.ndarray, is_class: np.ndarray, most_alarms: float) -> float:
    if is_class.all() or not is_class.any():
        return math.nan
    alarms, found, thresholds = roc_curve(is_class, scores, drop_intermediate=False)
    allowed = np.flatnonzero(alarms <= most_alarms + 1e-12)  # the difference from 1 rounds
    best = allowed[found[allowed].argmax()]  # the first of equals has the fewest alarms
    return min(float(thresholds[best]), math.nextafter(1.0, 2.0))
