"""DenseNet 121, 161, 169 and 201 with squeeze-and-excitation, on torchvision's DenseNet.

Papers: Huang et al., "Densely Connected Convolutional Networks", CVPR 2017 (arXiv 1608.06993);
Hu et al., "Squeeze-and-Excitation Networks", CVPR 2018 (arXiv 1709.01507). Two articles disagree
on where the one goes into the other: behind the last ReLU (`_se`), or before the last
normalisation (`_se_pre_norm5`). torchvision's tensors keep their names, so that its weights fit;
those of squeeze-and-excitation, all named `...se...`, are the only additional ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

from torch import Tensor, nn
from torchvision.models import DenseNet

from fundus_gui.core.errors import ConfigError
from fundus_gui.core.models.architecture import InputFacts
from fundus_gui.core.models.attention import squeeze_excitation
from fundus_gui.core.models.registry import register_model

SePosition = Literal["none", "post", "pre_norm5", "per_transition", "per_layer"]

_GROWTH_BLOCKS_STEM = {
    "densenet121": (32, (6, 12, 24, 16), 64),
    "densenet161": (48, (6, 12, 36, 24), 96),
    "densenet169": (32, (6, 12, 32, 32), 64),
    "densenet201": (32, (6, 12, 48, 32), 64),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Excitation:
    """Where squeeze-and-excitation sits and what it looks like.

    Attributes:
        se_position: `post` behind the last ReLU; `pre_norm5` before the last normalisation;
            `per_transition` at the end of each of the three transitions; `per_layer` on what each
            dense layer adds.
        se_reduction: channels over hidden units.
        se_bias: whether its two layers have biases.
        identity_start: begin as the network without it, gate exactly 1. A plain sigmoid begins
            near 0.5, which halves what the public weights of the layers behind it expect.
    """

    se_position: SePosition = "post"
    se_reduction: int = 8
    se_bias: bool = False
    identity_start: bool = False

    def __post_init__(self) -> None:
        """Refuse what cannot be built."""
        if self.se_position not in get_args(SePosition):
            known = ", ".join(get_args(SePosition))
            raise ConfigError(f"se_position must be {known}, not '{self.se_position}'.")
        if self.se_reduction < 1:
            raise ConfigError(f"se_reduction must be at least 1, not {self.se_reduction}.")

    def over(self, channels: int) -> nn.Module:
        """Return the module for `channels`."""
        return squeeze_excitation(
            channels,
            max(1, channels // self.se_reduction),
            bias=self.se_bias,
            identity_start=self.identity_start,
        )


class _ExcitedConv2d(nn.Conv2d):
    """A 3 x 3 convolution whose output is excited; its own weight keeps its name."""

    def __init__(self, convolution: nn.Conv2d, excitation: Excitation) -> None:
        super().__init__(
            convolution.in_channels, convolution.out_channels, 3, padding=1, bias=False
        )
        self.weight = convolution.weight
        self.se = excitation.over(convolution.out_channels)

    def forward(self, x: Tensor) -> Tensor:
        excited: Tensor = self.se(super().forward(x))
        return excited


class DenseNetSE(DenseNet):  # type: ignore[misc]  # torchvision is untyped
    """From (N, 3, H, W), H and W at least 32, to logits (N, num_classes)."""

    def __init__(self, excitation: Excitation, **densenet: Any) -> None:
        super().__init__(**densenet)
        position = excitation.se_position
        final = self.classifier.in_features
        if position == "post":
            # torchvision's forward takes the ReLU of the features; once more changes nothing.
            self.features.add_module("relu5", nn.ReLU(inplace=True))
            self.features.add_module("se", excitation.over(final))
        elif position == "pre_norm5":
            norm5 = self.features.norm5
            del self.features.norm5
            self.features.add_module("se", excitation.over(final))
            self.features.add_module("norm5", norm5)
        for name, layers in self.features.named_children():
            if position == "per_transition" and name.startswith("transition"):
                layers.add_module("se", excitation.over(layers.conv.out_channels))
            elif position == "per_layer" and name.startswith("denseblock"):
                for layer in layers.children():
                    layer.conv2 = _ExcitedConv2d(layer.conv2, excitation)

    def group_matcher(self, coarse: bool = False) -> dict[str, Any]:
        """Return timm's layer groups: stem, dense layers (blocks if `coarse`), then head."""
        layer = "" if coarse else r"\.denselayer(\d+)"
        return {
            "stem": r"^features\.(?:conv|norm)0",
            "blocks": [
                (rf"^features\.denseblock(\d+){layer}", None),
                (r"^features\.transition(\d+)", (99999,)),
                (r"^features\.norm5", (99999,)),
            ],
        }


def _register(name: str, suffix: str, preset: dict[str, Any], attention: str) -> None:
    growth, blocks, stem = _GROWTH_BLOCKS_STEM[name]

    @register_model(
        name + suffix,
        title=f"{name.replace('densenet', 'DenseNet-')} with SE",
        family="DenseNet",
        attention=attention,
        paper="Huang et al., Densely Connected Convolutional Networks, CVPR 2017; "
        "Hu et al., Squeeze-and-Excitation Networks, CVPR 2018",
        weights_licence="timm: Apache-2.0 (the same files as torchvision's)",
        facts=InputFacts(crop_fraction=0.875),
    )
    def build(
        *,
        num_classes: int,
        input_size: int,  # noqa: ARG001 - convolutions take any size
        drop_rate: float = 0.0,
        **others: Any,
    ) -> nn.Module:
        if not 0 <= drop_rate < 1:
            raise ConfigError(f"drop_rate must be 0 to 1 (exclusive), not {drop_rate}.")
        return DenseNetSE(
            Excitation(**{**preset, **others}),
            growth_rate=growth,
            block_config=blocks,
            num_init_features=stem,
            drop_rate=drop_rate,
            num_classes=num_classes,
        )


for _name in _GROWTH_BLOCKS_STEM:
    _register(
        _name,
        "_se",
        {"se_position": "post", "se_reduction": 8, "se_bias": False},
        "SE behind the last ReLU",
    )
    _register(
        _name,
        "_se_pre_norm5",
        {"se_position": "pre_norm5", "se_reduction": 16, "se_bias": True},
        "SE before the last normalisation",
    )
