"""`fundus-gui train`: train networks on own labelled photographs."""

from __future__ import annotations

import signal
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import typer

from fundus_gui.cli import options
from fundus_gui.cli.before_training import print_learning_rates, print_statistics
from fundus_gui.cli.console import err
from fundus_gui.cli.settings_options import given_settings, with_options
from fundus_gui.cli.train_display import (
    print_ending,
    show_as_json,
    shown_to_people,
)
from fundus_gui.core.runs import (
    Event,
    RunEnded,
    RunFolder,
    RunStarted,
    TrainConfig,
    find_preset,
    read_settings,
    train_settings,
)


@with_options(train_settings())
def train(
    context: typer.Context,
    out: options.TrainingOut = None,
    preset: options.PresetName = None,
    config: options.SettingsFile = None,
    resume: options.ResumedRun = None,
    events: options.EventStream = None,
    measure_statistics: options.MeasureStatistics = False,
    find_learning_rate: options.FindLearningRate = False,
    **settings: Any,
) -> None:
    """Train a network on your own labelled photographs.

    Needs --data and --out; everything else has a default. All photographs of a patient stay in
    one part. Ctrl+C stops and saves the state, from which --resume goes on to the same result.
    """
    given = given_settings(settings)
    command = context.obj.command
    if resume is not None:
        if given or any((out, preset, config, measure_statistics, find_learning_rate)):
            raise typer.BadParameter("--resume takes no other option than --events")
        from fundus_gui.core import training

        _follow(training.resume(resume, command=command), RunFolder(resume), events)
        return
    configs = _configs(preset, config, given)
    if measure_statistics:
        print_statistics(configs[0])
    elif find_learning_rate:
        print_learning_rates(configs[0], out)
    elif out is None:
        raise typer.BadParameter("name the new folder of the run", param_hint="--out")
    else:
        _train_each(configs, out, events, command)


def _configs(preset: str | None, file: Path | None, given: Mapping[str, Any]) -> list[TrainConfig]:
    """Return what to train: the networks of a preset unless one was chosen."""
    chosen = {**(read_settings(file) if file is not None else {}), **given}
    if preset is None:
        return [TrainConfig().changed(**chosen)]
    recipe = find_preset(preset)
    models = (str(chosen["model"]),) if "model" in chosen else recipe.models
    return [TrainConfig().changed(**{**recipe.settings(model), **chosen}) for model in models]


def _train_each(configs: list[TrainConfig], out: Path, events: str | None, command: str) -> None:
    from fundus_gui.core.training import fit

    for config in configs:
        run = RunFolder(out / config.model if len(configs) > 1 else out)
        if not _follow(fit(config, run.path, command=command), run, events):
            return


def _follow(events: Iterable[Event], run: RunFolder, stream: str | None) -> bool:
    """Show a training until it is over; return whether it came to its end."""
    from fundus_gui.core.training.processes import is_first_process

    if not is_first_process():  # Ctrl+C reaches all of them, and the first one answers
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    ended = None
    with ExitStack() as stack:
        show = show_as_json if stream else stack.enter_context(shown_to_people())
        for event in events:
            show(event)
            if isinstance(event, RunStarted):  # before, there is nothing to save
                stack.enter_context(_stopping_gently(run))
            elif isinstance(event, RunEnded):
                ended = event
    if ended is not None and not stream:
        print_ending(ended, run)
    return ended is None or ended.ending == "finished"


@contextmanager
def _stopping_gently(run: RunFolder) -> Iterator[None]:
    """Ask the training to stop at the first Ctrl+C, and leave at the second."""
    before = signal.getsignal(signal.SIGINT)

    def ask(*_: object) -> None:
        signal.signal(signal.SIGINT, before)
        run.ask("stop")
        err.print("Stopping after this update. Ctrl+C again stops without saving the state.")

    signal.signal(signal.SIGINT, ask)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
