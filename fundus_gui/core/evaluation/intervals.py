"""How far a figure could be off: bootstrap intervals that draw patients, not images.

Two photographs of one person are alike, so drawing images would promise too much certainty
(Field & Welsh, 2007). A replicate draws as many patients as there are, with replacement, and takes
all images of each as often as it was drawn.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from fundus_gui.core.errors import ConfigError
from fundus_gui.core.evaluation.metrics import Figure, Floats, Integers, WeightedSample

_CHUNK = 1_000_000  # weights held at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class Bootstrap:
    """How intervals are found.

    Attributes:
        level: share of repetitions of the study whose interval should hold the true value.
        replicates: number of drawings.
        seed: of the drawings.
        method: percentile, or BCa (bias-corrected and accelerated; Efron, 1987), which takes half
            as long again and corrects what images drawn twice add to calibration errors and to
            the average precision of rare classes.
    """

    level: float = 0.95
    replicates: int = 2000
    seed: int = 0
    method: Literal["percentile", "bca"] = "percentile"

    def __post_init__(self) -> None:
        """Refuse levels that are no shares, and fewer drawings than an interval has ends."""
        if not 0 < self.level < 1:
            raise ConfigError(f"The confidence level must be between 0 and 1, not {self.level}.")
        if self.replicates < 2:
            raise ConfigError(f"A bootstrap needs at least 2 replicates, not {self.replicates}.")


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with the ends of its interval; NaN what cannot be known.

    Attributes:
        value: on all images.
        low, high: ends of the interval; NaN with fewer than two patients.
        replicates: drawings in which the figure exists, e.g. in which its class occurs.
    """

    value: float
    low: float
    high: float
    replicates: int

    @property
    def excludes_zero(self) -> bool:
        """Whether a difference with this interval is significant."""
        return self.low > 0 or self.high < 0


def bootstrap_interval(
    figure: Figure,
    probabilities: ArrayLike,
    labels: ArrayLike,
    patients: ArrayLike | None = None,
    settings: Bootstrap = Bootstrap(),
) -> Interval:
    """Return a figure with its interval.

    Args:
        figure: any of `metrics`, or another function from a sample to (R,).
        probabilities: (N, K).
        labels: (N,) class indices.
        patients: (N,) names; without them every image is taken for another patient's.
        settings: how.
    """
    sample = WeightedSample.of(probabilities, labels)
    distribution = bootstrap(figure, sample, patients, settings)
    left_out = jackknife(figure, sample, patients) if settings.method == "bca" else None
    return interval(float(figure(sample)[0]), distribution, settings.level, left_out)


def bootstrap_difference(
    figure: Figure,
    first: ArrayLike,
    second: ArrayLike,
    labels: ArrayLike,
    patients: ArrayLike | None = None,
    settings: Bootstrap = Bootstrap(),
) -> Interval:
    """Return a figure of the first model less that of the second, both on the same drawings.

    Args:
        figure: as in `bootstrap_interval`.
        first, second: (N, K) probabilities.
        labels: (N,) class indices.
        patients: (N,) names.
        settings: how.
    """
    other = WeightedSample.of(second, labels)

    def difference(sample: WeightedSample) -> Floats:
        return figure(sample) - figure(other.reweighted(sample.weights))

    return bootstrap_interval(difference, first, labels, patients, settings)


def bootstrap(
    figure: Figure, sample: WeightedSample, patients: ArrayLike | None, settings: Bootstrap
) -> Floats:
    """Return a figure in every replicate, (R,) or as the figure is shaped; NaN for one patient."""
    clusters = clusters_of(patients, len(sample.labels))
    return _under(figure, sample, _drawings(clusters, settings))


def jackknife(figure: Figure, sample: WeightedSample, patients: ArrayLike | None) -> Floats:
    """Return a figure without each patient in turn, (patients,) or as the figure is shaped."""
    clusters = clusters_of(patients, len(sample.labels))
    return _under(figure, sample, _omissions(clusters))


def clusters_of(patients: ArrayLike | None, images: int) -> Integers:
    """Return each image's patient as a number from 0."""
    if patients is None:
        return np.arange(images)
    return np.unique(np.asarray(patients), return_inverse=True)[1].astype(np.int64)


def _under(figure: Figure, sample: WeightedSample, weightings: Iterable[Floats]) -> Floats:
    return np.concatenate([figure(sample.reweighted(weights)) for weights in weightings])


def _drawings(clusters: Integers, settings: Bootstrap) -> Iterator[Floats]:
    random = np.random.default_rng(settings.seed)
    patients = int(clusters.max()) + 1
    size = max(1, _CHUNK // len(clusters))
    for start in range(0, settings.replicates, size):
        rows = min(size, settings.replicates - start)
        drawn = random.multinomial(patients, np.full(patients, 1 / patients), size=rows)
        if patients == 1:
            drawn = np.zeros_like(drawn)  # nothing is known of other patients
        yield drawn[:, clusters].astype(np.float64)


def _omissions(clusters: Integers) -> Iterator[Floats]:
    patients = int(clusters.max()) + 1
    size = max(1, _CHUNK // len(clusters))
    for start in range(0, patients, size):
        omitted = np.arange(start, min(start + size, patients))
        yield (clusters != omitted[:, np.newaxis]).astype(np.float64)


def interval(
    value: float, distribution: Floats, level: float = 0.95, left_out: Floats | None = None
) -> Interval:
    """Take an interval from a figure's replicates (R,).

    Args:
        value: the figure on all images.
        distribution: its replicates; those without a value (NaN) are left out and counted.
        level: of confidence.
        left_out: the figure without each patient in turn, for the BCa interval.
    """
    known = distribution[~np.isnan(distribution)]
    if math.isnan(value) or not len(known):
        return Interval(value, math.nan, math.nan, len(known))
    ends = np.array([(1 - level) / 2, (1 + level) / 2])
    if left_out is not None:
        ends = _bca_ends(value, known, ends, left_out[~np.isnan(left_out)])
    low, high = np.quantile(known, ends).tolist()
    return Interval(value, low, high, len(known))


def _bca_ends(value: float, known: Floats, ends: Floats, left_out: Floats) -> Floats:
    """Move the ends by the bias and the acceleration; not where neither can be estimated."""
    from scipy.stats import norm

    below = ((known < value).mean() + (known <= value).mean()) / 2
    influence = left_out.mean() - left_out
    spread = 6 * np.square(influence).sum() ** 1.5
    if not 0 < below < 1 or not spread:
        return ends
    bias = norm.ppf(below)
    shifted = bias + norm.ppf(ends)
    acceleration = (influence**3).sum() / spread
    moved: Floats = norm.cdf(bias + shifted / (1 - acceleration * shifted))
    return moved
