"""What a researcher may ask before a training: how coloured the data are, how fast to learn."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import TypeVar

import typer
from rich import box
from rich.table import Table

from fundus_gui.cli.console import out as console
from fundus_gui.cli.console import printable
from fundus_gui.cli.train_display import Show, shown_to_people
from fundus_gui.core.runs import Event, TrainConfig

Result = TypeVar("Result")

_PICTURES = (".png", ".svg")
_MOST_ROWS = 25


def print_statistics(config: TrainConfig) -> None:
    """Print mean and standard deviation of the training photographs' colours, as TOML."""
    from fundus_gui.core.training.statistics import measure_training_part

    with shown_to_people() as show:
        mean, std = _result(measure_training_part(config), show)
    for name, colour in (("mean", mean), ("std", std)):
        console.print(f"{name} = [{', '.join(f'{value:.4f}' for value in colour)}]")


def _result(events: Generator[Event, None, Result], show: Show) -> Result:
    """Show the events; return what the generator returns."""
    while True:
        try:
            event = next(events)
        except StopIteration as end:
            result: Result = end.value
            return result
        show(event)


def print_learning_rates(config: TrainConfig, picture: Path | None) -> None:
    """Print the losses at rising learning rates and the rate they suggest; draw them if asked."""
    if picture is not None and picture.suffix.lower() not in _PICTURES:
        raise typer.BadParameter(
            f"the curve is drawn into a .png or .svg file, not '{picture.name}'",
            param_hint="--out",
        )
    from fundus_gui.core.reports.rate_search import write_rate_search
    from fundus_gui.core.training.rate_finder import (
        RatePoint,
        find_learning_rate,
        suggest_learning_rate,
    )

    points = []
    with shown_to_people() as show:
        for event in find_learning_rate(config):
            if isinstance(event, RatePoint):
                points.append(event)
            else:
                show(event)
    suggestion = suggest_learning_rate(points)
    rates, losses = [p.learning_rate for p in points], [p.loss for p in points]
    table = Table("learning rate", "loss", box=box.SIMPLE_HEAD)
    for index in range(0, len(points), -(-len(points) // _MOST_ROWS)):
        table.add_row(f"{rates[index]:.1e}", f"{losses[index]:.3f}")
    console.print(table)
    console.print(f"Suggestion: --learning-rate {suggestion:.1e}")
    if picture is not None:
        write_rate_search(picture, rates, losses, suggestion)
        console.print(printable(f"The curve is in {picture}."), soft_wrap=True)
