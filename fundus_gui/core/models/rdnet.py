"""RDNet tiny, small, base and large, built by timm (Apache-2.0), which took over its authors' code.

Paper: Kim et al., "DenseNets Reloaded: Paradigm Shift Beyond ResNets and ViTs", ECCV 2024
(arXiv 2403.19588).
"""

from __future__ import annotations

from torch import nn

from fundus_gui.core.models.architecture import InputFacts
from fundus_gui.core.models.registry import register_model
from fundus_gui.core.models.timm_networks import build_timm

_DROP_PATH_RATES = {"tiny": 0.15, "small": 0.35, "base": 0.4, "large": 0.5}  # as published


def _register(size: str, published_rate: float) -> None:
    @register_model(
        f"rdnet_{size}",
        title=f"RDNet-{size.capitalize()}",
        family="RDNet",
        attention="effective SE from stage 3 on",
        paper="Kim et al., DenseNets Reloaded: Paradigm Shift Beyond ResNets and ViTs, ECCV 2024",
        weights_licence="Apache-2.0",
        facts=InputFacts(interpolation="bicubic", crop_fraction=0.9),
    )
    def build(
        *,
        num_classes: int,
        input_size: int,
        dropout: float = 0.0,
        drop_path_rate: float = published_rate,
    ) -> nn.Module:
        return build_timm(
            f"rdnet_{size}",
            num_classes=num_classes,
            input_size=input_size,
            drop_rate=dropout,
            drop_path_rate=drop_path_rate,
        )


for _size, _rate in _DROP_PATH_RATES.items():
    _register(_size, _rate)
