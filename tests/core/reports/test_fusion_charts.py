"""The charts of the weights show every mark with its score, on paper and in the dark."""

from __future__ import annotations

import numpy as np
import pytest
from made_runs import answers
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from fundus_gui.core.fusion.landscape import WeightMap, map_weights
from fundus_gui.core.reports.fusion import draw_weight_curve, draw_weight_triangle
from fundus_gui.core.reports.style import DARK, LIGHT, Style

TITLES = ["EfficientNetV2-S", "ViT $B$", "網膜 " * 20]
MARKS = {"equal": (1, 1, 1), "adaptive": (3, 2, 1)}


def made_map(members: int) -> WeightMap:
    made = [answers(3, images=80) for _ in range(members)]
    labels = made[0][1]
    probabilities = [np.roll(p, shift, axis=0) for shift, (p, _) in enumerate(made)]
    return map_weights(probabilities, labels, "log_loss", steps=20)


def marks(members: int) -> dict[str, list[float]]:
    return {name: [w / sum(ws[:members]) for w in ws[:members]] for name, ws in MARKS.items()}


def draw(axes: Axes, found: WeightMap, style: Style = LIGHT) -> None:
    members = found.weights.shape[1]
    chart = draw_weight_curve if members == 2 else draw_weight_triangle
    chart(axes, found, TITLES[:members], marks(members), style)
    canvas = axes.get_figure(root=True).canvas  # type: ignore[union-attr]
    assert isinstance(canvas, FigureCanvasAgg)
    canvas.draw()


@pytest.fixture
def axes() -> Axes:
    figure = Figure(layout="constrained")
    FigureCanvasAgg(figure)
    return figure.subplots()


def entries(axes: Axes) -> list[str]:
    legend = axes.get_legend()
    assert legend is not None
    return [text.get_text() for text in legend.get_texts()]


@pytest.mark.parametrize("style", [LIGHT, DARK])
@pytest.mark.parametrize("members", [2, 3])
def test_every_mark_is_named_with_its_score(axes: Axes, members: int, style: Style) -> None:
    found = made_map(members)
    draw(axes, found, style)
    expected = [(f"{found.value_at(w):.3f}", name) for name, w in marks(members).items()]
    if members == 2:  # a curve is read between its points
        values = found.values
        expected = [
            (f"{np.interp(w[0], found.weights[:, 0], values):.3f}", name)
            for name, w in marks(2).items()
        ]
    assert [tuple(entry.split("  ")) for entry in entries(axes)] == expected


def test_the_curve_is_the_map_and_its_marks_lie_on_it(axes: Axes) -> None:
    found = made_map(2)
    draw(axes, found)
    curve, equal, _ = axes.get_lines()
    np.testing.assert_array_equal(curve.get_xydata()[:, 1], found.values)
    np.testing.assert_allclose(equal.get_xydata(), [(0.5, found.value_at([0.5, 0.5]))])
    assert axes.get_xlabel() == r"Weight of EfficientNetV2-S, the rest for ViT \$B\$"
    assert axes.get_ylabel() == "Log-loss"


def test_equal_weights_are_the_middle_of_the_triangle(axes: Axes) -> None:
    draw(axes, made_map(3))
    outline, equal, _ = axes.get_lines()
    np.testing.assert_allclose(equal.get_xydata()[0], outline.get_xydata()[:3].mean(axis=0))
    names = [text.get_text() for text in axes.texts]
    assert names[:2] == ["EfficientNetV2-S", r"ViT \$B\$"]
    assert len(names[2]) <= 24


def test_charts_are_drawn_anew_on_the_same_axes(axes: Axes) -> None:
    for members in (3, 3, 2):
        draw(axes, made_map(members))
    assert len(axes.get_figure(root=True).axes) == 1  # type: ignore[union-attr]
    assert not axes.child_axes
    assert axes.axison


def test_no_marks_need_no_legend(axes: Axes) -> None:
    draw_weight_curve(axes, made_map(2), TITLES[:2], {})
    assert axes.get_legend() is None
