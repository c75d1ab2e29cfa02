"""The learning-rate range test: rises, stops when the loss diverges, suggests what works."""

from __future__ import annotations

import itertools
import math

import pytest

from fundus_gui.core.errors import ConfigError
from fundus_gui.core.runs import Preparing, TrainConfig
from fundus_gui.core.training.rate_finder import (
    RatePoint,
    find_learning_rate,
    suggest_learning_rate,
)


def points_of(config: TrainConfig) -> list[RatePoint]:
    return [event for event in find_learning_rate(config) if isinstance(event, RatePoint)]


def test_the_rate_rises_evenly_on_a_logarithmic_scale(config: TrainConfig) -> None:
    points = points_of(config)
    rates = [point.learning_rate for point in points]
    assert rates[0] == pytest.approx(1e-7)
    for low, high in itertools.pairwise(rates):
        assert high / low == pytest.approx(10 ** (7 / 99))
    assert len(points) <= 100
    assert rates[-1] <= 1 + 1e-9


def test_the_test_ends_when_the_loss_diverges(config: TrainConfig) -> None:
    wild = config.changed(optimizer="sgd", momentum=0.99, clip_norm=0.0)
    losses = [point.loss for point in points_of(wild)]
    assert len(losses) < 100
    assert all(math.isfinite(loss) for loss in losses)
    assert all(loss <= 4 * min(losses[: index + 1]) for index, loss in enumerate(losses))


def test_the_same_seed_gives_the_same_curve(config: TrainConfig) -> None:
    assert points_of(config) == points_of(config)


def test_preparations_are_told_first(config: TrainConfig) -> None:
    events = list(itertools.islice(find_learning_rate(config), 20))
    kinds = [isinstance(event, RatePoint) for event in events]
    assert kinds == sorted(kinds)
    assert Preparing(stage="building") in events


def test_the_suggestion_is_a_tenth_of_the_best_rate(config: TrainConfig) -> None:
    points = points_of(config)
    best = min(points, key=lambda point: point.loss)
    assert suggest_learning_rate(points) == pytest.approx(best.learning_rate / 10)
    assert 1e-5 < suggest_learning_rate(points) < 0.1


def test_no_points_give_no_suggestion() -> None:
    with pytest.raises(ConfigError, match="No learning rate can be suggested"):
        suggest_learning_rate([])
