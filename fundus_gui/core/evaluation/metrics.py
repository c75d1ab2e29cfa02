"""Every figure of merit, under many weightings of the same images at once.

A bootstrap replicate, a subgroup and a jackknife are weightings of the images. scikit-learn takes
one a call, which makes intervals a matter of minutes; these take R in one pass and give the same
numbers as scikit-learn with `sample_weight`. A figure is a function from a `WeightedSample` to
(R,), a figure per class one to (R, K).

A class without weight has no figures (NaN), and means over classes leave it out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

CALIBRATION_BINS = 15  # Guo et al., 2017


@dataclass(frozen=True, eq=False)
class WeightedSample:
    """N labelled images under R weightings.

    Attributes:
        probabilities: (N, K), rows of sum 1.
        labels: (N,) class indices.
        weights: (R, N), at least 0.
        grades: (K,) places of the classes on an ordered scale; None when they have no order.
        thresholds: (K,) probabilities from which on an image is called positive for a class.
    """

    probabilities: Floats
    labels: Integers
    weights: Floats
    grades: Floats | None = None
    thresholds: Floats | None = None

    @classmethod
    def of(
        cls,
        probabilities: ArrayLike,
        labels: ArrayLike,
        grades: ArrayLike | None = None,
        thresholds: ArrayLike | None = None,
    ) -> Self:
        """Take each image once. Rows are brought to sum 1, which float32 ones miss by rounding."""
        values = np.asarray(probabilities, dtype=np.float64)
        truth = np.asarray(labels, dtype=np.int64)
        return cls(
            values / values.sum(axis=1, keepdims=True),
            truth,
            np.ones((1, len(truth))),
            None if grades is None else np.asarray(grades, dtype=np.float64),
            None if thresholds is None else np.asarray(thresholds, dtype=np.float64),
        )

    def reweighted(self, weights: Floats) -> Self:
        """Return the same images under other weightings (R, N)."""
        return replace(self, weights=weights)

    @property
    def classes(self) -> int:
        """K."""
        return int(self.probabilities.shape[1])

    @cached_property
    def total(self) -> Floats:
        """(R,) weight of all images."""
        total: Floats = self.weights.sum(axis=1)
        return total

    @cached_property
    def truth(self) -> NDArray[np.bool_]:
        """(N, K), whether the image is of the class."""
        truth: NDArray[np.bool_] = np.arange(self.classes) == self.labels[:, np.newaxis]
        return truth

    @cached_property
    def confidence(self) -> Floats:
        """(N,) probability of the answer."""
        confidence: Floats = self.probabilities.max(axis=1)
        return confidence

    @cached_property
    def hits(self) -> NDArray[np.bool_]:
        """(N,), whether the answer is right; ties go to the lower class."""
        hits: NDArray[np.bool_] = self.probabilities.argmax(axis=1) == self.labels
        return hits

    @cached_property
    def confusion(self) -> Floats:
        """(R, K, K) weight by true class (rows) and answer (columns)."""
        cells = self.labels * self.classes + self.probabilities.argmax(axis=1)
        counts = totals_by_group(self.weights, cells, self.classes**2)
        return counts.reshape(-1, self.classes, self.classes)

    @cached_property
    def support(self) -> Floats:
        """(R, K) weight of each class's images."""
        support: Floats = self.confusion.sum(axis=2)
        return support

    @cached_property
    def ranking(self) -> tuple[Floats, Floats]:
        """One against the rest: area under the ROC curve and average precision, each (R, K)."""
        pairs = [self._ranking_of(index) for index in range(self.classes)]
        areas, precisions = zip(*pairs, strict=True)
        return np.stack(areas, axis=1), np.stack(precisions, axis=1)

    def _ranking_of(self, index: int) -> tuple[Floats, Floats]:
        scores = self.probabilities[:, index]
        order = np.argsort(-scores, kind="stable")
        last_of_ties = np.flatnonzero(np.append(np.diff(scores[order]) != 0, True))
        weights = self.weights[:, order]
        called = weights.cumsum(axis=1)[:, last_of_ties]  # (R, distinct scores)
        found = (weights * self.truth[order, index]).cumsum(axis=1)[:, last_of_ties]
        gained = np.diff(found, axis=1, prepend=0)
        alarms = called - found
        trapezia = np.diff(alarms, axis=1, prepend=0) * (found - gained / 2)
        area = _ratio(trapezia.sum(axis=1), found[:, -1] * alarms[:, -1])
        precision = np.nan_to_num(_ratio(found, called))
        return area, _ratio((gained * precision).sum(axis=1), found[:, -1])


def totals_by_group(weights: Floats, groups: Integers, size: int) -> Floats:
    """Add up weights (R, N) by each image's group (N,) of `size`; returns (R, size)."""
    order = np.argsort(groups, kind="stable")
    present, starts = np.unique(groups[order], return_index=True)
    totals = np.zeros((len(weights), size))
    totals[:, present] = np.add.reduceat(weights[:, order], starts, axis=1)
    return totals


def _ratio(numerator: Floats, denominator: Floats) -> Floats:
    """Divide; NaN where there is nothing to divide by."""
    ratio = np.full(np.broadcast(numerator, denominator).shape, np.nan)
    np.divide(numerator, denominator, out=ratio, where=denominator > 0)
    return ratio


def _mean_of_known(values: Floats, weights: Floats | None = None) -> Floats:
    """Average (R, K) over the classes that have a figure, (R,)."""
    known = ~np.isnan(values)
    parts = known * (1.0 if weights is None else weights)
    return _ratio((parts * np.where(known, values, 0)).sum(axis=1), parts.sum(axis=1))


# --- per class, (R, K) ------------------------------------------------------------------------


def precision(sample: WeightedSample) -> Floats:
    """Share of the images taken for the class that are of it; 0 when none is taken for it."""
    hits = np.diagonal(sample.confusion, axis1=1, axis2=2)
    shares = np.nan_to_num(_ratio(hits, sample.confusion.sum(axis=1)))
    return np.where(sample.support > 0, shares, np.nan)


def sensitivity(sample: WeightedSample) -> Floats:
    """Share of the class's images that are recognised (recall)."""
    return _ratio(np.diagonal(sample.confusion, axis1=1, axis2=2), sample.support)


def specificity(sample: WeightedSample) -> Floats:
    """Share of the other classes' images that are not taken for the class."""
    others = sample.total[:, np.newaxis] - sample.support
    hits = np.diagonal(sample.confusion, axis1=1, axis2=2)
    alarms = sample.confusion.sum(axis=1) - hits
    return np.where(sample.support > 0, _ratio(others - alarms, others), np.nan)


def f1(sample: WeightedSample) -> Floats:
    """Harmonic mean of precision and sensitivity."""
    hits = np.diagonal(sample.confusion, axis1=1, axis2=2)
    shares = _ratio(2 * hits, sample.support + sample.confusion.sum(axis=1))
    return np.where(sample.support > 0, shares, np.nan)


def auc(sample: WeightedSample) -> Floats:
    """Area under the ROC curve of the class against the rest."""
    return sample.ranking[0]


def average_precision(sample: WeightedSample) -> Floats:
    """Mean precision over the recall that each threshold gains, class against the rest."""
    return sample.ranking[1]


def sensitivity_at_threshold(sample: WeightedSample) -> Floats:
    """Share of the class's images at or above its threshold."""
    called = sample.probabilities >= _thresholds(sample)
    return _ratio(sample.weights @ (called & sample.truth), sample.support)


def specificity_at_threshold(sample: WeightedSample) -> Floats:
    """Share of the other images below the class's threshold."""
    spared = sample.probabilities < _thresholds(sample)
    others = sample.total[:, np.newaxis] - sample.support
    shares = _ratio(sample.weights @ (spared & ~sample.truth), others)
    return np.where(sample.support > 0, shares, np.nan)


def _thresholds(sample: WeightedSample) -> Floats:
    if sample.thresholds is None:
        raise TypeError("the sample has no thresholds")
    return sample.thresholds


# --- of all classes together, (R,) --------------------------------------------------------------


def accuracy(sample: WeightedSample) -> Floats:
    """Share of the images whose answer is right."""
    return _ratio(np.trace(sample.confusion, axis1=1, axis2=2), sample.total)


def balanced_accuracy(sample: WeightedSample) -> Floats:
    """Mean sensitivity over the classes."""
    return _mean_of_known(sensitivity(sample))


def macro_precision(sample: WeightedSample) -> Floats:
    """Mean precision over the classes."""
    return _mean_of_known(precision(sample))


def macro_specificity(sample: WeightedSample) -> Floats:
    """Mean specificity over the classes."""
    return _mean_of_known(specificity(sample))


def macro_f1(sample: WeightedSample) -> Floats:
    """Mean F1 over the classes."""
    return _mean_of_known(f1(sample))


def macro_auc(sample: WeightedSample) -> Floats:
    """Mean one-vs-rest area over the classes."""
    return _mean_of_known(auc(sample))


def weighted_auc(sample: WeightedSample) -> Floats:
    """Mean one-vs-rest area, each class counting as often as it occurs."""
    return _mean_of_known(auc(sample), sample.support)


def macro_average_precision(sample: WeightedSample) -> Floats:
    """Mean one-vs-rest average precision over the classes."""
    return _mean_of_known(average_precision(sample))


def macro_sensitivity_at_threshold(sample: WeightedSample) -> Floats:
    """Mean over the classes of the sensitivity at each class's threshold."""
    return _mean_of_known(sensitivity_at_threshold(sample))


def macro_specificity_at_threshold(sample: WeightedSample) -> Floats:
    """Mean over the classes of the specificity at each class's threshold."""
    return _mean_of_known(specificity_at_threshold(sample))


def mcc(sample: WeightedSample) -> Floats:
    """Matthews' correlation coefficient for K classes (Gorodkin, 2004); 0 for one answer only."""
    answers = sample.confusion.sum(axis=1)
    hits = np.trace(sample.confusion, axis1=1, axis2=2)
    shared = hits * sample.total - (answers * sample.support).sum(axis=1)
    spread = sample.total**2 - np.square([answers, sample.support]).sum(axis=2)  # (2, R)
    return np.nan_to_num(_ratio(shared, np.sqrt(spread.prod(axis=0))))


def kappa(sample: WeightedSample) -> Floats:
    """Cohen's kappa: agreement beyond chance."""
    return _kappa(sample, 1 - np.eye(sample.classes))


def quadratic_kappa(sample: WeightedSample) -> Floats:
    """Cohen's kappa with mistakes weighed by the square of their distance on the grades."""
    if sample.grades is None:
        raise TypeError("the classes of the sample have no grades")
    return _kappa(sample, np.square(np.subtract.outer(sample.grades, sample.grades)))


def _kappa(sample: WeightedSample, penalties: Floats) -> Floats:
    answers = sample.confusion.sum(axis=1)
    by_chance = np.einsum("ri,ij,rj->r", sample.support, penalties, answers)
    observed = np.einsum("rij,ij->r", sample.confusion, penalties)
    return 1 - _ratio(observed * sample.total, by_chance)


def log_loss(sample: WeightedSample) -> Floats:
    """Mean negative log-likelihood in nats; a probability of 0 counts as the smallest step of 1."""
    of_truth = sample.probabilities[np.arange(len(sample.labels)), sample.labels]
    losses = -np.log(np.clip(of_truth, np.finfo(np.float64).eps, 1))
    return _ratio(sample.weights @ losses, sample.total)


def brier(sample: WeightedSample) -> Floats:
    """Mean squared distance of the probabilities from the truth, 0 to 2 (Brier, 1950)."""
    distances = np.square(sample.probabilities - sample.truth).sum(axis=1)
    return _ratio(sample.weights @ distances, sample.total)


def calibration_error(sample: WeightedSample) -> Floats:
    """Expected calibration error: 15 bins of equal width of the answer's probability."""
    gaps = sample.weights * (sample.confidence - sample.hits)
    by_bin = totals_by_group(gaps, confidence_bins(sample.confidence), CALIBRATION_BINS)
    return _ratio(np.abs(by_bin).sum(axis=1), sample.total)


def adaptive_calibration_error(sample: WeightedSample) -> Floats:
    """Calibration error with 15 bins of equal weight (Nixon et al., 2019); ties stay together."""
    values, block = np.unique(sample.confidence, return_inverse=True)
    weights = totals_by_group(sample.weights, block, len(values))
    gaps = weights * values - totals_by_group(sample.weights * sample.hits, block, len(values))
    middles = _ratio(weights.cumsum(axis=1) - weights / 2, sample.total[:, np.newaxis])
    bins = np.minimum(np.nan_to_num(middles) * CALIBRATION_BINS, CALIBRATION_BINS - 1)
    rows = np.arange(len(weights))[:, np.newaxis] * CALIBRATION_BINS
    flat = (rows + bins.astype(np.int64)).ravel()
    by_bin = np.bincount(flat, gaps.ravel(), len(weights) * CALIBRATION_BINS)
    return _ratio(np.abs(by_bin.reshape(len(weights), -1)).sum(axis=1), sample.total)


def confidence_bins(confidence: Floats, bins: int = CALIBRATION_BINS) -> Integers:
    """Return each image's bin of equal width, the upper edge belonging to the bin."""
    return np.clip(np.ceil(confidence * bins).astype(np.int64) - 1, 0, bins - 1)


Figure = Callable[[WeightedSample], Floats]

CLASS_FIGURES: Mapping[str, Figure] = {
    figure.__name__: figure
    for figure in (precision, sensitivity, specificity, f1, auc, average_precision)
}
THRESHOLD_FIGURES: Mapping[str, Figure] = {
    figure.__name__: figure for figure in (sensitivity_at_threshold, specificity_at_threshold)
}
OVERALL_FIGURES: Mapping[str, Figure] = {
    figure.__name__: figure
    for figure in (
        accuracy,
        balanced_accuracy,
        macro_precision,
        macro_specificity,
        macro_f1,
        macro_auc,
        weighted_auc,
        macro_average_precision,
        mcc,
        kappa,
        log_loss,
        brier,
        calibration_error,
        adaptive_calibration_error,
    )
}
LOWER_IS_BETTER = frozenset(
    {"log_loss", "brier", "calibration_error", "adaptive_calibration_error"}
)


def figures_of(sample: WeightedSample) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """Return all figures by name: those of all classes together (R,), those per class (R, K).

    `quadratic_kappa` is there for samples with grades, those at thresholds for ones with them.
    """
    overall = dict(OVERALL_FIGURES)
    by_class = dict(CLASS_FIGURES)
    if sample.grades is not None:
        overall["quadratic_kappa"] = quadratic_kappa
    if sample.thresholds is not None:
        by_class |= THRESHOLD_FIGURES
        overall["macro_sensitivity_at_threshold"] = macro_sensitivity_at_threshold
        overall["macro_specificity_at_threshold"] = macro_specificity_at_threshold
    return (
        {name: figure(sample) for name, figure in overall.items()},
        {name: figure(sample) for name, figure in by_class.items()},
    )
