"""How the weights follow the gradient: optimiser, and what changes in the course of a training.

Everything here depends on the progress from 0 to 1 alone, so that a resumed run goes on exactly.
"""

from __future__ import annotations

import math

from timm.optim import create_optimizer_v2  # type: ignore[attr-defined]
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.optim import Optimizer

from fundus_gui.core.models import find_classifier
from fundus_gui.core.runs import TrainConfig

_STAGES = 4
_TIMM_NAMES = {"adamw": "adamw", "sgd": "sgd", "rmsprop": "rmsproptf"}  # sgd is Nesterov's


def make_optimizer(model: nn.Module, config: TrainConfig) -> Optimizer:
    """Return the optimiser of all weights that can learn; vectors do not decay.

    With `config.layer_decay` below 1 each group has its factor on the learning rate as `lr_scale`.
    """
    name = _TIMM_NAMES[config.optimizer]
    if name == "sgd" and not config.momentum:  # of which Nesterov's needs some
        name = "momentum"
    optimizer: Optimizer = create_optimizer_v2(
        model,
        opt=name,
        lr=config.learning_rate,
        weight_decay=config.weight_decay,
        momentum=config.momentum,
        layer_decay=config.layer_decay if config.layer_decay < 1 else None,
    )
    return optimizer


def set_learning_rate(optimizer: Optimizer, rate: float) -> None:
    """Give every group `rate` times its own factor."""
    for group in optimizer.param_groups:
        group["lr"] = rate * group.get("lr_scale", 1.0)


def learning_rate(progress: float, config: TrainConfig) -> float:
    """Return the learning rate at `progress`, 0 to 1: warm-up, then the schedule.

    cosine: half a cosine to 0. one-cycle: half a cosine to a 25th before and a 10,000th after the
    peak (L. Smith, Super-Convergence, 2018; as in `torch.optim.lr_scheduler.OneCycleLR`).
    step: a tenth after one half and a hundredth after three quarters of the rest.
    """
    peak, warmup = config.learning_rate, config.warmup_fraction
    if progress < warmup:
        risen = progress / warmup
        if config.schedule == "one-cycle":
            return _half_cosine(peak / 25, peak, risen)
        return peak * (0.01 + 0.99 * risen)
    rest = (min(progress, 1.0) - warmup) / (1 - warmup)
    if config.schedule == "one-cycle":
        return _half_cosine(peak, peak / 1e4, rest)
    if config.schedule == "step":
        return peak * (1.0 if rest < 0.5 else 0.1 if rest < 0.75 else 0.01)
    return _half_cosine(peak, 0.0, rest)


def _half_cosine(start: float, end: float, fraction: float) -> float:
    return end + (start - end) * 0.5 * (1 + math.cos(math.pi * fraction))


def training_size(progress: float, config: TrainConfig) -> int:
    """Return the network's input size in pixels at `progress`.

    Four equal stages, from `initial_size` to `input_size` in equal steps: progressive learning as
    released with EfficientNetV2 (M. Tan and Q. Le, ICML 2021), whose S goes from 171 to 300.
    """
    if config.initial_size is None:
        return config.input_size
    growth = config.input_size - config.initial_size
    return config.initial_size + growth * _stage(progress) // (_STAGES - 1)


def training_sizes(config: TrainConfig) -> list[int]:
    """Return all sizes that the photographs grow through, each once."""
    stages = (training_size(stage / _STAGES, config) for stage in range(_STAGES))
    return list(dict.fromkeys(stages))


def training_strength(progress: float, config: TrainConfig) -> float:
    """Return the strength of augmentation and mixing, 0 to 1, which grows with the input size."""
    return 1.0 if config.initial_size is None else _stage(progress) / (_STAGES - 1)


def _stage(progress: float) -> int:
    return min(_STAGES - 1, int(_STAGES * progress))


def freeze(model: nn.Module, frozen: bool) -> None:
    """Let only the classifier learn, or everything.

    Batch norm of frozen layers keeps its statistics; `model.train()` would undo that, so freeze
    after it. The optimiser must have been made before, while everything could learn.
    """
    model.requires_grad_(not frozen)
    if frozen:
        find_classifier(model).requires_grad_(True)
        for module in model.modules():
            if isinstance(module, _BatchNorm):
                module.eval()
