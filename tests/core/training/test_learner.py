"""The network in training: prepared as in use, updated in parts, asked once or eight times."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from fundus_gui.core.ensemble import normalise
from fundus_gui.core.models import create_model
from fundus_gui.core.preprocessing import Preprocessing
from fundus_gui.core.runs import TrainConfig
from fundus_gui.core.training.learner import Course, Learner, mirrored_and_turned
from fundus_gui.core.training.processes import make_fabric
from fundus_gui.core.training.views import MemoryViews

SIZE = 32
COURSE = Course(update=1, learning_rate=0.01, size=SIZE, strength=1.0, is_frozen=False)


@pytest.fixture
def learner() -> Callable[..., Learner]:
    def learner(network: nn.Module | None = None, **settings: object) -> Learner:
        config = TrainConfig().changed(
            model="tiny", input_size=SIZE, batch_size=4, device="cpu", **settings
        )
        fabric = make_fabric(config)
        fabric.launch()
        torch.manual_seed(0)
        network = network or create_model("tiny", num_classes=3)
        return Learner(config, fabric, network, Preprocessing(size=SIZE), None, 3)

    return learner


def photographs(count: int) -> Tensor:
    noise = np.random.default_rng(0).integers(0, 256, (count, 3, SIZE, SIZE), np.uint8)
    return torch.from_numpy(noise)


# Preparing ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("channels_last", [False, True])
def test_training_and_use_normalise_alike(channels_last: bool) -> None:
    preprocessing = Preprocessing(size=SIZE, mean=(0.4, 0.2, 0.1), std=(0.3, 0.2, 0.1))
    views = photographs(3)
    inputs = normalise(views, preprocessing, channels_last=channels_last)
    for view, ours in zip(views, inputs, strict=True):
        expected = preprocessing.normalise(view.permute(1, 2, 0).numpy())
        np.testing.assert_allclose(ours.numpy(), expected, rtol=1e-6, atol=1e-6)


# Updating -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("count", "sizes"), [(16, [4, 4, 4, 4]), (5, [3, 2]), (3, [3]), (1, [1])])
def test_no_photograph_is_left_to_batch_norm_alone(
    learner: Callable[..., Learner], count: int, sizes: list[int]
) -> None:
    some, seen = learner(accumulation=4), []
    some.network.register_forward_pre_hook(lambda _, inputs: seen.append(len(inputs[0])))
    some.update(photographs(count), torch.arange(count) % 3, COURSE)
    assert seen == sizes


def test_frozen_layers_keep_their_statistics_until_they_are_freed(
    learner: Callable[..., Learner],
) -> None:
    some = learner()
    views, labels = photographs(4), torch.tensor([0, 1, 2, 0])
    frozen = Course(update=1, learning_rate=0.01, size=SIZE, strength=1.0, is_frozen=True)
    before = {name: value.clone() for name, value in some.network.state_dict().items()}
    some.update(views, labels, frozen)
    some.predict_proba(MemoryViews(views.numpy()))  # leaves the network in evaluation mode
    some.update(views, labels, frozen)
    changed = [n for n, v in some.network.state_dict().items() if not torch.equal(v, before[n])]
    assert changed == ["8.weight", "8.bias"]
    some.update(views, labels, COURSE)
    changed = [n for n, v in some.network.state_dict().items() if not torch.equal(v, before[n])]
    assert len(changed) == len(before)


def test_weights_that_are_no_numbers_are_noticed(learner: Callable[..., Learner]) -> None:
    some = learner()
    assert some.is_finite()
    with torch.no_grad():
        next(some.network.parameters()).fill_(torch.nan)
    assert not some.is_finite()


# Answering ----------------------------------------------------------------------------------------


class Corner(nn.Module):
    """Answers by the upper left pixel alone, and so differently for each copy."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.tensor([1.0, -1.0, 0.5]))

    def forward(self, inputs: Tensor) -> Tensor:
        return inputs[:, :1, 0, 0] * self.scale


def test_the_eight_copies_are_the_symmetries_of_a_square() -> None:
    copies = [copy.numpy().tobytes() for copy in mirrored_and_turned(photographs(1))]
    assert len(set(copies)) == 8
    turned = torch.rot90(photographs(1), 1, (2, 3)).flip(2)
    assert {copy.numpy().tobytes() for copy in mirrored_and_turned(turned)} == set(copies)


def test_test_time_augmentation_is_the_mean_of_eight_probabilities(
    learner: Callable[..., Learner],
) -> None:
    some, views = learner(Corner()), photographs(5)
    expected = np.mean(
        [
            some.predict_proba(MemoryViews(copy.contiguous().numpy()))
            for copy in mirrored_and_turned(views)
        ],
        axis=0,
    )
    answers = some.predict_proba(MemoryViews(views.numpy()), augment=True)
    np.testing.assert_allclose(answers, expected, rtol=1e-12)
    assert not np.allclose(answers, some.predict_proba(MemoryViews(views.numpy())))


def test_a_mirrored_photograph_is_answered_alike(learner: Callable[..., Learner]) -> None:
    some, views = learner(Corner()), photographs(3)
    plain, mirrored = (
        some.predict_proba(MemoryViews(side.contiguous().numpy()), augment=True)
        for side in (views, views.flip(3))
    )
    np.testing.assert_allclose(plain, mirrored, rtol=1e-12)


def test_an_evaluation_passes_no_more_photographs_at_once_than_training(
    learner: Callable[..., Learner],
) -> None:
    some, seen = learner(accumulation=2), []
    some.network.register_forward_pre_hook(lambda _, inputs: seen.append(len(inputs[0])))
    views = MemoryViews(photographs(6).numpy())
    some.predict_proba(views)
    some.parts = 4  # memory was short
    some.predict_proba(views)
    assert seen == [4, 2, 2, 2, 2]
