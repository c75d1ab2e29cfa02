"""Short jobs on a run's folder, as generators for a Worker."""

from __future__ import annotations

import filecmp
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

from fundus_gui.core.paths import user_weights_dir
from fundus_gui.core.runs import Request, RunFolder, add_to_library, read_run
from fundus_gui.gui.training.run_splits import RunSplit, split_of


@dataclass(frozen=True, slots=True)
class TrainedModel:
    """An installed model, and photographs that it can be measured on.

    Attributes:
        name: of its weights.
        split: how its training shared the photographs out; None where they are not there any more.
    """

    name: str
    split: RunSplit | None = None


def ask_run(path: Path, request: Request) -> Generator[None, None, None]:
    """Ask the training in a folder.

    Raises:
        ExportError: the folder cannot be written.
    """
    RunFolder(path).ask(request)
    yield


def install_model(path: Path, name: str) -> Generator[str, None, None]:
    """Copy the best weights of a run to the user's models, then yield the model's name.

    Raises:
        FundusError: as `add_to_library`.
    """
    yield add_to_library(path, name).stem


def find_or_install_model(path: Path) -> Generator[str, None, None]:
    """Yield the name under which the best weights of a run are installed, now if not before.

    Raises:
        FundusError: as `add_to_library`.
    """
    best = RunFolder(path).best_file
    for installed in sorted(user_weights_dir().glob("*.safetensors")):
        if best.is_file() and filecmp.cmp(best, installed):
            yield installed.stem
            return
    name, number = path.name, 2
    while (user_weights_dir() / f"{name}.safetensors").exists():
        name, number = f"{path.name} {number}", number + 1
    yield add_to_library(path, name).stem


def prepare_evaluation(path: Path) -> Generator[TrainedModel, None, None]:
    """Yield what a run has trained, installed if it was not before.

    Raises:
        FundusError: as `add_to_library`.
    """
    for name in find_or_install_model(path):
        yield TrainedModel(name, split_of(read_run(path)))
