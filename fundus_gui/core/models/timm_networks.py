"""The door to timm (Apache-2.0): any of its classification networks, by `timm:NAME`.

timm is imported when the first of its networks is built: it costs half a second.
"""

from __future__ import annotations

import difflib
from functools import partial
from typing import Any

from torch import nn

from fundus_gui.core.errors import UnknownNameError
from fundus_gui.core.models.architecture import Architecture, InputFacts

TIMM_PREFIX = "timm:"


def build_timm(timm_name: str, *, num_classes: int, input_size: int, **arguments: Any) -> nn.Module:
    """Build a network of timm with fresh weights, for `input_size` where its size is fixed.

    Args:
        timm_name: timm's name, with or without the tag of its weights.
        num_classes: outputs.
        input_size: height and width in pixels.
        arguments: passed on, e.g. `drop_path_rate`.
    """
    import timm

    if timm.get_pretrained_cfg_value(timm_name, "fixed_input_size"):
        arguments["img_size"] = input_size
    model: nn.Module = timm.create_model(
        timm_name, pretrained=False, num_classes=num_classes, **arguments
    )
    return model


def timm_architecture(name: str) -> Architecture:
    """Describe `timm:NAME` by timm's own configuration of its default weights.

    Raises:
        UnknownNameError: with the nearest names.
    """
    import timm

    timm_name = name.removeprefix(TIMM_PREFIX)
    if not timm.is_model(timm_name):
        near = difflib.get_close_matches(timm_name, timm.list_models(), n=3, cutoff=0)
        raise UnknownNameError("architecture", name, [*(TIMM_PREFIX + n for n in near), "…"])
    own: Any = timm.get_pretrained_cfg(timm_name)
    return Architecture(
        name,
        partial(build_timm, timm_name),
        title=timm_name,
        family="timm",
        attention="as published",
        paper="see timm's documentation (huggingface/pytorch-image-models)",
        weights_licence=own.license or "",
        facts=InputFacts(own.input_size[-1], own.mean, own.std, own.interpolation, own.crop_pct),
    )
