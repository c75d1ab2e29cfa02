"""Everything that an ensemble stores besides its weights, fitted on labelled predictions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fundus_gui.core.catalogue import EnsembleSpec
from fundus_gui.core.errors import DatasetError
from fundus_gui.core.evaluation.calibration import fit_temperature, with_temperature
from fundus_gui.core.evaluation.conformal import fit_prediction_sets
from fundus_gui.core.evaluation.operating_points import thresholds_at_specificity
from fundus_gui.core.evaluation.predictions import LabelledPredictions
from fundus_gui.core.evaluation.records import STANDARD_SETTINGS, EvaluationSettings, FittedVote
from fundus_gui.core.evaluation.referral import fit_referral


def fit_vote(
    tuning: LabelledPredictions,
    ensemble: EnsembleSpec,
    settings: EvaluationSettings = STANDARD_SETTINGS,
) -> FittedVote:
    """Fit temperature, prediction sets, referral and thresholds of an ensemble, in this order.

    Args:
        tuning: images that no member was trained on and that nothing is measured on later.
        ensemble: its own temperature, sets and referral are replaced.
        settings: how.

    Raises:
        EnsembleError: the predictions are of other members.
    """
    fitted = replace(ensemble, temperature=1.0, prediction_sets=None, referral=None)
    votes, agreement = tuning.vote(fitted)
    labels = tuning.labels
    notes = []
    temperature = fit_temperature(votes, labels)
    fitted = replace(fitted, temperature=temperature.temperature)
    tempered = with_temperature(votes, temperature.temperature)
    conformal = None
    try:
        conformal = fit_prediction_sets(
            tempered,
            labels,
            tuning.clusters,
            coverage=settings.coverage,
            score=settings.conformal_score,
        )
        fitted = replace(fitted, prediction_sets=conformal.prediction_sets)
    except DatasetError as error:
        notes.append(str(error))
    try:
        hits, confidence = tempered.argmax(axis=1) == labels, tempered.max(axis=1)
        aim, rate = settings.referral_aim, settings.referral_rate
        referral = fit_referral(hits, confidence, agreement, aim=aim, rate=rate)
        fitted = replace(fitted, referral=referral)
    except DatasetError as error:
        notes.append(str(error))
    return FittedVote(
        ensemble=fitted,
        temperature=temperature,
        member_temperatures=tuple(fit_temperature(p, labels) for p in tuning.probabilities),
        conformal=conformal,
        thresholds=thresholds_at_specificity(tempered, labels, settings.specificity),
        images=len(labels),
        patients=len(np.unique(tuning.clusters)),
        notes=tuple(notes),
    )
