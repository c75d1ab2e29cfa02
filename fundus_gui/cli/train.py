"""`fundus-gui train`: train a network on own labelled photographs."""

from __future__ import annotations

import math
import tomllib
from pathlib import Path
from typing import Annotated

import typer

from fundus_gui.cli.console import out as console


def train(
    context: typer.Context,
    data: Annotated[Path, typer.Option(help="Folder with labels.csv, or of class folders.")],
    model: Annotated[str, typer.Option(help="Architecture, e.g. efficientnet_v2_s_simam.")],
    out: Annotated[Path, typer.Option(help="New folder for weights, split and summary.")],
    input_size: Annotated[int, typer.Option(help="Height and width in pixels.")] = 224,
    epochs: Annotated[int, typer.Option(help="Passes over the training part.")] = 30,
    max_minutes: Annotated[float, typer.Option(help="End earlier, schedule included.")] = math.inf,
    batch_size: Annotated[int, typer.Option(help="Images per update.")] = 32,
    learning_rate: Annotated[float, typer.Option(help="Highest rate of the schedule.")] = 1e-3,
    balance: Annotated[str, typer.Option(help="none, loss or sampling.")] = "loss",
    augmentation: Annotated[float, typer.Option(help="0 (mirroring only) to 1.")] = 0.5,
    precision: Annotated[str, typer.Option(help="fp32 or bf16.")] = "fp32",
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:N or mps.")] = "auto",
    seed: Annotated[int, typer.Option(help="Of weights, order and augmentation.")] = 0,
    model_argument: Annotated[
        list[str] | None,
        typer.Option(help="NAME=VALUE of the architecture, e.g. drop_path_rate=0.1; repeatable."),
    ] = None,
) -> None:
    """Train a network on own labelled photographs.

    Without a val part in the data, 15 % of the training patients are set aside.
    """
    from fundus_gui.core.datasets import read_dataset, with_validation
    from fundus_gui.core.training import EpochReport, TrainConfig, fit

    config = TrainConfig(
        model=model,
        model_arguments=_parse_arguments(model_argument or []),
        input_size=input_size,
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
    dataset = with_validation(read_dataset(data), seed=seed)
    for report in fit(dataset, config, out, command=context.obj):
        if isinstance(report, EpochReport):
            figures = report.validation
            console.print(
                f"epoch {report.epoch}: train loss {report.train_loss:.3f}, validation "
                f"macro-AUC {figures.macro_auc:.3f}, balanced accuracy "
                f"{figures.balanced_accuracy:.3f}{' (best)' if report.is_best else ''}, "
                f"{report.seconds:.0f} s",
                soft_wrap=True,
            )
    console.print(f"The weights are in {out / 'best.safetensors'}.", soft_wrap=True)


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
