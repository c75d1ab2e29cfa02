"""Vision transformers of any input size, built by timm (Apache-2.0).

Paper: Dosovitskiy et al., "An Image is Worth 16x16 Words", ICLR 2021 (arXiv 2010.11929). B/16 at
224 is the second network of Yuan et al., 2022.
"""

from __future__ import annotations

import timm
from torch import nn

from fundus_gui.core.models.registry import register_model

_TIMM_NAMES = {
    "vit_ti_16": "vit_tiny_patch16_224",
    "vit_s_16": "vit_small_patch16_224",
    "vit_b_16": "vit_base_patch16_224",
}


def _register(name: str, timm_name: str) -> None:
    @register_model(name)
    def build(
        *, num_classes: int, input_size: int, dropout: float = 0.0, drop_path_rate: float = 0.0
    ) -> nn.Module:
        model: nn.Module = timm.create_model(
            timm_name,
            pretrained=False,
            num_classes=num_classes,
            img_size=input_size,
            drop_rate=dropout,
            drop_path_rate=drop_path_rate,
        )
        return model


for _name, _timm_name in _TIMM_NAMES.items():
    _register(_name, _timm_name)
