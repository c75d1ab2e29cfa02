"""Settings as the form names them."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from fundus_gui.gui.sentences import spoken


def setting_title(name: str) -> str:
    """Return the words for a setting; most are its name."""
    known = {
        "balance": QCoreApplication.translate("SettingTitle", "Balance classes by"),
        "colour": QCoreApplication.translate("SettingTitle", "Colour variation"),
        "compile": QCoreApplication.translate("SettingTitle", "Compile the network"),
        "cutmix": QCoreApplication.translate("SettingTitle", "CutMix α"),
        "ema_decay": QCoreApplication.translate("SettingTitle", "EMA decay"),
        "erasing": QCoreApplication.translate("SettingTitle", "Random erasing"),
        "flips": QCoreApplication.translate("SettingTitle", "Mirroring"),
        "fold": QCoreApplication.translate("SettingTitle", "Validation fold"),
        "initial_size": QCoreApplication.translate("SettingTitle", "Initial size (px)"),
        "input_size": QCoreApplication.translate("SettingTitle", "Input size (px)"),
        "max_minutes": QCoreApplication.translate("SettingTitle", "Time budget (min)"),
        "mixup": QCoreApplication.translate("SettingTitle", "Mixup α"),
        "patience": QCoreApplication.translate("SettingTitle", "Patience (epochs)"),
        "pretrained": QCoreApplication.translate("SettingTitle", "Pretrained weights"),
        "policy": QCoreApplication.translate("SettingTitle", "Augmentation policy"),
        "rotation": QCoreApplication.translate("SettingTitle", "Rotation (°)"),
        "seed": QCoreApplication.translate("SettingTitle", "Random seed"),
        "state_minutes": QCoreApplication.translate("SettingTitle", "Save state every (min)"),
        "test_time_augmentation": QCoreApplication.translate(
            "SettingTitle", "Test-time augmentation"
        ),
        "tensorboard": QCoreApplication.translate("SettingTitle", "TensorBoard"),
    }
    spaced = name.replace("_", " ")
    return known.get(name) or spoken(spaced[:1].upper() + spaced[1:])


def group_title(name: str) -> str:
    """Return the heading of a group of settings."""
    known = {
        "Data": QCoreApplication.translate("SettingGroup", "Data"),
        "Network": QCoreApplication.translate("SettingGroup", "Network"),
        "Duration": QCoreApplication.translate("SettingGroup", "Duration"),
        "Optimisation": QCoreApplication.translate("SettingGroup", "Optimisation"),
        "Loss": QCoreApplication.translate("SettingGroup", "Loss"),
        "Augmentation": QCoreApplication.translate("SettingGroup", "Augmentation"),
        "Computing": QCoreApplication.translate("SettingGroup", "Computing"),
    }
    return known.get(name, name)


def choice_title(word: str) -> str:
    """Return one of the words of a setting as people write it."""
    known = {
        "adamw": "AdamW",
        "ben-graham": "Ben Graham",
        "bf16": "bf16",
        "fp16": "fp16",
        "fp32": "fp32",
        "imagenet": "ImageNet",
        "randaugment": "RandAugment",
        "rmsprop": "RMSprop",
        "sgd": "SGD",
        "trivialaugment": "TrivialAugment",
    }
    spaced = word.replace("-", " ")
    return known.get(word) or spoken(spaced[:1].upper() + spaced[1:])
