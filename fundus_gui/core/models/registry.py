"""The table of networks by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import nn

from fundus_gui.core.errors import ConfigError, UnknownNameError

# Called with num_classes, input_size and the architecture's own keyword arguments; returns a
# network from (N, 3, input_size, input_size) to logits (N, num_classes).
Builder = Callable[..., nn.Module]

_BUILDERS: dict[str, Builder] = {}


def register_model(name: str) -> Callable[[Builder], Builder]:
    """Enter a builder under `name`; a name can be taken only once."""

    def enter(builder: Builder) -> Builder:
        if name in _BUILDERS:
            raise AssertionError(f"The model name '{name}' is registered twice.")
        _BUILDERS[name] = builder
        return builder

    return enter


def list_models() -> list[str]:
    """Return all registered names, sorted."""
    return sorted(_BUILDERS)


def create_model(
    name: str, *, num_classes: int, input_size: int = 224, **arguments: Any
) -> nn.Module:
    """Build a network with fresh weights.

    Args:
        name: a registered name.
        num_classes: outputs, at least 2.
        input_size: height and width of the input in pixels.
        arguments: the architecture's own, e.g. `attention_position="fused-post"`.

    Raises:
        UnknownNameError: with the nearest name.
        ConfigError: an argument that the architecture does not have or take.
    """
    if name not in _BUILDERS:
        raise UnknownNameError("architecture", name, list_models())
    if num_classes < 2:
        raise ConfigError(f"A classifier needs at least 2 classes, not {num_classes}.")
    try:
        return _BUILDERS[name](num_classes=num_classes, input_size=input_size, **arguments)
    except (TypeError, ValueError) as error:
        raise ConfigError(
            f"The architecture '{name}' was given wrong arguments: {error}."
        ) from error
