"""The updates of an epoch: the same for everybody who asks, however the work is divided."""

from __future__ import annotations

from collections import Counter
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tiny_photographs import write_photographs

from fundus_gui.core.datasets import LabelledImage
from fundus_gui.core.errors import ConfigError, ImageError
from fundus_gui.core.preprocessing import Preprocessing
from fundus_gui.core.runs import TrainConfig
from fundus_gui.core.training.batches import Batch, TrainingBatches, class_weights
from fundus_gui.core.training.views import DecodedViews, MemoryViews, Views

UNALTERED: dict[str, Any] = {"flips": "none", "rotation": 0.0, "zoom": 0.0, "colour": 0.0}
UNALTERED |= {"erasing": 0.0}


def batches(
    labels: list[int],
    views: Views | None = None,
    *,
    rank: int = 0,
    world: int = 1,
    **settings: Any,
) -> TrainingBatches:
    """Return batches of noisy pictures, or of other views."""
    noise = np.random.default_rng(0).integers(0, 256, (len(labels), 3, 16, 16), np.uint8)
    config = TrainConfig(**{"batch_size": 4, "workers": 0, **settings})
    kept = views or MemoryViews(noise)
    return TrainingBatches(kept, labels, max(labels) + 1, config, rank=rank, world=world)


def numbered(count: int, **options: Any) -> TrainingBatches:
    """Return batches of pictures that each are of their own class."""
    return batches(list(range(count)), **options)


def drawn_labels(some: TrainingBatches, epoch: int = 1, **options: Any) -> list[list[int]]:
    return [labels.tolist() for _, labels in some.epoch(epoch, **options)]


def same(some: list[Batch], others: list[Batch]) -> bool:
    pairs = zip_longest(some, others, fillvalue=(torch.empty(0), torch.empty(0)))
    return all(torch.equal(a[0], b[0]) and torch.equal(a[1], b[1]) for a, b in pairs)


# Order --------------------------------------------------------------------------------------------


def test_an_epoch_draws_every_photograph_once() -> None:
    drawn = [label for labels in drawn_labels(numbered(12)) for label in labels]
    assert sorted(drawn) == list(range(12))


def test_order_follows_from_seed_and_epoch_alone() -> None:
    first = drawn_labels(numbered(12))
    assert first == drawn_labels(numbered(12))
    assert first != drawn_labels(numbered(12), epoch=2)
    assert first != drawn_labels(numbered(12, seed=1))
    asked_later = numbered(12)
    drawn_labels(asked_later, epoch=2)
    assert drawn_labels(asked_later) == first


@pytest.mark.parametrize(
    ("count", "settings", "sizes"),
    [
        (9, {}, [4, 4]),
        (8, {}, [4, 4]),
        (3, {}, [3]),
        (25, {"accumulation": 3}, [12, 12]),
        (11, {"accumulation": 3}, [11]),
        (11, {"world": 2}, [2, 2]),
        (3, {"world": 2}, [1]),
    ],
)
def test_updates_are_whole_unless_there_is_only_one(
    count: int, settings: dict[str, Any], sizes: list[int]
) -> None:
    some = numbered(count, **settings)
    assert [len(labels) for labels in drawn_labels(some)] == sizes
    assert some.steps == len(sizes)


def test_more_processes_than_photographs_is_one_sentence() -> None:
    with pytest.raises(ConfigError, match="2 training photographs cannot be shared by 4 processes"):
        numbered(2, world=4)


@pytest.mark.parametrize("settings", [{}, {"accumulation": 2}, {"balance": "sampling"}])
def test_processes_together_draw_what_one_draws(settings: dict[str, Any]) -> None:
    whole = list(numbered(19, **settings).epoch(3))
    shares = [list(numbered(19, rank=rank, world=2, **settings).epoch(3)) for rank in range(2)]
    for update, (views, labels) in enumerate(whole):
        for rank in range(2):
            own_views, own_labels = shares[rank][update]
            assert torch.equal(own_views, views[rank::2])
            assert torch.equal(own_labels, labels[rank::2])


@pytest.mark.parametrize("workers", [0, 2])
def test_an_epoch_can_be_entered_in_the_middle(workers: int) -> None:
    whole = list(numbered(20, workers=workers).epoch(2))
    assert same(list(numbered(20, workers=workers).epoch(2, first_step=3)), whole[2:])
    assert list(numbered(20).epoch(2, first_step=6)) == []


@pytest.mark.parametrize("workers", [0, 2])
def test_an_epoch_can_be_left_in_the_middle(workers: int) -> None:
    some = numbered(20, workers=workers)
    left = some.epoch(1)
    next(left)
    assert same(list(some.epoch(2)), list(numbered(20).epoch(2)))


# Chance -------------------------------------------------------------------------------------------


def test_augmentation_is_the_same_with_worker_processes_and_without() -> None:
    alone, helped = numbered(12, erasing=0.5), numbered(12, erasing=0.5, workers=2)
    for epoch in (1, 2):
        assert same(list(alone.epoch(epoch)), list(helped.epoch(epoch)))


def test_augmentation_differs_from_epoch_to_epoch_and_place_to_place() -> None:
    alike = np.zeros((8, 3, 16, 16), np.uint8)
    alike[:, :, 2:9, 5:7] = 255
    some = batches([0] * 8, MemoryViews(alike))
    drawn = [view for epoch in (1, 2) for views, _ in some.epoch(epoch) for view in views]
    assert len({view.numpy().tobytes() for view in drawn}) == 16


def test_strength_reaches_the_worker_processes() -> None:
    still = {"flips": "none", "erasing": 0.0, "workers": 2}
    weak, strong = (
        list(numbered(8, **still).epoch(1, strength=strength)) for strength in (0.0, 1.0)
    )
    plain = list(numbered(8, **UNALTERED).epoch(1))
    assert same(weak, plain)
    assert not same(strong, plain)


@pytest.mark.parametrize("workers", [0, 2])
def test_drawing_leaves_the_random_numbers_of_the_network_alone(workers: int) -> None:
    torch.manual_seed(5)
    before = torch.random.get_rng_state()
    list(numbered(12, workers=workers).epoch(1))
    assert torch.equal(torch.random.get_rng_state(), before)


def test_augmentation_does_not_depend_on_the_random_numbers_of_the_network() -> None:
    torch.manual_seed(5)
    first = list(numbered(8).epoch(1))
    torch.manual_seed(6)
    assert same(list(numbered(8).epoch(1)), first)


@pytest.mark.parametrize("workers", [0, 2])
def test_a_photograph_that_cannot_be_read_is_named(workers: int, tmp_path: Path) -> None:
    files = write_photographs(tmp_path, 7)
    files.insert(4, tmp_path / "gone.png")
    images = [LabelledImage(path=path, label="a", patient_id=path.name) for path in files]
    views = DecodedViews(images, Preprocessing(size=16))
    with pytest.raises(ImageError, match=r"^gone\.png: "):
        list(batches([0] * 8, views, workers=workers).epoch(1))


# Balance ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("strength", "share"), [(1.0, 0.5), (0.5, 0.25), (0.0, 0.1)])
def test_sampling_draws_rare_classes_more_often(strength: float, share: float) -> None:
    settings = {**UNALTERED, "balance": "sampling", "balance_strength": strength}
    some = batches([0] * 36 + [1] * 4, **settings)
    drawn: Counter[int] = Counter()
    for epoch in range(25):
        for labels in drawn_labels(some, epoch):
            drawn.update(labels)
    assert sum(drawn.values()) == 1000
    assert drawn[1] / 1000 == pytest.approx(share, abs=0.05)


def test_sampling_follows_from_seed_and_epoch_alone() -> None:
    first = drawn_labels(numbered(12, balance="sampling"))
    assert first == drawn_labels(numbered(12, balance="sampling"))
    assert first != drawn_labels(numbered(12, balance="sampling"), epoch=2)


def test_class_weights_make_the_classes_count_alike() -> None:
    labels = [0] * 6 + [1] * 3 + [2]
    weights = class_weights(labels, 3, 1.0)
    torch.testing.assert_close(weights * torch.tensor([6, 3, 1]), torch.full((3,), 10 / 3))


@pytest.mark.parametrize("strength", [0.0, 0.5, 1.0])
def test_class_weights_are_one_in_the_mean_photograph(strength: float) -> None:
    labels = [0] * 9 + [1] * 4 + [3]
    weights = class_weights(labels, 4, strength)
    assert float(weights[labels].mean()) == pytest.approx(1)
    assert float(weights[1] / weights[0]) == pytest.approx((9 / 4) ** strength)
    assert weights[2] == 0
