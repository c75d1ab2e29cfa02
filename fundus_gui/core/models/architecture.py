"""What is known of a network beside its weights: who published it, and for which input."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from torch import nn

# Called with num_classes, input_size and the architecture's own keyword arguments; returns a
# network from (N, 3, input_size, input_size) to logits (N, num_classes).
Builder = Callable[..., nn.Module]


@dataclass(frozen=True, slots=True)
class InputFacts:
    """The input for which an architecture's public weights were made.

    Attributes:
        size: height and width in pixels.
        mean, std: per channel, of values scaled to 0..1; ImageNet's unless said otherwise.
        interpolation: resampling filter.
        crop_fraction: share of the short side that the central crop keeps.
    """

    size: int = 224
    mean: tuple[float, float, float] = (0.485, 0.456, 0.406)
    std: tuple[float, float, float] = (0.229, 0.224, 0.225)
    interpolation: Literal["bilinear", "bicubic"] = "bilinear"
    crop_fraction: float = 1.0


@dataclass(frozen=True, slots=True)
class Architecture:
    """One entry of the registry.

    Attributes:
        name: what `create_model` is asked for.
        builder: what makes the network.
        title: its name in the literature.
        family: what it belongs to.
        attention: in words, which and where.
        paper: citation of the source.
        weights_licence: of the public weights that fit; empty where there are none.
        facts: the input of these weights; its size is the network's default.
    """

    name: str
    builder: Builder
    title: str
    family: str
    attention: str
    paper: str
    weights_licence: str
    facts: InputFacts
