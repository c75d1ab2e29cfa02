"""What one model, or the vote, answered to each photograph of an evaluation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from fundus_gui.core.assessments.marks import Mark, filename_in
from fundus_gui.core.assessments.records import Assessment, Floats, Integers
from fundus_gui.core.datasets import LabelledImage


@dataclass(frozen=True, eq=False)
class Answers:
    """The answers of one model.

    Attributes:
        assessment: whose photographs these are.
        model: index of a member; -1 is the vote.
    """

    assessment: Assessment
    model: int = -1

    @cached_property
    def probabilities(self) -> Floats:
        """(N, K)."""
        if self.model < 0:
            return self.assessment.votes
        probabilities: Floats = self.assessment.judged.predictions.probabilities[self.model]
        return probabilities

    @cached_property
    def answers(self) -> Integers:
        """(N,) indices of the most probable classes."""
        answers: Integers = self.probabilities.argmax(axis=1)
        return answers

    @property
    def labels(self) -> Integers:
        """(N,) indices of the true classes."""
        return self.assessment.labels

    @property
    def images(self) -> tuple[LabelledImage, ...]:
        """The N photographs."""
        return self.assessment.judged.images

    @property
    def class_names(self) -> tuple[str, ...]:
        """K names."""
        return self.assessment.report.class_names

    def confidence(self, index: int) -> float:
        """Return the probability of the answer to one photograph."""
        return float(self.probabilities[index, self.answers[index]])

    def patient(self, index: int) -> str:
        """Return who is on one photograph, empty where nothing is known of patients."""
        patients = self.assessment.judged.predictions.patients
        return patients[index] if patients else ""

    def mistakes(self) -> Integers:
        """Return the wrongly answered photographs, the most confidently wrong first."""
        return self.worst_first(np.flatnonzero(self.answers != self.labels))

    def in_cell(self, label: int, answer: int) -> Integers:
        """Return the photographs of a cell of the confusion matrix, the worst first."""
        return self.worst_first(np.flatnonzero((self.labels == label) & (self.answers == answer)))

    def worst_first(self, indices: Sequence[int] | Integers) -> Integers:
        """Order photographs by how much more sure the model is of its answer than of the label.

        Among right answers the least sure come first.
        """
        chosen = np.asarray(indices, dtype=np.int64)
        rows = self.probabilities[chosen]
        of_label = rows[np.arange(len(chosen)), self.labels[chosen]]
        ordered: Integers = chosen[np.lexsort((of_label, of_label - rows.max(axis=1)))]
        return ordered

    def filename(self, index: int) -> str:
        """Return what a mark calls a photograph."""
        judged = self.assessment.judged
        return filename_in(judged.source.folder, judged.images[index].path)

    def mark(self, index: int) -> Mark:
        """Return a mark that calls the label of a photograph wrong, to be filled in."""
        return Mark(
            filename=self.filename(index),
            label=self.images[index].label,
            verdict="wrong",
            sha256=self.assessment.judged.image_sha256[index],
        )
