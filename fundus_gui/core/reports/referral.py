"""How the error on the rest falls when ever more images are handed to a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fundus_gui.core.evaluation.referral import ReferralCurve, ReferralFigures
from fundus_gui.core.reports.class_curves import name_axes
from fundus_gui.core.reports.style import LIGHT, Style, legend, prepare

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw_referral_curve(
    axes: Axes,
    curve: ReferralCurve,
    style: Style = LIGHT,
    *,
    figures: ReferralFigures | None = None,
) -> None:
    """Draw the error on the reported images against the share of referred ones.

    Args:
        axes: where.
        curve: by confidence alone.
        style: colours and font.
        figures: what fitted thresholds gave, as a point; they may heed agreement too, so it need
            not lie on the curve.
    """
    from matplotlib.ticker import PercentFormatter

    prepare(axes, style)
    rates, errors = curve.referral_rates, curve.error_rates
    axes.fill_between(rates, errors, color=style.cycle[0], alpha=0.12, linewidth=0)
    axes.plot(rates, errors, color=style.cycle[0], linewidth=1.8, label="By confidence alone")
    axes.axhline(
        errors[0],
        color=style.muted,
        linewidth=0.9,
        linestyle=(0, (2, 3)),
        label=f"Nobody referred: {errors[0]:.1%} wrong",
    )
    if figures is not None and figures.reported:
        axes.plot(
            [figures.referral_rate],
            [figures.error_rate],
            linestyle="none",
            marker="o",
            markersize=8,
            color=style.cycle[1],
            markeredgecolor=style.background,
            label=f"Fitted thresholds: {figures.referral_rate:.1%} referred, "
            f"{figures.error_rate:.1%} wrong",
            zorder=3,
        )
    axes.set(xlim=(-0.015, 1.015), ylim=(0, max(*errors, 0.01) * 1.1))
    axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    axes.grid(visible=True, color=style.grid, linewidth=0.8)
    name_axes(axes, "Images referred to a person", "Wrong answers among the rest", style)
    legend(axes, style, "Referral")
