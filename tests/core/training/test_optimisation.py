"""Optimiser, schedules, progressive learning and freezing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from fundus_gui.core.models import create_model, find_classifier
from fundus_gui.core.runs import TrainConfig
from fundus_gui.core.training.optimisation import (
    freeze,
    learning_rate,
    make_optimizer,
    set_learning_rate,
    training_size,
    training_strength,
)

OPTIMIZERS = ("adamw", "sgd", "rmsprop")


@pytest.fixture
def model() -> nn.Module:
    """Return the tiny network."""
    torch.manual_seed(0)
    return create_model("tiny", num_classes=3)


def step(model: nn.Module, optimizer: torch.optim.Optimizer, seed: int = 0) -> None:
    """Update once on noise."""
    generator = torch.Generator().manual_seed(seed)
    optimizer.zero_grad()
    model(torch.randn(4, 3, 32, 32, generator=generator)).square().sum().backward()
    optimizer.step()


# Optimiser ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimiser_moves_every_weight(name: Any, model: nn.Module) -> None:
    before = [weight.detach().clone() for weight in model.parameters()]
    optimizer = make_optimizer(model, TrainConfig(optimizer=name, learning_rate=0.01))
    step(model, optimizer)
    for old, new in zip(before, model.parameters(), strict=True):
        assert not torch.equal(old, new)


@pytest.mark.parametrize("layer_decay", [1.0, 0.9])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_only_matrices_and_kernels_decay(name: Any, layer_decay: float, model: nn.Module) -> None:
    config = TrainConfig(optimizer=name, weight_decay=0.03, layer_decay=layer_decay)
    for group in make_optimizer(model, config).param_groups:
        for weight in group["params"]:
            assert group["weight_decay"] == (0.03 if weight.ndim > 1 else 0.0)


def test_sgd_is_nesterovs_and_takes_the_momentum(model: nn.Module) -> None:
    optimizer = make_optimizer(model, TrainConfig(optimizer="sgd", momentum=0.8))
    assert optimizer.defaults["nesterov"]
    assert optimizer.defaults["momentum"] == 0.8


def test_sgd_without_momentum_is_plain(model: nn.Module) -> None:
    defaults = make_optimizer(model, TrainConfig(optimizer="sgd", momentum=0.0)).defaults
    assert not defaults["nesterov"]
    assert defaults["momentum"] == 0


@pytest.mark.parametrize(
    "name", ["efficientnet_v2_s_simam", "vit_ti_16", "rdnet_tiny", "densenet121_se"]
)
def test_early_layers_learn_more_slowly_with_layer_decay(name: str) -> None:
    with torch.device("meta"):
        network = create_model(name, num_classes=3, input_size=224)
    optimizer = make_optimizer(network, TrainConfig(layer_decay=0.9))
    set_learning_rate(optimizer, 0.5)
    rates = {
        id(weight): group["lr"] for group in optimizer.param_groups for weight in group["params"]
    }
    first, *_ = (weight for weight in network.parameters() if weight.ndim == 4)
    assert rates[id(find_classifier(network).weight)] == 0.5
    assert rates[id(first)] < 0.25
    assert len(rates) == len(list(network.parameters()))


def test_the_learning_rate_reaches_every_weight(model: nn.Module) -> None:
    optimizer = make_optimizer(model, TrainConfig())
    set_learning_rate(optimizer, 0.125)
    assert {group["lr"] for group in optimizer.param_groups} == {0.125}


# Schedules ----------------------------------------------------------------------------------------


def rates(**settings: Any) -> list[float]:
    """Return the learning rate in 101 places."""
    config = TrainConfig(**{"learning_rate": 0.1, "warmup_fraction": 0.2, **settings})
    return [learning_rate(progress, config) for progress in np.linspace(0, 1, 101)]


def test_the_cosine_falls_to_zero() -> None:
    course = rates()
    assert course[0] == pytest.approx(0.001)
    assert course[20] == max(course) == 0.1
    assert course[60] == pytest.approx(0.05)
    assert course[100] == pytest.approx(0, abs=1e-9)
    assert course[:21] == sorted(course[:21])
    assert course[20:] == sorted(course[20:], reverse=True)


def test_one_cycle_is_that_of_torch() -> None:
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    # OneCycleLR's last step is 100 of 101; its peak lies at step 0.2 · 101 - 1.
    reference = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, 0.1, total_steps=101, pct_start=21 / 101, final_div_factor=400
    )
    for rate in rates(schedule="one-cycle"):
        assert rate == pytest.approx(optimizer.param_groups[0]["lr"], rel=1e-6)
        optimizer.step()
        if reference.last_epoch < 100:
            reference.step()


def test_the_step_schedule_falls_to_a_tenth_twice() -> None:
    course = rates(schedule="step")
    assert course[20] == course[59] == 0.1
    assert course[61] == course[79] == pytest.approx(0.01)
    assert course[81] == course[100] == pytest.approx(0.001)


@pytest.mark.parametrize("schedule", ["cosine", "one-cycle", "step"])
@pytest.mark.parametrize("warmup", [0.0, 0.9])
def test_no_schedule_has_a_gap_at_its_ends(warmup: float, schedule: Any) -> None:
    config = TrainConfig(warmup_fraction=warmup, schedule=schedule)
    for progress in (0.0, 0.5, 1.0, 1.7):  # an update may end after the time budget
        assert 0 <= learning_rate(progress, config) <= config.learning_rate


# Progressive learning -----------------------------------------------------------------------------

STAGES = (0.0, 0.25, 0.5, 0.75)


@pytest.mark.parametrize(
    "sizes", [(171, 214, 257, 300), (192, 256, 320, 384)], ids=["EfficientNetV2-S", "M, L, XL"]
)
def test_sizes_grow_as_released_with_efficientnet_v2(sizes: tuple[int, ...]) -> None:
    config = TrainConfig(input_size=sizes[-1], initial_size=sizes[0])
    assert tuple(training_size(progress, config) for progress in STAGES) == sizes
    assert tuple(training_size(progress + 0.2499, config) for progress in STAGES) == sizes
    assert training_size(1.0, config) == training_size(1.2, config) == sizes[-1]


def test_strength_grows_with_the_size() -> None:
    config = TrainConfig(input_size=300, initial_size=128)
    strengths = [training_strength(progress, config) for progress in (*STAGES, 1.0)]
    assert strengths == pytest.approx([0, 1 / 3, 2 / 3, 1, 1])


def test_without_an_initial_size_everything_is_constant() -> None:
    config = TrainConfig(input_size=96)
    assert {training_size(progress, config) for progress in STAGES} == {96}
    assert {training_strength(progress, config) for progress in STAGES} == {1.0}


# Freezing -----------------------------------------------------------------------------------------


def state(model: nn.Module) -> dict[str, Tensor]:
    return {name: value.clone() for name, value in model.state_dict().items()}


def changed(before: dict[str, Tensor], model: nn.Module) -> set[str]:
    after = model.state_dict()
    return {name for name, value in before.items() if not torch.equal(value, after[name])}


def test_only_the_classifier_of_a_frozen_network_changes(model: nn.Module) -> None:
    optimizer = make_optimizer(model, TrainConfig())
    before = state(model)
    model.train()
    freeze(model, True)
    step(model, optimizer)
    assert changed(before, model) == {"8.weight", "8.bias"}


def test_a_network_can_be_thawed(model: nn.Module) -> None:
    optimizer = make_optimizer(model, TrainConfig())
    freeze(model, True)
    step(model, optimizer)
    before = state(model)
    model.train()
    freeze(model, False)
    step(model, optimizer)
    assert changed(before, model) == set(before)
