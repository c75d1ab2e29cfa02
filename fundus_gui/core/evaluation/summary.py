"""The few figures that a training measures after every epoch; thin over scikit-learn."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

TOP_5_FROM = 6  # classes; with fewer, the five most probable are nearly or really all


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics:
    """Figures over N labelled images.

    Attributes:
        images: N.
        accuracy: share of images whose top class is right.
        top_5_accuracy: share of images whose class is among the five most probable; None up to
            five classes.
        balanced_accuracy: mean sensitivity over the classes.
        macro_f1: mean over the classes of F1, the harmonic mean of precision and sensitivity.
        macro_auc: mean one-vs-rest area under the ROC curve.
        log_loss: mean negative log-likelihood in nats.
    """

    images: int
    accuracy: float
    top_5_accuracy: float | None
    balanced_accuracy: float
    macro_f1: float
    macro_auc: float
    log_loss: float

    def by_name(self) -> dict[str, float]:
        """Return the figures that there are, for tables and files."""
        return {name: value for name, value in asdict(self).items() if value is not None}


def measure(probabilities: ArrayLike, labels: ArrayLike) -> Metrics:
    """Compare probabilities (N, K) with class indices (N,).

    Means over classes are over those that occur in the labels; the area is no number when only
    one does.
    """
    from sklearn import metrics

    values = _normalised(probabilities)
    truth = np.asarray(labels)
    classes = np.arange(values.shape[1])
    present = np.unique(truth)
    predicted = values.argmax(axis=1)
    has_top_5 = len(classes) >= TOP_5_FROM
    means = {"labels": present, "average": "macro", "zero_division": 0}
    return Metrics(
        images=len(truth),
        accuracy=float(metrics.accuracy_score(truth, predicted)),
        top_5_accuracy=(
            float(metrics.top_k_accuracy_score(truth, values, k=5, labels=classes))
            if has_top_5
            else None
        ),
        balanced_accuracy=float(metrics.recall_score(truth, predicted, **means)),
        macro_f1=float(metrics.f1_score(truth, predicted, **means)),
        macro_auc=_macro_auc(values, truth, present),
        log_loss=float(metrics.log_loss(truth, values, labels=classes)),
    )


def confusion(probabilities: ArrayLike, labels: ArrayLike) -> NDArray[np.int64]:
    """Count images by true class (rows) and most probable class (columns), (K, K).

    Args:
        probabilities: (N, K).
        labels: (N,) class indices.
    """
    from sklearn.metrics import confusion_matrix

    values = np.asarray(probabilities)
    classes = np.arange(values.shape[1])
    counts: NDArray[np.int64] = confusion_matrix(labels, values.argmax(axis=1), labels=classes)
    return counts


def _normalised(probabilities: ArrayLike) -> NDArray[np.float64]:
    values = np.asarray(probabilities, dtype=np.float64)
    normalised: NDArray[np.float64] = values / values.sum(axis=1, keepdims=True)
    return normalised


def _macro_auc(
    values: NDArray[np.float64], truth: NDArray[np.int64], present: NDArray[np.int64]
) -> float:
    if len(present) < 2:
        return math.nan
    from sklearn.metrics import roc_auc_score

    return float(np.mean([roc_auc_score(truth == c, values[:, c]) for c in present]))
