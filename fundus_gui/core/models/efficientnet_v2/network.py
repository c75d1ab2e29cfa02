"""EfficientNetV2 with the switches in which its published versions differ."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from torch import Tensor, nn
from torchvision.ops import StochasticDepth

from fundus_gui.core.errors import ConfigError
from fundus_gui.core.models.attention import SimAM, SqueezeExcitation
from fundus_gui.core.models.efficientnet_v2.stages import Size, Stage

Attention = Literal["none", "simam", "se"]
AttentionPosition = Literal["fused-mid", "fused-post", "all-mid"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """The switches; as they stand by default they give the network of the released code.

    Attributes:
        attention: what the fused blocks get; MBConv blocks have squeeze-and-excitation.
        attention_position: `fused-mid` before the projection, where the paper's figure has SE;
            `fused-post` after it (the published script of SimAM); `all-mid` also puts SimAM in
            the place of the SE of the MBConv blocks.
        stem_width, stage6_width: other widths than the table's.
        head_width: channels before the classifier.
        expand1_projection: whether blocks of expansion 1 have a 1 x 1 projection like all others.
        se_divisor: the hidden width of SE, a quarter of the block's input, is rounded to it.
        bn_eps: of the batch normalisation.
        same_padding: pad like TensorFlow, of whose weights timm's `tf_*` are a copy: at stride 2
            and even sizes only on the right and below.
        dropout: before the classifier; None is the size's own.
        drop_path_rate: of the last block's branch; it rises linearly from 0.
    """

    attention: Attention = "none"
    attention_position: AttentionPosition = "fused-mid"
    stem_width: int | None = None
    stage6_width: int | None = None
    head_width: int = 1280
    expand1_projection: bool = False
    se_divisor: int = 1
    bn_eps: float = 1e-3
    same_padding: bool = False
    dropout: float | None = None
    drop_path_rate: float = 0.2

    def __post_init__(self) -> None:
        """Refuse unknown words, and numbers of which no network can be made."""
        if self.attention not in get_args(Attention):
            raise ConfigError(f"attention must be none, simam or se, not '{self.attention}'.")
        if self.attention_position not in get_args(AttentionPosition):
            known = ", ".join(get_args(AttentionPosition))
            raise ConfigError(
                f"attention_position must be {known}, not '{self.attention_position}'."
            )
        for name in ("stem_width", "stage6_width", "head_width"):
            width = getattr(self, name)
            if width is not None and width < 8:
                raise ConfigError(f"{name} must be at least 8, not {width}.")
        if self.se_divisor < 1:
            raise ConfigError(f"se_divisor must be at least 1, not {self.se_divisor}.")
        if not 0 <= self.drop_path_rate < 1:
            raise ConfigError(
                f"drop_path_rate must be 0 to 1 (exclusive), not {self.drop_path_rate}."
            )

    def conv_bn(
        self, channels: int, width: int, kernel: int, stride: int = 1, groups: int = 1
    ) -> nn.Sequential:
        """Return convolution and batch normalisation; no activation."""
        return nn.Sequential(
            self._convolution()(
                channels, width, kernel, stride, kernel // 2, groups=groups, bias=False
            ),
            nn.BatchNorm2d(width, eps=self.bn_eps),
        )

    def conv_bn_silu(
        self, channels: int, width: int, kernel: int, stride: int = 1, groups: int = 1
    ) -> nn.Sequential:
        """Return convolution, batch normalisation and SiLU."""
        layers = self.conv_bn(channels, width, kernel, stride, groups)
        return layers.append(nn.SiLU(inplace=True))

    def in_fused(self, channels: int, block_width: int) -> nn.Module:
        """Return the attention over `channels` of a fused block with `block_width` inputs."""
        return self._attention(self.attention, channels, block_width)

    def in_mb(self, channels: int, block_width: int) -> nn.Module:
        """Return the attention over `channels` of an MBConv block with `block_width` inputs."""
        is_replaced = self.attention_position == "all-mid" and self.attention == "simam"
        return self._attention("simam" if is_replaced else "se", channels, block_width)

    def _convolution(self) -> type[nn.Conv2d]:
        if not self.same_padding:
            return nn.Conv2d
        from timm.layers.conv2d_same import Conv2dSame

        return Conv2dSame

    def _attention(self, kind: Attention, channels: int, block_width: int) -> nn.Module:
        if kind == "simam":
            return SimAM()
        if kind == "none":
            return nn.Identity()
        excitation: nn.Module = SqueezeExcitation(
            channels, self._squeezed(block_width), activation=nn.SiLU
        )
        return excitation

    def _squeezed(self, block_width: int) -> int:
        if self.se_divisor == 1:
            return block_width // 4
        from timm.layers.helpers import make_divisible

        return int(make_divisible(block_width // 4, self.se_divisor))  # type: ignore[no-untyped-call]


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


def _fused_layers(width: int, stride: int, stage: Stage, variant: Variant) -> list[nn.Module]:
    expanded = width * stage.expansion
    is_post = variant.attention_position == "fused-post"
    middle = nn.Identity() if is_post else variant.in_fused(expanded, width)
    if stage.expansion == 1 and not variant.expand1_projection:
        layers = [middle, variant.conv_bn_silu(width, stage.width, 3, stride)]
    else:
        layers = [
            variant.conv_bn_silu(width, expanded, 3, stride),
            middle,
            variant.conv_bn(expanded, stage.width, 1),
        ]
    return [*layers, variant.in_fused(stage.width, width)] if is_post else layers


def _mb_layers(width: int, stride: int, stage: Stage, variant: Variant) -> list[nn.Module]:
    expanded = width * stage.expansion
    return [
        variant.conv_bn_silu(width, expanded, 1),
        variant.conv_bn_silu(expanded, expanded, 3, stride, groups=expanded),
        variant.in_mb(expanded, width),
        variant.conv_bn(expanded, stage.width, 1),
    ]


class EfficientNetV2(nn.Module):
    """From (N, 3, H, W), H and W at least 32, to logits (N, num_classes)."""

    def __init__(self, size: Size, variant: Variant, *, num_classes: int) -> None:
        super().__init__()
        stages = _with_stage6(size.stages, variant.stage6_width)
        self._repeats = [stage.repeats for stage in stages]
        width = size.stem if variant.stem_width is None else variant.stem_width
        self.stem = variant.conv_bn_silu(3, width, 3, 2)
        blocks: list[nn.Module] = []
        for stage in stages:
            layers_of = _fused_layers if stage.fused else _mb_layers
            for repeat in range(stage.repeats):
                stride = stage.stride if repeat == 0 else 1
                blocks.append(
                    _Block(
                        layers_of(width, stride, stage, variant),
                        has_shortcut=stride == 1 and width == stage.width,
                        drop_path_rate=variant.drop_path_rate * len(blocks) / sum(self._repeats),
                    )
                )
                width = stage.width
        self.blocks = nn.Sequential(*blocks)
        self.head = variant.conv_bn_silu(width, variant.head_width, 1)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.dropout = nn.Dropout(size.dropout if variant.dropout is None else variant.dropout)
        self.classifier = nn.Linear(variant.head_width, num_classes)
        self._initialise()

    def forward(self, x: Tensor) -> Tensor:
        """Return logits."""
        features = self.head(self.blocks(self.stem(x)))  # (N, head width, H / 32, W / 32)
        logits: Tensor = self.classifier(self.dropout(self.pool(features).flatten(1)))
        return logits

    def group_matcher(self, coarse: bool = False) -> dict[str, Any]:
        """Return timm's layer groups: stem, then each block (each stage if `coarse`), then head."""
        if not coarse:
            return {"stem": r"^stem", "blocks": [(r"^blocks\.(\d+)", None), (r"^head", (99999,))]}
        stages: list[tuple[str, tuple[int]]] = []
        first = 0
        for number, repeats in enumerate(self._repeats):
            own = "|".join(map(str, range(first, first + repeats)))
            stages.append((rf"^blocks\.(?:{own})\.", (number,)))
            first += repeats
        return {"stem": r"^stem", "blocks": [*stages, (r"^head", (99999,))]}

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


def _with_stage6(stages: tuple[Stage, ...], width: int | None) -> tuple[Stage, ...]:
    if width is None:
        return stages
    return (*stages[:5], replace(stages[5], width=width), *stages[6:])
