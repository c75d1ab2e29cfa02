"""Loaded models that vote together on one device."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from fundus_gui.core.acceleration import accelerated
from fundus_gui.core.cards import ModelCard
from fundus_gui.core.catalogue import Catalogue, EnsembleSpec
from fundus_gui.core.checkpoints import Checkpoint, load_checkpoint
from fundus_gui.core.devices import (
    device_errors_told,
    device_name,
    fast_dtype,
    is_out_of_memory,
    resolve_device,
)
from fundus_gui.core.errors import CheckpointError, DeviceError, EnsembleError
from fundus_gui.core.fusion import fit_vote_weights
from fundus_gui.core.openvino_engine import (
    OpenVINONetwork,
    engine_name,
    kept_network,
    openvino_network,
)
from fundus_gui.core.preprocessing import Preprocessing
from fundus_gui.core.results import Precision
from fundus_gui.core.vote import soft_vote, vote_shares

__all__ = [
    "Ensemble",
    "Member",
    "fit_vote_weights",
    "load_ensemble",
    "load_member",
    "normalise",
    "soft_vote",
    "vote_shares",
]

Probabilities = NDArray[np.float32]

# A CPU is quicker with a few images at a time, whose feature maps stay in its cache, than with
# many: a pass over a map in the memory takes two or three times as long.
_PIXELS_IN_CACHE = 4 * 224 * 224


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """One loaded network with its card, on a device that computes in `dtype`."""

    name: str
    model: nn.Module
    card: ModelCard
    sha256: str
    device: torch.device
    dtype: torch.dtype = torch.float32

    @torch.inference_mode()
    def predict_proba(self, inputs: Tensor) -> Probabilities:
        """Return calibrated probabilities (N, K), float32, of normalised inputs (N, 3, S, S)."""
        parts = torch.split(inputs, self._at_once(inputs))
        logits = torch.cat([self._logits(part) for part in parts])
        probabilities = (logits.float() / self.card.temperature).softmax(dim=1)
        on_cpu: Probabilities = probabilities.cpu().numpy()
        return on_cpu

    def _logits(self, inputs: Tensor) -> Tensor:
        batch = inputs.to(self.device, memory_format=torch.channels_last)
        with torch.autocast(self.device.type, self.dtype, enabled=self.dtype != torch.float32):
            logits: Tensor = self.model(batch)
        return logits

    def _at_once(self, inputs: Tensor) -> int:
        """Return how many images go through together."""
        if self.device.type != "cpu":
            return max(1, len(inputs))
        height, width = inputs.shape[-2:]
        return max(1, _PIXELS_IN_CACHE // (height * width))


def normalise(views: Tensor, preprocessing: Preprocessing, *, channels_last: bool = True) -> Tensor:
    """Do to (N, 3, S, S) of 0..255 what `Preprocessing.normalise` does to one view."""
    mean = torch.tensor(preprocessing.mean, device=views.device).view(3, 1, 1)
    std = torch.tensor(preprocessing.std, device=views.device).view(3, 1, 1)
    order = torch.channels_last if channels_last else torch.contiguous_format
    inputs = views.to(torch.float32, memory_format=order, copy=True)
    return inputs.div_(255).sub_(mean).div_(std)


@dataclass(frozen=True, slots=True, eq=False)
class Ensemble:
    """Members in the order of the spec's weights; all name the same classes in the same order."""

    spec: EnsembleSpec
    members: tuple[Member, ...]

    def __post_init__(self) -> None:
        """Refuse members that would get another's weight or add up different classes."""
        if tuple(member.name for member in self.members) != self.spec.members:
            raise EnsembleError("The loaded models are not those of the ensemble, in its order.")
        names = {member.card.class_names for member in self.members}
        if len(names) != 1:
            listed = "; ".join(f"({', '.join(classes)})" for classes in sorted(names))
            raise EnsembleError(f"The models cannot vote together, their classes differ: {listed}.")

    @property
    def class_names(self) -> tuple[str, ...]:
        """K class names."""
        return self.members[0].card.class_names

    @property
    def preprocessings(self) -> tuple[Preprocessing, ...]:
        """The distinct preprocessings of the members."""
        return tuple(dict.fromkeys(member.card.preprocessing for member in self.members))

    @property
    def weights_sha256(self) -> dict[str, str]:
        """Hash of each member's weights file."""
        return {member.name: member.sha256 for member in self.members}

    @property
    def cards(self) -> dict[str, ModelCard]:
        """Each member's card."""
        return {member.name: member.card for member in self.members}

    @property
    def device_name(self) -> str:
        """The device's name for people, and the engine where it is not PyTorch for all."""
        by_engine = [(engine_name(member.model), member.name) for member in self.members]
        engines = dict.fromkeys(engine for engine, _ in by_engine if engine)
        without = [name for engine, name in by_engine if not engine]
        named = ", ".join((device_name(self.members[0].device), *engines))
        return f"{named} without {', '.join(without)}" if engines and without else named

    @property
    def number_format(self) -> str:
        """What the networks compute in, e.g. float32 or bfloat16; the least, where they differ."""
        least = min((member.dtype for member in self.members), key=lambda dtype: dtype.itemsize)
        return str(least).removeprefix("torch.")

    def predict_proba(self, inputs: Mapping[Preprocessing, Tensor]) -> Probabilities:
        """Return the members' probabilities (M, N, K) of inputs (N, 3, S, S) by preprocessing."""
        return np.stack(
            [member.predict_proba(inputs[member.card.preprocessing]) for member in self.members]
        )


def load_member(
    name: str, catalogue: Catalogue, device: torch.device, precision: Precision = "exact"
) -> Member:
    """Load one installed model onto a device.

    Args:
        name: of the model.
        catalogue: where it is looked up.
        device: that is to compute.
        precision: exact is float32; fast is half of it where the device gains speed by that.

    Raises:
        UnknownNameError, CheckpointError: it is not installed, or its file is refused.
        DeviceError: it does not fit into the device's memory.
    """
    dtype = fast_dtype(device) if precision == "fast" else torch.float32
    installed = catalogue.model(name)
    if device.type == "cpu":
        with device_errors_told():
            kept = kept_network(installed.path, installed.card, dtype)
        if kept is not None:
            return Member(name, kept, installed.card, kept.sha256, device, kept.dtype)
    checkpoint = load_checkpoint(installed.path)
    if checkpoint.card.to_json() != installed.card.to_json():
        raise CheckpointError(
            installed.path,
            "it was replaced after the program had read it. Start the program again.",
        )
    with device_errors_told():
        model = _on_device(checkpoint, name, device, dtype)
    if isinstance(model, OpenVINONetwork):
        dtype = model.dtype
    return Member(name, model, checkpoint.card, checkpoint.sha256, device, dtype)


def _on_device(
    checkpoint: Checkpoint, name: str, device: torch.device, dtype: torch.dtype
) -> nn.Module:
    try:
        if device.type == "cpu":
            taken_over = openvino_network(name, checkpoint, dtype)
            if taken_over is not None:
                return taken_over
        model = checkpoint.model.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        if device.type == "cpu":
            model = accelerated(model, checkpoint.card.preprocessing.size, dtype=dtype)
    except RuntimeError as error:
        if not is_out_of_memory(error):
            raise
        raise DeviceError(
            f"{device_name(device)} has too little free memory for the model {name}. Close other "
            "programs, choose fewer models, or use the CPU."
        ) from error
    placed: nn.Module = model
    return placed


def load_ensemble(
    spec: EnsembleSpec,
    catalogue: Catalogue,
    *,
    device: str = "auto",
    precision: Precision = "exact",
) -> Ensemble:
    """Load all members of an ensemble; the arguments are those of `load_member`.

    Raises:
        FundusError: a model is missing or refused, their classes differ, no such device.
    """
    where = resolve_device(device)
    members = (load_member(name, catalogue, where, precision) for name in spec.members)
    return Ensemble(spec, tuple(members))
