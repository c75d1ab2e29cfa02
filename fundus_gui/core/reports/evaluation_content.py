"""What the report of an evaluation is made of, and the names that its figures have in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from fundus_gui.core.evaluation import EvaluationReport

FIGURE_TITLES: Mapping[str, str] = {
    "balanced_accuracy": "Balanced accuracy",
    "macro_auc": "Macro-AUC",
    "accuracy": "Accuracy",
    "log_loss": "Log-loss (nats)",
    "calibration_error": "Calibration error (ECE)",
    "adaptive_calibration_error": "Adaptive calibration error",
    "brier": "Brier score",
    "macro_f1": "Macro-F1",
    "macro_precision": "Macro-precision",
    "macro_specificity": "Macro-specificity",
    "macro_average_precision": "Macro-average precision",
    "weighted_auc": "AUC weighted by class size",
    "mcc": "Matthews correlation (MCC)",
    "kappa": "Cohen’s κ",
    "quadratic_kappa": "Quadratic-weighted κ",
    "macro_sensitivity_at_threshold": "Macro-sensitivity at thresholds",
    "macro_specificity_at_threshold": "Macro-specificity at thresholds",
}
CLASS_FIGURE_TITLES: Mapping[str, str] = {
    "sensitivity": "Sensitivity",
    "specificity": "Specificity",
    "precision": "Precision",
    "f1": "F1",
    "auc": "AUC",
    "average_precision": "Average precision",
}
THRESHOLD_FIGURE_TITLES: Mapping[str, str] = {
    "sensitivity_at_threshold": "Sensitivity",
    "specificity_at_threshold": "Specificity",
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ReportContent:
    """One evaluation as its report tells it.

    Attributes:
        name: of the evaluation.
        date: when it was made, ISO 8601.
        data: the judged photographs in words.
        tuning: those of the fitting; empty without.
        report: all figures.
        votes: (N, K) probabilities of the ensemble.
        labels: (N,) class indices.
        class_titles: K names for people.
        warnings: sentences to read before any figure.
        leaks: files that a model was trained on, by model.
        unreadable: photographs that could not be judged.
        weights_sha256: hash of each member's weights file.
        licences: terms of each member's weights, where they are known.
        device: that computed.
        version: of the program that computed.
        command: that makes the evaluation again.
    """

    name: str
    date: str
    data: str
    tuning: str = ""
    report: EvaluationReport
    votes: NDArray[np.float64]
    labels: NDArray[np.int64]
    class_titles: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    leaks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unreadable: int = 0
    weights_sha256: Mapping[str, str] = field(default_factory=dict)
    licences: Mapping[str, str] = field(default_factory=dict)
    device: str = ""
    version: str = ""
    command: str = ""

    @property
    def titles_by_name(self) -> Mapping[str, str]:
        """The class titles by the names of their classes."""
        return dict(zip(self.report.class_names, self.class_titles, strict=True))

    @property
    def ensemble_title(self) -> str:
        """The ensemble's name for people."""
        ensemble = self.report.ensemble
        return ensemble.title or ensemble.name

    def title_of(self, model: str) -> str:
        """Return how the report calls a model: the vote by its title, a member by its name."""
        return self.ensemble_title if model == self.report.ensemble.name else model

    @property
    def is_single(self) -> bool:
        """Whether one model was judged rather than a vote."""
        return len(self.report.ensemble.members) == 1
