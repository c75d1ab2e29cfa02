"""`fundus-gui train`: train a network on own labelled photographs."""

from __future__ import annotations

import math
import tomllib
from typing import TYPE_CHECKING

import typer

from fundus_gui.cli import options
from fundus_gui.cli.console import out as console
from fundus_gui.cli.invocation import Invocation

if TYPE_CHECKING:
    from fundus_gui.core.training import EpochReport


def train(
    context: typer.Context,
    data: options.DataFolder,
    model: options.Architecture,
    out: options.RunFolder,
    input_size: options.InputSize = 224,
    initial_size: options.InitialSize = None,
    epochs: options.Epochs = 30,
    max_minutes: options.MaxMinutes = math.inf,
    batch_size: options.TrainBatchSize = 32,
    learning_rate: options.LearningRate = 1e-3,
    balance: options.Balance = "loss",
    augmentation: options.Augmentation = 0.5,
    precision: options.Precision = "fp32",
    device: options.Device = "auto",
    seed: options.TrainSeed = 0,
    model_argument: options.ArchitectureArguments = None,
) -> None:
    """Train a network on your own labelled photographs.

    Where the data has no val part, 15 % of the training patients are set aside to choose the best
    epoch. A patient's photographs always stay together.
    """
    from fundus_gui.core.datasets import read_dataset, with_validation
    from fundus_gui.core.training import EpochReport, TrainConfig, fit

    config = TrainConfig(
        model=model,
        model_arguments=_parse_arguments(model_argument or []),
        input_size=input_size,
        initial_size=initial_size,
        epochs=epochs,
        max_minutes=max_minutes,
        batch_size=batch_size,
        learning_rate=learning_rate,
        balance=balance,  # type: ignore[arg-type]  # checked by TrainConfig
        augmentation=augmentation,
        precision=precision,  # type: ignore[arg-type]
        device=device,
        seed=seed,
    )
    invocation: Invocation = context.obj
    dataset = with_validation(read_dataset(data), seed=seed)
    for report in fit(dataset, config, out, command=invocation.command):
        if isinstance(report, EpochReport):
            console.print(_line(report), soft_wrap=True)
    console.print(f"The weights are in {out / 'best.safetensors'}.", soft_wrap=True)


def _line(report: EpochReport) -> str:
    figures = report.validation
    return (
        f"epoch {report.epoch}: train loss {report.train_loss:.3f}, validation macro-AUC "
        f"{figures.macro_auc:.3f}, balanced accuracy {figures.balanced_accuracy:.3f}"
        f"{' (best)' if report.is_best else ''}, {report.seconds:.0f} s"
    )


def _parse_arguments(pairs: list[str]) -> dict[str, object]:
    """Read NAME=VALUE pairs; values as in TOML, bare words as text."""
    arguments: dict[str, object] = {}
    for pair in pairs:
        name, separator, text = pair.partition("=")
        if not name or not separator:
            raise typer.BadParameter(f"--model-argument needs NAME=VALUE, not '{pair}'")
        try:
            arguments[name] = tomllib.loads(f"value = {text}")["value"]
        except tomllib.TOMLDecodeError:
            arguments[name] = text
    return arguments
