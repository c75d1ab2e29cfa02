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
from matplotlib.patches import Patch

# Faces that carry Chinese, Japanese and Korean, for translated titles.
_WIDE_FACES = (
    "Noto Sans CJK SC",
    "Microsoft YaHei",
    "PingFang SC",
    "WenQuanYi Micro Hei",
    "Droid Sans Fallback",
)
_PAD = 8
_TALLEST_ROW = 36
_BAR_PART = 0.62  # of a row's height
_LABEL_PART = 0.42  # of the width, at most


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
    """Colours as #rrggbb and the font; the defaults suit paper."""

    text: str = "#1a1a1a"
    muted: str = "#666666"
    background: str = "#ffffff"
    track: str = "#efefef"
    highlight: str = "#dde8f5"
    mark_text: str = "#2b1d00"
    mark_background: str = "#ffd166"
    font_family: str = ""
    font_size: float = 9.0


def row_height(style: ChartStyle) -> int:
    """Return the height in pixels (96 to the inch) below which a class's row is hard to read."""
    return round(style.font_size * 1.75)


def furniture_height(chart: Chart, style: ChartStyle) -> int:
    """Return the height in pixels (96 to the inch) that mark, legend and axis need."""
    lines = 1 + (len(chart.models) > 1) * 1.5 + bool(chart.mark) * 2 + bool(chart.footnote) * 1.5
    return round(lines * style.font_size * 1.8) + 2 * _PAD


def draw_chart(figure: Figure, chart: Chart, style: ChartStyle) -> None:
    """Replace what is on `figure` (with an Agg canvas) by `chart`, fitted to its present size."""
    figure.clear()
    figure.set_facecolor(style.background)
    sheet = _Sheet(figure, style)
    top = sheet.px(_PAD)
    if chart.mark:
        top = _draw_mark(sheet, chart.mark, top)
    if len(chart.models) > 1:
        top = _draw_legend(sheet, chart.models, top)
    bottom = sheet.height - sheet.px(_PAD)
    if chart.footnote:
        sheet.text(sheet.px(_PAD), bottom, chart.footnote, va="bottom", color=style.muted)
        bottom -= sheet.line_height() + sheet.px(4)
    bottom -= sheet.line_height()  # the axis' numbers
    _draw_bars(sheet, chart, top, bottom)


class _Sheet:
    """The figure measured in pixels from its upper left corner."""

    def __init__(self, figure: Figure, style: ChartStyle) -> None:
        canvas = figure.canvas
        assert isinstance(canvas, FigureCanvasAgg)
        self.figure = figure
        self.style = style
        self.width = float(figure.bbox.width)
        self.height = float(figure.bbox.height)
        self._renderer = canvas.get_renderer()
        self._families = _families(style.font_family)

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
        return (size or self.style.font_size) * 1.35 * self.figure.dpi / 72

    def text_width(self, text: str, font: FontProperties) -> float:
        width, _, _ = self._renderer.get_text_width_height_descent(text, font, ismath=False)
        return float(width)

    def text(self, x: float, y: float, text: str, **looks: Any) -> None:
        looks.setdefault("color", self.style.text)
        looks.setdefault("fontproperties", self.font())
        self.figure.text(
            x / self.width, 1 - y / self.height, text, parse_math=False, linespacing=1.0, **looks
        )

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


@cache
def _families(preferred: str) -> tuple[str, ...]:
    installed = set(get_font_names())
    wanted = (preferred, "DejaVu Sans", *_WIDE_FACES)
    return tuple(dict.fromkeys(name for name in wanted if name in installed))


def _draw_mark(sheet: _Sheet, mark: str, top: float) -> float:
    """Draw a banner and return the height at which the next thing may start."""
    font = sheet.font(bold=True)
    lines = _wrap(sheet, mark, font, sheet.width - sheet.px(4 * _PAD), most=2)
    height = sheet.line_height() * len(lines) + sheet.px(_PAD)
    banner = sheet.axes(sheet.px(_PAD), top, sheet.width - sheet.px(_PAD), top + height)
    banner.set_facecolor(sheet.style.mark_background)
    banner.set(xticks=[], yticks=[])
    for spine in banner.spines.values():
        spine.set_visible(False)
    sheet.text(
        sheet.px(2 * _PAD),
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
    room = sheet.width - sheet.px(6 * _PAD)
    patches = [
        Patch(facecolor=colour, label=_elide(sheet, title, font, room)) for title, colour in models
    ]
    for columns in range(len(patches), 0, -1):
        legend = sheet.figure.legend(
            handles=patches,
            ncols=columns,
            loc="upper left",
            bbox_to_anchor=(sheet.px(_PAD) / sheet.width, 1 - top / sheet.height),
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
        if extent.width <= sheet.width - sheet.px(2 * _PAD) or columns == 1:
            return top + float(extent.height) + sheet.px(_PAD)
        legend.remove()
    return top


def _draw_bars(sheet: _Sheet, chart: Chart, top: float, bottom: float) -> None:
    style = sheet.style
    row = min(max(bottom - top, 1.0) / len(chart.bars), sheet.px(_TALLEST_ROW))
    size = max(min(style.font_size, row * 0.62 * 72 / sheet.figure.dpi), 4.0)
    font, bold = sheet.font(size), sheet.font(size, bold=True)
    lines = 2 if row >= 2 * sheet.line_height(size) else 1
    labels = [
        _wrap(sheet, bar.title, bold if bar.predicted else font, sheet.width * _LABEL_PART, lines)
        for bar in chart.bars
    ]
    left = sheet.px(2 * _PAD) + max(
        sheet.text_width(line, bold) for rows in labels for line in rows
    )
    right = sheet.width - sheet.px(2 * _PAD) - sheet.text_width("100.0%", bold)
    axes = sheet.axes(left, top, right, top + row * len(chart.bars))
    for index, (bar, label) in enumerate(zip(chart.bars, labels, strict=True)):
        if bar.predicted:
            _highlight(sheet, top + row * index, row)
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
    _style_axis(sheet, axes, right - left, size)


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


def _highlight(sheet: _Sheet, top: float, height: float) -> None:
    band = sheet.axes(sheet.px(_PAD / 2), top, sheet.width - sheet.px(_PAD / 2), top + height)
    band.set_facecolor(sheet.style.highlight)
    band.set(xticks=[], yticks=[], zorder=-1)
    for spine in band.spines.values():
        spine.set_visible(False)


def _style_axis(sheet: _Sheet, axes: Axes, width: float, size: float) -> None:
    axes.set(xlim=(0, 1), ylim=(axes.dataLim.y1, axes.dataLim.y0), yticks=[], facecolor="none")
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
