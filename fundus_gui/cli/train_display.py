"""How the command line shows a training: one line an epoch, on a terminal also a bar."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from fundus_gui import RESEARCH_USE_ONLY
from fundus_gui.cli.console import err, out, printable
from fundus_gui.core.one_or_many import one_or_many
from fundus_gui.core.runs import (
    EpochReport,
    Event,
    Notice,
    Preparing,
    RunEnded,
    RunFolder,
    RunPaused,
    RunStarted,
    StepReport,
    event_to_json,
    resume_arguments,
)

Show = Callable[[Event], None]

_WORK = {
    "reading": "Reading the labels",
    "comparing": "Comparing photographs",
    "decoding": "Decoding photographs",
    "building": "Building the network",
}


def show_as_json(event: Event) -> None:
    """Write a line for a program that reads along; always UTF-8, at once."""
    line = event_to_json(event) + "\n"
    sys.stdout.buffer.write(line.encode("utf-8", "backslashreplace"))
    sys.stdout.buffer.flush()


@contextmanager
def shown_to_people() -> Iterator[Show]:
    """Show events in words while the context is open."""
    progress = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[facts]}"),
        console=err,
        disable=not err.is_terminal,
        redirect_stdout=out.is_terminal,  # a redirected output is not for the screen
        transient=True,
    )
    with progress:
        bar = progress.add_task("Starting", total=None, facts="")

        def show(event: Event) -> None:
            _move(progress, bar, event)
            _tell(event)

        yield show


def _move(progress: Progress, bar: TaskID, event: Event) -> None:
    if isinstance(event, Preparing):
        work = _WORK[event.stage]
        total = event.total or None
        progress.update(bar, description=work, completed=event.done, total=total, facts="")
    elif isinstance(event, StepReport):
        left = timedelta(seconds=round(event.seconds_left))
        facts = f"loss {event.loss:.3f}, {event.images_per_second:.1f}/s, {left} left"
        work = f"Epoch {event.epoch}"
        progress.update(bar, description=work, completed=event.step, total=event.steps, facts=facts)


def _tell(event: Event) -> None:
    if isinstance(event, Notice):
        err.print(printable(event.text), style="yellow", soft_wrap=True)
    elif isinstance(event, RunStarted):
        out.print(printable(_beginning(event)), soft_wrap=True)
    elif isinstance(event, EpochReport):
        out.print(_epoch(event), soft_wrap=True)
    elif isinstance(event, RunPaused):
        out.print(f"Paused in epoch {event.epoch}.")


def _beginning(event: RunStarted) -> str:
    images = {part: sum(counts.values()) for part, counts in event.counts.items()}
    learnt = images.get("train", 0)
    after = f", going on after epoch {event.epoch}" if event.epoch else ""
    return (
        f"Training on {learnt} {one_or_many(learnt, 'photograph')} of {len(event.class_names)} "
        "classes, "
        f"{images.get('val', 0)} for validation; {event.parameters:,} parameters, "
        f"{event.epochs} {one_or_many(event.epochs, 'epoch')}{after}; {event.device}."
    )


def _epoch(event: EpochReport) -> str:
    return (
        f"epoch {event.epoch}: train loss {event.train_loss:.3f}, validation "
        f"{_figures(event.validation)}{' (best)' if event.is_best else ''}, {event.seconds:.0f} s"
    )


def _figures(figures: Mapping[str, float], ending: str = "") -> str:
    return (
        f"macro-AUC {figures['macro_auc' + ending]:.3f}, "
        f"balanced accuracy {figures['balanced_accuracy' + ending]:.3f}"
    )


def print_ending(event: RunEnded, run: RunFolder) -> None:
    """Say how the training ended, where its weights are, and how to go on."""
    out.print(printable(event.reason), soft_wrap=True)
    if event.ending == "stopped":
        command = shlex.join(["fundus-gui", *resume_arguments(run.path)])
        out.print(f"Go on with: {printable(command)}", soft_wrap=True)
    if event.figures:
        out.print(f"Best epoch {event.best_epoch}: {_figures(event.figures)}.")
    if "macro_auc_tta" in event.figures:
        out.print(f"With test-time augmentation: {_figures(event.figures, '_tta')}.")
    for what, file in (
        ("weights are in", run.best_file),
        ("report is", run.path / "report.html"),
    ):
        if file.is_file():
            out.print(f"The {what} {printable(str(file))}.", soft_wrap=True)
    out.print(RESEARCH_USE_ONLY, style="dim")
