"""What the training minimises."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from fundus_gui.core.runs import TrainConfig


class FocalLoss(nn.Module):
    """Cross entropy that looks less at what is easy: Σ_c -w_c · y_c · (1 - p_c)^γ · log p_c.

    T.-Y. Lin et al., Focal Loss for Dense Object Detection, ICCV 2017; γ = 0 is the cross entropy.
    The mean is over the photographs, not over their weights as in `nn.CrossEntropyLoss`: so the
    losses of the parts of an update, or of several processes, average to that of the whole.
    """

    weights: Tensor | None

    def __init__(
        self, gamma: float = 0.0, weights: Tensor | None = None, label_smoothing: float = 0.0
    ) -> None:
        super().__init__()
        self.gamma = gamma
        self.label_smoothing = label_smoothing
        self.register_buffer("weights", weights)

    def forward(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Return the mean loss of (N, K) logits and (N,) class indices or (N, K) shares."""
        classes = logits.shape[1]
        if targets.ndim == 1:
            targets = functional.one_hot(targets, classes)
        targets = targets * (1 - self.label_smoothing) + self.label_smoothing / classes
        log_p = logits.float().log_softmax(1)
        # Above 0, since the slope of a root (γ below 1) is infinite there.
        difficulty = (-torch.expm1(log_p)).clamp(min=1e-7) ** self.gamma
        losses = -targets * difficulty * log_p
        if self.weights is not None:
            losses = losses * self.weights
        return losses.sum(1).mean()


def make_loss(config: TrainConfig, weights: Tensor | None = None) -> FocalLoss:
    """Return the loss of a training.

    Args:
        config: which loss, focus and label smoothing.
        weights: (K,) of the classes.
    """
    gamma = config.focal_gamma if config.loss == "focal" else 0.0
    return FocalLoss(gamma, weights, config.label_smoothing)
