"""A network of a few hundred parameters, so that tests run the real engine in milliseconds."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Literal

from torch import nn

from fundus_gui.core.models.attention import SimAM
from fundus_gui.core.models.registry import register_model

_NORMS: dict[str, Callable[[], nn.Module]] = {
    "batch": partial(nn.BatchNorm2d, 8),
    "group": partial(nn.GroupNorm, 2, 8),
}


@register_model("tiny", title="Tiny network for tests", family="Tests", attention="SimAM")
def tiny(
    *,
    num_classes: int,
    input_size: int,  # noqa: ARG001 - takes any size
    norm: Literal["batch", "group"] = "batch",
) -> nn.Module:
    """Build two strided convolutions, SimAM and a linear head.

    Args:
        num_classes: outputs.
        input_size: of no effect.
        norm: `group` makes every image independent of the others in its batch.
    """
    return nn.Sequential(
        nn.Conv2d(3, 4, 3, stride=4, padding=1),
        nn.SiLU(),
        nn.Conv2d(4, 8, 3, stride=4, padding=1),
        _NORMS[norm](),
        nn.SiLU(),
        SimAM(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(8, num_classes),
    )
