"""The public weights that can be converted: what each file is, and what goes with it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any

import torch

from fundus_gui.core.conversion import layouts
from fundus_gui.core.conversion.foreign import State
from fundus_gui.core.conversion.layouts import Layout
from fundus_gui.core.errors import UnknownNameError
from fundus_gui.core.models import InputFacts, create_model, find_architecture, list_models
from fundus_gui.core.preprocessing import Framing, Preprocessing

TIMM_PREFIX = "timm:"

_HALF = (0.5, 0.5, 0.5)
_NON_COMMERCIAL = "CC BY-NC 4.0"
_APACHE = "Apache-2.0"
_NOT_STATED = "not stated; all rights are with its authors"
_AS_TRAINED = "as whoever trained it decides"
_RESIZED_AND_CROPPED = InputFacts(interpolation="bicubic", crop_fraction=0.875)  # 256 px, then 224

_CHECK_THE_SCRIPT = "Check that the script normalised photographs as this card says."


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """One kind of weights file.

    Attributes:
        name: what the user calls it.
        title: what it is, for people.
        architecture: registered name of the network that the weights were trained in.
        preprocessing: as published.
        licence: terms of the public weights.
        exceptions: terms of certain other files of this kind.
        arguments: of the architecture.
        layout: from the file's names to ours.
        prefixes: taken off the file's names, in order, before that.
        public: where the weights can be had, as `torchvision:WEIGHTS` or `timm:NAME`, else empty.
        notes: what a user should know.
    """

    name: str
    title: str
    architecture: str
    preprocessing: Preprocessing
    licence: str
    exceptions: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    layout: Layout = layouts.unchanged
    prefixes: tuple[str, ...] = ("module.",)
    public: str = ""
    notes: str = ""

    @property
    def terms(self) -> str:
        """The licence of a file of this kind of which no more is known."""
        return "; ".join(filter(None, (self.licence, self.exceptions)))

    def translate(self, state: State) -> State:
        """Return the tensors of such a file in the names of our networks."""
        for prefix in self.prefixes:
            state = {name.removeprefix(prefix): tensor for name, tensor in state.items()}
        return self.layout(state)


def find_preset(name: str) -> Preset:
    """Look up a preset; every architecture, `timm:NAME` too, is one for files with its own names.

    Raises:
        UnknownNameError: with the nearest name.
    """
    if name in presets():
        return presets()[name]
    if name in list_models() or name.startswith(TIMM_PREFIX):
        return _own_names(name)
    raise UnknownNameError("preset", name, [*presets(), *list_models(), f"{TIMM_PREFIX}NAME"])


@cache
def presets() -> Mapping[str, Preset]:
    """Return all presets by name, in the order in which they are tried."""
    groups = (
        _of_timm(),
        _of_efficientnet_lite(),
        _of_torchvision(),
        _of_articles(),
        _of_retfound(),
        _of_other_eye_research(),
    )
    return {preset.name: preset for group in groups for preset in group}


def _prepared(facts: InputFacts, framing: Framing = "center-crop") -> Preprocessing:
    return Preprocessing(**dataclasses.asdict(facts), framing=framing)


def _facts(architecture: str) -> InputFacts:
    return find_architecture(architecture).facts


def _own_names(architecture: str) -> Preset:
    known = find_architecture(architecture)
    is_timm = architecture.startswith(TIMM_PREFIX)
    return Preset(
        name=architecture,
        title=known.title,
        architecture=architecture,
        preprocessing=_prepared(known.facts),
        licence=(known.weights_licence or _NOT_STATED) if is_timm else _AS_TRAINED,
        public=architecture if is_timm else "",
    )


def _of_torchvision() -> Iterator[Preset]:
    licence = "not stated (torchvision's code: BSD-3-Clause)"
    for size in "sml":
        yield Preset(
            name=f"torchvision_efficientnet_v2_{size}",
            title=f"torchvision's EfficientNetV2-{size.upper()}",
            architecture=f"efficientnet_v2_{size}",
            preprocessing=_prepared(_facts(f"efficientnet_v2_{size}")),
            licence=licence,
            layout=layouts.torchvision_efficientnet_v2,
            public=f"torchvision:EfficientNet_V2_{size.upper()}_Weights.IMAGENET1K_V1",
        )
    yield Preset(
        name="torchvision_vit_b_16",
        title="torchvision's ViT-B/16",
        architecture="vit_b_16",
        preprocessing=_prepared(InputFacts(crop_fraction=0.875)),
        licence=licence,
        exceptions=f"SWAG weights: {_NON_COMMERCIAL}",
        layout=layouts.torchvision_vit,
        public="torchvision:ViT_B_16_Weights.IMAGENET1K_V1",
    )
    for depth in (121, 161, 169, 201):
        yield Preset(
            name=f"torchvision_densenet{depth}",
            title=f"DenseNet-{depth} of torchvision and timm",
            architecture=f"densenet{depth}_se",
            arguments={"se_position": "none"},
            preprocessing=_prepared(_facts(f"densenet{depth}_se")),
            licence=_APACHE,
            layout=layouts.densenet,
            public=f"torchvision:DenseNet{depth}_Weights.IMAGENET1K_V1",
        )


def _of_timm() -> Iterator[Preset]:
    for size in ("s", "m", "l", "xl"):
        facts = InputFacts(_facts(f"efficientnet_v2_{size}").size, _HALF, _HALF, "bicubic")
        yield Preset(
            name=f"tf_efficientnetv2_{size}",
            title=f"timm's tf_efficientnetv2_{size}",
            architecture=f"efficientnet_v2_{size}",
            arguments={"same_padding": True},
            preprocessing=_prepared(facts),
            licence=_APACHE,
            layout=layouts.timm_efficientnet_v2,
            public=f"timm:tf_efficientnetv2_{size}.in21k_ft_in1k",
        )
    yield Preset(
        name="efficientnetv2_rw_s",
        title="timm's efficientnetv2_rw_s",
        architecture="efficientnet_v2_s_aihao",
        arguments={"attention": "none", "se_divisor": 1},
        preprocessing=_prepared(InputFacts(384, interpolation="bicubic")),
        licence=_APACHE,
        layout=layouts.timm_efficientnet_v2,
        public="timm:efficientnetv2_rw_s.ra2_in1k",
    )
    sizes = {"ti": "tiny", "s": "small", "b": "base", "l": "large"}
    for size, word in sizes.items():
        yield Preset(
            name=f"timm_vit_{size}_16",
            title=f"timm's ViT-{size.capitalize()}/16",
            architecture=f"vit_{size}_16",
            preprocessing=_prepared(_facts(f"vit_{size}_16")),
            licence=_APACHE,
            exceptions=f"MAE weights: {_NON_COMMERCIAL}",
            public=f"timm:vit_{word}_patch16_224.augreg_in21k_ft_in1k",
        )
    for word in ("tiny", "small", "base", "large"):
        yield Preset(
            name=f"rdnet_{word}",
            title=f"RDNet-{word.capitalize()} of timm or its authors",
            architecture=f"rdnet_{word}",
            preprocessing=_prepared(_facts(f"rdnet_{word}")),
            licence=_APACHE,
            layout=layouts.rdnet,
            public=f"timm:rdnet_{word}.nv_in1k",
        )


def _of_efficientnet_lite() -> Iterator[Preset]:
    for size in range(3):
        architecture = f"{TIMM_PREFIX}tf_efficientnet_lite{size}"
        yield Preset(
            name=f"efficientnet_lite{size}",
            title=f"EfficientNet-Lite{size} of EfficientNet-Lite-PyTorch",
            architecture=architecture,
            preprocessing=_prepared(_facts(architecture)),
            licence=_APACHE,
            layout=layouts.in_order_of(partial(_tensor_names, architecture)),
        )


def _tensor_names(architecture: str) -> list[str]:
    with torch.device("meta"):
        return list(create_model(architecture, num_classes=1000).state_dict())


def _of_articles() -> Iterator[Preset]:
    halves = _prepared(InputFacts(224, _HALF, _HALF), "squash")
    for size in ("s", "m", "l", "xl"):
        yield Preset(
            name=f"article_efficientnet_v2_{size}_simam",
            title=f"best_model.pth of the article on EfficientNetV2-{size.upper()} with SimAM",
            architecture=f"efficientnet_v2_{size}_simam",
            arguments={"attention_position": "fused-post"},
            preprocessing=halves,
            licence=_AS_TRAINED,
            layout=layouts.article_efficientnet_v2,
            notes="The article's SimAM has λ = 1e-5, ours the original 1e-4.",
        )
    for size in ("s", "m", "l", "xl"):
        yield Preset(
            name=f"article_efficientnet_v2_{size}_aihao",
            title=f"best_model.pth of AI-hao's article on EfficientNetV2-{size.upper()}",
            architecture=f"efficientnet_v2_{size}_aihao",
            preprocessing=halves,
            licence=_AS_TRAINED,
            layout=layouts.aihao_efficientnet_v2,
            notes=_CHECK_THE_SCRIPT,
        )
    unused = (
        "The printed script leaves the answer of SE unused; what it trained is the plain network: "
        "convert such weights as torchvision_densenet"
    )
    for depth in (121, 161, 169, 201):
        yield Preset(
            name=f"article_densenet{depth}_se",
            title=f"best_model.pth of the article on DenseNet-{depth} with SE behind the last ReLU",
            architecture=f"densenet{depth}_se",
            preprocessing=_prepared(InputFacts(), "squash"),
            licence=_AS_TRAINED,
            layout=layouts.article_densenet,
            notes=f"{_CHECK_THE_SCRIPT} {unused}{depth}.",
        )
        yield Preset(
            name=f"article_densenet{depth}_se_pre_norm5",
            title=f"best_model.pth of the article on DenseNet-{depth} with SE before norm5",
            architecture=f"densenet{depth}_se_pre_norm5",
            preprocessing=_prepared(InputFacts(), "squash"),
            licence=_AS_TRAINED,
            layout=layouts.article_densenet,
            notes=_CHECK_THE_SCRIPT,
        )


def _of_retfound() -> Iterator[Preset]:
    yield Preset(
        name="retfound_mae",
        title="RETFound (MAE)",
        architecture="timm:vit_large_patch16_224",
        arguments={"global_pool": "avg"},
        preprocessing=_prepared(_RESIZED_AND_CROPPED),
        licence=_NON_COMMERCIAL,
    )
    yield Preset(
        name="retfound_dinov2",
        title="RETFound (DINOv2)",
        architecture="timm:vit_large_patch14_dinov2",
        preprocessing=_prepared(_RESIZED_AND_CROPPED),
        licence=_NON_COMMERCIAL,
        layout=layouts.dinov2,
        prefixes=("module.", "backbone."),
    )
    yield Preset(
        name="retfound_green",
        title="RETFound-Green",
        architecture="timm:vit_small_patch14_reg4_dinov2",
        arguments={"global_pool": "avg", "fc_norm": False},
        preprocessing=_prepared(InputFacts(392, _HALF, _HALF), "squash"),
        licence="RETFound-Green's own licence: non-commercial research only",
    )
    yield Preset(
        name="retizero",
        title="RetiZero",
        architecture="vit_l_16",
        preprocessing=_prepared(_RESIZED_AND_CROPPED),
        licence=f"{_NOT_STATED}; made from RETFound ({_NON_COMMERCIAL})",
        layout=layouts.lora_vit,
        prefixes=("module.", "vision_model.model.", "lora_vit."),
    )


def _of_other_eye_research() -> Iterator[Preset]:
    yield Preset(
        name="visionfm",
        title="VisionFM (Fundus)",
        architecture="vit_b_16",
        preprocessing=Preprocessing(
            framing="squash",
            interpolation="bicubic",
            mean=(0.4237, 0.2609, 0.1284),
            std=(0.2948, 0.2017, 0.1367),
        ),
        licence=_NON_COMMERCIAL,
        prefixes=("module.", "backbone."),
    )
    yield Preset(
        name="flair",
        title="FLAIR",
        architecture="timm:resnet50",
        preprocessing=Preprocessing(size=512, mean=(0.0, 0.0, 0.0), std=(1.0, 1.0, 1.0)),
        licence=_APACHE,
        prefixes=("module.", "vision_model.model."),
        notes="FLAIR pads right and below to a square; here the retina lies in the middle.",
    )
    yield Preset(
        name="eyeclip",
        title="EyeCLIP",
        architecture="timm:vit_base_patch32_clip_quickgelu_224",
        preprocessing=_prepared(_RESIZED_AND_CROPPED),
        licence=_NOT_STATED,
        layout=layouts.clip,
    )
