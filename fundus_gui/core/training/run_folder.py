"""The one new folder that a training run writes."""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import io
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import tomli_w
from torch import nn

from fundus_gui import __version__
from fundus_gui.core import atomic
from fundus_gui.core.cards import ModelCard
from fundus_gui.core.checkpoints import save_checkpoint
from fundus_gui.core.datasets import Dataset
from fundus_gui.core.errors import DatasetError
from fundus_gui.core.evaluation import Metrics
from fundus_gui.core.preprocessing import Preprocessing
from fundus_gui.core.training.config import TrainConfig

_SUMMARY_COLUMNS = (
    "epoch", "train_loss", "val_loss", "val_accuracy", "val_balanced_accuracy", "val_macro_auc",
    "seconds",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RunFolder:
    """Config, split, a summary row an epoch, last and best weights."""

    path: Path
    data: Dataset
    config: TrainConfig
    preprocessing: Preprocessing
    command: str

    def start(self) -> None:
        """Make the folder; an existing one is never written into.

        Raises:
            DatasetError: the folder exists, or cannot be made.
        """
        try:
            self.path.mkdir(parents=True)
        except FileExistsError as error:
            raise DatasetError(
                f"The run folder {self.path} exists already; choose a new one."
            ) from error
        except OSError as error:
            raise DatasetError(f"{self.path} cannot be made ({error.strerror}).") from error
        settings = {
            name: value
            for name, value in dataclasses.asdict(self.config).items()
            if value is not None
        }
        atomic.write_bytes(self.path / "config.toml", tomli_w.dumps(settings).encode())
        atomic.write_bytes(self.path / "split.csv", self._split_table().encode("utf-8-sig"))
        atomic.write_bytes(self.path / "summary.csv", _row(_SUMMARY_COLUMNS).encode())

    def append(self, epoch: int, train_loss: float, metrics: Metrics, seconds: float) -> None:
        """Add an epoch to `summary.csv`."""
        cells = (
            epoch, train_loss, metrics.log_loss, metrics.accuracy, metrics.balanced_accuracy,
            metrics.macro_auc, round(seconds, 1),
        )  # fmt: skip
        with (self.path / "summary.csv").open("a", encoding="utf-8", newline="") as stream:
            stream.write(_row(cells))

    def save(self, model: nn.Module, metrics: Metrics, epoch: int, *, is_best: bool) -> None:
        """Write `last.safetensors`, and `best.safetensors` when it is."""
        card = self._card(metrics, epoch)
        for name in ("last", "best") if is_best else ("last",):
            save_checkpoint(self.path / f"{name}.safetensors", model.state_dict(), card)

    def _split_table(self) -> str:
        header = _row(("filename", "label", "patient_id", "split"))
        return header + "".join(
            _row((image.path.name, image.label, image.patient_id, image.part))
            for image in self.data.images
        )

    def _card(self, metrics: Metrics, epoch: int) -> ModelCard:
        return ModelCard(
            architecture=self.config.model,
            arguments=dict(self.config.model_arguments),
            class_names=self.data.class_names,
            preprocessing=self.preprocessing,
            training={
                "data": self.data.name,
                "images": {
                    part: Dataset(part, self.data.part(part)).counts() for part in ("train", "val")
                },
                "split_sha256": hashlib.sha256(self._split_table().encode()).hexdigest(),
                "epoch": epoch,
                "config": _plain(dataclasses.asdict(self.config)),
                "command": self.command,
                "date": datetime.now(UTC).strftime("%Y-%m-%d"),
                "versions": {
                    "fundus_gui": __version__,
                    "python": sys.version.split()[0],
                    "torch": version("torch"),
                    "timm": version("timm"),
                },
            },
            metrics={"validation": dataclasses.asdict(metrics)},
        )


def _plain(settings: dict[str, Any]) -> dict[str, Any]:
    """Drop what JSON has no number for (an endless time budget)."""
    return {k: v for k, v in settings.items() if v is not None and v != float("inf")}


def _row(cells: tuple[object, ...]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue()
