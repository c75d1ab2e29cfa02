"""`fundus-gui fuse`: fit the weights of a vote, compare all ways to, and keep one by name."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import typer

from fundus_gui.cli import options
from fundus_gui.cli.classify import parse_weights
from fundus_gui.cli.console import err, printable
from fundus_gui.cli.console import out as console
from fundus_gui.cli.engine import classify_with
from fundus_gui.cli.fitting_part import data_part, judged_by, listed_models
from fundus_gui.cli.fusion_display import print_fusion
from fundus_gui.cli.licences import print_licences
from fundus_gui.core.assessments.fusing import FusedVote, FusionRequest
from fundus_gui.core.assessments.fusing import fuse as fuse_part
from fundus_gui.core.assessments.records import JudgedPart
from fundus_gui.core.catalogue import read_catalogue, write_ensemble
from fundus_gui.core.errors import ExportError, UnknownNameError
from fundus_gui.core.evaluation import Bootstrap, EvaluationSettings
from fundus_gui.core.fusion import ADAPTIVE, FIT_METHODS, FitOptions
from fundus_gui.core.fusion.comparison import ComparisonSettings
from fundus_gui.core.paths import user_weights_dir

_PICTURES = (".png", ".svg", ".pdf")
_DRAWABLE = (2, 3)  # models whose weights a curve or a triangle can show


def fuse(
    data: options.LabelledData,
    models: options.ListedModels = None,
    model: options.ModelNames = None,
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
    allow_overlap: options.AllowOverlap = False,
    allow_test: options.AllowTest = False,
    overwrite: options.OverwriteEnsemble = False,
    device: options.Device = "auto",
    batch_size: options.ClassifyBatchSize = 16,
    workers: options.Workers = None,
) -> None:
    """Fit the weights with which models vote, and keep them as an ensemble.

    Fits on photographs that no model was trained on, the validation part. Every method is judged
    on patients that its weights were not fitted on, beside equal weights and each model alone,
    with 95 % intervals. The chosen one becomes an ensemble with temperature, prediction sets and
    referral, which every command and the window can use.
    """
    catalogue = read_catalogue()
    names = listed_models(models, model)
    if len(names) < 2:
        raise typer.BadParameter("name two models or more: --models a,b", param_hint="--models")
    spec = catalogue.of_models(names)
    chosen = method or ("fixed" if fixed else ADAPTIVE)
    if chosen not in (ADAPTIVE, *FIT_METHODS):
        raise UnknownNameError("method to fit the vote", chosen, (ADAPTIVE, *FIT_METHODS))
    request = FusionRequest(
        name=name or f"{'+'.join(names)} {chosen}",
        title=title,
        method=chosen,
        comparison=ComparisonSettings(
            options=FitOptions(weights=parse_weights(fixed) or (), score=score),
            bootstrap=Bootstrap(replicates=replicates),
        ),
        evaluation=EvaluationSettings(coverage=coverage),
    )
    catalogue.check_new_name(request.name, may_replace=overwrite)
    _check_plot(plot, len(names))
    where = data_part(data, part, split, allow_test=allow_test)
    classify = classify_with(catalogue, device, batch_size=batch_size, workers=workers)
    judged, warnings = judged_by(spec, where, catalogue, classify, allow_overlap=allow_overlap)
    fused = _fused(judged, replace(request, warnings=warnings))
    file = write_ensemble(fused.spec, out or user_weights_dir(), overwrite=overwrite)
    print_fusion(fused, request.comparison)
    if plot is not None:
        _draw(fused, plot)
        console.print(printable(f"The score by weights is drawn in {plot}."), soft_wrap=True)
    console.print(printable(f"The ensemble '{fused.spec.name}' is kept in {file}."), soft_wrap=True)
    print_licences({member: catalogue.model(member).card for member in names})
    raise typer.Exit(3 if judged.unreadable else 0)


def _fused(judged: JudgedPart, request: FusionRequest) -> FusedVote:
    steps = fuse_part(judged, request)
    with err.status("Comparing the methods ...") as status, closing(steps):
        for found in steps:
            if isinstance(found, FusedVote):
                return found
            status.update(printable(f"Comparing the methods: {found.name} ..."))
    raise AssertionError("a fusion ends with its ensemble")


def _draw(fused: FusedVote, plot: Path) -> None:
    from fundus_gui.core.reports.fusion import write_weight_map

    assert fused.weight_map is not None
    marks = {
        vote.name: vote.fit.weights
        for vote in fused.compared
        if vote.kind == "method" and vote.fit.rule == "constant"
    }
    write_weight_map(plot, fused.weight_map, fused.spec.members, marks)


def _check_plot(plot: Path | None, members: int) -> None:
    if plot is None:
        return
    if plot.suffix.lower() not in _PICTURES:
        raise typer.BadParameter(
            f"the picture is a {', '.join(_PICTURES)} file, not '{plot.name}'", param_hint="--plot"
        )
    if members not in _DRAWABLE:
        raise typer.BadParameter(
            f"weights can be drawn for 2 or 3 models, not for {members}", param_hint="--plot"
        )
    if plot.exists():
        raise ExportError(f"{plot} exists already; nothing was overwritten. Name a new file.")
