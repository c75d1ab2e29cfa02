"""What a resumed training goes on from: one safetensors file, so that no code runs on load."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import safetensors
import safetensors.torch
import torch
from torch import Tensor

from fundus_gui.core import atomic
from fundus_gui.core.errors import CheckpointError
from fundus_gui.core.training.learner import Learner


@dataclass(slots=True, kw_only=True)
class Place:
    """Where a training stands.

    Attributes:
        epoch: the epoch under way, from 1.
        step: updates done in it.
        losses: sum of the epoch's losses so far.
        right: photographs answered rightly in it so far; None where they are mixed.
        seen: photographs in it so far.
        learning_rate: of the last update.
        best_score: highest validation macro-AUC, and its negative log-loss; None before any.
        best_epoch: its epoch, 0 before the first.
        seconds: spent in all, for the time budget.
        scaler: state of the gradient scaler, for fp16.
        parts: forward passes an update is divided into.
    """

    epoch: int = 1
    step: int = 0
    losses: float = 0.0
    right: int | None = 0
    seen: int = 0
    learning_rate: float = 0.0
    best_score: list[float] | None = None
    best_epoch: int = 0
    seconds: float = 0.0
    scaler: dict[str, Any] = field(default_factory=dict)
    parts: int = 1

    def begin_epoch(self, epoch: int) -> None:
        """Forget the sums of the epoch before."""
        self.epoch, self.step, self.losses, self.right, self.seen = epoch, 0, 0.0, 0, 0


def save_state(path: Path, learner: Learner, place: Place) -> None:
    """Replace the state file; after a failure the old one is whole.

    Raises:
        CheckpointError: it cannot be written.
    """
    place.parts = learner.parts
    scaler = _scaler(learner)
    place.scaler = {} if scaler is None else scaler.state_dict()
    tensors = {f"network.{name}": value for name, value in learner.network.state_dict().items()}
    if learner.average is not None:
        average = learner.average.module.state_dict()
        tensors |= {f"average.{name}": value for name, value in average.items()}
    for number, slots in learner.optimizer.state_dict()["state"].items():
        for name, value in slots.items():
            if value is not None:
                tensors[f"optimizer.{number}.{name}"] = torch.as_tensor(value)
    whole = {name: value.detach().cpu().contiguous().clone() for name, value in tensors.items()}
    content = safetensors.torch.save(whole, {"place": json.dumps(asdict(place))})
    try:
        atomic.write_bytes(path, content)
    except OSError as error:
        raise CheckpointError(
            path,
            f"the state of the training cannot be written ({error.strerror}). Free some space.",
        ) from error


def load_state(path: Path, learner: Learner) -> Place:
    """Put network, average and optimiser back to where they were.

    Raises:
        CheckpointError: the file is missing, damaged or of another network.
    """
    try:
        with safetensors.safe_open(path, framework="pt") as file:
            place = Place(**json.loads(file.metadata()["place"]))
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        learner.network.load_state_dict(_below("network.", tensors))
        if learner.average is not None:
            learner.average.module.load_state_dict(_below("average.", tensors))
        _load_optimizer(learner, _below("optimizer.", tensors))
        scaler = _scaler(learner)
        if scaler is not None and place.scaler:
            scaler.load_state_dict(place.scaler)
    except (OSError, safetensors.SafetensorError, KeyError, ValueError, TypeError) as error:
        raise CheckpointError(path, f"the training cannot go on from it ({error}).") from error
    except RuntimeError as error:  # tensors that do not fit
        raise CheckpointError(path, "it belongs to another network.") from error
    learner.parts = place.parts
    return place


def _scaler(learner: Learner) -> torch.amp.GradScaler | None:
    """Return what scales the gradients of fp16, None in other precisions."""
    scaler: torch.amp.GradScaler | None = getattr(learner.fabric.strategy.precision, "scaler", None)
    return scaler


def _below(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {
        name.removeprefix(prefix): value
        for name, value in tensors.items()
        if name.startswith(prefix)
    }


def _load_optimizer(learner: Learner, tensors: dict[str, Tensor]) -> None:
    slots: dict[int, dict[str, Tensor]] = {}
    for name, value in tensors.items():
        number, _, slot = name.partition(".")
        slots.setdefault(int(number), {})[slot] = value
    groups = learner.optimizer.state_dict()["param_groups"]
    learner.optimizer.load_state_dict({"state": slots, "param_groups": groups})
