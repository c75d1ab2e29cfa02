"""The one new folder that a training run writes."""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import io
import math
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
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
from fundus_gui.core.errors import DatasetError, ExportError
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
            DatasetError: the folder exists already.
            ExportError: it cannot be written.
        """
        if os.path.lexists(self.path):
            raise DatasetError(f"The run folder {self.path} exists already; choose a new one.")
        config = dataclasses.asdict(self.config)
        settings = tomli_w.dumps(
            {name: value for name, value in config.items() if value is not None}
        )
        with self._writing():
            self.path.mkdir(parents=True)
            atomic.write_bytes(self.path / "config.toml", settings.encode())
            atomic.write_bytes(self.path / "split.csv", self._split_table().encode("utf-8-sig"))
            atomic.write_bytes(self.path / "summary.csv", _row(_SUMMARY_COLUMNS).encode())

    def append(self, epoch: int, train_loss: float, metrics: Metrics, seconds: float) -> None:
        """Add an epoch to `summary.csv`.

        Raises:
            ExportError: it cannot be written.
        """
        cells = (
            epoch, train_loss, metrics.log_loss, metrics.accuracy, metrics.balanced_accuracy,
            metrics.macro_auc, round(seconds, 1),
        )  # fmt: skip
        summary = self.path / "summary.csv"
        with self._writing(), summary.open("a", encoding="utf-8", newline="") as stream:
            stream.write(_row(cells))

    def save(self, model: nn.Module, metrics: Metrics, epoch: int, *, is_best: bool) -> None:
        """Write `last.safetensors`, and `best.safetensors` when it is."""
        card = self._card(metrics, epoch)
        for name in ("last", "best") if is_best else ("last",):
            save_checkpoint(self.path / f"{name}.safetensors", model.state_dict(), card)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise ExportError(
                f"The run folder {self.path} cannot be written ({error.strerror}). Free some "
                "space or choose another folder."
            ) from error

    def _split_table(self) -> str:
        """Return the split in the form of a `labels.csv` of the data's folder."""
        rows = [
            (_below(self.data.folder, image.path), image.label, image.patient_id, image.part)
            for image in self.data.images
        ]
        table = "".join(_row(row) for row in [("filename", "label", "patient_id", "split"), *rows])
        return table.encode("utf-8", "backslashreplace").decode()  # undecodable bytes of names

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


def _below(folder: Path, path: Path) -> str:
    shown = path.relative_to(folder) if path.is_relative_to(folder) else path
    return shown.as_posix()


def _plain(settings: dict[str, Any]) -> dict[str, Any]:
    """Drop what JSON has no number for (an endless time budget)."""
    return {name: value for name, value in settings.items() if value not in (None, math.inf)}


def _row(cells: tuple[object, ...]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue()
