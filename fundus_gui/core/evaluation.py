"""Figures that say how good probabilities are; thin over scikit-learn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from sklearn.metrics import accuracy_score, balanced_accuracy_score, log_loss, roc_auc_score


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics:
    """Figures over N labelled images.

    Attributes:
        images: N.
        accuracy: share of images whose top class is right.
        balanced_accuracy: mean sensitivity over the classes.
        macro_auc: mean one-vs-rest area under the ROC curve.
        log_loss: mean negative log-likelihood in nats.
    """

    images: int
    accuracy: float
    balanced_accuracy: float
    macro_auc: float
    log_loss: float


def measure(probabilities: ArrayLike, labels: ArrayLike) -> Metrics:
    """Compare probabilities (N, K) with class indices (N,); every class must occur."""
    values = np.asarray(probabilities, dtype=np.float64)
    values = values / values.sum(axis=1, keepdims=True)
    truth = np.asarray(labels)
    classes = np.arange(values.shape[1])
    predicted = values.argmax(axis=1)
    if len(classes) == 2:
        area = roc_auc_score(truth, values[:, 1])
    else:
        area = roc_auc_score(truth, values, multi_class="ovr", average="macro", labels=classes)
    return Metrics(
        images=len(truth),
        accuracy=float(accuracy_score(truth, predicted)),
        balanced_accuracy=float(balanced_accuracy_score(truth, predicted)),
        macro_auc=float(area),
        log_loss=float(log_loss(truth, values, labels=classes)),
    )
