"""What can be asked of any network: its size, its work for one image, its last layer."""

from __future__ import annotations

import copy

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from fundus_gui.core.errors import ConfigError


def count_parameters(model: nn.Module) -> int:
    """Return the number of weights that training changes; buffers are not among them."""
    return sum(parameter.numel() for parameter in model.parameters())


def count_macs(model: nn.Module, input_size: int) -> int:
    """Return the multiplications and additions for one image, counted as pairs.

    Convolutions and matrix products count. Nothing is computed: the network goes through a copy
    on torch's meta device, which knows shapes only.
    """
    shapes = copy.deepcopy(model).to("meta").eval()
    image = torch.empty(1, 3, input_size, input_size, device="meta")
    counter = FlopCounterMode(display=False)
    with torch.inference_mode(), counter:
        shapes(image)
    return counter.get_total_flops() // 2


def find_classifier(model: nn.Module) -> nn.Linear:
    """Return the last linear layer, which alone knows the classes.

    Raises:
        ConfigError: the network ends in something else, as a few of timm's do.
    """
    head = model
    if callable(getattr(model, "get_classifier", None)):  # timm's interface
        head = model.get_classifier()  # type: ignore[operator]
    has_one_end = isinstance(head, nn.Module) and not isinstance(head, nn.ModuleList)
    linear = [m for m in head.modules() if isinstance(m, nn.Linear)] if has_one_end else []
    if not linear:
        raise ConfigError(f"The network {type(model).__name__} does not end in one linear layer.")
    return linear[-1]
