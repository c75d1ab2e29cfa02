"""Attention for convolutional networks.

SimAM: Yang et al., "SimAM: A Simple, Parameter-Free Attention Module for Convolutional Neural
Networks", ICML 2021. Squeeze-and-excitation (Hu et al., CVPR 2018) is torchvision's.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torchvision.ops import SqueezeExcitation

__all__ = ["SimAM", "SqueezeExcitation", "squeeze_excitation"]


def squeeze_excitation(
    channels: int, squeezed: int, *, bias: bool = True, identity_start: bool = False
) -> nn.Module:
    """Build squeeze-and-excitation with ReLU between its layers, as in its paper.

    Args:
        channels: of the map that is gated.
        squeezed: hidden units.
        bias: whether its layers have biases (the paper's formula has none, its code has).
        identity_start: gate with 2 · sigmoid and begin with a last layer of zeros, so that the
            gate begins at exactly 1.
    """
    gate = _TwiceSigmoid if identity_start else nn.Sigmoid
    excitation = SqueezeExcitation(channels, squeezed, scale_activation=gate)
    layers = (excitation.fc1, excitation.fc2)
    if not bias:
        for layer in layers:
            layer.register_parameter("bias", None)
    if identity_start:
        for parameter in layers[1].parameters():
            nn.init.zeros_(parameter)
    built: nn.Module = excitation
    return built


class _TwiceSigmoid(nn.Module):
    """2 · sigmoid(x): 1 where nothing has been learned."""

    def forward(self, x: Tensor) -> Tensor:
        return 2 * x.sigmoid()


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
        if torch.is_grad_enabled() and x.requires_grad:
            gated: Tensor = _TrainedSimAM.apply(x, self.e_lambda)
            return gated
        if torch.jit.is_tracing():  # type: ignore[attr-defined, no-untyped-call]
            return _followable(x, self.e_lambda)
        return _gate(x, *_statistics(x, self.e_lambda)).mul_(x).to(x.dtype)

    def extra_repr(self) -> str:
        """Name λ in the printed network."""
        return f"e_lambda={self.e_lambda:g}"


def _freedom(x: Tensor) -> int:
    """Return n = H · W - 1, at least 1."""
    return max(x.shape[-2] * x.shape[-1] - 1, 1)


def _statistics(x: Tensor, e_lambda: float) -> tuple[Tensor, Tensor]:
    """Return mean and 1 / (4 · (var + λ)) of each channel, float32, (N, C, 1, 1)."""
    wide = x.float()
    mean = wide.mean(dim=(-2, -1), keepdim=True)
    variance = (wide - mean).square_().sum(dim=(-2, -1), keepdim=True) / _freedom(x)
    return mean, 0.25 / (variance + e_lambda)


def _gate(x: Tensor, mean: Tensor, scale: Tensor) -> Tensor:
    return (x.float() - mean).square_().mul_(scale).add_(0.5).sigmoid_()


def _followable(x: Tensor, e_lambda: float) -> Tensor:
    """Return the same and change nothing in place, which converters of networks cannot follow."""
    squares = (x - x.mean(dim=(-2, -1), keepdim=True)).square()
    variance = squares.sum(dim=(-2, -1), keepdim=True) / _freedom(x)
    return x * (0.25 * squares / (variance + e_lambda) + 0.5).sigmoid()


class _TrainedSimAM(torch.autograd.Function):
    """SimAM with its gradient written out: the layer is bound by memory, and automatic
    differentiation passes over the map twice as often."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, e_lambda: float) -> Tensor:
        mean, scale = _statistics(x, e_lambda)
        ctx.save_for_backward(x, mean, scale)
        return _gate(x, mean, scale).mul_(x).to(x.dtype)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        # y = x · s(g), g = c² · scale + 0.5, c = x - mean, scale = 1 / (4 · (Σ c² / n + λ))
        x, mean, scale = ctx.saved_tensors
        wide, upstream = x.float(), gradients[0].float()
        centred = wide - mean
        gate = _gate(x, mean, scale)
        direct = upstream * gate
        to_gate = (direct * wide).mul_(1 - gate)  # dL/dg
        to_scale = (to_gate * centred.square()).sum(dim=(-2, -1), keepdim=True)
        to_square_sum = -4 * scale.square() * to_scale / _freedom(x)
        to_centred = to_gate.mul_(scale).add_(to_square_sum).mul_(centred).mul_(2)
        through_mean = to_centred.mean(dim=(-2, -1), keepdim=True)
        return direct.add_(to_centred).sub_(through_mean).to(x.dtype), None
