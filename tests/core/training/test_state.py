"""A saved state holds everything that the next updates follow from."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor

from fundus_gui.core.models import create_model
from fundus_gui.core.preprocessing import Preprocessing
from fundus_gui.core.runs import TrainConfig
from fundus_gui.core.training.learner import Course, Learner
from fundus_gui.core.training.processes import make_fabric
from fundus_gui.core.training.state import Place, load_state, save_state

SIZE = 32


def make_learner(config: TrainConfig, seed: int) -> Learner:
    fabric = make_fabric(config)
    fabric.launch()
    torch.manual_seed(seed)
    network = create_model("tiny", num_classes=3)
    return Learner(config, fabric, network, Preprocessing(size=SIZE), None, 3)


def update(learner: Learner, number: int) -> float:
    noise = torch.Generator().manual_seed(number)
    views = torch.randint(0, 256, (4, 3, SIZE, SIZE), dtype=torch.uint8, generator=noise)
    course = Course(
        update=number, learning_rate=0.01, size=SIZE, strength=1.0, is_frozen=number <= 1
    )
    return learner.update(views, torch.tensor([0, 1, 2, 0]), course).loss


def weights_of(learner: Learner) -> dict[str, Tensor]:
    average = {} if learner.average is None else learner.average.module.state_dict()
    return {**learner.network.state_dict(), **{f"average.{n}": v for n, v in average.items()}}


@pytest.mark.parametrize("momentum", [0.9, 0.0])
@pytest.mark.parametrize("ema_decay", [0.0, 0.99])
@pytest.mark.parametrize("optimizer", ["adamw", "sgd", "rmsprop"])
def test_updates_after_a_state_are_those_without_it(
    optimizer: str, ema_decay: float, momentum: float, tmp_path: Path
) -> None:
    config = TrainConfig().changed(
        model="tiny", input_size=SIZE, batch_size=4, device="cpu",
        optimizer=optimizer, ema_decay=ema_decay, momentum=momentum, layer_decay=1.0, mixup=0.3,
    )  # fmt: skip
    whole = make_learner(config, seed=1)
    for number in (1, 2, 3):  # the first is frozen, so that not all weights have a history
        update(whole, number)
        if number < 3:
            save_state(tmp_path / f"{number}.safetensors", whole, Place(step=number))
    for left in (1, 2):
        resumed = make_learner(config, seed=2)
        assert load_state(tmp_path / f"{left}.safetensors", resumed).step == left
        for number in range(left + 1, 4):
            update(resumed, number)
        expected, ours = weights_of(whole), weights_of(resumed)
        assert [name for name in expected if not torch.equal(expected[name], ours[name])] == []


def test_the_place_is_given_back_as_it_was(tmp_path: Path) -> None:
    learner = make_learner(TrainConfig(model="tiny", input_size=SIZE, device="cpu"), seed=1)
    learner.parts = 4
    place = Place(
        epoch=7, step=3, losses=0.1 + 0.2, right=None, seen=24, learning_rate=1e-3,
        best_score=[0.9, -0.5], best_epoch=5, seconds=12.5,
    )  # fmt: skip
    save_state(tmp_path / "state.safetensors", learner, place)
    learner.parts = 1
    assert load_state(tmp_path / "state.safetensors", learner) == place
    assert learner.parts == 4
