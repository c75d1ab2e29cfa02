"""The loop: draw a batch, forward, backward, step, report; evaluate and save once an epoch."""

from __future__ import annotations

import math
import time
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torchvision.transforms import v2

from fundus_gui.core.datasets import Dataset, check_parts
from fundus_gui.core.devices import device_name, is_out_of_memory, resolve_device
from fundus_gui.core.errors import ConfigError, DeviceError
from fundus_gui.core.evaluation import Metrics, measure
from fundus_gui.core.models import create_model
from fundus_gui.core.preprocessing import Preprocessing
from fundus_gui.core.training.batches import (
    PhotographDataset,
    augmentation,
    normalise,
    training_batches,
)
from fundus_gui.core.training.config import TrainConfig, learning_rate, training_size
from fundus_gui.core.training.run_folder import RunFolder


@dataclass(frozen=True, slots=True)
class StepReport:
    """One update: its number, how many an epoch has, loss, learning rate, images a second."""

    epoch: int
    step: int
    steps: int
    loss: float
    learning_rate: float
    images_per_second: float


@dataclass(frozen=True, slots=True)
class EpochReport:
    """One epoch: mean training loss, validation figures, whether they are the best so far."""

    epoch: int
    train_loss: float
    validation: Metrics
    is_best: bool
    seconds: float


class _Clock:
    """How much of the training is over, by epochs or by the time budget, whichever is more."""

    def __init__(self, config: TrainConfig) -> None:
        self._config = config
        self._started = time.monotonic()

    @property
    def is_over(self) -> bool:
        return self._spent() >= 1

    def progress(self, epochs_done: float) -> float:
        return max(epochs_done / self._config.epochs, self._spent())

    def _spent(self) -> float:
        return (time.monotonic() - self._started) / (60 * self._config.max_minutes)


class _Learner:
    """Network, loss and optimiser on one device."""

    def __init__(
        self, config: TrainConfig, training: PhotographDataset, preprocessing: Preprocessing
    ) -> None:
        self.config = config
        self.preprocessing = preprocessing
        self.device = resolve_device(config.device)
        torch.manual_seed(config.seed)
        model = create_model(
            config.model,
            num_classes=training.class_count,
            input_size=config.input_size,
            **config.model_arguments,
        )
        self.model = model.to(self.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        weights = training.class_weights().to(self.device) if config.balance == "loss" else None
        self._loss_of = nn.CrossEntropyLoss(weights, label_smoothing=config.label_smoothing)
        matrices = [p for p in self.model.parameters() if p.ndim > 1]
        vectors = [p for p in self.model.parameters() if p.ndim <= 1]
        self._optimizer = torch.optim.AdamW(
            [
                {"params": matrices, "weight_decay": config.weight_decay},
                {"params": vectors, "weight_decay": 0.0},
            ]
        )

    def step(self, views: torch.Tensor, labels: torch.Tensor, progress: float) -> float:
        """Update once on (N, 3, S, S) uint8 views and (N,) class indices; return the loss."""
        for group in self._optimizer.param_groups:
            group["lr"] = learning_rate(progress, self.config)
        self.model.train()
        size = training_size(progress, self.config)
        smaller = v2.functional.resize(views.to(self.device), [size, size], antialias=True)
        inputs = normalise(smaller, self.preprocessing)
        with torch.autocast(
            self.device.type, torch.bfloat16, enabled=self.config.precision == "bf16"
        ):
            loss = self._loss_of(self.model(inputs), labels.to(self.device))
        loss.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self._optimizer.step()
        self._optimizer.zero_grad(set_to_none=True)
        return float(loss.detach())

    @torch.inference_mode()
    def predict_proba(self, dataset: PhotographDataset) -> NDArray[np.float64]:
        """Return (N, K) probabilities in the data set's order."""
        self.model.eval()
        batches = torch.utils.data.DataLoader(dataset, self.config.batch_size)
        rows = [
            self.model(normalise(views.to(self.device), self.preprocessing)).double().softmax(1)
            for views, _ in batches
        ]
        probabilities: NDArray[np.float64] = torch.cat(rows).cpu().numpy()
        return probabilities


def fit(
    data: Dataset, config: TrainConfig, out: Path, *, command: str = ""
) -> Generator[StepReport | EpochReport, None, None]:
    """Train on the `train` part of `data`, watch the `val` part, write a new run folder `out`.

    The folder receives `config.toml`, `split.csv`, `summary.csv` (a row an epoch) and the weights
    `last.safetensors` and `best.safetensors` (highest validation macro-AUC).

    Raises:
        DatasetError: a part lacks a class, a patient is in two parts, or `out` exists already.
        ConfigError: the settings let the loss diverge.
        FundusError: as the data, the network or the device demand.
    """
    check_parts(data)
    preprocessing = Preprocessing(size=config.input_size)
    training = PhotographDataset(
        data.part("train"),
        data.class_names,
        preprocessing,
        augment=augmentation(config.augmentation),
    )
    validation = PhotographDataset(data.part("val"), data.class_names, preprocessing)
    learner = _Learner(config, training, preprocessing)
    run = RunFolder(out, data, config, preprocessing, command)
    run.start()
    clock, best = _Clock(config), -math.inf
    for epoch in range(1, config.epochs + 1):
        started, losses = time.monotonic(), []
        for report in _train_epoch(learner, training, epoch, clock):
            losses.append(report.loss)
            yield report
        probabilities = learner.predict_proba(validation)
        if not np.isfinite(probabilities).all():
            raise _diverged(f"after epoch {epoch} the network answered with no numbers")
        metrics = measure(probabilities, validation.labels)
        is_best, best = metrics.macro_auc > best, max(best, metrics.macro_auc)
        run.save(learner.model, metrics, epoch, is_best=is_best)
        summary = EpochReport(
            epoch, float(np.mean(losses)), metrics, is_best, time.monotonic() - started
        )
        run.append(epoch, summary.train_loss, metrics, summary.seconds)
        yield summary
        if clock.is_over:
            return


def _train_epoch(
    learner: _Learner, training: PhotographDataset, epoch: int, clock: _Clock
) -> Generator[StepReport, None, None]:
    config = learner.config
    batches = training_batches(training, config, epoch)
    before = time.monotonic()
    for step, (views, labels) in enumerate(batches, start=1):
        progress = clock.progress(epoch - 1 + (step - 1) / len(batches))
        loss = _step_if_it_fits(learner, views, labels, progress)
        if not math.isfinite(loss):
            raise _diverged(f"the loss was {loss} in step {step} of epoch {epoch}")
        now = time.monotonic()
        rate = learning_rate(progress, config)
        yield StepReport(epoch, step, len(batches), loss, rate, len(labels) / (now - before))
        before = time.monotonic()
        if clock.is_over:
            return


def _diverged(how: str) -> ConfigError:
    return ConfigError(
        f"The training diverged: {how}. Choose a lower learning rate; the weights of earlier "
        "epochs are kept."
    )


def _step_if_it_fits(
    learner: _Learner, views: torch.Tensor, labels: torch.Tensor, progress: float
) -> float:
    try:
        return learner.step(views, labels, progress)
    except RuntimeError as error:
        if not is_out_of_memory(error):
            raise
        raise DeviceError(
            f"{device_name(learner.device)} has too little free memory for {len(labels)} images "
            "at once. Choose a smaller batch size, input size or model."
        ) from error
