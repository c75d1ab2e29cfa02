"""Loaded models that vote together on one device."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from fundus_gui.core.cards import ModelCard
from fundus_gui.core.catalogue import Catalogue, EnsembleSpec
from fundus_gui.core.checkpoints import load_checkpoint
from fundus_gui.core.devices import device_name, is_out_of_memory, resolve_device
from fundus_gui.core.errors import DeviceError, EnsembleError
from fundus_gui.core.fusion import fit_vote_weights
from fundus_gui.core.preprocessing import Preprocessing
from fundus_gui.core.vote import soft_vote, vote_shares

__all__ = [
    "Ensemble",
    "Member",
    "fit_vote_weights",
    "load_ensemble",
    "load_member",
    "soft_vote",
    "vote_shares",
]

Probabilities = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """One loaded network with its card, on a device."""

    name: str
    model: nn.Module
    card: ModelCard
    sha256: str
    device: torch.device

    @torch.inference_mode()
    def predict_proba(self, inputs: Tensor) -> Probabilities:
        """Return calibrated probabilities (N, K), float32, of normalised inputs (N, 3, S, S)."""
        batch = inputs.to(self.device, memory_format=torch.channels_last)
        with _mixed_precision(self.device):
            logits: Tensor = self.model(batch)
        probabilities = (logits.float() / self.card.temperature).softmax(dim=1)
        on_cpu: Probabilities = probabilities.cpu().numpy()
        return on_cpu


def _mixed_precision(device: torch.device) -> AbstractContextManager[object]:
    if device.type != "cuda":
        return nullcontext()
    dtype = torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
    return torch.autocast("cuda", dtype)


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
        """The device's name for people."""
        return device_name(self.members[0].device)

    def predict_proba(self, inputs: Mapping[Preprocessing, Tensor]) -> Probabilities:
        """Return the members' probabilities (M, N, K) of inputs (N, 3, S, S) by preprocessing."""
        return np.stack(
            [member.predict_proba(inputs[member.card.preprocessing]) for member in self.members]
        )


def load_member(name: str, catalogue: Catalogue, device: torch.device) -> Member:
    """Load one installed model onto a device.

    Raises:
        UnknownNameError, CheckpointError: it is not installed, or its file is refused.
        DeviceError: it does not fit into the device's memory.
    """
    checkpoint = load_checkpoint(catalogue.model(name).path)
    try:
        model = checkpoint.model.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    except RuntimeError as error:
        if not is_out_of_memory(error):
            raise
        raise DeviceError(
            f"{device_name(device)} has too little free memory for the model {name}. Close other "
            "programs, choose fewer models, or use the CPU."
        ) from error
    return Member(name, model, checkpoint.card, checkpoint.sha256, device)


def load_ensemble(spec: EnsembleSpec, catalogue: Catalogue, *, device: str = "auto") -> Ensemble:
    """Load all members of an ensemble.

    Raises:
        FundusError: a model is missing or refused, their classes differ, no such device.
    """
    where = resolve_device(device)
    return Ensemble(spec, tuple(load_member(name, catalogue, where) for name in spec.members))
