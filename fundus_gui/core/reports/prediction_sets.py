"""How often sets of classes hold the true one, class by class, and how many classes they hold."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from fundus_gui.core.evaluation.conformal import SetFigures
from fundus_gui.core.reports.class_curves import name_axes
from fundus_gui.core.reports.style import LIGHT, Style, elided, font, legend, plain, prepare

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LONGEST_TITLE = 24  # letters


def draw_set_coverage(
    axes: Axes,
    figures: SetFigures,
    class_titles: Sequence[str],
    promised: float,
    style: Style = LIGHT,
) -> None:
    """Draw the coverage that each class and all images reached beside the promised one.

    Args:
        axes: where.
        figures: measured; a class that does not occur has no point.
        class_titles: K names.
        promised: share of the images whose set was to hold the true class.
        style: colours and font.
    """
    from matplotlib.ticker import PercentFormatter

    prepare(axes, style)
    reached = (*figures.class_coverage, figures.coverage)
    titles = [*(plain(elided(title, _LONGEST_TITLE)) for title in class_titles), "All images"]
    rows = np.arange(len(reached))
    least = min((value for value in reached if not math.isnan(value)), default=promised)
    axes.axvline(
        promised,
        color=style.cycle[1],
        linewidth=1.4,
        linestyle=(0, (4, 2)),
        label=f"Promised: {promised:.0%}",
    )
    _draw_reached(axes, reached, promised, style)
    left = min(least, promised)
    left -= 0.2 * (1 - left) + 0.02  # for the number
    axes.set(xlim=(left, 1 + 0.12 * (1 - left)), ylim=(len(rows) - 0.5, -0.5))
    axes.set_xticks([tick for tick in axes.get_xticks() if left <= tick <= 1])
    axes.set_yticks(rows, titles)
    axes.tick_params(axis="y", length=0, labelcolor=style.text)
    axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.grid(visible=True, axis="x", color=style.grid, linewidth=0.8)
    name_axes(axes, "Sets that hold the true class", "", style)
    legend(axes, style, "Coverage", ncols=2)


def _draw_reached(axes: Axes, reached: Sequence[float], promised: float, style: Style) -> None:
    """Draw a point a row with its number, on the side away from the promised coverage."""
    rows = np.arange(len(reached))
    axes.hlines(rows, promised, reached, color=style.muted, linewidth=1.2)
    axes.plot(reached, rows, "o", color=style.cycle[0], markersize=6.5, label="Reached")
    for row, value in zip(rows, reached, strict=True):
        is_less = value < promised
        axes.annotate(
            "–" if math.isnan(value) else f"{value:.0%}",
            (promised if math.isnan(value) else value, row),
            (-7 if is_less else 7, 0),
            textcoords="offset points",
            ha="right" if is_less else "left",
            va="center",
            color=style.text,
            **font(style, 0.85, is_bold=bool(row == rows[-1])),
        )


def draw_set_sizes(axes: Axes, figures: SetFigures, style: Style = LIGHT) -> None:
    """Draw how many images have a set of one class, of two and so on, up to the largest."""
    prepare(axes, style)
    filled = max(place for place, images in enumerate(figures.sizes, 1) if images)
    sizes, counts = range(1, filled + 1), figures.sizes[:filled]
    bars = axes.bar(sizes, counts, 0.75, color=style.cycle[0])
    for label in axes.bar_label(bars, padding=2):
        label.set(color=style.text, **font(style, 0.85))
    axes.set_xticks(sizes)
    axes.set_xlim(0.4, max(filled, 3) + 0.6)
    axes.margins(y=0.15)
    axes.grid(visible=True, axis="y", color=style.grid, linewidth=0.8)
    name_axes(axes, "Classes in the set", "Images", style)
    axes.set_title(
        f"Sizes, mean {figures.mean_size:.2f}",
        loc="left",
        color=style.text,
        **font(style, 1.1, is_bold=True),
    )
