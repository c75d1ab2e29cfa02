"""How to train: one frozen, self-checking record, from which command line and form are built."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from fundus_gui.core.errors import ConfigError

Balance = Literal["none", "loss", "sampling"]
Precision = Literal["fp32", "bf16"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainConfig:
    """How to train; checks itself.

    Attributes:
        model: registered name of the network.
        model_arguments: further arguments of the network.
        input_size: height and width in pixels.
        initial_size: size at the start, growing in four steps to `input_size` (the progressive
            learning of EfficientNetV2; only for networks that take any size); None is constant.
        epochs: passes over the training part.
        max_minutes: ends earlier; the learning rate then follows the clock, so that it still
            falls to zero.
        batch_size: images per update.
        learning_rate: at the top of the schedule (AdamW).
        weight_decay: of matrices and kernels only.
        warmup_fraction: share of the training in which the rate rises.
        label_smoothing: of the cross-entropy.
        balance: answer to rare classes: weigh the loss, draw evenly, or neither.
        augmentation: 0 (only mirroring) to 1 (strong) rotation, scaling, colour and erasing.
        precision: of the forward pass in training; evaluation is always float32.
        device: auto, cpu, cuda, cuda:N or mps.
        seed: of weights, order and augmentation.
    """

    model: str
    model_arguments: Mapping[str, Any] = field(default_factory=dict)
    input_size: int = 224
    initial_size: int | None = None
    epochs: int = 30
    max_minutes: float = math.inf
    batch_size: int = 32
    learning_rate: float = 1e-3
    weight_decay: float = 0.05
    warmup_fraction: float = 0.05
    label_smoothing: float = 0.1
    balance: Balance = "loss"
    augmentation: float = 0.5
    precision: Precision = "fp32"
    device: str = "auto"
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse values with which no training could work."""
        self._check_numbers()
        self._check_sizes()
        choices = (("balance", self.balance, Balance), ("precision", self.precision, Precision))
        for name, value, known in choices:
            if value not in get_args(known):
                listed = ", ".join(get_args(known))
                raise ConfigError(f"{name} must be one of {listed}, not '{value}'.")
        for name in ("num_classes", "input_size"):
            if name in self.model_arguments:
                raise ConfigError(f"model_arguments cannot set {name}; it is set elsewhere.")

    def _check_numbers(self) -> None:
        for name, least in (("epochs", 1), ("batch_size", 2)):
            if getattr(self, name) < least:
                raise ConfigError(f"{name} must be at least {least}, not {getattr(self, name)}.")
        for name in ("learning_rate", "max_minutes"):
            if not getattr(self, name) > 0:
                raise ConfigError(f"{name} must be above 0, not {getattr(self, name)}.")
        for name in ("warmup_fraction", "label_smoothing", "augmentation", "weight_decay"):
            if not 0 <= getattr(self, name) <= 1:
                raise ConfigError(f"{name} must be 0 to 1, not {getattr(self, name)}.")

    def _check_sizes(self) -> None:
        if self.initial_size is not None and not 32 <= self.initial_size <= self.input_size:
            raise ConfigError(
                f"initial_size must be 32 to {self.input_size} (the input size), "
                f"not {self.initial_size}."
            )


def training_size(progress: float, config: TrainConfig) -> int:
    """Return the network's input size in pixels at `progress` (0 to 1)."""
    if config.initial_size is None:
        return config.input_size
    step = min(3, int(4 * progress))
    return round(config.initial_size + (config.input_size - config.initial_size) * step / 3)


def learning_rate(progress: float, config: TrainConfig) -> float:
    """Return the rate at `progress` (0 to 1): linear warm-up, then half a cosine to zero."""
    if progress < config.warmup_fraction:
        return config.learning_rate * (0.01 + 0.99 * progress / config.warmup_fraction)
    rest = (min(progress, 1.0) - config.warmup_fraction) / max(1 - config.warmup_fraction, 1e-9)
    return config.learning_rate * 0.5 * (1 + math.cos(math.pi * rest))
