"""The curves of a run as TensorBoard reads them, for those who keep all their runs there."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from fundus_gui.core.errors import ConfigError
from fundus_gui.core.runs import EpochReport, Event, RunEnded, RunFolder, RunStarted, StepReport

if TYPE_CHECKING:
    from torch.utils.tensorboard import SummaryWriter


def check_tensorboard() -> None:
    """Raise ConfigError where TensorBoard is not installed."""
    if find_spec("tensorboard") is None:
        raise ConfigError(
            "TensorBoard is not installed. Install it by pip install 'fundus-gui[tensorboard]', "
            "or train without the setting tensorboard; summary.csv holds the same curves."
        )


class TensorBoardWriter:
    """Writes scalars into a folder of the run folder; over updates, so that all curves align."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._run = RunFolder(folder.parent)
        self._writer: SummaryWriter | None = None
        self._steps = 0  # updates an epoch

    def write(self, event: Event) -> None:
        """Write the scalars of an event; the first is a RunStarted, a RunEnded closes the file.

        Raises:
            ExportError: the folder cannot be written.
        """
        with self._run.writing():
            if isinstance(event, RunStarted):
                self._open(event)
            elif isinstance(event, StepReport):
                self._add(_of_step(event), (event.epoch - 1) * event.steps + event.step)
            elif isinstance(event, EpochReport):
                self._add(_of_epoch(event), event.epoch * self._steps)
            elif isinstance(event, RunEnded) and self._writer is not None:
                self._writer.close()

    def _open(self, event: RunStarted) -> None:
        from torch.utils.tensorboard import SummaryWriter

        self._steps = event.steps
        # A resumed run repeats what a killed one had told after its last saved state.
        self._writer = SummaryWriter(
            str(self._folder), purge_step=event.epoch * event.steps + 1, flush_secs=10
        )

    def _add(self, scalars: Mapping[str, float | None], update: int) -> None:
        if self._writer is None:
            return
        for name, value in scalars.items():
            if value is not None:
                self._writer.add_scalar(name, value, update)


def _of_step(event: StepReport) -> dict[str, float | None]:
    return {
        "step/loss": event.loss,
        "step/learning_rate": event.learning_rate,
        "step/images_per_second": event.images_per_second,
    }


def _of_epoch(event: EpochReport) -> dict[str, float | None]:
    return {
        "train/loss": event.train_loss,
        "train/accuracy": event.train_accuracy,
        **{f"validation/{name}": value for name, value in event.validation.items()},
    }
