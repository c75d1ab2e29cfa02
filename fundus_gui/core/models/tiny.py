"""A network of a few hundred parameters, so that tests run the real engine in milliseconds."""

from __future__ import annotations

from torch import nn

from fundus_gui.core.models.attention import SimAM
from fundus_gui.core.models.registry import register_model


@register_model("tiny")
def tiny(*, num_classes: int, input_size: int) -> nn.Module:  # noqa: ARG001 - takes any size
    """Build two strided convolutions, SimAM and a linear head."""
    return nn.Sequential(
        nn.Conv2d(3, 4, 3, stride=4, padding=1),
        nn.SiLU(),
        nn.Conv2d(4, 8, 3, stride=4, padding=1),
        nn.BatchNorm2d(8),
        nn.SiLU(),
        SimAM(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(8, num_classes),
    )
