"""The tables of a run's validation part, for spreadsheets and statistics programs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassFigures:
    """How well one class is recognised, or a mean over the classes.

    Attributes:
        name: of the class, or `accuracy`, `macro avg` or `weighted avg`.
        precision: share of the images taken for it that are of it; None for accuracy.
        recall: share of its images that are recognised (sensitivity); None for accuracy.
        f1_score: harmonic mean of both; the accuracy itself for accuracy.
        support: number of its images.
    """

    name: str
    precision: float | None
    recall: float | None
    f1_score: float
    support: int


def classification_figures(
    probabilities: ArrayLike, labels: ArrayLike, class_names: Sequence[str]
) -> list[ClassFigures]:
    """Return scikit-learn's classification report: the K classes, accuracy and two means.

    Args:
        probabilities: (N, K).
        labels: (N,) class indices.
        class_names: K names.
    """
    from sklearn.metrics import classification_report

    indices = list(range(len(class_names)))
    report: dict[str, Any] = classification_report(
        np.asarray(labels),
        np.asarray(probabilities).argmax(axis=1),
        labels=indices,
        target_names=list(map(str, indices)),  # a class may be called "accuracy"
        output_dict=True,
        zero_division=0,
    )
    accuracy = ClassFigures(
        name="accuracy",
        precision=None,
        recall=None,
        f1_score=report["accuracy"],
        support=len(np.asarray(labels)),
    )
    classes = [_figures(name, report[str(i)]) for i, name in enumerate(class_names)]
    means = [_figures(name, report[name]) for name in ("macro avg", "weighted avg")]
    return [*classes, accuracy, *means]


def _figures(name: str, row: dict[str, float]) -> ClassFigures:
    return ClassFigures(
        name=name,
        precision=row["precision"],
        recall=row["recall"],
        f1_score=row["f1-score"],
        support=int(row["support"]),
    )


def classification_csv(rows: Iterable[ClassFigures]) -> bytes:
    """Return the classification report under scikit-learn's names."""
    cells = ((r.name, r.precision, r.recall, r.f1_score, r.support) for r in rows)
    return _csv(("class", "precision", "recall", "f1-score", "support"), cells)


def predictions_csv(
    paths: Iterable[str],
    labels: ArrayLike,
    probabilities: ArrayLike,
    class_names: Sequence[str],
) -> bytes:
    """Return a row per image: file, true class and K probabilities.

    Args:
        paths: N files.
        labels: (N,) class indices.
        probabilities: (N, K).
        class_names: K names.
    """
    rows = zip(paths, np.asarray(labels), np.asarray(probabilities), strict=True)
    cells = ((path, class_names[label], *row.tolist()) for path, label, row in rows)
    return _csv(("filename", "label", *(f"prob_{name}" for name in class_names)), cells)


def _csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """UTF-8 with byte-order mark, for spreadsheets; undecodable bytes of names as escapes."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    for row in rows:
        writer.writerow([f"{cell:.6g}" if isinstance(cell, float) else cell for cell in row])
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8", "backslashreplace")
