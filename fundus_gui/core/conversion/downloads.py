"""The one door to the internet: public weights, fetched only because the user wrote `hub`."""

from __future__ import annotations

from typing import Any

import huggingface_hub
import timm
import torchvision

from fundus_gui.core.conversion.foreign import State
from fundus_gui.core.errors import ConfigError

_FILE = "model.safetensors"  # in the repositories that timm reads
_SECONDS = 10.0  # to wait for an answer before a download


def download_weights(library: str, name: str) -> State:
    """Return the tensors of public weights; those fetched earlier are found without a network.

    Args:
        library: `torchvision` or `timm`.
        name: as the library calls the weights.

    Raises:
        ConfigError: they cannot be reached.
    """
    try:
        return _of_torchvision(name) if library == "torchvision" else _of_timm(name)
    except Exception as error:  # each library below has errors of its own for a missing network
        raise ConfigError(
            f"The public weights {name} cannot be reached. Go on from scratch by leaving the "
            "pretrained weights out (no --pretrained), or give a local file."
        ) from error


def _of_torchvision(name: str) -> State:
    weights = torchvision.models.get_weight(name)
    return dict(weights.get_state_dict(check_hash=True, weights_only=True))


def _of_timm(name: str) -> State:
    published: Any = timm.get_pretrained_cfg(name)
    repository = published.hf_hub_id
    if repository and not _is_cached(repository):
        # Offline this fails at once, where the download would try for a minute.
        huggingface_hub.model_info(repository, timeout=_SECONDS)
    return dict(timm.create_model(name, pretrained=True).state_dict())


def _is_cached(repository: str) -> bool:
    return isinstance(huggingface_hub.try_to_load_from_cache(repository, _FILE), str)
