"""Sets of classes that hold the true one as often as promised: split conformal prediction.

Nonconformity `lac` is 1 - p of the class and gives the smallest sets on average (Sadinle, Lei &
Wasserman, JASA 114:223, 2019); `aps` cumulates the probabilities down to the class and spreads the
coverage more evenly over easy and hard images (Romano, Sesia & Candès, NeurIPS 2020, without
randomisation). With several images of a patient each patient counts as one (Lee, Barber & Willett,
arXiv 2306.06342, 2023); with one image each this is the usual quantile.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from fundus_gui.core.decision import (
    ConformalScore,
    PredictionSets,
    classes_in_sets,
    nonconformity,
)
from fundus_gui.core.errors import DatasetError
from fundus_gui.core.evaluation.intervals import clusters_of
from fundus_gui.core.evaluation.metrics import Floats, Integers

ENOUGH_PER_CLASS = 50  # patients; with fewer, the coverage of a class varies by 4 points and more
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class ConformalFit:
    """Prediction sets with what they were fitted on.

    Attributes:
        prediction_sets: coverage and thresholds, one for all classes or one for each.
        images, patients: number of them.
    """

    prediction_sets: PredictionSets
    images: int
    patients: int

    @property
    def is_class_conditional(self) -> bool:
        """Whether the coverage is promised for every class by itself."""
        return len(self.prediction_sets.thresholds) > 1


def fewest_patients(coverage: float) -> int:
    """Return how many patients a threshold for a coverage needs at least."""
    return math.ceil(coverage / (1 - coverage) - _ROUNDING)


def fit_prediction_sets(
    probabilities: ArrayLike,
    labels: ArrayLike,
    patients: ArrayLike | None = None,
    *,
    coverage: float = 0.9,
    score: ConformalScore = "lac",
) -> ConformalFit:
    """Fit the thresholds: one per class where every class has 50 patients, else one for all.

    Args:
        probabilities: (N, K) of images that no member was trained on.
        labels: (N,) class indices.
        patients: (N,) names.
        coverage: share of images whose set is to hold the true class.
        score: nonconformity.

    Raises:
        DatasetError: there are too few patients for the coverage.
        EnsembleError: the coverage is not between 0 and 1.
    """
    PredictionSets(coverage=coverage, thresholds=(1.0,), score=score)  # refuses impossible ones
    values, truth = np.asarray(probabilities, np.float64), np.asarray(labels, np.int64)
    clusters = clusters_of(patients, len(truth))
    count, needed = len(np.unique(clusters)), fewest_patients(coverage)
    if count < needed:
        raise DatasetError(
            f"Prediction sets with a coverage of {coverage:.0%} need labelled images of at least "
            f"{needed} patients, but there are {count}. Add images or ask for less coverage."
        )
    scores = nonconformity(values, score)[np.arange(len(truth)), truth]
    groups = [truth == index for index in range(values.shape[1])]
    fewest = min(len(np.unique(clusters[group])) for group in groups)
    if fewest < max(ENOUGH_PER_CLASS, needed):
        groups = [np.ones(len(truth), dtype=bool)]
    thresholds = [_threshold(scores[group], clusters[group], coverage) for group in groups]
    sets = PredictionSets(coverage=coverage, thresholds=tuple(thresholds), score=score)
    return ConformalFit(sets, len(truth), count)


def _threshold(scores: Floats, clusters: Integers, coverage: float) -> float:
    """Return the lowest score up to which lies the coverage.

    Each of G patients has 1 / (G + 1) of the weight, shared by its images; the rest belongs to the
    next patient, who is taken for the worst.
    """
    _, inverse, counts = np.unique(clusters, return_inverse=True, return_counts=True)
    shares = 1 / ((len(counts) + 1) * counts[inverse])
    order = np.argsort(scores, kind="stable")
    reached = shares[order].cumsum() >= coverage - _ROUNDING
    return float(scores[order][reached.argmax()])


@dataclass(frozen=True, slots=True)
class SetFigures:
    """How prediction sets turned out.

    Attributes:
        coverage: share of images whose set holds the true class.
        class_coverage: the same for each class; NaN for one that does not occur.
        mean_size: classes in a set on average.
        sizes: images by the number of classes in their set, from 1 to K.
    """

    coverage: float
    class_coverage: tuple[float, ...]
    mean_size: float
    sizes: tuple[int, ...]


def measure_sets(sets: PredictionSets, probabilities: ArrayLike, labels: ArrayLike) -> SetFigures:
    """Measure sets on images (N, K) with labels (N,) that they were not fitted on."""
    members, truth = classes_in_sets(sets, probabilities), np.asarray(labels, np.int64)
    classes = members.shape[1]
    covered = members[np.arange(len(truth)), truth]
    sizes = members.sum(axis=1)
    by_class = [covered[truth == index] for index in range(classes)]
    return SetFigures(
        coverage=float(covered.mean()),
        class_coverage=tuple(float(c.mean()) if len(c) else math.nan for c in by_class),
        mean_size=float(sizes.mean()),
        sizes=tuple(np.bincount(sizes, minlength=classes + 1)[1:].tolist()),
    )
