"""Whether two models that judged the same images differ: McNemar's and DeLong's tests."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fundus_gui.core.evaluation.intervals import clusters_of
from fundus_gui.core.evaluation.metrics import Floats, Integers, totals_by_group

_EXACT_UP_TO = 25  # images that only one model got right; more are near enough to chi-squared


@dataclass(frozen=True, slots=True)
class McNemar:
    """Whether one model is right more often than the other (McNemar, 1947).

    Attributes:
        only_first, only_second: images that only the one model got right.
        statistic: chi-squared with continuity correction (Edwards, 1948).
        p_value: two-sided; of the binomial test where `is_exact`.
        is_exact: up to 25 images that only one model got right.
    """

    only_first: int
    only_second: int
    statistic: float
    p_value: float
    is_exact: bool


def mcnemar(first_hits: ArrayLike, second_hits: ArrayLike) -> McNemar:
    """Compare which images (N,) each model got right.

    It takes images for independent; with several of a patient, prefer the interval of the
    difference in accuracy, which draws patients.
    """
    from scipy.stats import binomtest, chi2

    first, second = np.asarray(first_hits, dtype=bool), np.asarray(second_hits, dtype=bool)
    only_first, only_second = int((first & ~second).sum()), int((second & ~first).sum())
    differing = only_first + only_second
    distance = max(abs(only_first - only_second) - 1, 0)
    statistic = distance**2 / differing if differing else 0.0
    is_exact = differing <= _EXACT_UP_TO
    if not differing:
        p_value = 1.0
    elif is_exact:
        p_value = float(binomtest(only_first, differing).pvalue)
    else:
        p_value = float(chi2.sf(statistic, df=1))
    return McNemar(only_first, only_second, statistic, p_value, is_exact)


@dataclass(frozen=True, slots=True)
class DeLong:
    """Two areas under ROC curves of the same images.

    Attributes:
        first_auc, second_auc: the areas.
        standard_error: of their difference.
        p_value: two-sided, of no difference.
    """

    first_auc: float
    second_auc: float
    standard_error: float
    p_value: float

    @property
    def difference(self) -> float:
        """First area less second."""
        return self.first_auc - self.second_auc


def delong(
    first_scores: ArrayLike,
    second_scores: ArrayLike,
    is_positive: ArrayLike,
    patients: ArrayLike | None = None,
) -> DeLong:
    """Compare two scores by DeLong, DeLong & Clarke-Pearson (Biometrics 44:837, 1988).

    Midranks give the placements (Sun & Xu, IEEE Signal Processing Letters 21:1389, 2014);
    placements of one patient are added up first (Obuchowski, Biometrics 53:567, 1997), which
    with one image a patient is the original test.

    Args:
        first_scores, second_scores: (N,), higher for positive.
        is_positive: (N,).
        patients: (N,) names.

    Returns:
        NaN for what needs two patients with positive and two with negative images.
    """
    from scipy.stats import norm

    scores = np.array([first_scores, second_scores], dtype=np.float64)
    positive = np.asarray(is_positive, dtype=bool)
    if positive.all() or not positive.any():
        return DeLong(math.nan, math.nan, math.nan, math.nan)
    placements = _placements(scores, positive)
    first, second = placements[:, positive].mean(axis=1).tolist()
    difference = placements[0] - placements[1]
    variance = _variance(difference, positive, clusters_of(patients, len(positive)))
    error = float(np.sqrt(np.maximum(variance, 0)))  # NaN stays
    if error == 0:
        p_value = float(first == second)
    else:
        p_value = float(2 * norm.sf(abs(first - second) / error))
    return DeLong(first, second, error, p_value)


def _placements(scores: Floats, positive: NDArray[np.bool_]) -> Floats:
    """Return, (2, N), the share of the other group that each image is ranked rightly against."""
    from scipy.stats import rankdata

    placements = np.empty_like(scores)
    ranks = rankdata(scores, axis=1)
    above = ranks[:, positive] - rankdata(scores[:, positive], axis=1)
    below = ranks[:, ~positive] - rankdata(scores[:, ~positive], axis=1)
    placements[:, positive] = above / (~positive).sum()
    placements[:, ~positive] = 1 - below / positive.sum()
    return placements


def _variance(difference: Floats, positive: NDArray[np.bool_], clusters: Integers) -> float:
    """Return the variance of the mean difference of placements, patients being independent."""
    patients = int(clusters.max()) + 1
    variance, sums = 0.0, []
    for group in (positive, ~positive):
        taking_part = len(np.unique(clusters[group]))
        if taking_part < 2:
            return math.nan
        parts = (difference[group] - difference[group].mean()) / group.sum()
        of_patients = totals_by_group(parts[np.newaxis], clusters[group], patients)[0]
        variance += taking_part / (taking_part - 1) * float(np.square(of_patients).sum())
        sums.append(of_patients)
    return variance + 2 * patients / (patients - 1) * float(sums[0] @ sums[1])
