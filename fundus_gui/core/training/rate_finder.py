"""How fast a network can learn: the learning-rate range test.

L. Smith, Cyclical Learning Rates for Training Neural Networks, WACV 2017, section 3.3.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from itertools import count, islice

from torch import Tensor

from fundus_gui.core.datasets import Dataset, measure_statistics
from fundus_gui.core.errors import ConfigError
from fundus_gui.core.preprocessing import Preprocessing
from fundus_gui.core.runs import Notice, Preparing, TrainConfig
from fundus_gui.core.runs.data import prepare_dataset
from fundus_gui.core.training.batches import TrainingBatches
from fundus_gui.core.training.distillation import load_teachers
from fundus_gui.core.training.learner import Course, Learner
from fundus_gui.core.training.loop import class_indices
from fundus_gui.core.training.processes import make_fabric
from fundus_gui.core.training.runner import make_learner
from fundus_gui.core.training.views import Views, decode_views

LOWEST, HIGHEST, UPDATES = 1e-7, 1.0, 100
_SMOOTHING = 0.9  # of the running mean of the loss
_DIVERGED = 4  # times the lowest loss


@dataclass(frozen=True, slots=True, kw_only=True)
class RatePoint:
    """One update of the test: its learning rate and the running mean of the loss."""

    learning_rate: float
    loss: float


def find_learning_rate(
    config: TrainConfig,
) -> Generator[Preparing | Notice | RatePoint, None, None]:
    """Train with a learning rate that rises from 1e-7 to 1 until the loss diverges.

    At most 100 updates on the training part, by one process, at the full input size. Nothing is
    written.

    Raises:
        FundusError: as data, network and device demand.
    """
    config = config.changed(devices=1, compile=False, ema_decay=0.0)
    data, _ = yield from prepare_dataset(config)
    preprocessing = Preprocessing(size=config.input_size, contrast=config.contrast)
    views = yield from decode_views(data.part("train"), preprocessing, config)
    if config.normalisation == "measured":
        mean, std = measure_statistics(views.arrays())
        preprocessing = dataclasses.replace(preprocessing, mean=mean, std=std)
    yield Preparing(stage="building")
    fabric = make_fabric(config)
    fabric.launch()
    teachers = load_teachers(config, data.class_names)
    learner = make_learner(config, fabric, data, preprocessing, teachers=teachers)
    yield from _rising(learner, _updates(learner, data, views))


def _updates(learner: Learner, data: Dataset, views: Views) -> Iterator[tuple[Tensor, Tensor]]:
    """Draw epoch after epoch."""
    batches = TrainingBatches(
        views,
        class_indices(data, "train"),
        len(data.class_names),
        learner.config,
        uses_cuda=learner.fabric.device.type == "cuda",
    )
    for epoch in count(1):
        yield from batches.epoch(epoch)


def _rising(
    learner: Learner, updates: Iterator[tuple[Tensor, Tensor]]
) -> Generator[RatePoint, None, None]:
    mean, lowest = 0.0, math.inf
    for update, (views, labels) in enumerate(islice(updates, UPDATES), start=1):
        rate = LOWEST * (HIGHEST / LOWEST) ** ((update - 1) / (UPDATES - 1))
        course = Course(
            update=update,
            learning_rate=rate,
            size=learner.config.input_size,
            strength=1.0,
            is_frozen=False,
        )
        loss = learner.update(views, labels, course).loss
        mean = _SMOOTHING * mean + (1 - _SMOOTHING) * loss
        smoothed = mean / (1 - _SMOOTHING**update)  # the mean began at 0
        if not smoothed <= _DIVERGED * lowest:
            return
        lowest = min(lowest, smoothed)
        yield RatePoint(learning_rate=rate, loss=smoothed)


def suggest_learning_rate(points: Sequence[RatePoint]) -> float:
    """Return a tenth of the rate at which the loss was lowest, as a peak for any schedule.

    Raises:
        ConfigError: there is no point, since the loss was no number from the start.
    """
    if not points:
        raise ConfigError(
            "No learning rate can be suggested: even the lowest gave a loss that is no number."
        )
    return min(points, key=lambda point: point.loss).learning_rate / 10
