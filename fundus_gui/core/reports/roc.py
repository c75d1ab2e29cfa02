"""Per class, which sensitivity costs how many false alarms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from fundus_gui.core.reports.style import LIGHT, Style, elided, font, legend, plain, prepare

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_STROKES = ("-", (0, (5, 1.5)), (0, (1.5, 1.5)))  # one after the other when the colours are used up
_LONGEST_TITLE = 30  # letters


def draw_roc(
    axes: Axes,
    probabilities: ArrayLike,
    labels: ArrayLike,
    class_titles: Sequence[str],
    style: Style = LIGHT,
) -> None:
    """Draw each class's ROC curve against the rest; the legend, beside, tells the areas.

    Args:
        axes: where.
        probabilities: (N, K).
        labels: (N,) class indices; a class that does not occur has no curve.
        class_titles: K names.
        style: colours and font.
    """
    from sklearn.metrics import auc, roc_curve

    prepare(axes, style)
    values, truth = np.asarray(probabilities), np.asarray(labels)
    axes.plot([0, 1], [0, 1], color=style.muted, linewidth=0.9, linestyle=(0, (2, 3)))
    for index, title in enumerate(class_titles):
        name = plain(elided(title, _LONGEST_TITLE))
        stroke = _STROKES[index // len(style.cycle) % len(_STROKES)]
        looks: dict[str, Any] = {
            "color": style.colour(index),
            "linestyle": stroke,
            "linewidth": 1.8,
        }
        if len(np.unique(truth == index)) == 2:
            false_alarms, sensitivity, _ = roc_curve(truth == index, values[:, index])
            area = f"{auc(false_alarms, sensitivity):.3f}"
            axes.plot(false_alarms, sensitivity, label=f"{area}  {name}", **looks)
        else:
            axes.plot([], [], label=f"  –      {name}", **looks)
    axes.set(xlim=(-0.015, 1.015), ylim=(-0.015, 1.015), aspect="equal", anchor="W")
    axes.grid(visible=True, color=style.grid, linewidth=0.8)
    axes.set_xlabel("1 − specificity", color=style.muted, **font(style, 0.92))
    axes.set_ylabel("Sensitivity", color=style.muted, **font(style, 0.92))
    legend(
        axes,
        style,
        "AUC, one class against the rest",
        loc="upper left",
        bbox_to_anchor=(1.03, 1.0),
    )
