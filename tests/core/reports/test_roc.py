from __future__ import annotations

import numpy as np
import pytest
from made_runs import answers
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import ArrayLike
from sklearn.metrics import roc_auc_score

from fundus_gui.core.reports.roc import draw_roc


def drawn(probabilities: ArrayLike, labels: ArrayLike, titles: list[str]) -> Axes:
    """Draw as a window would; a warning fails the test."""
    figure = Figure(layout="constrained")
    axes = figure.subplots()
    draw_roc(axes, probabilities, labels, {title: title for title in titles})
    FigureCanvasAgg(figure).draw()
    return axes


def entries(axes: Axes) -> list[str]:
    legend = axes.get_legend()
    assert legend is not None
    return [" ".join(text.get_text().split()) for text in legend.get_texts()]


@pytest.mark.parametrize("classes", [2, 6, 20])
def test_the_legend_tells_each_class_and_its_area(classes: int) -> None:
    probabilities, labels = answers(classes, images=100)
    titles = [f"Class {n}" for n in range(classes)]
    areas = [roc_auc_score(labels == n, probabilities[:, n]) for n in range(classes)]
    expected = [f"{area:.3f} {title}" for area, title in zip(areas, titles, strict=True)]
    assert entries(drawn(probabilities, labels, titles)) == expected


def test_of_many_classes_the_lowest_areas_are_drawn() -> None:
    probabilities, labels = answers(60, images=300)
    axes = drawn(probabilities, labels, [f"Class {n}" for n in range(60)])
    areas = [roc_auc_score(labels == n, probabilities[:, n]) for n in range(60)]
    told = [float(entry.split()[0]) for entry in entries(axes)]
    assert sorted(told) == pytest.approx(sorted(areas)[:20], abs=5e-4)
    legend = axes.get_legend()
    assert legend is not None
    assert legend.get_title().get_text().endswith("(lowest 20 of 60)")


def test_curves_run_from_corner_to_corner() -> None:
    probabilities, labels = answers(3)
    axes = drawn(probabilities, labels, ["a", "b", "c"])
    for line in axes.get_lines():
        x, y = np.asarray(line.get_xdata()), np.asarray(line.get_ydata())
        assert (x[0], y[0], x[-1], y[-1]) == (0, 0, 1, 1)


def test_a_class_that_does_not_occur_is_named_without_an_area() -> None:
    probabilities, labels = answers(3)
    seen = labels != 1
    axes = drawn(probabilities[seen], labels[seen], ["a", "b", "c"])
    assert entries(axes)[1] == "– b"


def test_no_two_classes_look_alike() -> None:
    probabilities, labels = answers(20, images=100)
    axes = drawn(probabilities, labels, [str(n) for n in range(20)])
    legend = axes.get_legend()
    assert legend is not None
    looks = {
        (line.get_color(), line.get_linestyle(), str(line._dash_pattern))
        for line in legend.get_lines()
    }
    assert len(looks) == 20
