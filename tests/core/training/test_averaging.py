"""The running average of the weights: timm's, with the warm-up that the training relies on."""

from __future__ import annotations

import copy

import torch
from timm.utils.model_ema import ModelEmaV3
from torch import nn

from fundus_gui.core.models import create_model

DECAY = 0.9999


def zeroed(model: nn.Module) -> nn.Module:
    empty = copy.deepcopy(model)
    for value in empty.state_dict().values():
        value.zero_()
    return empty


def test_the_average_soon_forgets_its_start() -> None:
    model = create_model("tiny", num_classes=3)
    start = zeroed(model)
    average = ModelEmaV3(start, DECAY, use_warmup=True)
    average.update(start, 1)  # the first update copies; here it copies zeros
    for update in range(2, 202):
        average.update(model, update)
    for ours, theirs in zip(average.module.parameters(), model.parameters(), strict=True):
        torch.testing.assert_close(ours, theirs, atol=1e-3, rtol=0)


def test_counters_are_copied_not_averaged() -> None:
    model = create_model("tiny", num_classes=3)
    average = ModelEmaV3(model, DECAY, use_warmup=True)
    for update in range(1, 6):
        model(torch.rand(2, 3, 32, 32))
        average.update(model, update)
    counters = [v for v in average.module.state_dict().values() if not v.is_floating_point()]
    assert [int(counter) for counter in counters] == [5]


def test_the_number_of_the_update_is_all_that_the_average_remembers() -> None:
    torch.manual_seed(0)
    steps = [create_model("tiny", num_classes=3) for _ in range(6)]
    whole = ModelEmaV3(steps[0], DECAY, use_warmup=True)
    for update, model in enumerate(steps, start=1):
        whole.update(model, update)
    first = ModelEmaV3(steps[0], DECAY, use_warmup=True)
    for update, model in enumerate(steps[:3], start=1):
        first.update(model, update)
    resumed = ModelEmaV3(steps[0], DECAY, use_warmup=True)
    resumed.module.load_state_dict(first.module.state_dict())
    for update, model in enumerate(steps[3:], start=4):
        resumed.update(model, update)
    for one, other in zip(whole.module.parameters(), resumed.module.parameters(), strict=True):
        assert torch.equal(one, other)
