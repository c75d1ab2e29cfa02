from __future__ import annotations

import numpy as np
import pytest
from made_runs import answers
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import ArrayLike
from sklearn.metrics import average_precision_score

from fundus_gui.core.reports.precision_recall import draw_precision_recall


def drawn(probabilities: ArrayLike, labels: ArrayLike, titles: list[str]) -> Axes:
    """Draw as a window would; a warning fails the test."""
    figure = Figure(layout="constrained")
    axes = figure.subplots()
    draw_precision_recall(axes, probabilities, labels, {title: title for title in titles})
    FigureCanvasAgg(figure).draw()
    return axes


def entries(axes: Axes) -> list[str]:
    legend = axes.get_legend()
    assert legend is not None
    return [" ".join(text.get_text().split()) for text in legend.get_texts()]


@pytest.mark.parametrize("classes", [2, 6, 20])
def test_the_legend_tells_each_class_and_its_average_precision(classes: int) -> None:
    probabilities, labels = answers(classes, images=100)
    titles = [f"Class {n}" for n in range(classes)]
    values = [average_precision_score(labels == n, probabilities[:, n]) for n in range(classes)]
    expected = [f"{value:.3f} {title}" for value, title in zip(values, titles, strict=True)]
    assert entries(drawn(probabilities, labels, titles)) == expected


def test_the_area_below_the_steps_is_the_average_precision() -> None:
    probabilities, labels = answers(2, images=60)
    line = drawn(probabilities, labels, ["a", "b"]).get_lines()[0]
    assert line.get_drawstyle() == "steps-pre"
    found, precision = np.asarray(line.get_xdata()), np.asarray(line.get_ydata())
    area = (np.diff(found) * precision[1:]).sum()
    assert area == pytest.approx(average_precision_score(labels == 0, probabilities[:, 0]))


def test_a_dotted_line_is_the_share_of_the_class() -> None:
    probabilities, labels = answers(3)
    lines = drawn(probabilities, labels, ["a", "b", "c"]).get_lines()
    levels = [np.asarray(line.get_ydata()) for line in lines if len(line.get_ydata()) == 2]
    assert [level.tolist() for level in levels] == [
        [pytest.approx((labels == n).mean())] * 2 for n in range(3)
    ]


def test_a_class_that_does_not_occur_is_named_without_a_figure() -> None:
    probabilities, labels = answers(3)
    seen = labels != 1
    assert entries(drawn(probabilities[seen], labels[seen], ["a", "b", "c"]))[1] == "– b"
