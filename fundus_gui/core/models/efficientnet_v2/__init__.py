"""EfficientNetV2 S, M, L and XL: as released, with SimAM, with more SE, and as in a blog.

Paper: Tan & Le, "EfficientNetV2: Smaller Models and Faster Training", ICML 2021
(arXiv 2104.00298). The released fused blocks have no attention although the paper's figure 2
draws it; three of the four versions put one there:

    efficientnet_v2_s         as released
    efficientnet_v2_s_simam   the parameter-free SimAM in fused blocks (Yuan et al., Chinese Journal
                              of Lasers 49(20), 2007205, 2022)
    efficientnet_v2_s_se      squeeze-and-excitation in fused blocks
    efficientnet_v2_s_aihao   the same on the first arXiv version (wider stage 6 and head, after
                              d-li14/efficientnetv2.pytorch), as in a blog by AI浩; it states no
                              dropout. Weights start as in the other three, not as in the blog.
"""

from __future__ import annotations

from typing import Any

from torch import nn

from fundus_gui.core.models.architecture import InputFacts
from fundus_gui.core.models.efficientnet_v2.network import EfficientNetV2, Variant
from fundus_gui.core.models.efficientnet_v2.stages import SIZES
from fundus_gui.core.models.registry import register_model

__all__ = ["SIZES", "EfficientNetV2", "Variant"]

_PAPER = "Tan & Le, EfficientNetV2: Smaller Models and Faster Training, ICML 2021"
_SIMAM_PAPER = f"{_PAPER}; Yuan et al., Chinese Journal of Lasers 49(20), 2007205, 2022"
_BLOG = f"{_PAPER}, first arXiv version; SE in fused blocks: blog of AI浩"
_HALF = (0.5, 0.5, 0.5)
_APACHE = "timm: Apache-2.0"
_BOTH = f"torchvision: none stated; {_APACHE}"

# Licence and input of each size's public weights, as they are evaluated: torchvision's, for XL
# timm's.
_PUBLIC_WEIGHTS = {
    "s": (_BOTH, InputFacts(384)),
    "m": (_BOTH, InputFacts(480)),
    "l": (_BOTH, InputFacts(480, _HALF, _HALF, "bicubic")),
    "xl": (_APACHE, InputFacts(512, _HALF, _HALF, "bicubic")),
}
_OF_THE_BLOG = {
    "attention": "se",
    "stem_width": 24,
    "head_width": 1792,
    "expand1_projection": True,
    "se_divisor": 8,
    "bn_eps": 1e-5,
    "dropout": 0.0,
    "drop_path_rate": 0.0,
}


def _register(size: str, suffix: str, switches: dict[str, Any], **told: Any) -> None:
    @register_model(f"efficientnet_v2_{size}{suffix}", family="EfficientNetV2", **told)
    def build(
        *,
        num_classes: int,
        input_size: int,  # noqa: ARG001 - convolutions take any size
        **others: Any,
    ) -> nn.Module:
        variant = Variant(**{**switches, **others})
        return EfficientNetV2(SIZES[size], variant, num_classes=num_classes)


def _register_all(size: str) -> None:
    title = f"EfficientNetV2-{size.upper()}"
    licence, facts = _PUBLIC_WEIGHTS[size]
    public: dict[str, Any] = {"weights_licence": licence, "facts": facts}
    in_mb, in_all = "SE in MBConv blocks", "SE in all blocks"
    _register(size, "", {}, title=title, attention=in_mb, paper=_PAPER, **public)
    _register(
        size,
        "_simam",
        {"attention": "simam"},
        title=f"{title} with SimAM",
        attention=f"SimAM in fused, {in_mb}",
        paper=_SIMAM_PAPER,
        **public,
    )
    _register(
        size,
        "_se",
        {"attention": "se"},
        title=f"{title} with SE throughout",
        attention=in_all,
        paper=_PAPER,
        **public,
    )
    # Of all public weights only timm's efficientnetv2_rw_s fits the blog's networks.
    _register(
        size,
        "_aihao",
        {**_OF_THE_BLOG, "stage6_width": 272 if size == "s" else None},
        title=f"{title} of AI浩's blog",
        attention=in_all,
        paper=_BLOG,
        weights_licence=_APACHE if size == "s" else "",
        facts=InputFacts(facts.size, interpolation="bicubic"),
    )


for _size in SIZES:
    _register_all(_size)
