"""Which class was taken for which: counts, and shares of the true class."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from fundus_gui.core.reports.style import LIGHT, Style, elided, font, plain, prepare

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST_WITH_SHARES = 10  # classes, that there is room for a second line in each cell
_LINE = 18  # letters of a class's name
_SMALLEST_FONT = 4.5
_MOST_IN_WORDS = 40  # classes; beyond, only the colours can be told apart


def draw_confusion(
    axes: Axes, matrix: ArrayLike, class_titles: Sequence[str], style: Style = LIGHT
) -> None:
    """Draw counts on a colour that stands for their share of the row, up to ten classes in words.

    Args:
        axes: where.
        matrix: (K, K) images by true class (rows) and answer (columns).
        class_titles: K names.
        style: colours and font.
    """
    prepare(axes, style)
    counts = np.asarray(matrix)
    totals = counts.sum(axis=1)
    shares = counts / np.maximum(totals, 1)[:, np.newaxis]
    _draw_cells(axes, counts, shares, style)
    titles = [_wrapped(title) for title in class_titles]
    rows = [f"{title}\n({total})" for title, total in zip(titles, totals, strict=True)]
    if len(titles) > _MOST_WITH_SHARES:
        titles = [plain(elided(title, _LINE)) for title in class_titles]
        rows = [f"{title} ({total})" for title, total in zip(titles, totals, strict=True)]
    if len(titles) > _MOST_IN_WORDS:
        titles = rows = []
    places = range(len(titles))
    axes.set_xticks(places, titles, rotation=40, ha="right", rotation_mode="anchor")
    axes.set_yticks(places, rows)
    axes.tick_params(length=0, labelcolor=style.text)
    axes.spines[:].set_visible(False)
    axes.set_xlabel("Predicted class", color=style.muted, **font(style, 0.92))
    axes.set_ylabel("True class", color=style.muted, **font(style, 0.92))


def _draw_cells(axes: Axes, counts: np.ndarray, shares: np.ndarray, style: Style) -> None:
    from matplotlib.colors import LinearSegmentedColormap

    colours = LinearSegmentedColormap.from_list("share", [style.background, style.cycle[0]])
    axes.imshow(shares, cmap=colours, vmin=0, vmax=1, aspect="equal")
    edges = np.arange(len(counts) + 1) - 0.5
    axes.hlines(edges, -0.5, len(counts) - 0.5, color=style.grid, linewidth=0.8)
    axes.vlines(edges, -0.5, len(counts) - 0.5, color=style.grid, linewidth=0.8)
    if len(counts) > _MOST_IN_WORDS:
        return
    has_shares = len(counts) <= _MOST_WITH_SHARES
    size = _font_size(axes, len(counts), lines=2 if has_shares else 1)
    for row, column in np.ndindex(counts.shape):
        count, share = counts[row, column], shares[row, column]
        if not count:
            continue
        text = f"{count}\n{share:.0%}" if has_shares else f"{count}"
        axes.text(
            column,
            row,
            text,
            ha="center",
            va="center",
            color=_readable(colours(share), style),
            **font(style, size / style.font_size, is_bold=row == column),
        )


def _readable(ground: tuple[float, float, float, float], style: Style) -> str:
    """Return which of the style's text and background stands out more on `ground`."""
    from matplotlib.colors import to_rgb

    def contrast(colour: str) -> float:
        darker, lighter = sorted((_luminance(to_rgb(colour)), _luminance(ground[:3])))
        return (lighter + 0.05) / (darker + 0.05)

    return max((style.text, style.background), key=contrast)


def _luminance(rgb: Sequence[float]) -> float:
    """Return the relative luminance of the WCAG (W3C, 2008), with gamma 2.2 for sRGB's curve."""
    return float(np.dot((0.2126, 0.7152, 0.0722), np.power(rgb, 2.2)))


def _font_size(axes: Axes, classes: int, *, lines: int) -> float:
    """Return points that fit a cell, up to a little more than the style's."""
    box = axes.get_position()
    width, height = axes.get_figure(root=True).get_size_inches()  # type: ignore[union-attr]
    cell = 72 * min(box.width * width, box.height * height) / classes
    return float(min(max(cell * (0.26 if lines == 2 else 0.38), _SMALLEST_FONT), 11))


def _wrapped(title: str) -> str:
    """Break a name into at most two lines."""
    first, *others = textwrap.wrap(title, _LINE) or [title]
    lines = [first, " ".join(others)] if others else [first]
    return "\n".join(plain(elided(line, _LINE + 4)) for line in lines)
