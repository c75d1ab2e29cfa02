"""The table of networks by name."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from torch import nn

from fundus_gui.core.errors import ConfigError, UnknownNameError
from fundus_gui.core.models.architecture import Architecture, Builder, InputFacts
from fundus_gui.core.models.timm_networks import TIMM_PREFIX, timm_architecture

_ARCHITECTURES: dict[str, Architecture] = {}
_USUAL_INPUT = InputFacts()
_UNKNOWN_ARGUMENT = re.compile(r"unexpected keyword argument '(\w+)'")  # in Python's own words


def register_model(
    name: str,
    *,
    title: str = "",
    family: str = "",
    attention: str = "none",
    paper: str = "",
    weights_licence: str = "",
    facts: InputFacts = _USUAL_INPUT,
) -> Callable[[Builder], Builder]:
    """Enter a builder under `name`; a name can be taken only once.

    All but the name is for the reader (see `Architecture`); title and family are the name where
    nothing else is said.
    """

    def enter(builder: Builder) -> Builder:
        if name in _ARCHITECTURES:
            raise AssertionError(f"The model name '{name}' is registered twice.")
        _ARCHITECTURES[name] = Architecture(
            name, builder, title or name, family or name, attention, paper, weights_licence, facts
        )
        return builder

    return enter


def list_models() -> list[str]:
    """Return all registered names, sorted; `timm:NAME` goes beyond them."""
    return sorted(_ARCHITECTURES)


def find_architecture(name: str) -> Architecture:
    """Look up a registered name, or any classification network of timm as `timm:NAME`.

    Raises:
        UnknownNameError: with the nearest name.
    """
    if name.startswith(TIMM_PREFIX):
        return timm_architecture(name)
    if name not in _ARCHITECTURES:
        raise UnknownNameError("architecture", name, list_models())
    return _ARCHITECTURES[name]


def create_model(
    name: str, *, num_classes: int, input_size: int | None = None, **arguments: Any
) -> nn.Module:
    """Build a network with fresh weights.

    Args:
        name: a registered name, or `timm:NAME`.
        num_classes: outputs, at least 2.
        input_size: height and width of the input in pixels; None is the architecture's own.
        arguments: the architecture's own, e.g. `attention_position="fused-post"`.

    Raises:
        UnknownNameError: with the nearest name.
        ConfigError: an argument that the architecture does not have or take.
    """
    architecture = find_architecture(name)
    if num_classes < 2:
        raise ConfigError(f"A classifier needs at least 2 classes, not {num_classes}.")
    size = architecture.facts.size if input_size is None else input_size
    try:
        return architecture.builder(num_classes=num_classes, input_size=size, **arguments)
    except (AssertionError, LookupError, TypeError, ValueError) as error:
        if unknown := _UNKNOWN_ARGUMENT.search(str(error)):
            raise ConfigError(
                f"The architecture '{name}' has no '{unknown[1]}'. Leave it out."
            ) from error
        problem = str(error).rstrip(".")
        raise ConfigError(
            f"The architecture '{name}' was given wrong arguments: {problem}."
        ) from error
