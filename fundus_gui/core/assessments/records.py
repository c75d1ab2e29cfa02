"""The records of an evaluation of labelled photographs: which, by whom, and what came out."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fundus_gui.core.catalogue import EnsembleSpec
from fundus_gui.core.datasets import LabelledImage, Part
from fundus_gui.core.evaluation import EvaluationReport, LabelledPredictions
from fundus_gui.core.results import ImageResult, ModelsReady, UnreadableImage

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
ClassifyRecord = ModelsReady | ImageResult
Classify = Callable[[EnsembleSpec, Sequence[Path]], Generator[ClassifyRecord, None, None]]
"""Yields ModelsReady once the networks are loaded, then one result per path, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataPart:
    """Which labelled photographs.

    Attributes:
        folder: as `read_dataset` takes it.
        part: None for all photographs of the folder.
        split: a run's `split.csv` that says which photograph is in which part; None where the
            folder says it itself.
    """

    folder: Path
    part: Part | None = None
    split: Path | None = None

    @property
    def title(self) -> str:
        """In words, e.g. "odir, test"."""
        return f"{self.folder.name}, {self.part}" if self.part else self.folder.name


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class JudgedPart:
    """Labelled photographs with what each model says of them.

    Attributes:
        source: where they are from.
        images: N photographs that could be read, in the order of the predictions.
        predictions: (M, N, K) and the labels.
        image_sha256: N hashes of the files.
        unreadable: further photographs, which could not be classified.
    """

    source: DataPart
    images: tuple[LabelledImage, ...]
    predictions: LabelledPredictions
    image_sha256: tuple[str, ...]
    unreadable: tuple[UnreadableImage, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Assessment:
    """One evaluation: what was measured on which photographs with which weights.

    Attributes:
        name: of its folder.
        date: when it was made, ISO 8601 with time zone.
        judged: the photographs that were measured on.
        tuning: those that temperature, prediction sets and thresholds were fitted on; or None.
        report: all figures.
        leaks: photographs that a model was trained on, by model; only models that have some.
        warnings: sentences that must be read before any figure, leaks first.
        weights_sha256: hash of each member's weights file.
        licences: terms of each member's weights, empty where they are not known.
        device: that computed, for people.
        number_format: what it computed in, e.g. float32 or bfloat16.
        version: of the program.
        pseudonym_key: tells the key of the pseudonyms that stand for names; empty where names are
            told.
    """

    name: str
    date: str
    judged: JudgedPart
    tuning: JudgedPart | None
    report: EvaluationReport
    leaks: Mapping[str, tuple[Path, ...]] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    weights_sha256: Mapping[str, str] = field(default_factory=dict)
    licences: Mapping[str, str] = field(default_factory=dict)
    device: str = ""
    number_format: str = "float32"
    version: str = ""
    pseudonym_key: str = ""

    @property
    def votes(self) -> Floats:
        """(N, K): the ensemble's probabilities as they were measured."""
        votes, _ = self.judged.predictions.vote(self.report.ensemble)
        return votes

    @property
    def labels(self) -> Integers:
        """(N,) indices of the true classes."""
        labels: Integers = self.judged.predictions.labels
        return labels
