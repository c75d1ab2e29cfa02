"""How trainings shared their photographs out: what an evaluation may measure on."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

from fundus_gui.core.runs import Run, find_runs


@dataclass(frozen=True, slots=True)
class RunSplit:
    """How a training shared its photographs out.

    Attributes:
        name: of the training.
        folder: its photographs.
        table: its `split.csv`.
    """

    name: str
    folder: Path
    table: Path


def split_of(run: Run) -> RunSplit | None:
    """Return how a training shared its photographs out; None where they are not there any more."""
    table = run.folder.split_file
    if run.config is None or not table.is_file() or not Path(run.config.data).is_dir():
        return None
    return RunSplit(run.name, Path(run.config.data).resolve(), table)


def list_splits(runs_dir: Path) -> Generator[tuple[RunSplit, ...], None, None]:
    """Yield once: the trainings that have shared photographs out which are still there."""
    splits = (split_of(run) for run in find_runs(runs_dir))
    yield tuple(split for split in splits if split is not None)
