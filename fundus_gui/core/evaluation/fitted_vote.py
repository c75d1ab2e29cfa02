"""Everything that an ensemble stores besides its weights, fitted on labelled predictions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np

from fundus_gui.core.catalogue import EnsembleSpec
from fundus_gui.core.decision import with_temperature
from fundus_gui.core.errors import DatasetError
from fundus_gui.core.evaluation.calibration import fit_temperature
from fundus_gui.core.evaluation.conformal import fit_prediction_sets
from fundus_gui.core.evaluation.metrics import Floats
from fundus_gui.core.evaluation.operating_points import thresholds_at_specificity
from fundus_gui.core.evaluation.predictions import LabelledPredictions
from fundus_gui.core.evaluation.records import STANDARD_SETTINGS, EvaluationSettings, FittedVote
from fundus_gui.core.evaluation.referral import fit_referral


def fit_vote(
    tuning: LabelledPredictions,
    ensemble: EnsembleSpec,
    settings: EvaluationSettings = STANDARD_SETTINGS,
    votes_and_agreement: tuple[Floats, Floats] | None = None,
) -> FittedVote:
    """Fit temperature, prediction sets, referral and thresholds of an ensemble, in this order.

    Args:
        tuning: images that no member was trained on and that nothing is measured on later.
        ensemble: its own temperature, sets and referral are replaced.
        settings: how.
        votes_and_agreement: (N, K) and (N,), in the place of the ensemble's own; cross-fitted
            ones where the weights were fitted on the same images.

    Raises:
        EnsembleError: the predictions are of other members.
    """
    labels = tuning.labels
    notes: list[str] = []
    plain = replace(ensemble, temperature=1.0, prediction_sets=None, referral=None)
    votes, agreement = votes_and_agreement or tuning.vote(plain)
    temperature = fit_temperature(votes, labels)
    votes = with_temperature(votes, temperature.temperature)
    conformal, referral = None, None
    with _refusal_noted(notes):
        coverage, score = settings.coverage, settings.conformal_score
        conformal = fit_prediction_sets(
            votes, labels, tuning.clusters, coverage=coverage, score=score
        )
    with _refusal_noted(notes):
        hits, confidence = votes.argmax(axis=1) == labels, votes.max(axis=1)
        aim, rate = settings.referral_aim, settings.referral_rate
        referral = fit_referral(hits, confidence, agreement, aim=aim, rate=rate)
    return FittedVote(
        ensemble=replace(
            plain,
            temperature=temperature.temperature,
            prediction_sets=None if conformal is None else conformal.prediction_sets,
            referral=referral,
        ),
        temperature=temperature,
        member_temperatures=tuple(fit_temperature(p, labels) for p in tuning.probabilities),
        conformal=conformal,
        thresholds=thresholds_at_specificity(votes, labels, settings.specificity),
        images=len(labels),
        patients=len(np.unique(tuning.clusters)),
        notes=tuple(notes),
    )


@contextmanager
def _refusal_noted(notes: list[str]) -> Iterator[None]:
    """Let the fitting go on without what the images are too few or too hard for."""
    try:
        yield
    except DatasetError as error:
        notes.append(str(error))
