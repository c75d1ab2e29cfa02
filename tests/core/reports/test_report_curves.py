from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from made_runs import epoch, epochs, step
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from fundus_gui.core.reports.curves import (
    Curve,
    draw_learning_rate,
    draw_loss,
    draw_scores,
    updates,
)
from fundus_gui.core.reports.style import DARK, LIGHT
from fundus_gui.core.runs import Notice

Draw = Callable[..., None]
DRAWINGS = [draw_loss, draw_scores, draw_learning_rate]


@pytest.fixture
def axes() -> Axes:
    return Figure(layout="constrained").subplots()


def render(axes: Axes) -> None:
    """Draw as a window would; a warning fails the test."""
    figure = axes.figure
    assert isinstance(figure, Figure)
    FigureCanvasAgg(figure).draw()


def line(axes: Axes, label: str) -> Line2D:
    (found,) = [line for line in axes.get_lines() if line.get_label() == label]
    return found


def points(line: Line2D) -> list[tuple[float, float]]:
    return list(zip(line.get_xdata(), line.get_ydata(), strict=True))  # type: ignore[arg-type]


def rings(axes: Axes) -> list[tuple[float, float]]:
    found = [ring for ring in axes.get_lines() if ring.get_markerfacecolor() == "none"]
    return [points(ring)[0] for ring in found]


def entries(axes: Axes) -> list[str]:
    legend = axes.get_legend()
    assert legend is not None
    return [text.get_text() for text in legend.get_texts()]


def test_training_is_dashed_and_validation_solid(axes: Axes) -> None:
    draw_loss(axes, [Curve("one", epochs([0.5, 0.6]))])
    assert points(line(axes, "Training")) == [(1, 1.0), (2, 0.5)]
    assert points(line(axes, "Validation")) == [(1, 1.5), (2, 0.75)]
    assert line(axes, "Training").is_dashed()
    assert not line(axes, "Validation").is_dashed()


def test_the_best_epoch_has_a_ring_and_a_label(axes: Axes) -> None:
    draw_scores(axes, [Curve("one", epochs([0.5, 0.9, 0.7]))])
    assert rings(axes) == [(2, 0.9)]
    assert [text.get_text() for text in axes.texts] == ["best: epoch 2, 0.900"]


def test_scores_of_one_run_are_all_named(axes: Axes) -> None:
    draw_scores(axes, [Curve("one", epochs([0.5, 0.9]))])
    assert entries(axes) == ["Macro-AUC", "Balanced accuracy", "Accuracy"]
    dashed = [points(line) for line in axes.get_lines() if line.is_dashed()]
    assert dashed == [[(1, 0.75), (2, 0.75)]]


@pytest.mark.parametrize("draw", DRAWINGS)
def test_several_runs_are_told_apart_by_colour_and_name(axes: Axes, draw: Draw) -> None:
    runs = [Curve(f"run {n}", epochs([0.5, 0.6 + n / 10])) for n in range(3)]
    draw(axes, runs)
    assert entries(axes) == ["run 0", "run 1", "run 2"]
    colours = [line(axes, run.name).get_color() for run in runs]
    assert colours == [LIGHT.colour(n) for n in range(3)]
    render(axes)


def test_each_of_several_runs_has_its_ring(axes: Axes) -> None:
    draw_scores(axes, [Curve("a", epochs([0.5, 0.6])), Curve("b", epochs([0.7, 0.6]))])
    assert rings(axes) == [(2, 0.6), (1, 0.7)]


@pytest.mark.parametrize("draw", DRAWINGS)
def test_more_runs_than_colours_are_drawn(axes: Axes, draw: Draw) -> None:
    draw(axes, [Curve(f"run {n}", epochs([0.5, 0.6])) for n in range(9)])
    assert len(entries(axes)) == 9


@pytest.mark.parametrize("draw", DRAWINGS)
def test_a_single_epoch_is_a_point(axes: Axes, draw: Draw) -> None:
    draw(axes, [Curve("one", epochs([0.5]))])
    assert all(line.get_marker() == "o" for line in axes.get_lines())
    left, right = axes.get_xlim()
    assert left < 1 < right
    render(axes)


@pytest.mark.parametrize("draw", DRAWINGS)
@pytest.mark.parametrize("runs", [[], [Curve("one", ())], [Curve("a", ()), Curve("b", ())]])
def test_before_the_first_epoch_that_is_said(axes: Axes, draw: Draw, runs: Sequence[Curve]) -> None:
    draw(axes, runs)
    assert [text.get_text() for text in axes.texts] == ["No epoch is done yet"]
    render(axes)


@pytest.mark.parametrize("draw", DRAWINGS)
@pytest.mark.parametrize("count", [1, 3, 7, 30, 300])
def test_epochs_are_counted_in_whole_numbers(axes: Axes, draw: Draw, count: int) -> None:
    draw(axes, [Curve("one", epochs(np.linspace(0.5, 0.9, count).tolist()))])
    left, right = axes.get_xlim()
    ticks = [tick for tick in axes.get_xticks() if left <= tick <= right]
    assert ticks
    assert all(tick == round(tick) for tick in ticks)


def test_gaps_are_left_open(axes: Axes) -> None:
    run = Curve("one", (epoch(1, math.nan), epoch(2, 0.7), epoch(3, math.nan)))
    draw_scores(axes, [run])
    assert np.isnan(points(line(axes, "Macro-AUC"))[0][1])
    assert rings(axes) == []
    render(axes)


def test_accuracy_in_training_is_left_out_where_photographs_were_mixed(axes: Axes) -> None:
    draw_scores(axes, [Curve("one", (epoch(1, train_accuracy=None),))])
    assert not any(line.is_dashed() for line in axes.get_lines())


def test_updates_are_drawn_between_the_epochs(axes: Axes) -> None:
    steps = [step(1, 2, 3.0), step(1, 4, 2.0), step(2, 2, 1.5)]
    draw_loss(axes, [Curve("one", epochs([0.5]), steps)])
    assert [(0.5, 3.0), (1.0, 2.0), (1.5, 1.5)] in map(points, axes.get_lines())


def test_the_learning_rate_is_that_of_each_update(axes: Axes) -> None:
    draw_learning_rate(axes, [Curve("one", epochs([0.5]), [step(1, 1), step(1, 4)])])
    assert points(axes.get_lines()[0]) == [(0.25, 0.002), (1.0, 0.002)]
    assert entries(axes) == ["highest 0.002"]


def test_one_wild_update_does_not_flatten_the_curve(axes: Axes) -> None:
    losses = [1.0] * 200
    losses[100] = 1e6
    steps = [step(1, n, loss, steps=200) for n, loss in enumerate(losses, start=1)]
    draw_loss(axes, [Curve("one", epochs([0.5]), steps)])
    assert axes.get_ylim()[1] < 10


def test_many_updates_are_thinned_out(axes: Axes) -> None:
    steps = [step(1, n, steps=30_000) for n in range(1, 30_001)]
    draw_loss(axes, [Curve("one", (), steps)])
    assert max(len(points(line)) for line in axes.get_lines()) <= 1000


def test_updates_that_a_resumed_run_repeats_count_once() -> None:
    events = [step(1, 1, 9.0), step(1, 2, 9.0), Notice(text="!"), step(1, 2, 2.0), step(2, 1, 1.0)]
    assert [(s.epoch, s.step, s.loss) for s in updates(events)] == [
        (1, 1, 9.0), (1, 2, 2.0), (2, 1, 1.0),
    ]  # fmt: skip


@pytest.mark.parametrize("draw", DRAWINGS)
def test_drawing_again_replaces_what_was_drawn(axes: Axes, draw: Draw) -> None:
    run = Curve("one", epochs([0.5, 0.6]))
    draw(axes, [run])
    once = len(axes.get_children())
    draw(axes, [run])
    assert len(axes.get_children()) == once


@pytest.mark.parametrize("draw", DRAWINGS)
def test_colours_are_those_of_the_style(axes: Axes, draw: Draw) -> None:
    draw(axes, [Curve("one", epochs([0.5, 0.6]))], DARK)
    figure = axes.figure
    assert to_rgb(axes.get_facecolor()) == to_rgb(figure.get_facecolor()) == to_rgb(DARK.background)
    assert DARK.colour(0) in [line.get_color() for line in axes.get_lines()]


@pytest.mark.parametrize("draw", DRAWINGS)
@pytest.mark.parametrize("name", ["$x_1$ $", "_hidden", "运行", "n" * 300, "\udcff"])
def test_any_folder_name_can_be_drawn(axes: Axes, draw: Draw, name: str) -> None:
    draw(axes, [Curve(name, epochs([0.5])), Curve("other", epochs([0.6]))])
    assert len(entries(axes)) == 2
    assert all(len(entry) <= 40 for entry in entries(axes))
