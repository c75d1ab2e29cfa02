"""All figures of one model with their intervals, from one set of drawings."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from fundus_gui.core.evaluation.intervals import Bootstrap, Interval, bootstrap, interval, jackknife
from fundus_gui.core.evaluation.metrics import Floats, WeightedSample, figures_of


class ResampledFigures:
    """The figures of a sample on all its images, and in every replicate.

    Two of the same images, patients and settings have the same drawings, so that they can be
    compared replicate by replicate.
    """

    def __init__(
        self, sample: WeightedSample, patients: ArrayLike | None, settings: Bootstrap
    ) -> None:
        overall, by_class = figures_of(sample)
        self._overall, self._by_class = tuple(overall), tuple(by_class)
        self._classes = sample.classes
        self._level = settings.level
        self._values = _columns(sample)[0]
        self._replicates = bootstrap(_columns, sample, patients, settings)
        is_bca = settings.method == "bca"
        self._left_out = jackknife(_columns, sample, patients) if is_bca else None

    @property
    def overall(self) -> dict[str, Interval]:
        """The figures of all classes together."""
        return {name: self._interval(column) for column, name in enumerate(self._overall)}

    def of_class(self, index: int) -> dict[str, Interval]:
        """Return the figures of one class."""
        first = len(self._overall) + index
        return {
            name: self._interval(first + place * self._classes)
            for place, name in enumerate(self._by_class)
        }

    def less(self, other: ResampledFigures) -> dict[str, Interval]:
        """Return by how much the figures of all classes are greater than another model's."""
        shared = [name for name in self._overall if name in other._overall]
        return {
            name: self._interval(self._overall.index(name), other, other._overall.index(name))
            for name in shared
        }

    @property
    def incomplete(self) -> int:
        """Replicates in which a class that has images has none."""
        first = len(self._overall) + self._by_class.index("sensitivity") * self._classes
        columns = slice(first, first + self._classes)
        is_known = ~np.isnan(self._values[columns])
        return int(np.isnan(self._replicates[:, columns])[:, is_known].any(axis=1).sum())

    def _interval(
        self, column: int, other: ResampledFigures | None = None, column_of_other: int = 0
    ) -> Interval:
        value, replicates = self._values[column], self._replicates[:, column]
        left_out = None if self._left_out is None else self._left_out[:, column]
        if other is not None:
            value = value - other._values[column_of_other]
            replicates = replicates - other._replicates[:, column_of_other]
            if left_out is not None and other._left_out is not None:
                left_out = left_out - other._left_out[:, column_of_other]
        return interval(float(value), replicates, self._level, left_out)


def _columns(sample: WeightedSample) -> Floats:
    """Return every figure side by side: those of all classes, then K for each one per class."""
    overall, by_class = figures_of(sample)
    return np.column_stack([*overall.values(), *by_class.values()])
