"""Losses: torch's own where there is one, the published formula where there is none."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from fundus_gui.core.runs import TrainConfig
from fundus_gui.core.training.losses import FocalLoss, make_loss


@pytest.fixture
def logits() -> Tensor:
    """Return 8 answers on 3 classes."""
    return torch.randn(8, 3, generator=torch.Generator().manual_seed(0)) * 3


LABELS = torch.tensor([0, 1, 2, 0, 0, 1, 2, 0])
SHARES = torch.tensor([[0.7, 0.3, 0.0]]).repeat(8, 1)
WEIGHTS = torch.tensor([0.5, 1.0, 2.5])


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("targets", [LABELS, SHARES], ids=["labels", "shares"])
def test_cross_entropy_is_that_of_torch(targets: Tensor, smoothing: float, logits: Tensor) -> None:
    loss = make_loss(TrainConfig(label_smoothing=smoothing))(logits, targets)
    expected = functional.cross_entropy(logits, targets, label_smoothing=smoothing)
    torch.testing.assert_close(loss, expected)


def test_weighted_cross_entropy_is_that_of_torch_before_its_mean(logits: Tensor) -> None:
    loss = make_loss(TrainConfig(label_smoothing=0.0), WEIGHTS)(logits, LABELS)
    each = functional.cross_entropy(logits, LABELS, WEIGHTS, reduction="none")
    torch.testing.assert_close(loss, each.mean())


def test_the_parts_of_a_batch_average_to_the_whole(logits: Tensor) -> None:
    loss_of = make_loss(TrainConfig(), WEIGHTS)
    parts = [loss_of(logits[part], LABELS[part]) for part in (slice(None, 4), slice(4, None))]
    torch.testing.assert_close(sum(parts) / 2, loss_of(logits, LABELS))


def test_focal_loss_without_focus_is_cross_entropy(logits: Tensor) -> None:
    focal = make_loss(TrainConfig(loss="focal", focal_gamma=0.0), WEIGHTS)
    torch.testing.assert_close(
        focal(logits, LABELS), make_loss(TrainConfig(), WEIGHTS)(logits, LABELS)
    )


def test_focal_loss_follows_its_paper(logits: Tensor) -> None:
    config = TrainConfig(loss="focal", focal_gamma=2.0, label_smoothing=0.0)
    p = logits.softmax(1)[range(8), LABELS]
    torch.testing.assert_close(
        make_loss(config)(logits, LABELS), (-((1 - p) ** 2) * p.log()).mean()
    )


@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0])
def test_certainty_leaves_finite_gradients(gamma: float) -> None:
    logits = torch.tensor([[200.0, -200.0], [-200.0, 200.0]], requires_grad=True)
    FocalLoss(gamma)(logits, torch.tensor([0, 0])).backward()
    assert logits.grad is not None
    assert logits.grad.isfinite().all()


def test_half_precision_answers_are_judged_in_full(logits: Tensor) -> None:
    loss = FocalLoss(2.0, WEIGHTS)(logits.bfloat16(), LABELS)
    assert loss.dtype == torch.float32
    torch.testing.assert_close(loss, FocalLoss(2.0, WEIGHTS)(logits.bfloat16().float(), LABELS))
