from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from fundus_gui.core.reports.confusion import draw_confusion
from fundus_gui.core.reports.style import DARK, LIGHT, Style


def drawn(matrix: object, titles: list[str], style: Style = LIGHT) -> Axes:
    """Draw as a window would; a warning fails the test."""
    figure = Figure(figsize=(6, 5), layout="constrained")
    axes = figure.subplots()
    draw_confusion(axes, np.asarray(matrix), titles, style)
    FigureCanvasAgg(figure).draw()
    return axes


def cells(axes: Axes) -> dict[tuple[int, int], str]:
    places = ((text.get_position(), text.get_text()) for text in axes.texts)
    return {(int(row), int(column)): text for (column, row), text in places}


def test_cells_tell_count_and_share_of_the_true_class() -> None:
    axes = drawn([[3, 1], [0, 5]], ["Left", "Right"])
    assert cells(axes) == {(0, 0): "3\n75%", (0, 1): "1\n25%", (1, 1): "5\n100%"}
    assert [label.get_text() for label in axes.get_yticklabels()] == ["Left\n(4)", "Right\n(5)"]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("Predicted class", "True class")


def test_of_very_many_classes_only_the_colours_are_drawn() -> None:
    axes = drawn(np.eye(200, dtype=int), [f"Class {n}" for n in range(200)])
    assert not axes.texts
    assert not axes.get_xticklabels()


def test_a_class_without_images_has_an_empty_row() -> None:
    axes = drawn([[0, 0], [2, 2]], ["a", "b"])
    assert {row for row, _ in cells(axes)} == {1}


@pytest.mark.parametrize("classes", [2, 10, 11, 20])
def test_every_class_has_its_row_and_column(classes: int) -> None:
    titles = [f"A class with a rather long name, number {n}" for n in range(classes)]
    axes = drawn(np.full((classes, classes), 7), titles)
    assert len(axes.get_xticklabels()) == len(axes.get_yticklabels()) == classes
    assert len(cells(axes)) == classes**2
    assert all(text.get_fontsize() >= 4.5 for text in axes.texts)


def test_cells_keep_to_their_own_room() -> None:
    axes = drawn(np.full((20, 20), 888), [str(n) for n in range(20)])
    boxes = [text.get_window_extent() for text in axes.texts]
    assert not any(left.overlaps(right) for left, right in pairwise(boxes))


@pytest.mark.parametrize("style", [LIGHT, DARK])
def test_numbers_stand_out_from_their_cells(style: Style) -> None:
    axes = drawn([[100, 0], [1, 99]], ["a", "b"], style)
    colours = {tuple(map(int, t.get_position())): t.get_color() for t in axes.texts}
    assert colours[0, 1] == style.text  # a faint cell
    assert colours[0, 0] == style.background  # a full one
    assert to_rgb(axes.get_facecolor()) == to_rgb(style.background)


@pytest.mark.parametrize("title", ["$x$", "", "眼底", "w" * 200, "two words " * 20])
def test_any_class_name_can_be_drawn(title: str) -> None:
    axes = drawn([[1, 0], [0, 1]], [title, "other"])
    label = axes.get_yticklabels()[0].get_text()
    assert all(len(line) <= 30 for line in label.splitlines())
