"""Which tensors of a file fit a network, and whether they are enough to call it its weights."""

from __future__ import annotations

import math
from collections.abc import Container, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from timm.layers.pos_embed import resample_abs_pos_embed
from torch import Tensor, nn

from fundus_gui.core.conversion.foreign import State
from fundus_gui.core.errors import CheckpointError
from fundus_gui.core.models import find_classifier

ENOUGH = 0.95  # of the backbone; a file with less is another network's


@dataclass(frozen=True, slots=True)
class ConversionReport:
    """What became of the tensors of a file; counters of batch normalisation are left out.

    Attributes:
        matched: tensors of the network that come from the file.
        new: tensors of the network that stay as initialised.
        dropped: tensors of the file that the network has no use for, translated where possible.
        missing: those of `new` that the file should have had: not the head, not added attention.
        backbone_share: share of the backbone, as far as the file should have it, that matched.
        has_head: whether the final linear layer comes from the file.
    """

    matched: tuple[str, ...]
    new: tuple[str, ...]
    dropped: tuple[str, ...]
    missing: tuple[str, ...]
    backbone_share: float
    has_head: bool


def fit_state(
    state: State, network: nn.Module, original: nn.Module, *, keep_head: bool = True
) -> tuple[State, ConversionReport]:
    """Choose and shape the tensors that `network` can load with `strict=False`.

    Positions are resampled to the network's grid; a head for other classes is left out.

    Args:
        state: in the names of our networks.
        network: what is to be filled; the meta device will do.
        original: what the weights were trained in; the meta device will do. Where `network` has
            other tensors, attention for instance, the file is not expected to have them.
        keep_head: whether a head of the right size is wanted.
    """
    wanted = network.state_dict()
    head = _head_names(network)
    fitted = {}
    for name, tensor in state.items():
        if name in wanted and (keep_head or name not in head):
            shaped = _shaped(name, tensor, wanted[name], network)
            if shaped is not None:
                fitted[name] = shaped
    has_head = head <= fitted.keys()
    if not has_head:
        fitted = {name: tensor for name, tensor in fitted.items() if name not in head}
    expected = _expected(wanted, original.state_dict(), head)
    missing = tuple(name for name in expected if name not in fitted)
    return fitted, ConversionReport(
        matched=_weights(wanted, fitted),
        new=_weights(wanted, wanted.keys() - fitted.keys()),
        dropped=_weights(state, state.keys() - fitted.keys()),
        missing=missing,
        backbone_share=1 - len(missing) / len(expected) if expected else 0.0,
        has_head=has_head,
    )


def _expected(wanted: State, original: State, head: set[str]) -> tuple[str, ...]:
    """Return what both networks have outside the head; nothing where they have little in common."""
    backbone = _weights(wanted, wanted.keys() - head)
    shared = [n for n in backbone if n in original and original[n].shape == wanted[n].shape]
    return tuple(shared) if len(shared) >= 2 / 3 * len(backbone) else ()


def check_enough(path: Path, title: str, report: ConversionReport) -> None:
    """Raise CheckpointError unless the file holds nearly the whole backbone.

    Args:
        path: the file.
        title: what it was taken for.
        report: how it fitted.
    """
    if report.backbone_share >= ENOUGH:
        return
    first = ", ".join((*report.missing[:3], "...")) if report.missing else "all of it"
    raise CheckpointError(
        path,
        f"taken for {title}, it holds {math.floor(100 * report.backbone_share)} % of the network's "
        f"backbone; missing are {first}. Name another kind of file or another architecture.",
    )


def _head_names(network: nn.Module) -> set[str]:
    classifier = find_classifier(network)
    prefix = next(name for name, module in network.named_modules() if module is classifier)
    return {f"{prefix}.{name}" for name in classifier.state_dict()}


def _weights(names: Iterable[str], chosen: Container[str]) -> tuple[str, ...]:
    """Return the names that are `chosen`, in order, without the counters of batches."""
    return tuple(n for n in names if n in chosen and not n.endswith("num_batches_tracked"))


def _shaped(name: str, tensor: Tensor, wanted: Tensor, network: nn.Module) -> Tensor | None:
    if name == "pos_embed":
        tensor = _positions(tensor, network)
    # Axes of length one do not count: a linear layer is a 1 x 1 convolution.
    if tensor.squeeze().shape != wanted.squeeze().shape:
        return None
    if tensor.is_floating_point() != wanted.is_floating_point():
        return None
    return tensor.to(wanted.dtype).reshape(wanted.shape)


def _positions(positions: Tensor, network: Any) -> Tensor:
    """Resample (1, T, C) or (T, C) learned positions to the grid of patches of timm's ViT."""
    table = positions.squeeze()
    grid = getattr(getattr(network, "patch_embed", None), "grid_size", None)
    if grid is None or table.ndim != 2:
        return positions
    tokens = 0 if getattr(network, "no_embed_class", False) else network.num_prefix_tokens
    patches = len(table) - tokens
    if patches < 1 or math.isqrt(patches) ** 2 != patches:
        return positions
    resampled: Tensor = resample_abs_pos_embed(
        table[None], new_size=list(grid), num_prefix_tokens=tokens, verbose=False
    )
    return resampled
