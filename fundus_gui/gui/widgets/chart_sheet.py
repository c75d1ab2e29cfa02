"""A matplotlib figure on which texts and rectangles are placed in pixels; knows no Qt.

Axes keep their margins in proportion, so labels get cut in a narrow pane and lost on a wide page;
measured in pixels, one layout serves both, and redrawing is fast enough to follow a slider.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from fundus_gui.core.reports.style import faces

LINE_HEIGHT = 1.35  # of the font size
_CAPITAL_HEIGHT = 0.73  # of the font size
_FIRST_WIDE = "\u2e80"
_WORD = re.compile(rf" ?(?:[{_FIRST_WIDE}-\uffff]|[^ {_FIRST_WIDE}-\uffff]+)")


@dataclass(frozen=True, slots=True)
class ChartStyle:
    """Colours as #rrggbb, side margins in 1/96 inch and the font; the defaults suit paper."""

    text: str = "#1a1a1a"
    muted: str = "#666666"
    background: str = "#ffffff"
    track: str = "#efefef"
    highlight: str = "#dde8f5"
    mark_text: str = "#2b1d00"
    mark_background: str = "#ffd166"
    margin: float = 12.0
    font_family: str = ""
    font_size: float = 9.0


class Sheet:
    """An emptied figure with an Agg canvas, measured in device pixels from its upper left corner.

    Attributes:
        left: where the left margin ends.
        right: where the right margin begins.
    """

    def __init__(self, figure: Figure, style: ChartStyle) -> None:
        canvas = figure.canvas
        assert isinstance(canvas, FigureCanvasAgg)
        figure.clear()
        figure.set_facecolor(style.background)
        self.style = style
        self.height = float(figure.bbox.height)
        self._figure = figure
        self._width = float(figure.bbox.width)
        self._renderer = canvas.get_renderer()  # type: ignore[no-untyped-call]
        self._corners: list[list[tuple[float, float]]] = []
        self._colours: list[str] = []
        self.left = self.px(style.margin)
        self.right = self._width - self.left

    def px(self, length: float) -> float:
        """Return the device pixels of a length in 1/96 inch."""
        return length * self._figure.dpi / 96

    def inches_96(self, pixels: float) -> float:
        """Return the length in 1/96 inch of device pixels."""
        return pixels * 96 / self._figure.dpi

    def font_px(self, size: float) -> float:
        """Return the device pixels of a font size in points."""
        return size * self._figure.dpi / 72

    def font(self, size: float = 0.0, *, bold: bool = False) -> FontProperties:
        """Return the style's font, in its size unless another is given."""
        return FontProperties(
            family=list(faces(self.style.font_family, wide=False)),
            size=size or self.style.font_size,
            weight="bold" if bold else "normal",
        )

    def line_height(self, size: float = 0.0) -> float:
        """Return the distance of lines in a font of that size in points."""
        return self.font_px(size or self.style.font_size) * LINE_HEIGHT

    def text_width(self, text: str, font: FontProperties) -> float:
        """Return the width of one line."""
        width, _, _ = self._renderer.get_text_width_height_descent(
            text, self._reading(font, text), ismath=False
        )
        return float(width)

    def text(
        self, x: float, middle: float, *lines: str, font: FontProperties, colour: str, **looks: Any
    ) -> None:
        """Write lines whose capitals, not their descenders, are centred on `middle`."""
        size = font.get_size_in_points()
        for index, line in enumerate(lines):
            centre = middle + (index - (len(lines) - 1) / 2) * self.line_height(size)
            baseline = centre + _CAPITAL_HEIGHT * self.font_px(size) / 2
            self._figure.text(
                x / self._width,
                1 - baseline / self.height,
                line,
                fontproperties=self._reading(font, line),
                color=colour,
                parse_math=False,
                usetex=False,
                **looks,
            )

    def rectangle(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        """Lay a rectangle on whole pixels over the earlier ones."""
        left, right = round(x) / self._width, round(x + width) / self._width
        top, bottom = 1 - round(y) / self.height, 1 - round(y + height) / self.height
        self._corners.append([(left, bottom), (right, bottom), (right, top), (left, top)])
        self._colours.append(colour)

    def band(self, y: float, height: float, colour: str) -> None:
        """Lay a stripe of colour from margin to margin."""
        self.rectangle(self.left, y, self.right - self.left, height, colour)

    def finish(self) -> None:
        """Put all rectangles below the texts, as one artist since one is drawn far faster."""
        self._figure.add_artist(
            PolyCollection(
                self._corners,
                facecolors=self._colours,
                linewidths=0,
                antialiaseds=False,
                transform=self._figure.transFigure,
            )
        )

    def wrap(self, text: str, font: FontProperties, room: float, most: int) -> tuple[str, ...]:
        """Break into at most `most` lines, at spaces and between Chinese letters.

        What does not fit ends in an ellipsis.
        """
        words = _WORD.findall(" ".join(text.split()))
        lines: list[str] = []
        while words and len(lines) < most - 1:
            line = words.pop(0)
            while words and self.text_width(line + words[0], font) <= room:
                line += words.pop(0)
            lines.append(line.strip())
        if words:
            lines.append("".join(words).strip())
        return tuple(self.elide(line, font, room) for line in lines)

    def elide(self, text: str, font: FontProperties, room: float) -> str:
        """Shorten to `room`; what is left ends in an ellipsis."""
        if self.text_width(text, font) <= room:
            return text
        while text and self.text_width(f"{text}…", font) > room:
            text = text[:-1].rstrip()
        return f"{text}…"

    def _reading(self, font: FontProperties, text: str) -> FontProperties:
        """Return `font`, with faces that can write `text` behind its own where it needs them."""
        if max(text, default="") < _FIRST_WIDE:
            return font
        wide = font.copy()
        wide.set_family(list(faces(self.style.font_family, wide=True)))
        return wide
