"""Groups of images to look at by themselves, and patients instead of images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from fundus_gui.core.errors import DatasetError
from fundus_gui.core.evaluation.intervals import clusters_of
from fundus_gui.core.evaluation.metrics import Floats, Integers

NOT_GIVEN = "not given"
FEW_PATIENTS = 20  # a group of fewer says little, whatever its figures
MOST_GROUPS = 20  # distinct texts in a column; more are names or remarks, not groups
_MOST_NUMBERS = 8  # distinct numbers that are a group each; more are cut into bands
_BANDS = 4

Texts = np.ndarray[tuple[int], np.dtype[np.str_]]


def groups_of(column: str, cells: Sequence[str]) -> dict[str, Integers]:
    """Return the images (their indices) of each group of a column.

    A text is a group; more than 8 distinct numbers are cut into four bands of about as many
    images. Empty cells are the last group, "not given".

    Args:
        column: its name, for the error.
        cells: N texts.

    Raises:
        DatasetError: it has more than 20 different texts.
    """
    texts = np.array([cell.strip() for cell in cells], dtype=np.str_)
    given = np.flatnonzero(texts != "")
    names, places = _bands(texts[given]) or _distinct(texts[given])
    if len(names) > MOST_GROUPS:
        raise DatasetError(
            f"The column '{column}' has {len(names)} different texts, more than the {MOST_GROUPS} "
            "groups that a table can compare."
        )
    groups: dict[str, Integers] = {name: given[places == place] for place, name in enumerate(names)}
    if len(given) < len(texts):
        groups[NOT_GIVEN] = np.flatnonzero(texts == "")
    return groups


def _bands(texts: Texts) -> tuple[list[str], Integers] | None:
    numbers = _numbers(texts)
    distinct = np.unique([] if numbers is None else numbers)
    if numbers is None or len(distinct) <= _MOST_NUMBERS:
        return None
    edges = np.unique(np.quantile(numbers, np.arange(1, _BANDS) / _BANDS, method="lower"))
    edges = edges[edges < distinct[-1]]
    if not len(edges):
        edges = distinct[-2:-1]  # nearly every image has the greatest number
    ends = [f"{edge:g}" for edge in edges]
    between = [f"{low} – {high}" for low, high in pairwise(ends)]
    return [f"≤ {ends[0]}", *between, f"> {ends[-1]}"], np.searchsorted(edges, numbers)


def _distinct(texts: Texts) -> tuple[list[str], Integers]:
    names, places = np.unique(texts, return_inverse=True)
    numbers = _numbers(names)
    order = np.arange(len(names)) if numbers is None else np.argsort(numbers, kind="stable")
    return names[order].tolist(), np.argsort(order)[places]


def _numbers(texts: Texts) -> Floats | None:
    try:
        numbers = texts.astype(np.float64)
    except ValueError:
        return None
    return numbers if np.isfinite(numbers).all() else None


@dataclass(frozen=True, eq=False)
class PatientSample:
    """Patients in the place of images.

    Attributes:
        probabilities: (..., P, K), the mean over each patient's images.
        labels: (P,) class indices.
        left_out: patients whose images are of different classes, without an order to choose by.
    """

    probabilities: Floats
    labels: Integers
    left_out: int


def by_patient(
    probabilities: ArrayLike,
    labels: ArrayLike,
    patients: ArrayLike,
    grades: ArrayLike | None = None,
) -> PatientSample:
    """Average the probabilities (..., N, K) of each patient's images, e.g. of both eyes.

    A patient whose images differ in class has the highest of their grades (K,), and is left out
    where the classes have no order.
    """
    values, truth = np.asarray(probabilities, dtype=np.float64), np.asarray(labels, dtype=np.int64)
    clusters = clusters_of(patients, len(truth))
    order = np.lexsort((truth if grades is None else np.asarray(grades)[truth], clusters))
    starts = np.flatnonzero(np.diff(clusters[order], prepend=-1))
    ends = np.append(starts[1:], len(order)) - 1
    sums = np.add.reduceat(values[..., order, :], starts, axis=-2)
    means = sums / (ends - starts + 1)[:, np.newaxis]
    lowest, highest = truth[order][starts], truth[order][ends]
    kept = np.ones(len(starts), dtype=bool) if grades is not None else lowest == highest
    return PatientSample(means[..., kept, :], highest[kept], int((~kept).sum()))
