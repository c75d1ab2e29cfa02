"""Weights files made by other programs, opened so that none of their code can run."""

from __future__ import annotations

import argparse
import hashlib
import warnings
from collections.abc import Mapping
from pathlib import Path

import safetensors
import safetensors.torch
import torch
from torch import Tensor

from fundus_gui.core.errors import CheckpointError

State = dict[str, Tensor]

# Where training scripts put the state dict, the averaged weights first: they are the better ones.
_WRAPPERS = (
    "state_dict_ema",
    "model_ema",
    "state_dict",
    "model_state_dict",
    "model",
    "teacher",
)


def read_foreign(path: Path) -> State:
    """Read the tensors of a safetensors file, or of a PyTorch file of tensors and settings.

    A training checkpoint is unwrapped: of several state dicts the averaged one is taken.

    Raises:
        CheckpointError: the file cannot be read, is damaged, would run code, or has no tensors.
    """
    content = _safetensors(path) if path.suffix == ".safetensors" else _pytorch(path)
    return _unwrapped(path, content)


def _safetensors(path: Path) -> object:
    try:
        return safetensors.torch.load_file(path)
    except OSError as error:
        raise _unreadable(path, error) from error
    except (safetensors.SafetensorError, ValueError, KeyError) as error:
        raise CheckpointError(path, f"it is damaged ({error}). Copy the file again.") from error


def _pytorch(path: Path) -> object:
    try:
        # Scripts often store their command line, an argparse.Namespace, which is mere settings.
        with warnings.catch_warnings(), torch.serialization.safe_globals([argparse.Namespace]):
            warnings.simplefilter("ignore")  # unusual pickle protocols; they are read or refused
            return torch.load(path, map_location="cpu", weights_only=True)
    except OSError as error:
        raise _unreadable(path, error) from error
    except Exception as error:  # a hostile pickle fails in every way; the cause is kept
        raise CheckpointError(
            path,
            "it is damaged, or holds more than tensors and settings, which could run code when "
            "opened. Save the network's state_dict, best as safetensors.",
        ) from error


def _unreadable(path: Path, error: OSError) -> CheckpointError:
    return CheckpointError(path, f"it cannot be read ({error.strerror or error}).")


def _unwrapped(path: Path, content: object) -> State:
    """Return the state dict in `content`, or say what is there instead."""
    found = content
    if isinstance(content, Mapping):
        wrapped = (content[key] for key in _WRAPPERS if isinstance(content.get(key), Mapping))
        found = next(wrapped, content)
    if isinstance(found, Mapping):
        tensors = {str(name): value.detach() for name, value in found.items() if _is_dense(value)}
        if tensors:
            return tensors
    raise CheckpointError(path, "it holds no state dict, that is, no tensors by name.")


def _is_dense(value: object) -> bool:
    return isinstance(value, Tensor) and value.layout is torch.strided and not value.is_quantized


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file's bytes in hexadecimal digits.

    Raises:
        CheckpointError: the file cannot be read.
    """
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise _unreadable(path, error) from error
