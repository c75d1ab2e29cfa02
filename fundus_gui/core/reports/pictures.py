"""Charts as files: the figures around the axes that the neighbours draw into."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from numpy.typing import ArrayLike

from fundus_gui.core.reports.confusion import draw_confusion
from fundus_gui.core.reports.roc import draw_roc
from fundus_gui.core.reports.style import DARK, LIGHT, Style

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.figure import Figure

    Draw = Callable[[Figure, Style], None]

DPI = 160  # of the PNG files


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure as SVG, for light and for dark pages."""

    light: bytes
    dark: bytes

    @classmethod
    def drawn(cls, draw: Draw) -> Picture:
        """Draw once and give the copy for dark pages other colours, since drawing takes long."""
        light = rendered(draw, LIGHT, "svg")
        if b"<image" in light:  # whose pixels keep their colours
            return cls(light, rendered(draw, DARK, "svg"))
        return cls(light, _in_the_dark(light))


def _in_the_dark(svg: bytes) -> bytes:
    """Put a dark style's colours in the places of a light one's."""
    colours = zip(LIGHT.colours(), DARK.colours(), strict=True)
    table = {light.lower().encode(): dark.lower().encode() for light, dark in colours}
    return re.sub(rb"#[0-9a-f]{6}\b", lambda found: table.get(found[0], found[0]), svg)


def rendered(draw: Draw, style: Style, suffix: Literal["svg", "png"]) -> bytes:
    """Return a figure as the bytes of a file."""
    from matplotlib.figure import Figure

    figure = Figure(dpi=DPI, layout="constrained")
    draw(figure, style)
    content = io.BytesIO()
    figure.savefig(content, format=suffix, bbox_inches="tight", pad_inches=0.12)
    return content.getvalue()


def draw_confusion_figure(
    matrix: ArrayLike, titles: Sequence[str], figure: Figure, style: Style
) -> None:
    """Draw a confusion matrix as large as its classes need."""
    side = 3.8 + 0.4 * min(max(len(titles), 6), 20)
    figure.set_size_inches(side, 0.9 * side)
    draw_confusion(figure.subplots(), matrix, titles, style)


def draw_roc_figure(
    probabilities: ArrayLike,
    labels: ArrayLike,
    titles: Mapping[str, str],
    figure: Figure,
    style: Style,
) -> None:
    """Draw ROC curves with their legend beside."""
    figure.set_size_inches(7, 4.3)
    draw_roc(figure.subplots(), probabilities, labels, titles, style)
