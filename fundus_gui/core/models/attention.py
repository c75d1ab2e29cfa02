"""Attention for convolutional networks.

SimAM: Yang et al., "SimAM: A Simple, Parameter-Free Attention Module for Convolutional Neural
Networks", ICML 2021. Squeeze-and-excitation (Hu et al., CVPR 2018) is torchvision's.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torchvision.ops import SqueezeExcitation

__all__ = ["SimAM", "SqueezeExcitation"]


class SimAM(nn.Module):
    """Gate every activation by how far it stands out from its own channel; no parameters.

    Attributes:
        e_lambda: the paper's λ, added to the variance.
    """

    def __init__(self, e_lambda: float = 1e-4) -> None:
        super().__init__()
        self.e_lambda = e_lambda

    def forward(self, x: Tensor) -> Tensor:
        """Return x · sigmoid(d / (4 · (var + λ)) + 0.5) with d = (x - mean)², x (N, C, H, W).

        Statistics are float32 whatever x is: a half-precision sum of squares overflows from
        112 x 112 on. A 1 x 1 map has no variance and gets the gate of a constant map.
        """
        wide = x.float()
        pixels = x.shape[-2] * x.shape[-1]
        squares = (wide - wide.mean(dim=(-2, -1), keepdim=True)).square()
        variance = squares.sum(dim=(-2, -1), keepdim=True) / max(pixels - 1, 1)
        gate = torch.sigmoid(squares / (4 * (variance + self.e_lambda)) + 0.5)
        return (wide * gate).to(x.dtype)

    def extra_repr(self) -> str:
        """Name λ in the printed network."""
        return f"e_lambda={self.e_lambda:g}"
