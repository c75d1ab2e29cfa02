"""From labelled predictions to the report of everything that can be measured on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import combinations

import numpy as np

from fundus_gui.core.catalogue import EnsembleSpec
from fundus_gui.core.decision import with_temperature
from fundus_gui.core.errors import DatasetError
from fundus_gui.core.evaluation.calibration import TemperatureFit, reliability
from fundus_gui.core.evaluation.comparison import delong, mcnemar
from fundus_gui.core.evaluation.conformal import SetFigures, measure_sets
from fundus_gui.core.evaluation.fitted_vote import fit_vote
from fundus_gui.core.evaluation.metrics import OVERALL_FIGURES, Floats, Integers, WeightedSample
from fundus_gui.core.evaluation.predictions import LabelledPredictions
from fundus_gui.core.evaluation.records import (
    STANDARD_SETTINGS,
    CalibrationEvaluation,
    ClassEvaluation,
    Comparison,
    EvaluationReport,
    EvaluationSettings,
    EvaluationStep,
    FittedVote,
    ModelEvaluation,
    PatientEvaluation,
    SubgroupEvaluation,
)
from fundus_gui.core.evaluation.referral import ReferralFigures, measure_referral, referral_curve
from fundus_gui.core.evaluation.resampled import ResampledFigures
from fundus_gui.core.evaluation.subgroups import by_patient, groups_of
from fundus_gui.core.one_or_many import one_or_many

_CALIBRATION_FIGURES = ("log_loss", "brier", "calibration_error", "adaptive_calibration_error")


def evaluate(
    test: LabelledPredictions,
    ensemble: EnsembleSpec,
    settings: EvaluationSettings = STANDARD_SETTINGS,
    tuning: LabelledPredictions | None = None,
) -> EvaluationReport:
    """Measure an ensemble and its members.

    Args:
        test: images to measure on.
        ensemble: of all models that predicted, in their order.
        settings: how.
        tuning: images of another part to fit temperature, prediction sets, referral and
            thresholds on; what is measured then is the ensemble with these.

    Raises:
        EnsembleError: the predictions are of other members.
        ConfigError, DatasetError: settings, or parts that do not go together.
    """
    *_, report = evaluation_steps(test, ensemble, settings, tuning)
    assert isinstance(report, EvaluationReport)
    return report


def evaluation_steps(
    test: LabelledPredictions,
    ensemble: EnsembleSpec,
    settings: EvaluationSettings = STANDARD_SETTINGS,
    tuning: LabelledPredictions | None = None,
) -> Iterator[EvaluationStep | EvaluationReport]:
    """Yield what is measured next, and in the end the report of `evaluate`."""
    fitted = None if tuning is None else fit_vote(tuning, ensemble, settings)
    measured = ensemble if fitted is None else fitted.ensemble
    work = _Evaluation(test, measured, settings, fitted)
    groups, notes = _groups(test)
    steps = len(work.samples) + len(groups) + 1
    drawn: dict[str, ResampledFigures] = {}
    for name, sample in work.samples.items():
        yield EvaluationStep(len(drawn), steps, name)
        drawn[name] = work.resampled(sample)
    subgroups: list[SubgroupEvaluation] = []
    for column, group, images in groups:
        yield EvaluationStep(len(drawn) + len(subgroups), steps, f"{column}: {group}")
        subgroups.append(work.subgroup(column, group, images))
    yield EvaluationStep(steps - 1, steps, "patients")
    yield EvaluationReport(
        class_names=test.class_names,
        images=len(test.labels),
        patients=len(np.unique(test.clusters)),
        ensemble=measured,
        settings=settings,
        models=tuple(work.model(name, figures) for name, figures in drawn.items()),
        by_patient=work.by_patient(),
        comparisons=work.comparisons(drawn),
        subgroups=tuple(subgroups),
        fitted=fitted,
        calibrations=work.calibrations(),
        sets=work.sets(),
        referral=work.referral(),
        referral_curve=referral_curve(work.vote.hits, work.vote.confidence),
        notes=(*_notes(test, tuning, drawn), *(fitted.notes if fitted else ()), *notes),
    )


Groups = list[tuple[str, str, Integers]]


def _groups(test: LabelledPredictions) -> tuple[Groups, list[str]]:
    groups: Groups = []
    notes = []
    for column, cells in test.columns.items():
        try:
            found = groups_of(column, cells)
        except DatasetError as error:
            notes.append(str(error))
        else:
            groups += [(column, name, images) for name, images in found.items()]
    return groups, notes


def _notes(
    test: LabelledPredictions,
    tuning: LabelledPredictions | None,
    drawn: Mapping[str, ResampledFigures],
) -> Iterator[str]:
    shared = set(test.patients) & set(tuning.patients if tuning else ())
    if shared:
        yield (
            f"{len(shared)} {one_or_many(len(shared), 'patient is', 'patients are')} also in the "
            "part that temperature and thresholds were fitted on, so the figures flatter the "
            "ensemble."
        )
    counts = np.bincount(test.labels, minlength=len(test.class_names))
    absent = [name for name, count in zip(test.class_names, counts, strict=True) if not count]
    if absent:
        named, they = ("classes", "they have") if len(absent) > 1 else ("class", "it has")
        yield (
            f"No image is of the {named} {', '.join(absent)}: {they} no figures, and means over "
            "the classes are over the others."
        )
    incomplete = next(iter(drawn.values())).incomplete
    if incomplete:
        yield (
            f"In {incomplete} of the bootstrap's replicates a class had no image; there, means are "
            "over the other classes."
        )
    if not test.patients:
        yield "Nothing is known of patients, so that every image counts as another patient's."


class _Evaluation:
    """The parts of a report, all of the same images and settings."""

    def __init__(
        self,
        test: LabelledPredictions,
        ensemble: EnsembleSpec,
        settings: EvaluationSettings,
        fitted: FittedVote | None,
    ) -> None:
        self._test, self._ensemble, self._settings = test, ensemble, settings
        self._fitted = fitted
        self._grades = settings.grades(test.class_names)
        votes, self._agreement = test.vote(ensemble)
        thresholds = None if fitted is None else fitted.thresholds
        self.vote = WeightedSample.of(votes, test.labels, self._grades, thresholds)
        members = zip(test.member_names, test.probabilities, strict=True)
        samples = {name: WeightedSample.of(p, test.labels, self._grades) for name, p in members}
        self.samples = ({} if len(samples) == 1 else samples) | {ensemble.name: self.vote}

    def resampled(self, sample: WeightedSample) -> ResampledFigures:
        return ResampledFigures(sample, self._test.clusters, self._settings.bootstrap)

    def model(self, name: str, figures: ResampledFigures) -> ModelEvaluation:
        return _model(name, self.samples[name], figures, self._test.class_names)

    def by_patient(self) -> PatientEvaluation | None:
        clusters = self._test.clusters
        if len(np.unique(clusters)) == len(clusters):
            return None
        merged = by_patient(self.vote.probabilities, self._test.labels, clusters, self._grades)
        if not len(merged.labels):
            return None
        sample = WeightedSample.of(
            merged.probabilities, merged.labels, self._grades, self.vote.thresholds
        )
        figures = ResampledFigures(sample, None, self._settings.bootstrap)
        return PatientEvaluation(
            patients=len(merged.labels),
            left_out=merged.left_out,
            evaluation=_model(self._ensemble.name, sample, figures, self._test.class_names),
        )

    def comparisons(self, drawn: Mapping[str, ResampledFigures]) -> tuple[Comparison, ...]:
        vote_first = [*drawn][::-1]
        return tuple(self._comparison(*pair, drawn) for pair in combinations(vote_first, 2))

    def _comparison(
        self, first: str, second: str, drawn: Mapping[str, ResampledFigures]
    ) -> Comparison:
        one, other = self.samples[first], self.samples[second]
        scores = zip(one.probabilities.T, other.probabilities.T, one.truth.T, strict=True)
        return Comparison(
            first=first,
            second=second,
            differences=drawn[first].less(drawn[second]),
            mcnemar=mcnemar(one.hits, other.hits),
            delong=tuple(delong(*columns, self._test.clusters) for columns in scores),
        )

    def subgroup(self, column: str, group: str, images: Integers) -> SubgroupEvaluation:
        sample = WeightedSample.of(
            self.vote.probabilities[images],
            self._test.labels[images],
            self._grades,
            self.vote.thresholds,
        )
        patients = self._test.clusters[images]
        figures = ResampledFigures(sample, patients, self._settings.bootstrap)
        return SubgroupEvaluation(
            column=column,
            group=group,
            images=len(images),
            patients=len(np.unique(patients)),
            figures=figures.overall,
        )

    def calibrations(self) -> tuple[CalibrationEvaluation, ...]:
        if self._fitted is None:
            return ()
        test, labels = self._test, self._test.labels
        votes, _ = test.vote(replace(self._ensemble, temperature=1.0))
        members = zip(
            test.member_names, test.probabilities, self._fitted.member_temperatures, strict=True
        )
        of_members = [_calibration(name, p, labels, fit) for name, p, fit in members]
        of_vote = _calibration(self._ensemble.name, votes, labels, self._fitted.temperature)
        return (*(of_members if len(of_members) > 1 else ()), of_vote)

    def sets(self) -> SetFigures | None:
        sets = self._ensemble.prediction_sets
        if sets is None:
            return None
        return measure_sets(sets, self.vote.probabilities, self._test.labels)

    def referral(self) -> ReferralFigures | None:
        referral, vote = self._ensemble.referral, self.vote
        if referral is None:
            return None
        return measure_referral(referral, vote.hits, vote.confidence, self._agreement)


def _model(
    name: str, sample: WeightedSample, figures: ResampledFigures, class_names: tuple[str, ...]
) -> ModelEvaluation:
    counts = sample.confusion[0].astype(int)
    return ModelEvaluation(
        name=name,
        figures=figures.overall,
        classes=tuple(
            ClassEvaluation(name=title, images=int(row.sum()), figures=figures.of_class(index))
            for index, (title, row) in enumerate(zip(class_names, counts, strict=True))
        ),
        confusion=tuple(tuple(row) for row in counts.tolist()),
        reliability=reliability(sample.probabilities, sample.labels),
    )


def _calibration(
    name: str, probabilities: Floats, labels: Integers, fit: TemperatureFit
) -> CalibrationEvaluation:
    tempered = with_temperature(probabilities, fit.temperature)
    before, after = (
        {figure: float(OVERALL_FIGURES[figure](sample)[0]) for figure in _CALIBRATION_FIGURES}
        for sample in (WeightedSample.of(p, labels) for p in (probabilities, tempered))
    )
    return CalibrationEvaluation(
        name=name,
        fit=fit,
        before=before,
        after=after,
        reliability_before=reliability(probabilities, labels),
        reliability_after=reliability(tempered, labels),
    )
