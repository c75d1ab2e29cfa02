"""Whether answers with a confidence of 80 % are right four times of five, as a diagram."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from fundus_gui.core.evaluation.calibration import ReliabilityBin
from fundus_gui.core.reports.class_curves import name_axes
from fundus_gui.core.reports.style import LIGHT, Style, font, legend, plain, prepare

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_HISTOGRAM = (0.0, -0.24, 1.0, 0.18)  # below the diagram, of its size
_GAP = 0.3  # opacity


def draw_reliability(
    axes: Axes, bins: Sequence[ReliabilityBin], style: Style = LIGHT, *, title: str = ""
) -> None:
    """Draw right answers by confidence as bars, their gap to the confidence, and the counts below.

    Lines are the 95 % intervals of Wilson, which take every image for another patient's.

    Args:
        axes: where; the counts stand in inset axes below.
        bins: of `evaluation.calibration.reliability`.
        style: colours and font.
        title: above the legend.
    """
    prepare(axes, style)
    axes.set(xlim=(0, 1), ylim=(0, 1.02), aspect="equal")
    axes.grid(visible=True, color=style.grid, linewidth=0.8)
    filled = [bar for bar in bins if bar.images]
    _draw_bars(axes, filled, style)
    axes.plot([0, 1], [0, 1], color=style.muted, linewidth=1.1, linestyle=(0, (4, 3)))
    counts = axes.inset_axes(_HISTOGRAM, sharex=axes)
    _draw_counts(counts, filled, style)
    axes.tick_params(labelbottom=False)
    name_axes(axes, "", "Share of right answers", style)
    name_axes(counts, "Confidence (probability of the answer)", "Images", style)
    legend(axes, style, plain(title), ncols=2, columnspacing=1.0)


def _draw_bars(axes: Axes, filled: Sequence[ReliabilityBin], style: Style) -> None:
    middles = np.array([(bar.low + bar.high) / 2 for bar in filled])
    widths = np.array([bar.high - bar.low for bar in filled])
    right = np.array([bar.accuracy for bar in filled])
    confidence = np.array([bar.confidence for bar in filled])
    axes.bar(
        middles,
        right,
        widths,
        color=style.cycle[0],
        edgecolor=style.background,
        linewidth=0.8,
        label="Right answers",
    )
    axes.bar(
        middles,
        confidence - right,
        widths,
        bottom=right,
        color=(style.cycle[1], _GAP),
        edgecolor=style.cycle[1],
        linewidth=0.8,
        hatch="///",
        label="Gap to confidence",
    )
    low, high = np.array([_interval(bar) for bar in filled]).reshape(-1, 2).T
    axes.errorbar(
        middles,
        right,
        yerr=(np.maximum(right - low, 0), np.maximum(high - right, 0)),
        fmt="none",
        ecolor=style.text,
        elinewidth=1.1,
        capsize=2.5,
    )


def _draw_counts(axes: Axes, filled: Sequence[ReliabilityBin], style: Style) -> None:
    prepare(axes, style)
    for bar in filled:
        middle = (bar.low + bar.high) / 2
        axes.bar(middle, bar.images, (bar.high - bar.low) * 0.9, color=style.muted)
        axes.annotate(
            f"{bar.images}",
            (middle, bar.images),
            (0, 1.5),
            textcoords="offset points",
            ha="center",
            color=style.text,
            **font(style, 0.68),
        )
    axes.set(xlim=(0, 1), yticks=())
    axes.margins(y=0.35)
    axes.spines["left"].set_visible(False)


def _interval(bar: ReliabilityBin) -> tuple[float, float]:
    from scipy.stats import binomtest

    hits = round(bar.accuracy * bar.images)
    interval = binomtest(hits, bar.images).proportion_ci(method="wilson")
    return float(interval.low), float(interval.high)
