"""Which photographs make each update, and how they are altered: the same however often asked."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset
from torchvision.transforms import v2

from fundus_gui.core.errors import ConfigError, ImageError
from fundus_gui.core.one_or_many import one_or_many
from fundus_gui.core.runs import TrainConfig
from fundus_gui.core.training.augmentation import augmentation
from fundus_gui.core.training.seeds import seed_of
from fundus_gui.core.training.views import Views

Batch = tuple[Tensor, Tensor]


class _Draw(NamedTuple):
    """One photograph in an epoch; all that a worker process needs to know."""

    image: int
    epoch: int
    position: int
    strength: float


class _Unreadable(NamedTuple):
    """What an `ImageError` says, since errors do not leave a worker process as they are."""

    path: Path
    problem: str


class _Drawn(Dataset[tuple[Tensor, int] | _Unreadable]):
    """Photographs as they are drawn: altered at random, but always in the same way."""

    def __init__(self, views: Views, labels: Sequence[int], config: TrainConfig) -> None:
        self._views = views
        self._labels = labels
        self._config = config
        self._augment: dict[float, v2.Transform] = {}

    def __getitem__(self, draw: _Draw) -> tuple[Tensor, int] | _Unreadable:
        if draw.strength not in self._augment:
            self._augment[draw.strength] = augmentation(self._config, draw.strength)
        try:
            view = self._views[draw.image]
        except ImageError as error:
            return _Unreadable(error.path, error.problem)
        seed = seed_of("augmentation", self._config.seed, draw.epoch, draw.position)
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(seed)  # of the CPU alone; a GPU's goes on
            altered = self._augment[draw.strength](view)
        return altered, self._labels[draw.image]


def _batch(drawn: list[tuple[Tensor, int] | _Unreadable]) -> Batch | _Unreadable:
    views, labels = [], []
    for item in drawn:
        if isinstance(item, _Unreadable):
            return item
        views.append(item[0])
        labels.append(item[1])
    return torch.stack(views), torch.tensor(labels)


class TrainingBatches:
    """The updates of every epoch, each process drawing its own share of them.

    Attributes:
        steps: updates an epoch. Photographs that do not fill the last one are left out of that
            epoch; fewer than one update has make one all the same.
    """

    def __init__(
        self,
        views: Views,
        labels: Sequence[int],
        class_count: int,
        config: TrainConfig,
        *,
        rank: int = 0,
        world: int = 1,
        uses_cuda: bool = False,
    ) -> None:
        """Prepare to draw.

        Args:
            views: the training photographs.
            labels: their class indices, below `class_count`.
            class_count: K.
            config: batch size, balance, augmentation, seed.
            rank: number of this process.
            world: number of processes.
            uses_cuda: whether the batches go to a GPU.

        Raises:
            ConfigError: there are more processes than photographs.
        """
        if len(labels) < world:
            raise ConfigError(
                f"{len(labels)} training {one_or_many(len(labels), 'photograph')} cannot be "
                f"shared by {world} processes."
            )
        self._config, self._rank, self._world = config, rank, world
        self._labels = torch.tensor(labels)
        self._chances = _chances(self._labels, class_count, config)
        update = config.batch_size * config.accumulation
        self._update = update if len(labels) >= update else len(labels) - len(labels) % world
        self.steps = len(labels) // self._update
        workers = _default_workers(config, uses_cuda) if config.workers is None else config.workers
        self._plan: list[list[_Draw]] = []  # of the epoch, one entry an update
        self._loader: DataLoader[Any] = DataLoader(
            _Drawn(views, labels, config),
            collate_fn=_batch,
            batch_sampler=self._plan,
            num_workers=workers,
            persistent_workers=workers > 0,
            pin_memory=uses_cuda,
            generator=torch.Generator(),  # keeps it from drawing from the one of the network
        )

    def epoch(self, epoch: int, *, strength: float = 1.0, first_step: int = 1) -> Iterator[Batch]:
        """Draw this process's share of each update from `first_step` on.

        Process r has the photographs r, r + world, ... of an update, so that equal parts of all
        shares together are the same part of the update, however many processes there are.

        Args:
            epoch: its number; order and augmentation follow from it and the seed.
            strength: of the augmentation, 0 to 1.
            first_step: from 1.

        Yields:
            (n, 3, S, S) uint8 views and (n,) class indices.

        Raises:
            ImageError: a photograph that is decoded only now cannot be read.
        """
        order = self._order(epoch)
        draws = [_Draw(image, epoch, position, strength) for position, image in enumerate(order)]
        starts = range((first_step - 1) * self._update, self.steps * self._update, self._update)
        self._plan[:] = [
            draws[start + self._rank : start + self._update : self._world] for start in starts
        ]
        for batch in self._loader:
            if isinstance(batch, _Unreadable):
                raise ImageError(*batch)
            yield batch

    def _order(self, epoch: int) -> list[int]:
        generator = torch.Generator().manual_seed(seed_of("order", self._config.seed, epoch))
        count = len(self._labels)
        if self._chances is None:
            order = torch.randperm(count, generator=generator)
        else:
            order = torch.multinomial(self._chances, count, replacement=True, generator=generator)
        indices: list[int] = order.tolist()
        return indices


def _default_workers(config: TrainConfig, uses_cuda: bool) -> int:
    cores = os.cpu_count() or 1
    # On a CPU the network needs the cores itself.
    return max(1, min(8, cores // config.devices)) if uses_cuda else 0


def _chances(labels: Tensor, class_count: int, config: TrainConfig) -> Tensor | None:
    """Return (N,) how likely each photograph is drawn, None where each is drawn once an epoch."""
    if config.balance != "sampling":
        return None
    return class_weights(labels.tolist(), class_count, config.balance_strength)[labels]


def class_weights(labels: Sequence[int], class_count: int, strength: float) -> Tensor:
    """Return (K,) weights count^-strength, 1 in the mean photograph; a missing class has 0."""
    counts = torch.bincount(torch.tensor(labels), minlength=class_count).double()
    weights = torch.where(counts > 0, counts.clamp(min=1) ** -strength, 0)
    return (weights * counts.sum() / (weights * counts).sum()).float()
