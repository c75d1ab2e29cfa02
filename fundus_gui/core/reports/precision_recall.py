"""Per class, which share of the alarms is right at which share of the class found."""

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


def draw_precision_recall(
    axes: Axes,
    probabilities: ArrayLike,
    labels: ArrayLike,
    class_titles: Mapping[str, str],
    style: Style = LIGHT,
) -> None:
    """Draw each class's precision against its sensitivity; the legend tells average precisions.

    Steps, as the average precision counts them: between two points nothing can be reached (Davis &
    Goadrich, ICML 2006). A dotted line is the share of the class among the images, which answers
    drawn by lot have as precision. Of more than 20 classes the lowest are drawn.

    Args:
        axes: where.
        probabilities: (N, K).
        labels: (N,) class indices; a class that does not occur has no curve.
        class_titles: of the K classes in order, by their names.
        style: colours and font.
    """
    values, truth = np.asarray(probabilities), np.asarray(labels)
    curves = [_curve(truth == index, values[:, index]) for index in range(len(class_titles))]
    draw_class_curves(axes, curves, class_titles, "Average precision", style)
    name_axes(axes, "Sensitivity (recall)", "Precision (positive predictive value)", style)


def _curve(truth: NDArray[np.bool_], values: NDArray[np.float64]) -> ClassCurve:
    from sklearn.metrics import average_precision_score, precision_recall_curve

    if len(np.unique(truth)) < 2:
        return NO_CURVE
    precision, found, _ = precision_recall_curve(truth, values)
    return ClassCurve(
        found[::-1],
        precision[::-1],
        float(average_precision_score(truth, values)),
        is_stepped=True,
        chance=float(truth.mean()),
    )
