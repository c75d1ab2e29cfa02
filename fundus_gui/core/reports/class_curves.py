"""One curve per class against the rest, and a legend beside that tells the area under each."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fundus_gui.core.reports.style import (
    Style,
    class_numbers,
    elided,
    font,
    legend,
    plain,
    prepare,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_CURVES = 20  # beyond, those with the smallest areas
_STROKES = ("-", (0, (5, 1.5)), (0, (1.5, 1.5)))  # one after the other when the colours are used up
_LONGEST_TITLE = 30  # letters


class ClassCurve(NamedTuple):
    """What lies over what; of a class that does not occur, or occurs alone, without points.

    Attributes:
        x, y: points, from 0 to 1.
        area: under the curve; infinite without points.
        is_stepped: whether y holds up to the next point rather than changing evenly.
        chance: y of answers drawn by lot, as a dotted line; None without.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    area: float
    is_stepped: bool = False
    chance: float | None = None


NO_CURVE = ClassCurve(np.empty(0), np.empty(0), math.inf)


def draw_class_curves(
    axes: Axes,
    curves: Sequence[ClassCurve],
    class_titles: Mapping[str, str],
    heading: str,
    style: Style,
) -> None:
    """Draw the curves into emptied axes, those with the smallest areas if there are too many."""
    prepare(axes, style)
    names = tuple(class_titles)
    lowest = sorted(range(len(curves)), key=lambda index: curves[index].area)[:MOST_CURVES]
    drawn = sorted(lowest)
    for number, index in zip(class_numbers([names[i] for i in drawn]), drawn, strict=True):
        curve, name = curves[index], plain(elided(class_titles[names[index]], _LONGEST_TITLE))
        area = "  –    " if math.isinf(curve.area) else f"{curve.area:.3f}"
        colour = style.colour(number)
        axes.plot(
            curve.x,
            curve.y,
            label=f"{area}  {name}",
            color=colour,
            linestyle=_STROKES[number // len(style.cycle) % len(_STROKES)],
            linewidth=1.8,
            drawstyle="steps-pre" if curve.is_stepped else "default",
        )
        if curve.chance is not None:
            axes.axhline(curve.chance, color=colour, linewidth=0.9, linestyle=(0, (1, 2.5)))
    axes.set(xlim=(-0.015, 1.015), ylim=(-0.015, 1.015), aspect="equal", anchor="W")
    axes.grid(visible=True, color=style.grid, linewidth=0.8)
    legend(
        axes,
        style,
        heading + (f" (lowest {len(drawn)} of {len(curves)})" if len(drawn) < len(curves) else ""),
        loc="upper left",
        bbox_to_anchor=(1.03, 1.0),
    )


def name_axes(axes: Axes, below: str, beside: str, style: Style) -> None:
    """Write what the axes mean."""
    axes.set_xlabel(below, color=style.muted, **font(style, 0.92))
    axes.set_ylabel(beside, color=style.muted, **font(style, 0.92))
