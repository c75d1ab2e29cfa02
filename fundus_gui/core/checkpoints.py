"""Weights files: a network's tensors and its ModelCard in one safetensors file, hash checked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import safetensors
import safetensors.torch
import torch
from torch import Tensor, nn

from fundus_gui.core import atomic
from fundus_gui.core.cards import ModelCard, card_of_header, content_digest, parse_header
from fundus_gui.core.errors import CheckpointError, FundusError
from fundus_gui.core.models import create_model


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A loaded weights file: network in evaluation mode, card, and the file's own SHA-256."""

    model: nn.Module
    card: ModelCard
    sha256: str


def save_checkpoint(
    path: Path, state: Mapping[str, Tensor], card: ModelCard, *, half: bool = False
) -> None:
    """Write weights atomically; an existing file is replaced.

    Args:
        path: ends in `.safetensors`.
        state: a network's state dict.
        card: what goes with it.
        half: store matrices and kernels in float16. Vectors (biases, normalisation) stay float32:
            they are small, and running variances can underflow.

    Raises:
        CheckpointError: a value is not finite, or the file cannot be written.
    """
    tensors = {}
    for name, tensor in state.items():
        narrow = half and tensor.is_floating_point() and tensor.ndim > 1
        stored = tensor.detach().to("cpu", torch.float16 if narrow else tensor.dtype)
        if stored.is_floating_point() and not stored.isfinite().all():
            raise CheckpointError(path, f"'{name}' holds values that are not finite.")
        tensors[name] = stored.contiguous().clone()
    metadata = {"card": card.to_json()}
    draft = safetensors.torch.save(tensors, metadata=metadata)
    metadata["content_sha256"] = content_digest(*_split(path, draft))
    content = safetensors.torch.save(tensors, metadata=metadata)
    try:
        atomic.write_bytes(path, content)
    except OSError as error:
        raise CheckpointError(path, f"it cannot be written ({error.strerror}).") from error


def _split(path: Path, content: bytes) -> tuple[dict[str, object], memoryview]:
    """Return the parsed header and the bytes of the tensors."""
    header = parse_header(path, content)
    start = 8 + int.from_bytes(content[:8], "little")
    return header, memoryview(content)[start:]


def load_checkpoint(path: Path) -> Checkpoint:
    """Read, check and build: nothing that does not fit exactly is let through.

    Raises:
        CheckpointError: the file is unreadable, truncated, altered, a pickle, or does not fit
            the architecture and classes that its card names.
    """
    return _checked(path, _read(path))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CheckpointError(path, f"it cannot be read ({error.strerror}).") from error


def _checked(path: Path, content: bytes) -> Checkpoint:
    """Build from the bytes of the file, read once: it may be replaced at any time."""
    header, tensor_bytes = _split(path, content)
    card = card_of_header(path, header)
    stored_digest = header["__metadata__"].get("content_sha256")  # type: ignore[attr-defined]
    if stored_digest != content_digest(header, tensor_bytes):
        raise CheckpointError(
            path, "its contents do not match the hash stored in it. Copy the file again."
        )
    try:
        tensors = safetensors.torch.load(content)
    except (safetensors.SafetensorError, ValueError, KeyError) as error:
        raise CheckpointError(path, f"it is damaged ({error}). Copy the file again.") from error
    model = _build(path, card, tensors)
    return Checkpoint(model, card, hashlib.sha256(content).hexdigest())


def copy_with_card(source: Path, target: Path, card: ModelCard) -> None:
    """Write a file's tensors, bit for bit, under another card; `target` may be `source`.

    Raises:
        CheckpointError: the source is refused, or the target cannot be written.
    """
    content = _read(source)
    _checked(source, content)  # lets nothing damaged through
    save_checkpoint(target, safetensors.torch.load(content), card)


def _build(path: Path, card: ModelCard, tensors: dict[str, Tensor]) -> nn.Module:
    try:
        with torch.device("meta"):
            model = create_model(
                card.architecture,
                num_classes=len(card.class_names),
                input_size=card.preprocessing.size,
                **card.arguments,
            )
    except FundusError as error:
        raise CheckpointError(path, str(error)) from error
    except TypeError as error:  # the card's arguments hold one of the three above
        raise CheckpointError(path, f"its card contradicts itself ({error}).") from error
    model.load_state_dict(_fitted(path, model.state_dict(), tensors), assign=True)
    return model.eval().requires_grad_(False)


def _fitted(
    path: Path, expected: Mapping[str, Tensor], tensors: Mapping[str, Tensor]
) -> dict[str, Tensor]:
    """Return the tensors in the types of `expected`, or say what does not fit."""
    fitted = {}
    for name in sorted(expected.keys() ^ tensors.keys()):
        state = "missing" if name in expected else "unknown to the architecture"
        raise CheckpointError(path, f"the tensor '{name}' is {state}.")
    for name, wanted in expected.items():
        tensor = tensors[name]
        if tensor.shape != wanted.shape:
            raise CheckpointError(
                path,
                f"the tensor '{name}' has shape {_shape(tensor)}, but its card (architecture, "
                f"classes, input size) asks for {_shape(wanted)}.",
            )
        if tensor.is_floating_point() != wanted.is_floating_point():
            raise CheckpointError(path, f"the tensor '{name}' holds {tensor.dtype} values.")
        fitted[name] = tensor.to(wanted.dtype)
        if not fitted[name].isfinite().all():
            raise CheckpointError(path, f"the tensor '{name}' holds values that are not finite.")
    return fitted


def _shape(tensor: Tensor) -> str:
    return json.dumps(list(tensor.shape))
