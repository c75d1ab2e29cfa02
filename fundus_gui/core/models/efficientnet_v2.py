"""EfficientNetV2 S, M, L and XL, with SimAM or squeeze-and-excitation in the fused blocks.

Paper: Tan & Le, "EfficientNetV2: Smaller Models and Faster Training", ICML 2021
(arXiv 2104.00298); stage tables after the released configurations (google/automl, Apache-2.0),
whose fused blocks have no attention although the paper's figure 2 draws it. Yuan et al. (Chinese
Journal of Lasers 49(20), 2007205, 2022) put the parameter-free SimAM there.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import Literal, get_args

from torch import Tensor, nn
from torchvision.ops import Conv2dNormActivation, StochasticDepth

from fundus_gui.core.errors import ConfigError
from fundus_gui.core.models.attention import SimAM, SqueezeExcitation
from fundus_gui.core.models.registry import register_model

Attention = Literal["none", "simam", "se"]
AttentionPosition = Literal["fused-mid", "fused-post", "all-mid"]

_HEAD_WIDTH = 1280
_ConvBnSilu = partial(
    Conv2dNormActivation,
    norm_layer=partial(nn.BatchNorm2d, eps=1e-3),
    activation_layer=nn.SiLU,
)


@dataclass(frozen=True, slots=True)
class Stage:
    """One row of a stage table; kernels are 3 x 3 throughout."""

    fused: bool
    repeats: int
    stride: int
    expansion: int
    width: int


def _stages(*rows: tuple[str, int, int, int, int]) -> tuple[Stage, ...]:
    return tuple(Stage(kind == "fused", *numbers) for kind, *numbers in rows)


@dataclass(frozen=True, slots=True)
class Size:
    """Stem width, stages and dropout of one size."""

    stem: int
    stages: tuple[Stage, ...]
    dropout: float


SIZES = {
    "s": Size(
        24,
        _stages(
            ("fused", 2, 1, 1, 24),
            ("fused", 4, 2, 4, 48),
            ("fused", 4, 2, 4, 64),
            ("mb", 6, 2, 4, 128),
            ("mb", 9, 1, 6, 160),
            ("mb", 15, 2, 6, 256),
        ),
        0.2,
    ),
    "m": Size(
        24,
        _stages(
            ("fused", 3, 1, 1, 24),
            ("fused", 5, 2, 4, 48),
            ("fused", 5, 2, 4, 80),
            ("mb", 7, 2, 4, 160),
            ("mb", 14, 1, 6, 176),
            ("mb", 18, 2, 6, 304),
            ("mb", 5, 1, 6, 512),
        ),
        0.3,
    ),
    "l": Size(
        32,
        _stages(
            ("fused", 4, 1, 1, 32),
            ("fused", 7, 2, 4, 64),
            ("fused", 7, 2, 4, 96),
            ("mb", 10, 2, 4, 192),
            ("mb", 19, 1, 6, 224),
            ("mb", 25, 2, 6, 384),
            ("mb", 7, 1, 6, 640),
        ),
        0.4,
    ),
    "xl": Size(
        32,
        _stages(
            ("fused", 4, 1, 1, 32),
            ("fused", 8, 2, 4, 64),
            ("fused", 8, 2, 4, 96),
            ("mb", 16, 2, 4, 192),
            ("mb", 24, 1, 6, 256),
            ("mb", 32, 2, 6, 512),
            ("mb", 8, 1, 6, 640),
        ),
        0.4,
    ),
}


@dataclass(frozen=True, slots=True)
class AttentionPlan:
    """Which attention goes where.

    Attributes:
        kind: what the fused blocks get.
        position: `fused-mid` before the projection, where the paper's figure has SE;
            `fused-post` after it (the published script); `all-mid` also replaces the SE of the
            MBConv blocks.
    """

    kind: Attention
    position: AttentionPosition

    def __post_init__(self) -> None:
        """Refuse unknown words."""
        if self.kind not in get_args(Attention):
            raise ConfigError(f"attention must be none, simam or se, not '{self.kind}'.")
        if self.position not in get_args(AttentionPosition):
            known = ", ".join(get_args(AttentionPosition))
            raise ConfigError(f"attention_position must be {known}, not '{self.position}'.")

    def in_fused(self, channels: int, squeezed: int) -> nn.Module:
        """Return the attention of a fused block over `channels`."""
        return _attention(self.kind, channels, squeezed)

    def in_mb(self, channels: int, squeezed: int) -> nn.Module:
        """Return the attention of an MBConv block over `channels`."""
        replaced = self.position == "all-mid" and self.kind == "simam"
        return _attention("simam" if replaced else "se", channels, squeezed)


def _attention(kind: Attention, channels: int, squeezed: int) -> nn.Module:
    if kind == "simam":
        return SimAM()
    if kind == "se":
        excitation: nn.Module = SqueezeExcitation(channels, squeezed, activation=nn.SiLU)
        return excitation
    return nn.Identity()


class _Block(nn.Module):
    """Branch, stochastic depth, and the shortcut when stride and width allow."""

    def __init__(
        self, layers: list[nn.Module], *, has_shortcut: bool, drop_path_rate: float
    ) -> None:
        super().__init__()
        self.branch = nn.Sequential(*layers)
        self.has_shortcut = has_shortcut
        self.drop_path = StochasticDepth(drop_path_rate, "row")

    def forward(self, x: Tensor) -> Tensor:
        branch: Tensor = self.branch(x)
        return x + self.drop_path(branch) if self.has_shortcut else branch


def _fused_layers(width: int, stride: int, stage: Stage, plan: AttentionPlan) -> list[nn.Module]:
    expanded, squeezed = width * stage.expansion, width // 4
    is_post = plan.position == "fused-post"
    middle = nn.Identity() if is_post else plan.in_fused(expanded, squeezed)
    if stage.expansion == 1:
        layers = [middle, _ConvBnSilu(width, stage.width, 3, stride)]
    else:
        layers = [
            _ConvBnSilu(width, expanded, 3, stride),
            middle,
            _ConvBnSilu(expanded, stage.width, 1, activation_layer=None),
        ]
    return [*layers, plan.in_fused(stage.width, squeezed)] if is_post else layers


def _mb_layers(width: int, stride: int, stage: Stage, plan: AttentionPlan) -> list[nn.Module]:
    expanded = width * stage.expansion
    return [
        _ConvBnSilu(width, expanded, 1),
        _ConvBnSilu(expanded, expanded, 3, stride, groups=expanded),
        plan.in_mb(expanded, width // 4),
        _ConvBnSilu(expanded, stage.width, 1, activation_layer=None),
    ]


class EfficientNetV2(nn.Module):
    """From (N, 3, H, W), H and W at least 32, to logits (N, num_classes)."""

    def __init__(
        self,
        size: Size,
        plan: AttentionPlan,
        *,
        num_classes: int,
        dropout: float | None = None,
        drop_path_rate: float = 0.2,
    ) -> None:
        super().__init__()
        self.stem = _ConvBnSilu(3, size.stem, 3, 2)
        blocks: list[nn.Module] = []
        total = sum(stage.repeats for stage in size.stages)
        width = size.stem
        for stage in size.stages:
            layers_of = _fused_layers if stage.fused else _mb_layers
            for repeat in range(stage.repeats):
                stride = stage.stride if repeat == 0 else 1
                blocks.append(
                    _Block(
                        layers_of(width, stride, stage, plan),
                        has_shortcut=stride == 1 and width == stage.width,
                        drop_path_rate=drop_path_rate * len(blocks) / total,
                    )
                )
                width = stage.width
        self.blocks = nn.Sequential(*blocks)
        self.head = _ConvBnSilu(width, _HEAD_WIDTH, 1)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.dropout = nn.Dropout(size.dropout if dropout is None else dropout)
        self.classifier = nn.Linear(_HEAD_WIDTH, num_classes)
        self._initialise()

    def forward(self, x: Tensor) -> Tensor:
        """Return logits."""
        features = self.head(self.blocks(self.stem(x)))  # (N, 1280, H / 32, W / 32)
        logits: Tensor = self.classifier(self.dropout(self.pool(features).flatten(1)))
        return logits

    def _initialise(self) -> None:
        # Fan-out over the groups: torch's own fan-out makes depthwise kernels far too small.
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                kernel_height, kernel_width = module.kernel_size
                fan_out = kernel_height * kernel_width * module.out_channels // module.groups
                nn.init.normal_(module.weight, std=math.sqrt(2 / fan_out))
                if module.bias is not None:
                    nn.init.zeros_(module.bias)
        nn.init.normal_(self.classifier.weight, std=0.01)
        nn.init.zeros_(self.classifier.bias)


def _register(size_name: str, suffix: str, attention: Attention) -> None:
    @register_model(f"efficientnet_v2_{size_name}{suffix}")
    def build(
        *,
        num_classes: int,
        input_size: int,  # noqa: ARG001 - convolutions take any size
        attention_position: AttentionPosition = "fused-mid",
        dropout: float | None = None,
        drop_path_rate: float = 0.2,
    ) -> nn.Module:
        return EfficientNetV2(
            SIZES[size_name],
            AttentionPlan(attention, attention_position),
            num_classes=num_classes,
            dropout=dropout,
            drop_path_rate=drop_path_rate,
        )


for _size_name in SIZES:
    _register(_size_name, "", "none")
    _register(_size_name, "_simam", "simam")
    _register(_size_name, "_se", "se")
