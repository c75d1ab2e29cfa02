"""Networks of shapes without numbers, shared by the tests of the architectures."""

from __future__ import annotations

from collections.abc import Container, Iterable
from functools import cache
from typing import Any

import pytest
import torch
from torch import nn

from fundus_gui.core.models import create_model

# One of each kind; the others repeat their blocks, and their tables are checked one by one.
SMALL = (
    "densenet121_se",
    "densenet121_se_pre_norm5",
    "efficientnet_v2_s",
    "efficientnet_v2_s_aihao",
    "efficientnet_v2_s_se",
    "efficientnet_v2_s_simam",
    "rdnet_tiny",
    "tiny",
    "vit_ti_16",
)


def slow_unless(quick: Container[str], names: Iterable[str]) -> list[Any]:
    """Return names for `parametrize`, those that are not quick marked slow."""
    return [name if name in quick else pytest.param(name, marks=pytest.mark.slow) for name in names]


@cache
def on_meta(
    name: str, num_classes: int = 5, input_size: int = 224, **arguments: object
) -> nn.Module:
    """Build a network of shapes without numbers."""
    with torch.device("meta"):
        return create_model(name, num_classes=num_classes, input_size=input_size, **arguments)


def image_on_meta(size: int, count: int = 1) -> torch.Tensor:
    """Return (count, 3, size, size) without numbers."""
    return torch.empty(count, 3, size, size, device="meta")


def shapes(model: nn.Module) -> dict[str, torch.Size]:
    """Return the shape of every tensor of the state."""
    return {name: tensor.shape for name, tensor in model.state_dict().items()}


def randomise_statistics(model: nn.Module) -> None:
    """Give every batch normalisation statistics that make a mistake in its place visible."""
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            assert module.running_mean is not None
            assert module.running_var is not None
            module.running_mean.uniform_(-0.2, 0.2)
            module.running_var.uniform_(0.5, 2)
