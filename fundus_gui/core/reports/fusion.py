"""How the vote's score depends on the weights: a curve for two members, a triangle for three."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fundus_gui.core import atomic
from fundus_gui.core.errors import ExportError
from fundus_gui.core.fusion.landscape import WeightMap
from fundus_gui.core.fusion.scores import LOSSES, SCORE_NAMES
from fundus_gui.core.reports.style import LIGHT, Style, elided, font, legend, plain, prepare

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.cm import ScalarMappable

SCORE_TITLES = {score: f"{name[0].upper()}{name[1:]}" for score, name in SCORE_NAMES.items()}
_MARKERS = "osD^vP*Xp"  # one for each method, so that no two look alike
_CORNERS = np.array([(0.0, 0.0), (1.0, 0.0), (0.5, np.sqrt(0.75))])  # of the three members
_LONGEST_TITLE = 24  # letters
_SIZE, _DPI = (7.0, 4.2), 200  # inches

Marks = Mapping[str, Sequence[float]]  # weights by the name of the method that found them


def draw_weight_curve(
    axes: Axes,
    weight_map: WeightMap,
    member_titles: Sequence[str],
    marks: Marks,
    style: Style = LIGHT,
) -> None:
    """Draw the score of two members' vote against the weight of the first.

    Args:
        axes: where.
        weight_map: of two members.
        member_titles: their names.
        marks: weights to show on the curve, by name; the legend, beside, tells each one's score.
        style: colours and font.
    """
    prepare(axes, style)
    share = weight_map.weights[:, 0]
    axes.plot(share, weight_map.values, color=style.cycle[0], linewidth=1.8)
    for index, (name, weights) in enumerate(marks.items()):
        value = float(np.interp(weights[0], share, weight_map.values))
        axes.plot([weights[0]], [value], **_look(index, style), label=f"{value:.3f}  {plain(name)}")
    first, second = (plain(elided(title, _LONGEST_TITLE)) for title in member_titles)
    axes.set(xlim=(-0.015, 1.015))
    axes.set_xticks([0, 0.2, 0.4, 0.6, 0.8, 1])
    axes.grid(visible=True, color=style.grid, linewidth=0.8)
    axes.set_xlabel(
        f"Weight of {first}, the rest for {second}", color=style.muted, **font(style, 0.92)
    )
    axes.set_ylabel(SCORE_TITLES[weight_map.score], color=style.muted, **font(style, 0.92))
    _legend(axes, style)


def draw_weight_triangle(
    axes: Axes,
    weight_map: WeightMap,
    member_titles: Sequence[str],
    marks: Marks,
    style: Style = LIGHT,
) -> None:
    """Draw the score of three members' vote as colour; a corner is a member that decides alone.

    Args:
        axes: where.
        weight_map: of three members.
        member_titles: their names.
        marks: weights to show, by name; the legend, beside, tells each one's score.
        style: colours and font.
    """
    from matplotlib.colors import LinearSegmentedColormap

    prepare(axes, style)
    colours = [style.background, style.cycle[0]]
    is_loss = weight_map.score in LOSSES
    shades = LinearSegmentedColormap.from_list("score", colours[::-1] if is_loss else colours)
    x, y = _place(weight_map.weights)
    surface = axes.tripcolor(x, y, weight_map.values, cmap=shades, shading="gouraud")
    axes.plot(*_CORNERS[[0, 1, 2, 0]].T, color=style.muted, linewidth=0.9)
    for index, (name, weights) in enumerate(marks.items()):
        at_x, at_y = _place(np.array([weights]))
        label = f"{weight_map.value_at(weights):.3f}  {plain(name)}"
        axes.plot(at_x, at_y, **_look(index, style), label=label)
    _name_corners(axes, member_titles, style)
    axes.set(xlim=(-0.15, 1.15), ylim=(-0.12, 1.0), aspect="equal", anchor="W")
    axes.set_axis_off()
    _draw_scale(axes, surface, SCORE_TITLES[weight_map.score], style)
    _legend(axes, style)


def write_weight_map(
    path: Path, weight_map: WeightMap, member_titles: Sequence[str], marks: Marks
) -> None:
    """Draw the curve of two members or the triangle of three into a new file.

    Args:
        path: ends in .png, .svg or .pdf.
        weight_map, member_titles, marks: as `draw_weight_curve` takes them.

    Raises:
        ExportError: the file exists already or cannot be written.
    """
    from matplotlib.figure import Figure

    if path.exists():
        raise ExportError(f"{path} exists already; nothing was overwritten. Name a new file.")
    figure = Figure(figsize=_SIZE, dpi=_DPI, layout="constrained")
    draw = draw_weight_curve if len(member_titles) == 2 else draw_weight_triangle
    draw(figure.subplots(), weight_map, member_titles, marks)
    try:
        with atomic.replacing(path) as stream:
            figure.savefig(stream, format=path.suffix[1:].lower())
    except OSError as error:
        raise ExportError(f"{path} cannot be written ({error.strerror}).") from error


def _name_corners(axes: Axes, titles: Sequence[str], style: Style) -> None:
    for title, (x, y), is_top in zip(titles, _CORNERS, (False, False, True), strict=True):
        axes.text(
            x,
            y + (0.03 if is_top else -0.03),
            plain(elided(title, _LONGEST_TITLE)),
            ha="center",
            va="bottom" if is_top else "top",
            color=style.text,
            **font(style, 0.92),
        )


def _draw_scale(axes: Axes, surface: ScalarMappable, title: str, style: Style) -> None:
    from matplotlib.ticker import MaxNLocator

    # Inside the axes, so that it goes with them when they are drawn anew, left of the triangle's
    # tip, where nothing else is.
    scale = axes.inset_axes((0.02, 0.55, 0.03, 0.4))
    bar = axes.figure.colorbar(surface, cax=scale, ticks=MaxNLocator(4))
    bar.outline.set_edgecolor(style.muted)
    bar.set_label(title, color=style.muted, **font(style, 0.92))
    scale.tick_params(
        color=style.muted,
        labelcolor=style.muted,
        labelsize=style.font_size * 0.9,
        labelfontfamily=font(style)["family"],
    )


def _place(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return x and y, (2, G), of weights (G, 3) in the triangle."""
    places: NDArray[np.float64] = (weights @ _CORNERS).T
    return places


def _look(index: int, style: Style) -> dict[str, Any]:
    return {
        "linestyle": "none",
        "marker": _MARKERS[index % len(_MARKERS)],
        "markersize": 7,
        "color": style.colour(index + 1),
        "markeredgecolor": style.background,
        "markeredgewidth": 1.0,
    }


def _legend(axes: Axes, style: Style) -> None:
    if axes.get_legend_handles_labels()[0]:
        looks = {"loc": "upper left", "bbox_to_anchor": (1.03, 1.0), "handletextpad": 0.4}
        legend(axes, style, "Score at the weights of", **looks)
