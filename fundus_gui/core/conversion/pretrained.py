"""Weights to start a training from: a file of ours, a foreign one, or public ones on request."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import nn

from fundus_gui.core.cards import read_card
from fundus_gui.core.checkpoints import load_checkpoint
from fundus_gui.core.conversion.downloads import download_weights
from fundus_gui.core.conversion.fitting import ConversionReport, check_enough, fit_state
from fundus_gui.core.conversion.foreign import State, file_digest, read_foreign
from fundus_gui.core.conversion.presets import Preset, find_preset, presets
from fundus_gui.core.errors import CheckpointError, ConfigError
from fundus_gui.core.models import create_model
from fundus_gui.core.preprocessing import Preprocessing

HUB = "hub"

Builder = Callable[[str, Mapping[str, Any]], nn.Module]  # of an architecture with its arguments

_NAMED_KIND = re.compile(r"((?:timm:)?\w[\w.]+):(.+)")  # two letters, for C:\... is a file
_VARIANT = re.compile(r"(_simam|_se|_aihao|_pre_norm5)+$")  # what an architecture adds to its kin
_UNKNOWN_LICENCE = "not known, because the origin of the initial weights was not named"


@dataclass(frozen=True, slots=True)
class InitialWeights:
    """What a training starts from.

    Attributes:
        state: for the network's `load_state_dict(state, strict=False)`.
        report: what matched.
        title: what the weights are, for people.
        preprocessing: what they were trained with; its mean and std are worth keeping.
        licence: their terms, which bind what is made from them.
        sha256: of the file; empty when they were downloaded.
    """

    state: State
    report: ConversionReport
    title: str
    preprocessing: Preprocessing
    licence: str
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class _Source:
    """Tensors, and what they may be."""

    label: Path
    state: State
    kinds: Sequence[Preset]
    licence: str = ""
    sha256: str = ""
    keep_head: bool = True


@dataclass(frozen=True, slots=True)
class _Attempt:
    """How tensors fitted as one kind, and in what the networks differ that tensors do not show."""

    kind: Preset
    state: State
    report: ConversionReport
    differs: str


def initial_weights(
    source: str,
    architecture: str,
    arguments: Mapping[str, Any],
    *,
    class_names: Sequence[str],
    input_size: int,
) -> InitialWeights:
    """Find the weights that `source` names and fit them to a network that is to be trained.

    Args:
        source: a file of ours; a foreign file, whose kind is found by trying those of the
            architecture; `PRESET:FILE`; or `hub` for public weights of the architecture and
            `hub:PRESET` for certain ones. Only the last two use the internet.
        architecture: name of the network.
        arguments: of the architecture.
        class_names: of the training; a head for others is left out.
        input_size: in pixels.

    Raises:
        CheckpointError: the file is unsafe or damaged, or holds another network's weights.
        ConfigError: the network computes otherwise than that of the weights, or they cannot be
            reached.
        UnknownNameError: there is no such preset or architecture.
    """
    build = partial(_shapes, class_count=len(class_names), input_size=input_size)
    network = build(architecture, arguments)
    kinds = _kinds_of(architecture, arguments)
    if source == HUB or source.startswith(f"{HUB}:"):
        wanted = source[len(HUB) + 1 :]
        found = _public(find_preset(wanted) if wanted else _public_kind(kinds, network, build))
    else:
        found = _file(source, kinds, tuple(class_names))
    return _best_fit(found, network, build)


def _shapes(
    architecture: str, arguments: Mapping[str, Any], *, class_count: int, input_size: int
) -> nn.Module:
    with torch.device("meta"):
        return create_model(
            architecture, num_classes=class_count, input_size=input_size, **arguments
        )


def _kinds_of(architecture: str, arguments: Mapping[str, Any]) -> list[Preset]:
    """Return the presets for an architecture whatever its attention, and its own names last."""
    kin = _VARIANT.sub("", architecture)
    kinds = [p for p in presets().values() if _VARIANT.sub("", p.architecture) == kin]
    return [*kinds, dataclasses.replace(find_preset(architecture), arguments=arguments)]


def _file(source: str, kinds: Sequence[Preset], class_names: tuple[str, ...]) -> _Source:
    path = Path(source)
    named = _NAMED_KIND.fullmatch(source)
    if named and not path.exists():
        preset, path = find_preset(named[1]), Path(named[2])
        return _Source(path, read_foreign(path), [preset], preset.terms, file_digest(path))
    if _is_ours(path):
        return _own_file(path, class_names)
    return _Source(path, read_foreign(path), kinds, _UNKNOWN_LICENCE, file_digest(path))


def _is_ours(path: Path) -> bool:
    try:
        return path.suffix == ".safetensors" and bool(read_card(path))
    except CheckpointError:
        return False


def _own_file(path: Path, class_names: tuple[str, ...]) -> _Source:
    checkpoint = load_checkpoint(path)
    card = checkpoint.card
    kind = Preset(
        name=path.stem,
        title=card.title or path.stem,
        architecture=card.architecture,
        arguments=card.arguments,
        preprocessing=card.preprocessing,
        licence=card.licence,
    )
    state = checkpoint.model.state_dict()
    keep_head = card.class_names == class_names
    return _Source(path, state, [kind], card.licence, checkpoint.sha256, keep_head)


def _public_kind(kinds: Sequence[Preset], network: nn.Module, build: Builder) -> Preset:
    """Return the first of `kinds` that has public weights, preferring one that computes alike."""
    public = [kind for kind in kinds if kind.public]
    if not public:
        raise ConfigError("There are no public weights for this architecture. Give a local file.")
    alike = (k for k in public if not _difference(network, build(k.architecture, k.arguments)))
    return next(alike, public[0])


def _public(kind: Preset) -> _Source:
    library, _, name = kind.public.partition(":")
    if not name:
        raise ConfigError(f"The weights of {kind.title} are not public. Give a local file.")
    return _Source(Path(name), download_weights(library, name), [kind], kind.licence)


def _best_fit(source: _Source, network: nn.Module, build: Builder) -> InitialWeights:
    """Fit as each kind that `source` may be, and return the one that matches most."""
    attempts = []
    for kind in source.kinds:
        original = build(kind.architecture, kind.arguments)
        translated = kind.translate(source.state)
        state, report = fit_state(translated, network, original, keep_head=source.keep_head)
        attempts.append(_Attempt(kind, state, report, _difference(network, original)))
    best = max(attempts, key=lambda attempt: (attempt.report.backbone_share, not attempt.differs))
    kind = best.kind
    check_enough(source.label, kind.title, best.report)
    if best.differs:
        settings = ", ".join(f"{name}={value}" for name, value in kind.arguments.items())
        raise ConfigError(
            f"The weights of {kind.title} were trained in a network of another {best.differs}. "
            f"Choose {kind.architecture} with {settings or 'its usual settings'}."
        )
    return InitialWeights(
        best.state, best.report, kind.title, kind.preprocessing, source.licence, source.sha256
    )


def _difference(network: nn.Module, original: nn.Module) -> str:
    """Name a setting without tensors in which layers of the same name differ, or return ''."""
    layers = dict(original.named_modules())
    for name, layer in network.named_modules():
        for setting in ("padding", "eps"):
            ours, theirs = getattr(layer, setting, None), getattr(layers.get(name), setting, None)
            if None not in (ours, theirs) and ours != theirs:
                return setting
    return ""
