"""Draws class probabilities as stacked horizontal bars on a matplotlib figure; knows no Qt.

Everything is placed in pixels, so that the same code serves a narrow pane and a printed page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, get_font_names
from matplotlib.patches import Patch, Rectangle

# Faces that carry Chinese, Japanese and Korean, for translated titles.
_WIDE_FACES = (
    "Noto Sans CJK SC",
    "Microsoft YaHei",
    "PingFang SC",
    "WenQuanYi Micro Hei",
    "Droid Sans Fallback",
)
_FIRST_WIDE = "\u2e80"
_PAD = 8
_LINE = 1.35  # line height over font size
_BAR_PART = 0.62  # of a row's height
_LABEL_PART = 0.36  # of the width, at most


@dataclass(frozen=True, slots=True)
class ClassBar:
    """One class: its share from each model, in the models' order; their sum is its probability."""

    title: str
    shares: tuple[float, ...]
    predicted: bool = False

    @property
    def probability(self) -> float:
        """The bar's whole length, 0 to 1."""
        return sum(self.shares)


@dataclass(frozen=True, slots=True)
class Chart:
    """What is drawn.

    Attributes:
        bars: top to bottom.
        models: title and colour of each model; named in a legend when there are several.
        mark: a warning above the bars, or empty.
        footnote: small print below the bars, or empty.
    """

    bars: tuple[ClassBar, ...]
    models: tuple[tuple[str, str], ...]
    mark: str = ""
    footnote: str = ""


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


def row_heights(style: ChartStyle) -> tuple[float, float]:
    """Return the least height of a class's row that can be read, and the best, in 1/96 inch."""
    line = style.font_size * _LINE * 96 / 72
    return line, 2.2 * line


def draw_chart(figure: Figure, chart: Chart, style: ChartStyle) -> float:
    """Replace what is on `figure` (with an Agg canvas) by `chart`, fitted to its present size.

    Returns:
        The height, in 1/96 inch, taken by all but the classes' rows. A figure that is higher by
        `row_heights` per class shows all of it well.
    """
    figure.clear()
    figure.set_facecolor(style.background)
    sheet = _Sheet(figure, style, wide=_is_wide(chart))
    top = sheet.px(_PAD)
    if chart.mark:
        top = _draw_mark(sheet, chart.mark, top)
    if len(chart.models) > 1:
        top = _draw_legend(sheet, chart.models, top)
    bottom = sheet.height - sheet.px(_PAD)
    if chart.footnote:
        sheet.text(sheet.left, bottom, chart.footnote, va="bottom", color=style.muted)
        bottom -= sheet.line_height() + sheet.px(_PAD)
    bottom -= sheet.line_height()  # the axis' numbers
    _draw_bars(sheet, chart, top, bottom)
    return (top + sheet.height - bottom) * 96 / figure.dpi


class _Sheet:
    """The figure measured in pixels from its upper left corner."""

    def __init__(self, figure: Figure, style: ChartStyle, *, wide: bool) -> None:
        canvas = figure.canvas
        assert isinstance(canvas, FigureCanvasAgg)
        self.figure = figure
        self.style = style
        self.width = float(figure.bbox.width)
        self.height = float(figure.bbox.height)
        self.left = self.px(style.margin)
        self.right = self.width - self.left
        self._renderer = canvas.get_renderer()  # type: ignore[no-untyped-call]
        self._families = _families(style.font_family, wide=wide)

    def px(self, length: float) -> float:
        """Return the device pixels of a length in pixels of 1/96 inch."""
        return length * self.figure.dpi / 96

    def font(self, size: float = 0.0, *, bold: bool = False) -> FontProperties:
        return FontProperties(
            family=list(self._families),
            size=size or self.style.font_size,
            weight="bold" if bold else "normal",
        )

    def line_height(self, size: float = 0.0) -> float:
        return (size or self.style.font_size) * _LINE * self.figure.dpi / 72

    def text_width(self, text: str, font: FontProperties) -> float:
        width, _, _ = self._renderer.get_text_width_height_descent(text, font, ismath=False)
        return float(width)

    def text(self, x: float, y: float, text: str, **looks: Any) -> None:
        looks.setdefault("color", self.style.text)
        looks.setdefault("fontproperties", self.font())
        self.figure.text(
            x / self.width, 1 - y / self.height, text, parse_math=False, linespacing=1.1, **looks
        )

    def band(self, top: float, bottom: float, colour: str) -> None:
        """Lay a stripe of colour from margin to margin behind everything else."""
        size = ((self.right - self.left) / self.width, (bottom - top) / self.height)
        corner = (self.left / self.width, 1 - bottom / self.height)
        self.figure.add_artist(Rectangle(corner, *size, color=colour, linewidth=0, zorder=-1))

    def axes(self, left: float, top: float, right: float, bottom: float) -> Axes:
        """Add axes between these edges, at least one pixel in size."""
        width, height = max(right - left, 1.0), max(bottom - top, 1.0)
        return self.figure.add_axes(
            (
                left / self.width,
                1 - (top + height) / self.height,
                width / self.width,
                height / self.height,
            )
        )


def _is_wide(chart: Chart) -> bool:
    texts = (chart.mark, chart.footnote, *(bar.title for bar in chart.bars))
    return max("".join((*texts, *(title for title, _ in chart.models)))) >= _FIRST_WIDE


@cache
def _families(preferred: str, *, wide: bool) -> tuple[str, ...]:
    installed = set(get_font_names())
    wanted = (preferred, "DejaVu Sans", *(_WIDE_FACES if wide else ()))
    return tuple(dict.fromkeys(name for name in wanted if name in installed))


def _draw_mark(sheet: _Sheet, mark: str, top: float) -> float:
    """Draw a banner and return the height at which the next thing may start."""
    font = sheet.font(bold=True)
    lines = _wrap(sheet, mark, font, sheet.right - sheet.left - sheet.px(2 * _PAD), most=2)
    height = sheet.line_height() * len(lines) + sheet.px(_PAD)
    sheet.band(top, top + height, sheet.style.mark_background)
    sheet.text(
        sheet.left + sheet.px(_PAD),
        top + height / 2,
        "\n".join(lines),
        va="center",
        color=sheet.style.mark_text,
        fontproperties=font,
    )
    return top + height + sheet.px(_PAD)


def _draw_legend(sheet: _Sheet, models: Sequence[tuple[str, str]], top: float) -> float:
    """Draw the models in as few lines as fit; return the height for the next thing."""
    font = sheet.font()
    room = sheet.right - sheet.left - sheet.px(3 * _PAD)
    patches = [
        Patch(facecolor=colour, label=_elide(sheet, title, font, room)) for title, colour in models
    ]
    for columns in range(len(patches), 0, -1):
        legend = sheet.figure.legend(
            handles=patches,
            ncols=columns,
            loc="upper left",
            bbox_to_anchor=(sheet.left / sheet.width, 1 - top / sheet.height),
            prop=font,
            labelcolor=sheet.style.text,
            frameon=False,
            borderaxespad=0,
            borderpad=0,
            handlelength=1.0,
            handleheight=1.0,
            handletextpad=0.5,
            columnspacing=1.2,
        )
        for label in legend.get_texts():
            label.set_parse_math(False)
        extent = legend.get_window_extent()
        if extent.width <= sheet.right - sheet.left or columns == 1:
            return top + float(extent.height) + sheet.px(_PAD)
        legend.remove()
    return top


def _draw_bars(sheet: _Sheet, chart: Chart, top: float, bottom: float) -> None:
    style = sheet.style
    row = min(max(bottom - top, 1.0) / len(chart.bars), sheet.px(row_heights(style)[1]))
    size = max(min(style.font_size, row * 0.62 * 72 / sheet.figure.dpi), 4.0)
    font, bold = sheet.font(size), sheet.font(size, bold=True)
    lines = 2 if row >= 2 * sheet.line_height(size) else 1
    labels = [
        _wrap(sheet, bar.title, bold if bar.predicted else font, sheet.width * _LABEL_PART, lines)
        for bar in chart.bars
    ]
    left = (
        sheet.left
        + sheet.px(2 * _PAD)
        + max(sheet.text_width(line, bold) for rows in labels for line in rows)
    )
    right = sheet.right - sheet.px(1.5 * _PAD) - sheet.text_width("100.0%", bold)
    axes = sheet.axes(left, top, right, top + row * len(chart.bars))
    for index, (bar, label) in enumerate(zip(chart.bars, labels, strict=True)):
        if bar.predicted:
            sheet.band(top + row * index, top + row * (index + 1), style.highlight)
        face = bold if bar.predicted else font
        middle = top + row * (index + 0.5)
        sheet.text(
            left - sheet.px(_PAD),
            middle,
            "\n".join(label),
            ha="right",
            va="center",
            fontproperties=face,
        )
        end = left + max(right - left, 1.0) * min(bar.probability, 1.0)
        sheet.text(
            end + sheet.px(5), middle, f"{bar.probability:.1%}", va="center", fontproperties=face
        )
    _stack(axes, chart, style)
    _style_axis(sheet, axes, len(chart.bars), right - left, size)


def _stack(axes: Axes, chart: Chart, style: ChartStyle) -> None:
    rows = range(len(chart.bars))
    axes.barh(rows, 1, height=_BAR_PART, color=style.track, zorder=1)
    starts = [0.0] * len(chart.bars)
    for model, (_, colour) in enumerate(chart.models):
        widths = [bar.shares[model] for bar in chart.bars]
        axes.barh(
            rows,
            widths,
            left=starts,
            height=_BAR_PART,
            color=colour,
            edgecolor=style.background,
            linewidth=0.6 if len(chart.models) > 1 else 0,
            zorder=2,
        )
        starts = [start + width for start, width in zip(starts, widths, strict=True)]


def _style_axis(sheet: _Sheet, axes: Axes, rows: int, width: float, size: float) -> None:
    axes.set(xlim=(0, 1), ylim=(rows - 0.5, -0.5), yticks=[], facecolor="none")
    ticks = (0, 0.25, 0.5, 0.75, 1) if width > sheet.px(200) else (0, 0.5, 1)
    axes.set_xticks(
        ticks,
        [f"{tick:.0%}" for tick in ticks],
        fontproperties=sheet.font(size * 0.85),
        color=sheet.style.muted,
    )
    axes.tick_params(axis="x", length=0, pad=2)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _wrap(
    sheet: _Sheet, text: str, font: FontProperties, room: float, most: int
) -> tuple[str, ...]:
    """Break at spaces into at most `most` lines; what does not fit ends in an ellipsis."""
    words = text.split()
    lines: list[str] = []
    while words and len(lines) < most - 1:
        line = words.pop(0)
        while words and sheet.text_width(f"{line} {words[0]}", font) <= room:
            line = f"{line} {words.pop(0)}"
        lines.append(line)
    if words:
        lines.append(" ".join(words))
    return tuple(_elide(sheet, line, font, room) for line in lines) or ("",)


def _elide(sheet: _Sheet, text: str, font: FontProperties, room: float) -> str:
    if sheet.text_width(text, font) <= room:
        return text
    while text and sheet.text_width(f"{text}…", font) > room:
        text = text[:-1].rstrip()
    return f"{text}…"
