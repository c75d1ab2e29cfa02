"""Per class, which sensitivity costs how many false alarms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fundus_gui.core.reports.class_curves import (
    NO_CURVE,
    ClassCurve,
    draw_class_curves,
    name_axes,
)
from fundus_gui.core.reports.style import LIGHT, Style

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw_roc(
    axes: Axes,
    probabilities: ArrayLike,
    labels: ArrayLike,
    class_titles: Mapping[str, str],
    style: Style = LIGHT,
) -> None:
    """Draw each class's ROC curve against the rest; the legend, beside, tells the areas.

    Of more than 20 classes those with the smallest areas are drawn.

    Args:
        axes: where.
        probabilities: (N, K).
        labels: (N,) class indices; a class that does not occur has no curve.
        class_titles: of the K classes in order, by their names.
        style: colours and font.
    """
    values, truth = np.asarray(probabilities), np.asarray(labels)
    curves = [_curve(truth == index, values[:, index]) for index in range(len(class_titles))]
    draw_class_curves(axes, curves, class_titles, "AUC, one class against the rest", style)
    axes.plot([0, 1], [0, 1], color=style.muted, linewidth=0.9, linestyle=(0, (2, 3)), zorder=1)
    name_axes(axes, "1 − specificity", "Sensitivity", style)


def _curve(truth: NDArray[np.bool_], values: NDArray[np.float64]) -> ClassCurve:
    from sklearn.metrics import auc, roc_curve

    if len(np.unique(truth)) < 2:
        return NO_CURVE
    false_alarms, sensitivity, _ = roc_curve(truth, values)
    return ClassCurve(false_alarms, sensitivity, float(auc(false_alarms, sensitivity)))
