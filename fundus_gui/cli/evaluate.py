"""`fundus-gui evaluate`: how good models are on labelled photographs, and how sure that is."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import typer

from fundus_gui.cli import options
from fundus_gui.cli.assessment_display import print_assessment, shown_progress
from fundus_gui.cli.choice import (
    check_new,
    check_writable,
    choose_ensemble,
    decision_settings,
    installed_catalogue,
    labelled_part,
    parse_weights,
    share,
)
from fundus_gui.cli.engine import classify_with
from fundus_gui.cli.licences import print_licences
from fundus_gui.core.assessments import Assessment, Classify, DataPart
from fundus_gui.core.assessments.assessing import (
    AssessmentRequest,
    Progress,
    assess,
    default_part,
)
from fundus_gui.core.assessments.folder import evaluations_dir, free_name, write_assessment
from fundus_gui.core.assessments.pseudonymised import pseudonymised
from fundus_gui.core.catalogue import Catalogue
from fundus_gui.core.datasets import Part
from fundus_gui.core.evaluation import Bootstrap
from fundus_gui.core.export import own_pseudonyms


def evaluate(
    data: options.LabelledData,
    part: options.JudgedPart = None,
    split: options.SplitFile = None,
    ensemble: options.EnsembleName = None,
    model: options.ModelNames = None,
    weights: options.VoteWeights = None,
    tune_on: options.TuneOn = None,
    tuning_data: options.TuningData = None,
    tuning_part: options.TuningPart = None,
    tuning_split: options.TuningSplit = None,
    out: options.EvaluationOut = None,
    class_order: options.ClassOrder = None,
    specificity: options.Specificity = 0.95,
    coverage: options.Coverage = 0.9,
    referral_error: options.ReferralError = None,
    referral_rate: options.ReferralRate = None,
    replicates: options.Replicates = 2000,
    interval: options.IntervalKind = "percentile",
    near_duplicates: options.NearDuplicates = True,
    path_names: options.EvaluationPathNames = "relative",
    device: options.Device = "auto",
    precision: options.Precision = "exact",
    batch_size: options.ClassifyBatchSize = 16,
    workers: options.Workers = None,
) -> None:
    """Measure models on labelled photographs.

    Prints figures of each model and of their vote with 95 % intervals that draw patients, not
    photographs, and writes tables, predictions and a report into a new folder. Photographs that a
    model was trained on are found and told first.
    """
    catalogue = installed_catalogue()
    judged = labelled_part(data, part, split) if part else default_part(data, split)
    request = AssessmentRequest(
        judged=judged,
        spec=choose_ensemble(catalogue, ensemble, model or [], parse_weights(weights)),
        tuning=_tuning(judged, tune_on, tuning_data, tuning_part, tuning_split),
        settings=replace(
            decision_settings(coverage, referral_error, referral_rate),
            bootstrap=Bootstrap(replicates=replicates, method=interval),
            class_order=_names(class_order),
            specificity=share(specificity, "--specificity"),
        ),
        near_duplicates=near_duplicates,
    )
    classify = classify_with(
        catalogue, device, precision=precision, batch_size=batch_size, workers=workers
    )
    _evaluate(request, catalogue, classify, out, path_names)


def _evaluate(
    request: AssessmentRequest,
    catalogue: Catalogue,
    classify: Classify,
    out: Path | None,
    path_names: options.PathNaming,
) -> None:
    folder = _new_folder(out, request)
    pseudonyms = own_pseudonyms() if path_names == "hashed" else None
    assessment = _assess(replace(request, name=folder.name), catalogue, classify)
    if pseudonyms is not None:
        assessment = pseudonymised(assessment, pseudonyms)
    cards = {name: catalogue.model(name).card for name in request.spec.members}
    write_assessment(assessment, folder)
    print_assessment(assessment, folder)
    print_licences(cards)
    raise typer.Exit(3 if assessment.judged.unreadable else 0)


def _assess(request: AssessmentRequest, catalogue: Catalogue, classify: Classify) -> Assessment:
    with shown_progress() as show, closing(assess(request, catalogue, classify)) as records:
        for record in records:
            if isinstance(record, Progress):
                show(record)
            else:
                return record
    raise AssertionError("an evaluation ends with its record")


def _new_folder(out: Path | None, request: AssessmentRequest) -> Path:
    """Return the folder to be made, before an hour is spent on what cannot be written."""
    if out is None:
        check_writable(evaluations_dir())
        return evaluations_dir() / free_name(request.title, evaluations_dir())
    check_new(out)
    return out.absolute()


def _tuning(
    judged: DataPart,
    tune_on: Part | None,
    data: Path | None,
    part: str | None,
    split: Path | None,
) -> DataPart | None:
    if tune_on is not None:
        if data is not None or part is not None or split is not None:
            raise typer.BadParameter("give either --tune-on or --tuning-data, not both")
        return replace(judged, part=tune_on)
    if data is not None:
        return labelled_part(data, part or "all", split)
    if part is not None or split is not None:
        raise typer.BadParameter("--tuning-part and --tuning-split need --tuning-data")
    return None


def _names(text: str | None) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",")) if text else ()
