"""Thresholds of a class against the rest: one that keeps a specificity, and what each one gives."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fundus_gui.core.errors import ConfigError
from fundus_gui.core.evaluation.metrics import Floats, Integers, WeightedSample

NOBODY = math.nextafter(1.0, 2.0)  # the least threshold that no probability reaches


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
    from sklearn.metrics import roc_curve

    alarms, found, thresholds = roc_curve(is_class, scores, drop_intermediate=False)
    allowed = np.flatnonzero(alarms <= most_alarms + 1e-12)  # the difference from 1 rounds
    best = allowed[found[allowed].argmax()]  # the first of equals has the fewest alarms
    return min(float(thresholds[best]), NOBODY)


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """What a threshold gives on labelled images: those that reach it are called the class.

    Attributes:
        threshold: probability of the class.
        found, missed: images of the class, called and not.
        alarms, cleared: other images, called and not.
        changed: images called otherwise than by the most probable class.
    """

    threshold: float
    found: int
    missed: int
    alarms: int
    cleared: int
    changed: int

    @property
    def sensitivity(self) -> float:
        """Share of the class's images that is called; NaN without any."""
        return _share(self.found, self.missed)

    @property
    def specificity(self) -> float:
        """Share of the other images that is not called; NaN without any."""
        return _share(self.cleared, self.alarms)

    @property
    def positive_predictive_value(self) -> float:
        """Share of the called images that is of the class; NaN if none is called."""
        return _share(self.found, self.alarms)

    @property
    def negative_predictive_value(self) -> float:
        """Share of the images not called that is not of the class; NaN if all are called."""
        return _share(self.cleared, self.missed)


def _share(part: int, rest: int) -> float:
    return part / (part + rest) if part + rest else math.nan


@dataclass(frozen=True, eq=False)
class OperatingCurve:
    """Every threshold of one class that makes a difference, T of them, on N labelled images.

    Attributes:
        scores: (N,) probabilities of the class.
        is_class: (N,), whether the image is of it.
        is_answer: (N,), whether it is the most probable class.
        thresholds: (T,) falling, from one that nobody reaches to one that everybody does.
        found: (T,) images of the class from each threshold on.
        alarms: (T,) other images from each threshold on.
    """

    scores: Floats
    is_class: NDArray[np.bool_]
    is_answer: NDArray[np.bool_]
    thresholds: Floats
    found: Integers
    alarms: Integers

    @classmethod
    def of(cls, sample: WeightedSample, index: int) -> Self:
        """Take the class of that index against the rest, each image once."""
        scores, is_class = sample.probabilities[:, index], sample.truth[:, index]
        order = np.argsort(-scores, kind="stable")
        last_of_ties = np.flatnonzero(np.append(np.diff(scores[order]) != 0, True))
        found = is_class[order].cumsum()[last_of_ties]
        return cls(
            scores=scores,
            is_class=is_class,
            is_answer=sample.probabilities.argmax(axis=1) == index,
            thresholds=np.append(NOBODY, scores[order][last_of_ties]),
            found=np.append(0, found),
            alarms=np.append(0, last_of_ties + 1 - found),
        )

    @property
    def has_both(self) -> bool:
        """Whether some images are of the class and some are not; otherwise there is no curve."""
        return bool(self.found[-1] and self.alarms[-1])

    @cached_property
    def sensitivity(self) -> Floats:
        """(T,)."""
        sensitivity: Floats = self.found / max(int(self.found[-1]), 1)
        return sensitivity

    @cached_property
    def false_alarm_rate(self) -> Floats:
        """(T,), 1 - specificity."""
        rate: Floats = self.alarms / max(int(self.alarms[-1]), 1)
        return rate

    @cached_property
    def precision(self) -> Floats:
        """(T,), the positive predictive value; 1 where nobody is called."""
        called = self.found + self.alarms
        precision: Floats = np.where(called, self.found / np.maximum(called, 1), 1.0)
        return precision

    def index_of(self, threshold: float) -> int:
        """Return the place of the threshold, or of that with the same images from it on."""
        above = int(np.searchsorted(-self.thresholds, -threshold, side="right"))
        return max(above - 1, 0)

    def at(self, threshold: float) -> OperatingPoint:
        """Return what any threshold gives."""
        place = self.index_of(threshold)
        found, alarms = int(self.found[place]), int(self.alarms[place])
        return OperatingPoint(
            threshold=threshold,
            found=found,
            missed=int(self.found[-1]) - found,
            alarms=alarms,
            cleared=int(self.alarms[-1]) - alarms,
            changed=int(((self.scores >= threshold) != self.is_answer).sum()),
        )

    def alarms_at(self, threshold: float) -> Integers:
        """Return the images of other classes that are called, the surest first."""
        wrong = np.flatnonzero((self.scores >= threshold) & ~self.is_class)
        surest_first: Integers = wrong[np.argsort(-self.scores[wrong], kind="stable")]
        return surest_first

    def missed_at(self, threshold: float) -> Integers:
        """Return the images of the class that are not called, the least probable first."""
        wrong = np.flatnonzero((self.scores < threshold) & self.is_class)
        least_first: Integers = wrong[np.argsort(self.scores[wrong], kind="stable")]
        return least_first
