"""Vision transformers of any input size, built by timm (Apache-2.0).

Paper: Dosovitskiy et al., "An Image is Worth 16x16 Words", ICLR 2021 (arXiv 2010.11929). B/16 at
224 is the second network of Yuan et al., 2022.
"""

from __future__ import annotations

from torch import nn

from fundus_gui.core.models.architecture import InputFacts
from fundus_gui.core.models.registry import register_model
from fundus_gui.core.models.timm_networks import build_timm

_HALF = (0.5, 0.5, 0.5)
_SIZES = {
    "ti": ("Ti", "vit_tiny_patch16_224"),
    "s": ("S", "vit_small_patch16_224"),
    "b": ("B", "vit_base_patch16_224"),
    "l": ("L", "vit_large_patch16_224"),
}


def _register(size: str, title: str, timm_name: str) -> None:
    @register_model(
        f"vit_{size}_16",
        title=f"ViT-{title}/16",
        family="Vision transformer",
        attention="self-attention",
        paper="Dosovitskiy et al., An Image is Worth 16x16 Words, ICLR 2021",
        weights_licence="Apache-2.0; SWAG and MAE weights CC BY-NC 4.0",
        facts=InputFacts(224, _HALF, _HALF, "bicubic", 0.9),
    )
    def build(
        *, num_classes: int, input_size: int, dropout: float = 0.0, drop_path_rate: float = 0.0
    ) -> nn.Module:
        return build_timm(
            timm_name,
            num_classes=num_classes,
            input_size=input_size,
            drop_rate=dropout,
            drop_path_rate=drop_path_rate,
        )


for _size, (_title, _timm_name) in _SIZES.items():
    _register(_size, _title, _timm_name)
