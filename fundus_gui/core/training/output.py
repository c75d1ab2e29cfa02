"""What a training writes into its run folder, and what it is asked through it."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Generator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fundus_gui import __version__
from fundus_gui.core import atomic
from fundus_gui.core.cards import ModelCard
from fundus_gui.core.checkpoints import load_checkpoint, save_checkpoint
from fundus_gui.core.class_titles import titles_of
from fundus_gui.core.datasets import Dataset, split_table
from fundus_gui.core.evaluation import measure
from fundus_gui.core.reports.environment import environment_text
from fundus_gui.core.reports.run_report import write_run_report
from fundus_gui.core.reports.summary import summary_header, summary_row
from fundus_gui.core.reports.tensorboard import TensorBoardWriter
from fundus_gui.core.runs import (
    EpochReport,
    Event,
    RunFolder,
    StepReport,
    TeacherLoaded,
    TrainConfig,
    WeightsLoaded,
    read_run,
    terms,
)
from fundus_gui.core.runs.data import PERCEPTUAL, SHA256
from fundus_gui.core.training.learner import Learner
from fundus_gui.core.training.views import Views

_STEP_SECONDS = 0.2, 5.0  # steps are written at most so often, at first and at last
_STEP_SHARE = 0.001  # of the time so far lies between two of them; every one is yielded


@dataclass(slots=True)
class RunOutput:
    """Writes for the first process of a run; the others are silent."""

    folder: RunFolder
    config: TrainConfig
    data: Dataset
    command: str
    is_first: bool
    loaded: WeightsLoaded | None = None
    teachers: tuple[TeacherLoaded, ...] = ()
    _board: TensorBoardWriter | None = field(default=None, init=False)
    _started: float = field(default_factory=time.monotonic, init=False)
    _step_written: float = field(default=0.0, init=False)
    _epochs: list[EpochReport] = field(default_factory=list, init=False)

    def start(self) -> None:
        """Write what is known before the first step; of a resumed run it is there already."""
        if not self.is_first:
            return
        self._epochs = list(read_run(self.folder.path).epochs)
        self.folder.forget_request()
        if self.config.tensorboard:
            self._board = TensorBoardWriter(self.folder.path / "tensorboard")
        with self.folder.writing():
            atomic.write_bytes(
                self.folder.path / "environment.txt", environment_text().encode("utf-8")
            )

    def recorded(self, events: Generator[Event, None, None]) -> Generator[Event, None, None]:
        """Pass events on after writing them down."""
        for event in events:
            if self.is_first:
                self.record(event)
                yield event

    def record(self, event: Event) -> None:
        """Write an event down; of updates a few a second, and fewer as the run grows long."""
        if isinstance(event, StepReport):
            now = time.monotonic()
            least, most = _STEP_SECONDS
            interval = min(max(least, _STEP_SHARE * (now - self._started)), most)
            if now - self._step_written < interval and event.step < event.steps:
                return
            self._step_written = now
        self.folder.append_event(event)
        if self._board is not None:
            self._board.write(event)

    def requested(self) -> str:
        """Return what the user asked for, the same in every process."""
        return self.folder.requested()

    def save_epoch(self, learner: Learner, report: EpochReport) -> None:
        """Write `last`, `best` if it is, and the summary."""
        if not self.is_first:
            return
        card, weights = self._card(learner, report), learner.evaluated.state_dict()
        save_checkpoint(self.folder.last_file, weights, card)
        if report.is_best:
            save_checkpoint(self.folder.best_file, weights, card)
        self._write_summary(report)

    def _write_summary(self, newest: EpochReport) -> None:
        """Write all rows anew: an epoch that was begun again after a kill has one."""
        earlier = (epoch for epoch in self._epochs if epoch.epoch < newest.epoch)
        self._epochs = [*earlier, newest]
        classes = len(self.data.class_names)
        rows = (summary_row(epoch, classes) for epoch in self._epochs)
        with self.folder.writing():
            text = summary_header(classes) + "".join(rows)
            atomic.write_bytes(self.folder.summary_file, text.encode("utf-8"))

    def write_report(
        self, learner: Learner, validation: Views, labels: NDArray[np.int64]
    ) -> dict[str, float]:
        """Measure the best weights, write curves, tables and pages; return the figures."""
        learner.fabric.barrier()  # until the first process has written the best weights
        best = load_checkpoint(self.folder.best_file).model.state_dict()
        learner.evaluated.load_state_dict(best)
        probabilities = learner.predict_proba(validation)
        figures = _figures(probabilities, labels)
        if self.config.test_time_augmentation:
            augmented = learner.predict_proba(validation, augment=True)
            figures |= {f"{k}_tta": v for k, v in _figures(augmented, labels).items()}
        if self.is_first:
            names = [_below(self.data, image.path) for image in self.data.part("val")]
            write_run_report(read_run(self.folder.path), probabilities, labels, names)
        return figures

    def _card(self, learner: Learner, report: EpochReport) -> ModelCard:
        settings = asdict(self.config)
        loaded = self.loaded
        return ModelCard(
            architecture=self.config.model,
            arguments=model_arguments(self.config),
            class_names=self.data.class_names,
            class_titles=titles_of(self.data.class_names),
            preprocessing=learner.preprocessing,
            training={
                "data": self.data.name,
                "images": {
                    part: Dataset(part, self.data.part(part)).counts() for part in ("train", "val")
                },
                "split_sha256": hashlib.sha256(split_table(self.data).encode()).hexdigest(),
                "image_hashes": _image_hashes(self.data),
                "started_from": asdict(loaded) if loaded is not None else {},
                "teachers": [asdict(teacher) for teacher in self.teachers],
                "epoch": report.epoch,
                "config": {
                    name: value
                    for name, value in settings.items()
                    if name not in ("data", "teacher") and value not in (None, float("inf"))
                },
                "command": self.command,
                "date": datetime.now(UTC).strftime("%Y-%m-%d"),
                "versions": {
                    "fundus_gui": __version__,
                    **{name: _version(name) for name in ("torch", "torchvision", "timm")},
                },
            },
            metrics={"validation": dict(report.validation)},
            licence=terms([loaded, *self.teachers] if loaded is not None else self.teachers),
        )


def model_arguments(config: TrainConfig) -> dict[str, Any]:
    """Return the keyword arguments of the architecture."""
    arguments = dict(config.model_arguments)
    if config.drop_path is not None:
        arguments["drop_path_rate"] = config.drop_path
    return arguments


def _figures(probabilities: NDArray[np.float64], labels: NDArray[np.int64]) -> dict[str, float]:
    return measure(probabilities, labels).by_name()


def _image_hashes(data: Dataset) -> list[str]:
    """Return "sha256:perceptual hash" of the training images, so that leaks can be found."""
    pairs = ((i.extra.get(SHA256, ""), i.extra.get(PERCEPTUAL, "")) for i in data.part("train"))
    return [f"{sha256[:16]}:{perceptual}" for sha256, perceptual in pairs if sha256]


def _below(data: Dataset, path: Path) -> str:
    return (path.relative_to(data.folder) if path.is_relative_to(data.folder) else path).as_posix()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:  # a frozen bundle without metadata
        return ""
