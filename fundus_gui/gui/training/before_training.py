"""What may be asked before a training, answered by the command line in a process of its own."""

from __future__ import annotations

import re
import subprocess
import tempfile
import time
import tomllib
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtGui import QImage

from fundus_gui.core.errors import FundusError
from fundus_gui.core.runs import TrainConfig, train_arguments

_POLL_SECONDS = 0.1
_SUGGESTION = re.compile(r"--learning-rate ([0-9.eE+-]+)")

Colour = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Statistics:
    """Mean and standard deviation of the training photographs' colours, red to blue, 0 to 1."""

    mean: Colour
    std: Colour


@dataclass(frozen=True, slots=True)
class RateSearch:
    """The learning rate that a range test suggests, and its curve."""

    learning_rate: float
    curve: QImage


def measure_statistics(
    program: Sequence[str], config: TrainConfig
) -> Generator[Statistics | None, None, None]:
    """Yield None while it is being measured, then the result.

    Raises:
        FundusError: what the command said instead.
    """
    with tempfile.TemporaryDirectory(prefix="fundus-gui-") as folder:
        arguments = train_arguments(config, Path(folder))
        said = yield from _answer([*program, *arguments, "--measure-statistics"], Path(folder))
    values = tomllib.loads(said)
    yield Statistics(tuple(values["mean"]), tuple(values["std"]))


def find_learning_rate(
    program: Sequence[str], config: TrainConfig
) -> Generator[RateSearch | None, None, None]:
    """Yield None while learning rates are tried, then the result.

    Raises:
        FundusError: what the command said instead.
    """
    with tempfile.TemporaryDirectory(prefix="fundus-gui-") as folder:
        picture = Path(folder) / "curve.png"
        arguments = train_arguments(config, picture)
        said = yield from _answer([*program, *arguments, "--find-learning-rate"], Path(folder))
        curve = QImage(str(picture))
    suggestion = _SUGGESTION.search(said)
    if suggestion is None:
        raise FundusError(f"No learning rate was suggested: {said.strip()}")
    yield RateSearch(float(suggestion[1]), curve)


def _answer(command: Sequence[str], folder: Path) -> Generator[None, None, str]:
    """Run a command and return what it printed; ends it when nobody wants the answer any more."""
    said, told = folder / "said", folder / "told"
    with (
        said.open("wb") as out,
        told.open("wb") as err,
        subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),  # on Windows: no console
        ) as process,
    ):
        try:
            while process.poll() is None:
                yield None
                time.sleep(_POLL_SECONDS)
        finally:
            process.kill()
    if process.returncode:
        lines = told.read_text(encoding="utf-8", errors="replace").split("\n")
        reason = " ".join(line.strip() for line in lines if line.strip())
        raise FundusError(reason.removeprefix("fundus-gui: ") or "The process ended at once.")
    return said.read_text(encoding="utf-8", errors="replace")
