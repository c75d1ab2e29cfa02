"""The command line: parse, call core, print."""

from __future__ import annotations

import math
import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from fundus_gui import RESEARCH_USE_ONLY
from fundus_gui.core.errors import FundusError

app = typer.Typer(
    name="fundus-gui",
    help=f"Classify colour fundus photographs. {RESEARCH_USE_ONLY}",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
_out = Console(highlight=False)
_err = Console(stderr=True, highlight=False)


def main(arguments: list[str]) -> int:
    """Run one command; 0 done, 1 an error said in one line, 2 usage, 3 some files failed."""
    try:
        app(arguments, prog_name="fundus-gui")
    except FundusError as error:
        _err.print(f"fundus-gui: {error}", style="red", markup=False)
        return 1
    except SystemExit as finished:  # typer has printed usage errors itself
        return int(finished.code or 0)
    return 0


@app.callback()
def _commands() -> None:
    pass


@app.command()
def train(
    data: Annotated[Path, typer.Option(help="Folder with labels.csv, or of class folders.")],
    model: Annotated[str, typer.Option(help="Architecture, e.g. efficientnet_v2_s_simam.")],
    out: Annotated[Path, typer.Option(help="New folder for weights, split and summary.")],
    input_size: Annotated[int, typer.Option(help="Pixels.")] = 224,
    epochs: Annotated[int, typer.Option()] = 30,
    max_minutes: Annotated[float, typer.Option(help="End earlier.")] = math.inf,
    batch_size: Annotated[int, typer.Option()] = 32,
    learning_rate: Annotated[float, typer.Option()] = 1e-3,
    balance: Annotated[str, typer.Option(help="none, loss or sampling.")] = "loss",
    augmentation: Annotated[float, typer.Option(help="0 to 1.")] = 0.5,
    precision: Annotated[str, typer.Option(help="fp32 or bf16.")] = "fp32",
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:N or mps.")] = "auto",
    seed: Annotated[int, typer.Option()] = 0,
) -> None:
    """Train a network on own labelled photographs."""
    from fundus_gui.core.datasets import read_dataset, with_validation
    from fundus_gui.core.training import EpochReport, TrainConfig, fit

    config = TrainConfig(
        model=model,
        input_size=input_size,
        epochs=epochs,
        max_minutes=max_minutes,
        batch_size=batch_size,
        learning_rate=learning_rate,
        balance=balance,
        augmentation=augmentation,
        precision=precision,
        device=device,
        seed=seed,
    )
    dataset = with_validation(read_dataset(data), seed=seed)
    for report in fit(dataset, config, out, command=shlex.join(["fundus-gui", *sys.argv[1:]])):
        if isinstance(report, EpochReport):
            figures = report.validation
            _out.print(
                f"epoch {report.epoch}: train loss {report.train_loss:.3f}, validation "
                f"macro-AUC {figures.macro_auc:.3f}, balanced accuracy "
                f"{figures.balanced_accuracy:.3f}{' (best)' if report.is_best else ''}, "
                f"{report.seconds:.0f} s"
            )
