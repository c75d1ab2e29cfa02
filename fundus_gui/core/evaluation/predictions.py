"""What is evaluated: the members' probabilities of labelled photographs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from fundus_gui.core.catalogue import EnsembleSpec
from fundus_gui.core.errors import DatasetError, EnsembleError
from fundus_gui.core.evaluation.intervals import clusters_of
from fundus_gui.core.evaluation.metrics import Floats, Integers

_ROUNDING = 0.01  # that the probabilities of an image may miss 1 by; half precision misses 0.001


@dataclass(frozen=True, eq=False, kw_only=True)
class LabelledPredictions:
    """M models' probabilities of N labelled images.

    Attributes:
        class_names: K names.
        member_names: M names.
        probabilities: (M, N, K).
        labels: (N,) class indices.
        patients: N names; empty where every image is another patient's.
        columns: further columns of `labels.csv`, N texts each.
    """

    class_names: tuple[str, ...]
    member_names: tuple[str, ...]
    probabilities: Floats
    labels: Integers
    patients: tuple[str, ...] = ()
    columns: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what does not fit together.

        Raises:
            DatasetError: with what does not.
        """
        values = np.asarray(self.probabilities, dtype=np.float64)
        labels = np.asarray(self.labels, dtype=np.int64)
        images = len(labels)
        object.__setattr__(self, "probabilities", values)
        object.__setattr__(self, "labels", labels)
        wanted = (len(self.member_names), images, len(self.class_names))
        if values.shape != wanted or not images:
            raise DatasetError(
                f"{wanted[0]} models, {images} labelled images and {wanted[2]} classes need "
                f"probabilities of that shape, not {values.shape}."
            )
        if not ((values >= 0).all() and np.allclose(values.sum(axis=2), 1, atol=_ROUNDING)):
            raise DatasetError("The probabilities of an image must be at least 0 and add up to 1.")
        if labels.min() < 0 or labels.max() >= wanted[2]:
            raise DatasetError(f"The labels must be class indices below {wanted[2]}.")
        for name, cells in {"patients": self.patients or labels, **self.columns}.items():
            if len(cells) != images:
                raise DatasetError(f"'{name}' has {len(cells)} entries for {images} images.")

    @property
    def clusters(self) -> Integers:
        """(N,) each image's patient as a number from 0."""
        return clusters_of(self.patients or None, len(self.labels))

    def vote(self, spec: EnsembleSpec) -> tuple[Floats, Floats]:
        """Return an ensemble's vote (N, K) and the share of the weight that agrees with it (N,).

        Raises:
            EnsembleError: the ensemble has other members.
        """
        if spec.members != self.member_names:
            raise EnsembleError(
                f"The predictions are of {', '.join(self.member_names)}, but the members of "
                f"'{spec.name}' are {', '.join(spec.members)}."
            )
        vote = spec.decision.vote(self.probabilities, spec.weights)
        return vote.probabilities, vote.agreement
