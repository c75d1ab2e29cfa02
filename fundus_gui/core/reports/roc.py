"""Per class, which sensitivity costs how many false alarms."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fundus_gui.core.reports.style import LIGHT, Style, elided, font, legend, plain, prepare

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_STROKES = ("-", (0, (5, 1.5)), (0, (1.5, 1.5)))  # one after the other when the colours are used up
_LONGEST_TITLE = 30  # letters
_MOST_CURVES = 20  # beyond, those with the smallest areas


class _Curve(NamedTuple):
    false_alarms: NDArray[np.float64]
    sensitivity: NDArray[np.float64]
    area: float


def _curve(truth: NDArray[np.bool_], values: NDArray[np.float64]) -> _Curve:
    """Return the curve of one class, empty and of infinite area where it or the rest is absent."""
    from sklearn.metrics import auc, roc_curve

    if len(np.unique(truth)) < 2:
        return _Curve(np.empty(0), np.empty(0), math.inf)
    false_alarms, sensitivity, _ = roc_curve(truth, values)
    return _Curve(false_alarms, sensitivity, float(auc(false_alarms, sensitivity)))


def draw_roc(
    axes: Axes,
    probabilities: ArrayLike,
    labels: ArrayLike,
    class_titles: Sequence[str],
    style: Style = LIGHT,
) -> None:
    """Draw each class's ROC curve against the rest; the legend, beside, tells the areas.

    Of more than 20 classes those with the smallest areas are drawn.

    Args:
        axes: where.
        probabilities: (N, K).
        labels: (N,) class indices; a class that does not occur has no curve.
        class_titles: K names.
        style: colours and font.
    """
    prepare(axes, style)
    values, truth = np.asarray(probabilities), np.asarray(labels)
    curves = [_curve(truth == index, values[:, index]) for index in range(len(class_titles))]
    drawn = sorted(range(len(curves)), key=lambda index: curves[index].area)[:_MOST_CURVES]
    axes.plot([0, 1], [0, 1], color=style.muted, linewidth=0.9, linestyle=(0, (2, 3)))
    for number, index in enumerate(sorted(drawn)):
        curve, name = curves[index], plain(elided(class_titles[index], _LONGEST_TITLE))
        area = "  –    " if math.isinf(curve.area) else f"{curve.area:.3f}"
        stroke = _STROKES[number // len(style.cycle) % len(_STROKES)]
        axes.plot(
            curve.false_alarms,
            curve.sensitivity,
            label=f"{area}  {name}",
            color=style.colour(number),
            linestyle=stroke,
            linewidth=1.8,
        )
    axes.set(xlim=(-0.015, 1.015), ylim=(-0.015, 1.015), aspect="equal", anchor="W")
    axes.grid(visible=True, color=style.grid, linewidth=0.8)
    axes.set_xlabel("1 − specificity", color=style.muted, **font(style, 0.92))
    axes.set_ylabel("Sensitivity", color=style.muted, **font(style, 0.92))
    legend(
        axes,
        style,
        "AUC, one class against the rest"
        + (f" (lowest {len(drawn)} of {len(curves)})" if len(drawn) < len(curves) else ""),
        loc="upper left",
        bbox_to_anchor=(1.03, 1.0),
    )
