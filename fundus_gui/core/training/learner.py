"""The network that learns, with its average, optimiser and loss, on the devices of a Fabric."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from lightning_fabric import Fabric
from numpy.typing import NDArray
from timm.utils.model_ema import ModelEmaV3
from torch import Tensor, distributed, nn
from torchvision.transforms import v2

from fundus_gui.core.devices import device_name, is_out_of_memory
from fundus_gui.core.ensemble import normalise
from fundus_gui.core.errors import DeviceError
from fundus_gui.core.preprocessing import Preprocessing
from fundus_gui.core.runs import TrainConfig
from fundus_gui.core.training.augmentation import mixing
from fundus_gui.core.training.distillation import Distillation, Teacher
from fundus_gui.core.training.losses import make_loss
from fundus_gui.core.training.optimisation import freeze, make_optimizer, set_learning_rate
from fundus_gui.core.training.seeds import seed_of
from fundus_gui.core.training.views import Views


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What one update follows: its number from 1, learning rate, input size, strength, freezing."""

    update: int
    learning_rate: float
    size: int
    strength: float
    is_frozen: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of one update, over all processes: mean loss, and how many were right (None if mixed)."""

    loss: float
    right: int | None


class Learner:
    """One network in training.

    Attributes:
        network: as created; what is saved unless there is an average.
        preprocessing: what its photographs get.
        average: running average of its weights, or None.
        parts: into how many forward passes an update is divided; grows when memory is short.
    """

    def __init__(
        self,
        config: TrainConfig,
        fabric: Fabric,
        network: nn.Module,
        preprocessing: Preprocessing,
        class_weights: Tensor | None,
        class_count: int,
        teachers: Sequence[Teacher] = (),
    ) -> None:
        self.config = config
        self.fabric = fabric
        self.parts = config.accumulation
        self.preprocessing = preprocessing
        self._class_count = class_count
        self._is_frozen = False
        self._loss_of = make_loss(config, class_weights).to(fabric.device)
        self._distillation = (
            Distillation(teachers, config, preprocessing, fabric) if teachers else None
        )
        network = network.to(fabric.device)
        if config.channels_last:
            network = network.to(memory_format=torch.channels_last)
        if fabric.world_size > 1 and fabric.device.type == "cuda":
            network = nn.SyncBatchNorm.convert_sync_batchnorm(network)  # type: ignore[no-untyped-call]
        self.network = network
        self.average = (
            ModelEmaV3(network, config.ema_decay, use_warmup=True) if config.ema_decay else None
        )
        self.optimizer = make_optimizer(network, config)
        trained: Any = torch.compile(network) if config.compile else network
        self._model, self._steps = fabric.setup(trained, self.optimizer)

    @property
    def evaluated(self) -> nn.Module:
        """The network that is measured and saved."""
        return self.network if self.average is None else self.average.module

    def is_finite(self) -> bool:
        """Return whether all weights are numbers: a gradient may diverge before the loss."""
        return all(bool(weight.isfinite().all()) for weight in self.network.parameters())

    def update(self, views: Tensor, labels: Tensor, course: Course) -> Outcome:
        """Update once.

        Args:
            views: (N, 3, S, S) uint8, this process's share.
            labels: (N,) class indices.
            course: what to follow.

        Raises:
            DeviceError: not even two photographs fit into memory.
        """
        set_learning_rate(self.optimizer, course.learning_rate)
        if not self.network.training or course.is_frozen is not self._is_frozen:
            self._begin_to_learn(course.is_frozen)
        while True:
            # All chance in an update comes from its number, so that it can be repeated exactly.
            torch.manual_seed(
                seed_of("update", self.config.seed, course.update, self.fabric.global_rank)
            )
            try:
                outcome = self._gradients(views, labels, course)
                break
            except RuntimeError as error:
                if not is_out_of_memory(error):
                    raise
                self._halve(len(labels), error)
        if math.isfinite(outcome.loss):
            self._step(course)
        return outcome

    def _begin_to_learn(self, is_frozen: bool) -> None:
        """Prepare the modules; not in every update, since a large network has a thousand."""
        self.network.train()
        freeze(self.network, is_frozen)
        self._is_frozen = is_frozen

    def _gradients(self, views: Tensor, labels: Tensor, course: Course) -> Outcome:
        self._steps.zero_grad(set_to_none=True)
        loss, right = torch.zeros((), device=self.fabric.device), 0
        mix = mixing(self.config, self._class_count, course.strength)
        # Batch norm has no statistics of a single photograph.
        parts = max(1, min(self.parts, len(labels) // 2))
        chunks = list(zip(views.tensor_split(parts), labels.tensor_split(parts), strict=True))
        for number, (some_views, some_labels) in enumerate(chunks, start=1):
            inputs = self._inputs(some_views, course.size)
            targets = some_labels.to(self.fabric.device)
            if mix is not None:
                inputs, targets = mix(inputs, targets)
            loss_of = self._objective(inputs, targets)
            with self.fabric.no_backward_sync(self._model, enabled=self._skips(number, chunks)):
                logits = self._model(inputs)
                share = loss_of(logits) * (len(some_labels) / len(labels))
                self.fabric.backward(share)
            loss += share.detach()
            if mix is None:
                right += int((logits.detach().argmax(1) == targets).sum())
        sums = torch.tensor([loss, right], dtype=torch.float64)
        if self.fabric.world_size > 1:
            reduced = self.fabric.all_reduce(sums.to(self.fabric.device), reduce_op="sum")
            assert isinstance(reduced, Tensor)
            sums = reduced.cpu()
            sums[0] /= self.fabric.world_size
        return Outcome(float(sums[0]), None if mix is not None else int(sums[1]))

    def _objective(self, inputs: Tensor, targets: Tensor) -> Callable[[Tensor], Tensor]:
        """Return what makes a loss of the logits.

        Teachers answer at once, before the student's own pass fills the memory.
        """
        distillation = self._distillation
        if distillation is None:
            return lambda logits: self._loss_of(logits, targets)
        answers = distillation.answers(inputs)
        return lambda logits: distillation.joined(self._loss_of(logits, targets), logits, answers)

    def _skips(self, number: int, chunks: list[tuple[Tensor, Tensor]]) -> bool:
        return self.fabric.world_size > 1 and number < len(chunks)

    def _step(self, course: Course) -> None:
        if self.config.clip_norm:
            self.fabric.clip_gradients(
                self._model,
                self._steps,
                max_norm=self.config.clip_norm,
                error_if_nonfinite=False,
            )
        self._steps.step()
        if self.average is not None:
            self.average.update(self.network, course.update)

    def _halve(self, images: int, error: RuntimeError) -> None:
        """Divide an update into twice as many parts."""
        if self.parts >= images // 2 or self.fabric.world_size > 1:
            raise DeviceError(
                f"{device_name(self.fabric.device)} has too little free memory to train this "
                "network. Choose a smaller batch size, input size or model."
            ) from error
        self.parts = min(images // 2, 2 * self.parts)
        self._steps.zero_grad(set_to_none=True)
        if self.fabric.device.type == "cuda":
            torch.cuda.empty_cache()

    def _inputs(self, views: Tensor, size: int) -> Tensor:
        """Return (N, 3, size, size) float32 as `Preprocessing.normalise` makes them."""
        on_device = views.to(self.fabric.device, non_blocking=True)
        if on_device.shape[-1] != size:
            on_device = v2.functional.resize(on_device, [size, size], antialias=True)
        return normalise(on_device, self.preprocessing, channels_last=self.config.channels_last)

    def predict_proba(self, views: Views, *, augment: bool = False) -> NDArray[np.float64]:
        """Return (N, K) probabilities of all `views` in their order, in float32 throughout.

        Args:
            views: photographs at the full input size.
            augment: mean over the 8 mirrored and turned copies (test-time augmentation).
        """
        rank, world = self.fabric.global_rank, self.fabric.world_size
        own = range(rank, len(views), world)
        rows = torch.full((math.ceil(len(views) / world), self._class_count), torch.nan)
        rows = rows.double()
        network = self.evaluated.eval()
        if world > 1:
            _share_buffers(network)
        at_once = max(1, self.config.batch_size * self.config.accumulation // self.parts // world)
        for first in range(0, len(own), at_once):
            indices = own[first : first + at_once]
            batch = torch.stack([views[index] for index in indices])
            rows[first : first + len(indices)] = self._probabilities(network, batch, augment)
        if world > 1:
            shares = [torch.empty_like(rows, device=self.fabric.device) for _ in range(world)]
            distributed.all_gather(shares, rows.to(self.fabric.device))
            rows = torch.stack(shares, 1).cpu().reshape(-1, self._class_count)[: len(views)]
        return rows.numpy()

    @torch.inference_mode()
    def _probabilities(self, network: nn.Module, batch: Tensor, augment: bool) -> Tensor:
        inputs = self._inputs(batch, batch.shape[-1])
        copies = list(mirrored_and_turned(inputs)) if augment else [inputs]
        rows = [network(copy).double().softmax(1).cpu() for copy in copies]
        return torch.stack(rows).mean(0)


def _share_buffers(network: nn.Module) -> None:
    """Give all processes the statistics of the first, which are what is saved."""
    for buffer in network.buffers():
        distributed.broadcast(buffer, src=0)


def mirrored_and_turned(inputs: Tensor) -> Iterator[Tensor]:
    """Yield the 8 copies of (N, C, S, S): four quarter turns, each plain and mirrored."""
    for quarter_turns in range(4):
        turned = torch.rot90(inputs, quarter_turns, (2, 3))
        yield turned
        yield turned.flip(3)
