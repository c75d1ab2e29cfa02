"""Probabilities that mean what they say: a temperature for one model, and what a vote stores."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from fundus_gui.core.assessments.fusing import describe, images_digest
from fundus_gui.core.assessments.records import Floats, Integers, JudgedPart
from fundus_gui.core.cards import ModelCard
from fundus_gui.core.catalogue import EnsembleSpec
from fundus_gui.core.decision import with_temperature
from fundus_gui.core.evaluation import EvaluationSettings, FittedVote, fit_vote
from fundus_gui.core.evaluation.calibration import TemperatureFit, fit_temperature
from fundus_gui.core.evaluation.metrics import OVERALL_FIGURES, WeightedSample
from fundus_gui.core.fusion.comparison import patient_folds

CALIBRATION_FIGURES = ("log_loss", "brier", "calibration_error")  # that a temperature changes
_FOLDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossValidated:
    """What a temperature does to patients that it was not fitted on.

    Attributes:
        before, after: figures of `CALIBRATION_FIGURES` by name.
    """

    before: dict[str, float]
    after: dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibratedModel:
    """A model's card with its new temperature.

    Attributes:
        card: to be written.
        fit: on all photographs, of the temperature on top of the card's former one.
        check: by cross-validation.
    """

    card: ModelCard
    fit: TemperatureFit
    check: CrossValidated


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibratedEnsemble:
    """An ensemble with everything that it stores besides its weights.

    Attributes:
        fitted: the ensemble, to be written, and how it came about.
        check: of the temperature, by cross-validation.
    """

    fitted: FittedVote
    check: CrossValidated


def calibrate_model(
    part: JudgedPart, card: ModelCard, warnings: tuple[str, ...] = ()
) -> CalibratedModel:
    """Fit one model's temperature on a part that only it has judged.

    Raises:
        ConfigError: fewer patients than folds.
    """
    (probabilities,), labels = part.predictions.probabilities, part.predictions.labels
    fit = fit_temperature(probabilities, labels)
    check = _cross_validated(probabilities, labels, part.predictions.clusters)
    origin = {
        "fitted_on": describe(part),
        "images_sha256": images_digest(part.image_sha256),
        "former_temperature": card.temperature,
        "warnings": list(warnings),
    }
    golden = dict(card.golden)
    if golden:  # what the file gives for it changes with the temperature
        golden["probabilities"] = with_temperature(
            golden["probabilities"], fit.temperature
        ).tolist()
    figures = {"images": fit.images, **check.after}
    return CalibratedModel(
        card=replace(
            card,
            temperature=card.temperature * fit.temperature,
            golden=golden,
            training={**card.training, "calibration": origin},
            metrics={**_that_stay_true(card), "calibration, cross-validated": figures},
        ),
        fit=fit,
        check=check,
    )


def calibrate_ensemble(
    part: JudgedPart,
    spec: EnsembleSpec,
    settings: EvaluationSettings,
    warnings: tuple[str, ...] = (),
) -> CalibratedEnsemble:
    """Fit what an ensemble stores, its members and weights staying as they are.

    Raises:
        ConfigError: fewer patients than folds.
        EnsembleError: the photographs were judged by other models.
    """
    votes, _ = part.predictions.vote(replace(spec, temperature=1.0))
    check = _cross_validated(votes, part.predictions.labels, part.predictions.clusters)
    fitted = fit_vote(part.predictions, spec, settings)
    notes = [*spec.notes, *warnings, f"Calibrated on {describe(part)}.", *fitted.notes]
    if spec.images_sha256 == images_digest(part.image_sha256):
        notes.append(
            "The weights were fitted on the same photographs, so the temperature, prediction sets "
            "and referral may promise a little too much."
        )
    kept = tuple(dict.fromkeys(notes))
    return CalibratedEnsemble(
        fitted=replace(fitted, ensemble=replace(fitted.ensemble, notes=kept)), check=check
    )


def _cross_validated(probabilities: Floats, labels: Integers, patients: Integers) -> CrossValidated:
    folds = patient_folds(labels, patients, _FOLDS)
    tempered = np.empty_like(probabilities)
    for fold in np.unique(folds):
        held_out = folds == fold
        fit = fit_temperature(probabilities[~held_out], labels[~held_out])
        tempered[held_out] = with_temperature(probabilities[held_out], fit.temperature)
    before, after = (
        {name: float(OVERALL_FIGURES[name](sample)[0]) for name in CALIBRATION_FIGURES}
        for sample in (WeightedSample.of(p, labels) for p in (probabilities, tempered))
    )
    return CrossValidated(before=before, after=after)


def _that_stay_true(card: ModelCard) -> dict[str, Any]:
    """Return the card's figures without those that another temperature changes."""
    return {
        part: {name: value for name, value in figures.items() if name not in CALIBRATION_FIGURES}
        if isinstance(figures, dict)
        else figures
        for part, figures in card.metrics.items()
    }
