"""What several commands let one choose, from the words typed to what the core takes."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import typer

from fundus_gui.cli.console import err, printable
from fundus_gui.core import atomic
from fundus_gui.core.assessments import DataPart
from fundus_gui.core.catalogue import Catalogue, EnsembleSpec, read_catalogue
from fundus_gui.core.datasets import Part
from fundus_gui.core.errors import ExportError
from fundus_gui.core.evaluation import EvaluationSettings

_PARTS: Mapping[str, Part | None] = {"train": "train", "val": "val", "test": "test", "all": None}


def installed_catalogue() -> Catalogue:
    """Return what is installed, and say what of it cannot be used."""
    catalogue = read_catalogue()
    for sentence in catalogue.refused:
        err.print(printable(sentence), style="yellow", soft_wrap=True)
    return catalogue


def choose_ensemble(
    catalogue: Catalogue,
    ensemble: str | None,
    models: Sequence[str],
    weights: tuple[float, ...] | None,
) -> EnsembleSpec:
    """Return the ensemble that the options name; by default the first installed one."""
    if ensemble is not None and models:
        raise typer.BadParameter("give either --ensemble or --model, not both")
    if models:
        return catalogue.of_models(models, weights)
    spec = catalogue.default if ensemble is None else catalogue.ensemble(ensemble)
    return spec if weights is None else catalogue.of_models(spec.members, weights)


def listed_models(models: str | None, model: Sequence[str] | None) -> tuple[str, ...]:
    """Return the two models or more of `--models a,b` and of repeated `--model`."""
    listed = [name.strip() for name in (models or "").split(",")]
    names = (*filter(None, listed), *(model or ()))
    if len(set(names)) != len(names):
        raise typer.BadParameter("a model is named twice", param_hint="--models")
    if len(names) < 2:
        raise typer.BadParameter("name two models or more: --models a,b", param_hint="--models")
    return names


def parse_weights(text: str | None, option: str = "--weights") -> tuple[float, ...] | None:
    """Read vote weights, numbers separated by commas."""
    if text is None:
        return None
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError as error:
        raise typer.BadParameter(
            f"needs numbers separated by commas, such as 0.6,0.4, not '{text}'", param_hint=option
        ) from error


def share(value: float, option: str) -> float:
    """Return a number between 0 and 1, or refuse it."""
    if not 0 < value < 1:
        raise typer.BadParameter(
            f"needs a number between 0 and 1, not {value:g}", param_hint=option
        )
    return value


def decision_settings(
    coverage: float, referral_error: float | None, referral_rate: float | None
) -> EvaluationSettings:
    """Return what prediction sets and referral are to hold."""
    settings = EvaluationSettings(coverage=share(coverage, "--coverage"))
    if referral_error is not None and referral_rate is not None:
        raise typer.BadParameter("give either --referral-error or --referral-rate, not both")
    if referral_error is not None:
        rate = share(referral_error, "--referral-error")
        return replace(settings, referral_aim="error", referral_rate=rate)
    if referral_rate is not None:
        rate = share(referral_rate, "--referral-rate")
        return replace(settings, referral_aim="referral", referral_rate=rate)
    return settings


def labelled_part(folder: Path, name: str, split: Path | None) -> DataPart:
    """Return which photographs: a part, or all."""
    return DataPart(folder=folder, part=_PARTS[name], split=split)


def check_new(path: Path) -> None:
    """Refuse a file or folder that exists or cannot be made, before an hour is spent on it."""
    if os.path.lexists(path):
        what = "folder" if path.is_dir() else "file"
        raise ExportError(f"{path} exists already; nothing was overwritten. Name a new {what}.")
    check_writable(path.absolute().parent)


def check_writable(folder: Path) -> None:
    """Refuse a folder, which may be missing yet, that cannot be written into."""
    try:
        atomic.check_writable(folder)
    except OSError as error:
        raise ExportError(
            f"Nothing can be written into {folder} ({error.strerror}). Choose another folder."
        ) from error
