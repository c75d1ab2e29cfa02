"""Public networks with random weights, to be compared with what the converters make of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from fundus_gui.core.conversion import ConversionReport, Preset
from fundus_gui.core.conversion.fitting import fit_state
from fundus_gui.core.models import create_model

CLASS_COUNT = 7

State = Mapping[str, Tensor]


def randomised(build: Callable[[], nn.Module]) -> nn.Module:
    """Build a network and give every tensor, statistics and biases too, values of its own."""
    with torch.device("meta"):  # since the usual initialisation takes long and is not wanted
        network = build()
    network.to_empty(device="cpu")
    torch.manual_seed(1)
    for name, tensor in network.state_dict().items():
        if not tensor.is_floating_point():
            tensor.zero_()
        elif name.endswith("running_var"):
            tensor.uniform_(0.5, 1.5)
        elif tensor.ndim > 1:
            tensor.normal_(std=tensor[0].numel() ** -0.5)
        else:
            tensor.normal_(std=0.1).add_(name.endswith("weight"))
    return network.eval()


def converted(
    preset: Preset, state: State, input_size: int, class_count: int = CLASS_COUNT
) -> tuple[nn.Module, ConversionReport]:
    """Build the preset's network and load `state`, which has the names of a public file.

    What is not in the file is zero; on the meta device nothing is computed.
    """
    with torch.device("meta"):
        network = create_model(
            preset.architecture, num_classes=class_count, input_size=input_size, **preset.arguments
        )
    fitted, report = fit_state(preset.translate(dict(state)), network, network)
    absent = {n: torch.zeros(t.shape, dtype=t.dtype) for n, t in network.state_dict().items()}
    network.load_state_dict(absent | fitted, assign=True)
    return network.eval(), report


def difference(ours: nn.Module, theirs: Any, input_size: int) -> float:
    """Return the largest difference of the logits for two random images, over their spread."""
    torch.manual_seed(2)
    images = torch.randn(2, 3, input_size, input_size)
    with torch.inference_mode():
        expected = theirs(images)
        found = ours(images)
    assert found.shape == expected.shape
    assert float(expected.std()) > 0
    return float((found - expected).abs().max() / expected.std().clamp(min=1))
