"""How to train: one frozen, self-checking record, from which command line and form are built."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Self

import tomli_w

from fundus_gui.core.errors import ConfigError, UnknownNameError
from fundus_gui.core.runs import choices
from fundus_gui.core.runs.settings import Setting, setting, settings_of

# Groups, in the order of the form.
DATA, NETWORK, DURATION = "Data", "Network", "Duration"
OPTIMISATION, LOSS, AUGMENTATION, COMPUTING = "Optimisation", "Loss", "Augmentation", "Computing"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainConfig:
    """How to train; every field says in its declaration what it is. Checks itself."""

    data: str = setting(
        "",
        "Folder of labelled photographs: one folder per class, train/ val/ test/ of such folders, "
        "or a labels.csv (filename, label; if known also patient_id, laterality, split).",
        group=DATA,
        is_advanced=False,
    )
    validation_fraction: float = setting(
        0.15,
        "Share of the training patients that is set aside to choose the best epoch, where the "
        "data has no validation part of its own.",
        group=DATA,
        least=0.01,
        most=0.5,
        is_advanced=False,
    )
    patient_pattern: str = setting(
        "",
        "Regular expression whose first group in a file's name is the patient, e.g. "
        "(\\d+)_(left|right); empty where patient_id is known or every photograph is of its own "
        "patient.",
        group=DATA,
        is_advanced=False,
    )
    folds: int = setting(
        0, "Number of folds for cross-validation; 0 is one split.", group=DATA, least=0, most=50
    )
    fold: int = setting(
        1, "Which fold is the validation part, from 1.", group=DATA, least=1, most=50
    )
    duplicates: choices.DuplicateAnswer = setting(
        "join",
        "What is done with equal and nearly equal photographs: join (each group in one part, the "
        "training part if it was in several), refuse to train, or ignore (not looked for).",
        group=DATA,
    )

    model: str = setting(
        "efficientnet_v2_s_simam",
        "Architecture, e.g. efficientnet_v2_s_simam or vit_ti_16.",
        group=NETWORK,
        is_advanced=False,
    )
    model_arguments: Mapping[str, Any] = setting(
        {}, "Further settings of the architecture, e.g. attention_position=fused-post.",
        group=NETWORK,
    )  # fmt: skip
    pretrained: str = setting(
        "",
        "Weights to start from: FILE, PRESET:FILE, or public ones by hub or hub:PRESET "
        "(downloaded); empty starts from scratch.",
        group=NETWORK,
        is_advanced=False,
    )
    input_size: int = setting(
        224,
        "Height and width in pixels of the photographs as the network sees them.",
        group=NETWORK,
        least=32,
        most=2048,
        is_advanced=False,
    )
    initial_size: int | None = setting(
        None,
        "Size at the start, growing in four steps to the input size, augmentation with it "
        "(progressive learning of EfficientNetV2); only for networks that take any size.",
        group=NETWORK,
        least=32,
        most=2048,
    )
    drop_path: float | None = setting(
        None,
        "Probability with which the last residual branch is left out (stochastic depth); the "
        "network's own if empty.",
        group=NETWORK,
        least=0,
        most=0.9,
    )
    normalisation: choices.Normalisation = setting(
        "imagenet",
        "Mean and standard deviation that are taken out of the colours: of ImageNet, or measured "
        "on the training photographs.",
        group=NETWORK,
    )
    contrast: choices.Contrast = setting(
        "none", "ben-graham takes the local average colour out.", group=NETWORK
    )

    epochs: int = setting(
        30,
        "Passes over the training photographs.",
        group=DURATION,
        least=1,
        most=100_000,
        is_advanced=False,
    )
    max_minutes: float = setting(
        math.inf,
        "Time budget in minutes. The schedule then follows the clock, so that the learning rate "
        "still falls to its end.",
        group=DURATION,
        least=0.01,
    )
    patience: int = setting(
        0,
        "Stop after so many epochs without a better validation result; 0 never stops early.",
        group=DURATION,
        least=0,
        most=100_000,
    )

    batch_size: int = setting(
        32,
        "Photographs in memory at once, over all devices together.",
        group=OPTIMISATION,
        least=2,
        most=65_536,
        is_advanced=False,
    )
    accumulation: int = setting(
        1, "Batches whose gradients make one update.", group=OPTIMISATION, least=1, most=1024
    )
    learning_rate: float = setting(
        1e-3,
        "Highest learning rate of the schedule.",
        group=OPTIMISATION,
        least=1e-8,
        most=10,
        is_advanced=False,
    )
    optimizer: choices.Optimizer = setting(
        "adamw", "rmsprop is TensorFlow's, as EfficientNetV2 was trained.", group=OPTIMISATION
    )
    momentum: float = setting(0.9, "Of sgd and rmsprop.", group=OPTIMISATION, least=0, most=0.999)
    weight_decay: float = setting(
        0.05,
        "Pull of matrices and kernels towards zero; vectors have none.",
        group=OPTIMISATION,
        least=0,
        most=1,
    )
    layer_decay: float = setting(
        1.0,
        "Factor on the learning rate per block from the last to the first: 0.65 for pretrained "
        "transformers, 0.9 to 0.95 for convolutional networks, 1 for none.",
        group=OPTIMISATION,
        least=0.1,
        most=1,
    )
    schedule: choices.Schedule = setting(
        "cosine", "Course of the learning rate after the warm-up.", group=OPTIMISATION
    )
    warmup_fraction: float = setting(
        0.05,
        "Share of the training in which the learning rate rises.",
        group=OPTIMISATION,
        least=0,
        most=0.9,
    )
    clip_norm: float = setting(
        1.0, "Longest gradient; 0 is any length.", group=OPTIMISATION, least=0, most=1e6
    )
    freeze_epochs: int = setting(
        0,
        "Epochs at the start in which only the classifier learns (for pretrained weights).",
        group=OPTIMISATION,
        least=0,
        most=100_000,
    )
    ema_decay: float = setting(
        0.0,
        "Decay of the running average of the weights that is evaluated and saved, with warm-up; "
        "0 is no average.",
        group=OPTIMISATION,
        least=0,
        most=0.99999,
    )

    loss: choices.Loss = setting(
        "cross-entropy", "focal looks less at what is easy (Lin et al., 2017).", group=LOSS
    )
    focal_gamma: float = setting(2.0, "Focus of the focal loss.", group=LOSS, least=0, most=10)
    label_smoothing: float = setting(
        0.1, "Share of certainty that is taken from the label.", group=LOSS, least=0, most=0.9
    )
    balance: choices.Balance = setting(
        "loss",
        "What is done for rare classes: loss (they weigh more), sampling (they are drawn more "
        "often) or none.",
        group=LOSS,
        is_advanced=False,
    )
    balance_strength: float = setting(
        1.0,
        "0 leaves the classes as frequent as they are, 1 makes them all equal.",
        group=LOSS,
        least=0,
        most=1,
    )

    teacher: str = setting(
        "",
        "Weights files of this program, with ; between several, whose mean answer on the same "
        "altered photograph is learnt beside the label (knowledge distillation); empty is none.",
        group=LOSS,
    )
    distillation: float = setting(
        0.5,
        "Share of the teacher in the loss; the rest is the label's.",
        group=LOSS,
        least=0,
        most=1,
    )
    distillation_temperature: float = setting(
        1.0,
        "Divides the logits of teacher and student before they are compared: above 1, what the "
        "teacher holds for unlikely counts more (Hinton et al., 2015).",
        group=LOSS,
        least=0.1,
        most=100,
    )

    flips: choices.Flips = setting("both", "Random mirroring.", group=AUGMENTATION)
    rotation: float = setting(
        30.0, "Largest random rotation in degrees.", group=AUGMENTATION, least=0, most=180
    )
    zoom: float = setting(
        0.15, "Largest random change of scale and position.", group=AUGMENTATION, least=0, most=0.9
    )
    colour: float = setting(
        0.2,
        "Strength of random brightness, contrast, saturation and (a tenth of it) hue.",
        group=AUGMENTATION,
        least=0,
        most=1,
        is_advanced=False,
    )
    policy: choices.Policy = setting(
        "none", "A published mixture of changes on top.", group=AUGMENTATION
    )
    policy_magnitude: int = setting(
        9, "Strength of RandAugment.", group=AUGMENTATION, least=0, most=30
    )
    erasing: float = setting(
        0.25,
        "Probability that a rectangle is blanked (Cutout, random erasing).",
        group=AUGMENTATION,
        least=0,
        most=1,
    )
    mixup: float = setting(
        0.0, "Mixup's α; 0 is none.", group=AUGMENTATION, least=0, most=10, is_advanced=False
    )
    cutmix: float = setting(
        0.0, "CutMix's α; 0 is none.", group=AUGMENTATION, least=0, most=10, is_advanced=False
    )
    mix_probability: float = setting(
        1.0, "Share of batches that Mixup or CutMix mixes.", group=AUGMENTATION, least=0, most=1
    )
    mix_switch: float = setting(
        0.5, "Share of CutMix where both are on.", group=AUGMENTATION, least=0, most=1
    )
    test_time_augmentation: bool = setting(
        True,
        "Measure the best weights at the end also with the mean over mirrored and turned copies.",
        group=AUGMENTATION,
    )

    device: str = setting(
        "auto",
        "What computes: auto (a GPU if there is one), cpu, cuda, cuda:1 or mps.",
        group=COMPUTING,
        is_advanced=False,
    )
    devices: int = setting(  # each mixes its own share: Mixup and CutMix then draw other numbers
        1, "Processes, each with a device of its own.", group=COMPUTING, least=1, most=1024
    )
    precision: choices.Precision = setting(
        "fp32",
        "Of the forward pass in training; bf16 and fp16 are faster where supported. Evaluation "
        "is always fp32.",
        group=COMPUTING,
        is_advanced=False,
    )
    compile: bool = setting(False, "Compile the network with torch.compile.", group=COMPUTING)
    channels_last: bool = setting(
        True, "Order of pixels in memory that convolutions like.", group=COMPUTING
    )
    cache: choices.Cache = setting(
        "auto",
        "Where decoded photographs are kept after the first epoch: memory, disk, none, or auto "
        "(memory while they fit).",
        group=COMPUTING,
    )
    workers: int | None = setting(
        None, "Processes that prepare batches.", group=COMPUTING, least=0, most=256
    )
    state_minutes: float = setting(
        10.0,
        "Minutes between two saved states within an epoch.",
        group=COMPUTING,
        least=0,
        most=1e6,
    )
    deterministic: bool = setting(
        False, "Only operations that give the same bits on as many threads.", group=COMPUTING
    )
    tensorboard: bool = setting(False, "Also write the curves for TensorBoard.", group=COMPUTING)
    seed: int = setting(
        0,
        "Start of all random numbers: split, weights, order and augmentation.",
        group=COMPUTING,
        least=0,
        most=2**31 - 1,
        is_advanced=False,
    )

    def __post_init__(self) -> None:
        """Refuse values with which no training could work."""
        for name, described in train_settings().items():
            described.check(getattr(self, name))
        if self.initial_size is not None and self.initial_size > self.input_size:
            raise ConfigError(
                f"initial_size must be at most {self.input_size} (the input size), "
                f"not {self.initial_size}."
            )
        if self.folds == 1 or self.fold > max(self.folds, 1):
            raise ConfigError(
                f"folds must be 0 or at least 2, and fold at most folds; not fold {self.fold} of "
                f"{self.folds}."
            )
        for name in ("num_classes", "input_size", "drop_path_rate"):
            if name in self.model_arguments:
                raise ConfigError(f"model_arguments cannot set {name}; it is set elsewhere.")
        if self.deterministic and math.isfinite(self.max_minutes):
            raise ConfigError(
                "deterministic and max_minutes exclude each other, since no two runs keep the "
                "same time. Set epochs instead."
            )
        if self.batch_size % self.devices:
            raise ConfigError(
                f"batch_size must be a multiple of devices, not {self.batch_size} over "
                f"{self.devices}."
            )

    def changed(self, **values: Any) -> Self:
        """Return the config with some values replaced; an unknown name suggests the nearest."""
        for name in values:
            if name not in train_settings():
                raise UnknownNameError("setting", name, train_settings())
        return dataclasses.replace(self, **values)

    def differing(self) -> dict[str, Any]:
        """Return the settings that differ from the defaults, in the order of the fields."""
        return {
            name: getattr(self, name)
            for name, described in train_settings().items()
            if getattr(self, name) != described.default
        }

    def to_toml(self) -> str:
        """Return all settings as TOML; what is None is left out."""
        values = ((name, getattr(self, name)) for name in train_settings())
        return tomli_w.dumps({name: value for name, value in values if value is not None})


@cache
def train_settings() -> dict[str, Setting]:
    """Return what `TrainConfig` says of its fields, by name."""
    return settings_of(TrainConfig)
