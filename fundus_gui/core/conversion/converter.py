"""From a foreign weights file to one of ours: tensors renamed, a card written."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import nn

from fundus_gui.core.cards import ModelCard
from fundus_gui.core.catalogue import weights_dirs
from fundus_gui.core.checkpoints import save_checkpoint
from fundus_gui.core.conversion.fitting import ConversionReport, check_enough, fit_state
from fundus_gui.core.conversion.foreign import file_digest, read_foreign
from fundus_gui.core.conversion.presets import Preset
from fundus_gui.core.errors import ConfigError, ExportError
from fundus_gui.core.models import create_model
from fundus_gui.core.paths import user_weights_dir

UNTRAINED_HEAD = "The head is untrained: train before use."


def convert(
    path: Path,
    preset: Preset,
    class_names: Sequence[str],
    *,
    name: str | None = None,
    input_size: int | None = None,
) -> tuple[Path, ConversionReport]:
    """Write what `path` holds into the user's weights folder.

    A head for as many classes as `class_names` has is kept and taken to mean them in that order;
    otherwise the new file has a fresh head, and its card says so.

    Args:
        path: safetensors, or PyTorch's own format.
        preset: what the file is.
        class_names: of the new model, in the order of its outputs.
        name: of the new model; None is the file's own.
        input_size: in pixels; None is the published one.

    Returns:
        The new file, and what became of the tensors.

    Raises:
        CheckpointError: the file is unsafe or damaged, or not of this kind.
        ConfigError: the name, the class names or the input size cannot be used.
        ExportError: a model of that name is installed already.
    """
    out = _free_place(path.stem if name is None else name)
    card = _card(path, preset, class_names, input_size)
    network = _fresh_network(card)
    state, report = fit_state(preset.translate(read_foreign(path)), network, network)
    check_enough(path, preset.title, report)
    network.load_state_dict(state, strict=False)
    notes = [preset.notes] if report.has_head else [UNTRAINED_HEAD, preset.notes]
    card = dataclasses.replace(card, title=out.stem, notes=" ".join(notes).strip())
    save_checkpoint(out, network.state_dict(), card)
    return out, report


def _free_place(name: str) -> Path:
    file_name = f"{name}.safetensors"
    if Path(file_name).name != file_name:
        raise ConfigError(f"A model cannot be named '{name}'; give a name without a folder.")
    for folder in weights_dirs():
        if (folder / file_name).exists():
            raise ExportError(f"There is a model named '{name}' already. Choose another name.")
    return user_weights_dir() / file_name


def _card(
    path: Path, preset: Preset, class_names: Sequence[str], input_size: int | None
) -> ModelCard:
    preprocessing = preset.preprocessing
    if input_size is not None:
        preprocessing = dataclasses.replace(preprocessing, size=input_size)
    return ModelCard(
        architecture=preset.architecture,
        arguments=dict(preset.arguments),
        class_names=tuple(class_names),
        preprocessing=preprocessing,
        training={
            "converted_from": path.name,
            "sha256": file_digest(path),
            "preset": preset.name,
        },
        licence=preset.terms,
    )


def _fresh_network(card: ModelCard) -> nn.Module:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)  # so that the same file gives the same head
        return create_model(
            card.architecture,
            num_classes=len(card.class_names),
            input_size=card.preprocessing.size,
            **card.arguments,
        )
