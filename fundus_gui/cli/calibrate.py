"""`fundus-gui calibrate`: a temperature for a model, or all that an ensemble stores."""

from __future__ import annotations

from dataclasses import replace

import typer
from rich import box
from rich.table import Table

from fundus_gui.cli import options
from fundus_gui.cli.choice import check_writable, decision_settings, installed_catalogue
from fundus_gui.cli.console import err, printable
from fundus_gui.cli.console import out as console
from fundus_gui.cli.engine import classify_with
from fundus_gui.cli.fitting_part import data_part, judged_by
from fundus_gui.cli.fusion_display import print_ensemble
from fundus_gui.core.assessments.calibrating import (
    CrossValidated,
    calibrate_ensemble,
    calibrate_model,
)
from fundus_gui.core.assessments.records import JudgedPart
from fundus_gui.core.catalogue import Catalogue, EnsembleSpec, write_ensemble
from fundus_gui.core.catalogue.ensembles_file import read_entries
from fundus_gui.core.errors import EnsembleError
from fundus_gui.core.evaluation import EvaluationSettings
from fundus_gui.core.one_or_many import one_or_many
from fundus_gui.core.paths import user_weights_dir

_TITLES = {"log_loss": "log-loss", "brier": "Brier score", "calibration_error": "ECE"}


def calibrate(
    data: options.LabelledData,
    model: options.CalibratedModel = None,
    ensemble: options.CalibratedEnsemble = None,
    part: options.FittingPart = "val",
    split: options.SplitFile = None,
    name: options.CalibratedName = None,
    coverage: options.Coverage = 0.9,
    referral_error: options.ReferralError = None,
    referral_rate: options.ReferralRate = None,
    allow_overlap: options.AllowOverlap = False,
    allow_test: options.AllowTest = False,
    device: options.Device = "auto",
    precision: options.Precision = "exact",
    batch_size: options.ClassifyBatchSize = 16,
    workers: options.Workers = None,
) -> None:
    """Make probabilities mean what they say.

    Fits on photographs that no model was trained on, the validation part. A model gets a
    temperature; an ensemble gets a temperature, prediction sets and a referral. Prints log-loss
    and calibration error before and after, on patients that the temperature was not fitted on.
    """
    if (model is None) == (ensemble is None):
        raise typer.BadParameter("give either --model or --ensemble")
    settings = decision_settings(coverage, referral_error, referral_rate)
    catalogue = installed_catalogue()
    spec = catalogue.ensemble(ensemble) if ensemble else catalogue.of_models([model or ""])
    target = _target(catalogue, spec, name, is_model=ensemble is None)
    check_writable(user_weights_dir())
    where = data_part(data, part, split, allow_test=allow_test)
    classify = classify_with(
        catalogue, device, precision=precision, batch_size=batch_size, workers=workers
    )
    judged, warnings = judged_by(spec, where, catalogue, classify, allow_overlap=allow_overlap)
    if ensemble is None:
        _calibrate_model(judged, catalogue, spec.members[0], target, warnings)
    else:
        _calibrate_ensemble(judged, replace(spec, name=target), settings, warnings)
    raise typer.Exit(3 if judged.unreadable else 0)


def _target(catalogue: Catalogue, spec: EnsembleSpec, name: str | None, *, is_model: bool) -> str:
    """Return the name to write under: a free one, or that of what is the user's own."""
    if name is not None:
        catalogue.check_new_name(name)
        return name
    own = user_weights_dir()
    if is_model:
        (known,) = spec.members
        is_own = catalogue.model(known).path.parent == own
    else:
        known, is_own = spec.name, spec.name in read_entries(own)
    if not is_own:
        raise EnsembleError(
            f"'{known}' came with the program and stays as it is. Name a calibrated copy, for "
            f"example --name '{known} calibrated'."
        )
    return known


def _calibrate_model(
    judged: JudgedPart, catalogue: Catalogue, name: str, target: str, warnings: tuple[str, ...]
) -> None:
    from fundus_gui.core.checkpoints import copy_with_card

    installed = catalogue.model(name)
    found = calibrate_model(judged, installed.card, warnings)
    title = installed.card.title if target == name else target
    path = user_weights_dir() / f"{target}.safetensors"
    copy_with_card(installed.path, path, replace(found.card, title=title))
    former, present = installed.card.temperature, found.card.temperature
    console.print(
        printable(f"{target}: temperature {present:.3f}, before {former:.3f}"), soft_wrap=True
    )
    _print_check(found.check, found.fit.images)
    users = [spec.name for spec in catalogue.ensembles.values() if target in spec.members]
    if users:
        sentence = (
            f"Its new probabilities change the vote of {', '.join(users)}: fit that one again "
            "(fundus-gui fuse, or fundus-gui calibrate --ensemble)."
        )
        err.print(printable(sentence), style="yellow", soft_wrap=True)
    console.print(printable(f"The card is in {path}."), soft_wrap=True)


def _calibrate_ensemble(
    judged: JudgedPart, spec: EnsembleSpec, settings: EvaluationSettings, warnings: tuple[str, ...]
) -> None:
    found = calibrate_ensemble(judged, spec, settings, warnings)
    file = write_ensemble(found.fitted.ensemble, user_weights_dir(), overwrite=True)
    print_ensemble(found.fitted.ensemble)
    _print_check(found.check, found.fitted.images)
    console.print(printable(f"The ensemble '{spec.name}' is kept in {file}."), soft_wrap=True)


def _print_check(check: CrossValidated, images: int) -> None:
    what = one_or_many(images, "photograph")
    table = Table(f"{images} {what}, cross-validated", box=box.SIMPLE_HEAD)
    table.add_column("before", justify="right")
    table.add_column("after", justify="right")
    for figure, title in _TITLES.items():
        table.add_row(title, f"{check.before[figure]:.4f}", f"{check.after[figure]:.4f}")
    console.print(table)
    if check.after["log_loss"] >= check.before["log_loss"]:
        sentence = "On other patients this temperature does not lower the log-loss: there is "
        console.print(f"{sentence}nothing to calibrate, or there are too few photographs.")
