"""Recipes by name: settings that fill the form and the command line, to be changed from there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fundus_gui.core.errors import UnknownNameError
from fundus_gui.core.runs.config import TrainConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A recipe for one or more networks.

    Attributes:
        name: for the command line.
        title: for people.
        text: one or two sentences: what it is for and where it is from.
        shared: settings for all its networks.
        networks: further settings by architecture; the first is the one proposed.
    """

    name: str
    title: str
    text: str
    shared: Mapping[str, Any]
    networks: Mapping[str, Mapping[str, Any]]

    @property
    def models(self) -> tuple[str, ...]:
        """Architectures, the one proposed first."""
        return tuple(self.networks)

    def settings(self, model: str = "") -> dict[str, Any]:
        """Return the settings for one of the networks, or for another with the shared recipe."""
        chosen = model or self.models[0]
        return {**self.shared, **self.networks.get(chosen, {}), "model": chosen}

    def config(self, model: str = "") -> TrainConfig:
        """Return the whole config."""
        return TrainConfig(**self.settings(model))


PRESETS = (
    Preset(
        name="paper",
        title="Paper: EfficientNetV2-S SimAM and ViT-B/16",
        text="The two networks of Yuan et al. (2022) for a weighted soft vote. Their recipe is "
        "not published; this one is EfficientNetV2's progressive learning, and strong "
        "augmentation for the transformer. Wants a GPU.",
        shared={
            "epochs": 100,
            "learning_rate": 1e-3,
            "ema_decay": 0.9998,
            "precision": "bf16",
            "policy": "randaugment",
            "mixup": 0.2,
            "cutmix": 0.2,
            "mix_probability": 0.5,
            "balance": "sampling",
            "balance_strength": 0.5,
        },
        networks={
            "efficientnet_v2_s_simam": {"input_size": 300, "initial_size": 171},
            "vit_b_16": {
                "learning_rate": 5e-4,
                "warmup_fraction": 0.1,
                "drop_path": 0.1,
                "mixup": 0.8,
                "cutmix": 1.0,
            },
        },
    ),
    Preset(
        name="densenet-se",
        title="DenseNet-121 with squeeze-and-excitation",
        text="DenseNet with squeeze-and-excitation after the last block, trained with momentum "
        "and a stepped learning rate as DenseNet was (Huang et al., 2017).",
        shared={
            "epochs": 90,
            "optimizer": "sgd",
            "learning_rate": 0.02,
            "weight_decay": 1e-4,
            "schedule": "step",
        },
        networks={"densenet121_se": {}, "densenet121_se_pre_norm5": {}, "densenet169_se": {}},
    ),
    Preset(
        name="rdnet",
        title="RDNet",
        text="The recipe of DenseNets Reloaded (Kim et al., ECCV 2024) for RDNet: AdamW, "
        "RandAugment, Mixup, CutMix and random erasing.",
        shared={
            "epochs": 300,
            "learning_rate": 1e-3,
            "warmup_fraction": 0.067,
            "policy": "randaugment",
            "policy_magnitude": 9,
            "mixup": 0.8,
            "cutmix": 1.0,
            "erasing": 0.25,
            "balance": "none",
        },
        networks={
            "rdnet_tiny": {"drop_path": 0.15},
            "rdnet_small": {"drop_path": 0.35},
            "rdnet_base": {"drop_path": 0.4},
        },
    ),
    Preset(
        name="quick-cpu",
        title="Quick, without a GPU",
        text="A ResNet of ten layers (timm) on small photographs: a first result on a laptop in "
        "minutes.",
        shared={
            "input_size": 96,
            "epochs": 25,
            "batch_size": 8,
            "learning_rate": 1e-3,
            "rotation": 15.0,
            "zoom": 0.1,
            "colour": 0.1,
            "erasing": 0.0,
            "label_smoothing": 0.05,
            "test_time_augmentation": False,
        },
        networks={"timm:resnet10t": {"learning_rate": 3e-3}},
    ),
)


def find_preset(name: str) -> Preset:
    """Return the preset of that name, or raise UnknownNameError."""
    for preset in PRESETS:
        if preset.name == name:
            return preset
    raise UnknownNameError("preset", name, (preset.name for preset in PRESETS))
