"""The curve of a learning-rate search: where the loss falls, and where it bursts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from fundus_gui.core import atomic
from fundus_gui.core.errors import ExportError
from fundus_gui.core.reports.style import LIGHT, Style, font, legend, prepare

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SIZE, _DPI = (6.4, 4.0), 150  # inches, of a PNG


def draw_rate_search(
    axes: Axes,
    rates: Sequence[float],
    losses: Sequence[float],
    suggestion: float,
    style: Style = LIGHT,
) -> None:
    """Draw the loss over the learning rate, and a line at the one suggested.

    Args:
        axes: where.
        rates: learning rates, rising.
        losses: as many.
        suggestion: a learning rate.
        style: colours and font.
    """
    prepare(axes, style)
    axes.plot(rates, losses, color=style.colour(0), linewidth=1.9)
    axes.axvline(
        suggestion,
        color=style.colour(1),
        linestyle=(0, (4, 2)),
        linewidth=1.4,
        label=f"suggestion {suggestion:.1e}",
    )
    axes.set_xscale("log")
    axes.grid(visible=True, color=style.grid, linewidth=0.8)
    axes.set_xlabel("Learning rate", color=style.muted, **font(style, 0.92))
    axes.set_ylabel("Training loss, running mean", color=style.muted, **font(style, 0.92))
    legend(axes, style, "Learning-rate search")


def write_rate_search(
    path: Path, rates: Sequence[float], losses: Sequence[float], suggestion: float
) -> None:
    """Draw it into a new .png or .svg file.

    Raises:
        ExportError: the file exists already or cannot be written.
    """
    from matplotlib.figure import Figure

    if path.exists():
        raise ExportError(f"{path} exists already; nothing was overwritten. Name a new file.")
    figure = Figure(figsize=_SIZE, dpi=_DPI, layout="constrained")
    draw_rate_search(figure.subplots(), rates, losses, suggestion)
    try:
        with atomic.replacing(path) as stream:
            figure.savefig(stream, format=path.suffix[1:].lower())
    except OSError as error:
        raise ExportError(f"{path} cannot be written ({error.strerror}).") from error
