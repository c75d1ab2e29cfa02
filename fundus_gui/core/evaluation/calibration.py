"""Whether a probability of 80 % is right four times of five, and the temperature that makes it so.

Guo, Pleiss, Sun & Weinberger, On Calibration of Modern Neural Networks, ICML 2017.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from fundus_gui.core.evaluation.metrics import (
    CALIBRATION_BINS,
    Floats,
    Integers,
    WeightedSample,
    confidence_bins,
    totals_by_group,
)

MOST_TEMPERATURE = 20.0  # and its inverse the least: a model that is always right has no optimum
_LEAST_PROBABILITY = 1e-12  # what float32 rounds to 0 has some logarithm


@dataclass(frozen=True, slots=True)
class TemperatureFit:
    """The temperature that makes labelled images most likely.

    Attributes:
        temperature: divides the logits; above 1 for a model that is too sure of itself.
        loss_before, loss_after: mean negative log-likelihood in nats, on the images of the fit.
        images: number of them.
    """

    temperature: float
    loss_before: float
    loss_after: float
    images: int


def fit_temperature(probabilities: ArrayLike, labels: ArrayLike) -> TemperatureFit:
    """Fit the temperature by L-BFGS, between 1/20 and 20.

    Logits are known up to a constant from the probabilities' logarithms, and the softmax does not
    feel it. The loss is convex in the inverse temperature, so the optimum is the only one.

    Args:
        probabilities: (N, K), of images that the model was not trained on.
        labels: (N,) class indices.
    """
    from scipy.optimize import minimize
    from scipy.special import log_softmax

    logits = _logits(probabilities)
    truth: Integers = np.asarray(labels, dtype=np.int64)
    rows = np.arange(len(truth))

    def loss_and_slope(inverse: Floats) -> tuple[float, Floats]:
        likelihoods = log_softmax(logits * inverse, axis=1)
        expected = (np.exp(likelihoods) * logits).sum(axis=1)
        slope = (expected - logits[rows, truth]).mean()
        return -float(likelihoods[rows, truth].mean()), np.array([slope])

    bounds = [(1 / MOST_TEMPERATURE, MOST_TEMPERATURE)]
    best = minimize(loss_and_slope, [1.0], jac=True, method="L-BFGS-B", bounds=bounds)
    before = loss_and_slope(np.ones(1))[0]
    return TemperatureFit(1 / float(best.x[0]), before, float(best.fun), len(truth))


def _logits(probabilities: ArrayLike) -> Floats:
    values = np.asarray(probabilities, dtype=np.float64)
    logits: Floats = np.log(np.maximum(values, _LEAST_PROBABILITY))
    return logits


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Images whose answer has a similar probability.

    Attributes:
        low, high: edges of the probability; `high` belongs to the bin.
        images: number of them.
        confidence: mean probability of their answers; NaN without images.
        accuracy: share of answers that are right; NaN without images.
    """

    low: float
    high: float
    images: int
    confidence: float
    accuracy: float


def reliability(
    probabilities: ArrayLike, labels: ArrayLike, bins: int = CALIBRATION_BINS
) -> tuple[ReliabilityBin, ...]:
    """Return the bars of a reliability diagram, of equal width from 0 to 1.

    Args:
        probabilities: (N, K).
        labels: (N,) class indices.
        bins: number of bars.
    """
    sample = WeightedSample.of(probabilities, labels)
    groups = confidence_bins(sample.confidence, bins)
    columns = np.stack([np.ones(len(groups)), sample.confidence, sample.hits])
    totals = totals_by_group(columns, groups, bins)  # (3, bins)
    return tuple(
        ReliabilityBin(
            index / bins,
            (index + 1) / bins,
            int(images),
            confidence / images if images else math.nan,
            hits / images if images else math.nan,
        )
        for index, (images, confidence, hits) in enumerate(totals.T.tolist())
    )
