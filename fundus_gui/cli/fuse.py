"""`fundus-gui fuse`: fit the weights of a vote, compare all ways to, and keep one by name."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import typer

from fundus_gui.cli import options
from fundus_gui.cli.choice import (
    check_new,
    check_writable,
    decision_settings,
    installed_catalogue,
    listed_models,
    parse_weights,
)
from fundus_gui.cli.console import err, printable
from fundus_gui.cli.console import out as console
from fundus_gui.cli.engine import classify_with
from fundus_gui.cli.fitting_part import data_part, judged_by
from fundus_gui.cli.fusion_display import print_fusion
from fundus_gui.cli.licences import print_licences
from fundus_gui.core.assessments.fusing import FusedVote, FusionRequest
from fundus_gui.core.assessments.fusing import fuse as fuse_part
from fundus_gui.core.assessments.records import JudgedPart
from fundus_gui.core.catalogue import Catalogue, EnsembleSpec, write_ensemble
from fundus_gui.core.errors import UnknownNameError
from fundus_gui.core.evaluation import Bootstrap
from fundus_gui.core.fusion import ADAPTIVE, FIT_METHODS, PAPER_WEIGHTS, FitOptions, Score
from fundus_gui.core.fusion.comparison import ComparisonSettings
from fundus_gui.core.fusion.landscape import DRAWABLE
from fundus_gui.core.paths import user_weights_dir
from fundus_gui.core.vote import normalise_weights

_PICTURES = (".png", ".svg", ".pdf")


def fuse(
    data: options.LabelledData,
    models: options.ListedModels = None,
    model: options.VotingModels = None,
    part: options.FittingPart = "val",
    split: options.SplitFile = None,
    method: options.FitMethod = None,
    score: options.FitScore = "balanced_accuracy",
    fixed: options.FixedWeights = None,
    name: options.NewName = None,
    title: options.NewTitle = "",
    out: options.EnsemblesFolder = None,
    plot: options.PlotFile = None,
    replicates: options.Replicates = 2000,
    coverage: options.Coverage = 0.9,
    referral_error: options.ReferralError = None,
    referral_rate: options.ReferralRate = None,
    allow_overlap: options.AllowOverlap = False,
    allow_test: options.AllowTest = False,
    overwrite: options.OverwriteEnsemble = False,
    device: options.Device = "auto",
    precision: options.Precision = "exact",
    batch_size: options.ClassifyBatchSize = 16,
    workers: options.Workers = None,
) -> None:
    """Fit the weights with which models vote, and keep them as an ensemble.

    Fits on photographs that no model was trained on, the validation part. Every method is judged
    on patients that its weights were not fitted on, beside equal weights and each model alone.
    The chosen one becomes an ensemble with temperature, prediction sets and referral.
    """
    catalogue = installed_catalogue()
    spec = catalogue.of_models(listed_models(models, model))
    chosen = _method(method, fixed)
    request = FusionRequest(
        name=name or f"{'+'.join(spec.members)} {chosen}",
        title=title,
        method=chosen,
        comparison=_comparison(spec, chosen, fixed, score, replicates),
        evaluation=decision_settings(coverage, referral_error, referral_rate),
    )
    catalogue.check_new_name(request.name, may_replace=overwrite)
    _check_files(out or user_weights_dir(), plot, len(spec.members))
    where = data_part(data, part, split, allow_test=allow_test)
    classify = classify_with(
        catalogue, device, precision=precision, batch_size=batch_size, workers=workers
    )
    judged, warnings = judged_by(spec, where, catalogue, classify, allow_overlap=allow_overlap)
    request = replace(request, warnings=warnings)
    _keep(judged, request, catalogue, out, overwrite=overwrite, plot=plot)


def _keep(
    judged: JudgedPart,
    request: FusionRequest,
    catalogue: Catalogue,
    out: Path | None,
    *,
    overwrite: bool,
    plot: Path | None,
) -> None:
    fused = _fused(judged, request)
    file = write_ensemble(fused.spec, out or user_weights_dir(), overwrite=overwrite)
    print_fusion(fused, request.comparison)
    _draw(fused, plot)
    console.print(printable(f"The ensemble '{fused.spec.name}' is kept in {file}."), soft_wrap=True)
    print_licences({name: catalogue.model(name).card for name in fused.spec.members})
    raise typer.Exit(3 if judged.unreadable else 0)


def _method(method: str | None, fixed: str | None) -> str:
    chosen = method or ("fixed" if fixed else ADAPTIVE)
    if chosen not in (ADAPTIVE, *FIT_METHODS):
        raise UnknownNameError("method to fit the vote", chosen, (ADAPTIVE, *FIT_METHODS))
    return chosen


def _comparison(
    spec: EnsembleSpec, method: str, fixed: str | None, score: Score, replicates: int
) -> ComparisonSettings:
    """Return what is compared; fixed weights are too, beside another method."""
    members = len(spec.members)
    weights = parse_weights(fixed, "--fixed") or ()
    if weights:
        normalise_weights(weights, members)  # refuses impossible ones
    elif method == "fixed" and members != len(PAPER_WEIGHTS):
        raise typer.BadParameter(f"name the weights of {members} models", param_hint="--fixed")
    return ComparisonSettings(
        options=FitOptions(weights=weights, score=score),
        bootstrap=Bootstrap(replicates=replicates),
    )


def _fused(judged: JudgedPart, request: FusionRequest) -> FusedVote:
    steps = fuse_part(judged, request)
    with err.status("Comparing the methods ...") as status, closing(steps):
        for found in steps:
            if isinstance(found, FusedVote):
                return found
            status.update(printable(f"Comparing the methods: {found.name} ..."))
    raise AssertionError("a fusion ends with its ensemble")


def _draw(fused: FusedVote, plot: Path | None) -> None:
    if plot is None or fused.weight_map is None:
        return
    from fundus_gui.core.reports.fusion import write_weight_map

    marks = {
        vote.name: vote.fit.weights
        for vote in fused.compared
        if vote.kind == "method" and vote.fit.rule == "constant"
    }
    write_weight_map(plot, fused.weight_map, fused.spec.members, marks)
    drawn = f"The score by weights, on the photographs of the fit, is drawn in {plot}."
    console.print(printable(drawn), soft_wrap=True)


def _check_files(folder: Path, plot: Path | None, members: int) -> None:
    check_writable(folder)
    if plot is None:
        return
    if plot.suffix.lower() not in _PICTURES:
        raise typer.BadParameter(
            f"the picture is a {', '.join(_PICTURES)} file, not '{plot.name}'", param_hint="--plot"
        )
    if members not in DRAWABLE:
        raise typer.BadParameter(
            f"weights can be drawn for 2 or 3 models, not for {members}", param_hint="--plot"
        )
    check_new(plot)
