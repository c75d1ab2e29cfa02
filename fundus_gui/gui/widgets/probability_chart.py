"""Draws class probabilities as horizontal bars stacked from the models' shares; knows no Qt."""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from fundus_gui.gui.widgets.chart_sheet import LINE_HEIGHT, ChartStyle, Sheet

_PAD = 8
_SWATCH = 12
_BEST_ROW = 2.2  # lines of text
_BAR_PART = 0.62  # of a row's height
_LABEL_PARTS = {1: (0.5,), 2: (0.36, 0.5)}  # of the width, by lines that a label may take
_TWO_LINES = 1.8  # lines of text that a row with two of them needs
_SMALLEST_FONT = 4.0


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


def row_heights(style: ChartStyle, *, is_wrapped: bool = False) -> tuple[float, float]:
    """Return the least height of a class's row that can be read, and the best, in 1/96 inch.

    Args:
        is_wrapped: whether a title takes two lines, as `needs_two_lines` says.
    """
    line = style.font_size * LINE_HEIGHT * 96 / 72
    return (_TWO_LINES if is_wrapped else 1.0) * line, _BEST_ROW * line


def needs_two_lines(figure: Figure, chart: Chart, style: ChartStyle) -> bool:
    """Return whether a title would be cut on one line; empties the figure."""
    sheet = Sheet(figure, style)
    return _is_any_cut(_labels(sheet, chart, sheet.font(bold=True), most=1))


def draw_chart(figure: Figure, chart: Chart, style: ChartStyle) -> float:
    """Replace what is on `figure` (with an Agg canvas) by `chart`, fitted to its present size.

    Returns:
        The height, in 1/96 inch, taken by all but the classes' rows. A figure that is higher by
        `row_heights` per class shows all of it well.
    """
    sheet = Sheet(figure, style)
    top = sheet.px(_PAD)
    if chart.mark:
        top = _draw_mark(sheet, chart.mark, top)
    if len(chart.models) > 1:
        top = _draw_legend(sheet, chart, top)
    bottom = sheet.height - sheet.px(_PAD)
    if chart.footnote:
        bottom = _draw_footnote(sheet, chart.footnote, bottom)
    bottom -= sheet.line_height()  # the numbers below the bars
    _draw_bars(sheet, chart, top, bottom)
    sheet.finish()
    return sheet.inches_96(top + sheet.height - bottom)


def _draw_mark(sheet: Sheet, mark: str, top: float) -> float:
    """Draw a banner and return the height at which the next thing may start."""
    font = sheet.font(bold=True)
    lines = sheet.wrap(mark, font, sheet.right - sheet.left - sheet.px(2 * _PAD), most=2)
    height = sheet.line_height() * len(lines) + sheet.px(_PAD)
    sheet.band(top, height, sheet.style.mark_background)
    x, middle = sheet.left + sheet.px(_PAD), top + height / 2
    sheet.text(x, middle, *lines, font=font, colour=sheet.style.mark_text)
    return top + height + sheet.px(_PAD)


def _draw_legend(sheet: Sheet, chart: Chart, top: float) -> float:
    """Draw the models one after the other, in as many lines as it takes; return as `_draw_mark`."""
    font = sheet.font()
    line = sheet.line_height()
    swatch, gap = sheet.px(_SWATCH), sheet.px(_PAD)
    x = sheet.left
    for title, colour in chart.models:
        label = sheet.elide(title, font, sheet.right - sheet.left - swatch - gap)
        width = swatch + gap / 2 + sheet.text_width(label, font)
        if x > sheet.left and x + width > sheet.right:
            x = sheet.left
            top += line + gap / 2
        sheet.rectangle(x, top + (line - swatch) / 2, swatch, swatch, colour)
        sheet.text(x + swatch + gap / 2, top + line / 2, label, font=font, colour=sheet.style.text)
        x += width + 2 * gap
    return top + line + gap


def _draw_footnote(sheet: Sheet, footnote: str, bottom: float) -> float:
    """Draw small print that ends at `bottom`; return the height at which it begins."""
    font = sheet.font()
    lines = sheet.wrap(footnote, font, sheet.right - sheet.left, most=3)
    height = sheet.line_height() * len(lines)
    sheet.text(sheet.left, bottom - height / 2, *lines, font=font, colour=sheet.style.muted)
    return bottom - height - sheet.px(_PAD)


def _draw_bars(sheet: Sheet, chart: Chart, top: float, bottom: float) -> None:
    style = sheet.style
    row = min(max(bottom - top, 1.0) / len(chart.bars), sheet.px(row_heights(style)[1]))
    size = max(style.font_size * min(1.0, row / sheet.line_height()), _SMALLEST_FONT)
    bold = sheet.font(size, bold=True)
    most = 2 if row >= _TWO_LINES * sheet.line_height(size) else 1
    labels = _labels(sheet, chart, bold, most)
    longest = max((sheet.text_width(line, bold) for lines in labels for line in lines), default=0)
    left = sheet.left + longest + sheet.px(2 * _PAD)
    scale = sheet.right - sheet.px(1.5 * _PAD) - sheet.text_width("100.0%", bold) - left
    for index, (bar, label) in enumerate(zip(chart.bars, labels, strict=True)):
        y = top + row * index
        if bar.predicted:
            sheet.band(y, row, style.highlight)
        font = bold if bar.predicted else sheet.font(size)
        x, middle = left - sheet.px(_PAD), y + row / 2
        sheet.text(x, middle, *label, font=font, colour=style.text, ha="right")
        thickness = row * _BAR_PART
        _draw_bar(sheet, chart, bar, (left, middle - thickness / 2, scale, thickness))
        number, x = f"{bar.probability:.1%}", sheet.right - sheet.px(_PAD / 2)
        sheet.text(x, middle, number, font=font, colour=style.text, ha="right")
    _draw_scale(sheet, left, top + row * len(chart.bars), scale)


def _labels(sheet: Sheet, chart: Chart, font: FontProperties, most: int) -> list[tuple[str, ...]]:
    """Break the titles into lines, in half of the width where a third would cut a word."""
    for part in _LABEL_PARTS[most]:
        room = (sheet.right - sheet.left) * part
        labels = [sheet.wrap(bar.title, font, room, most) for bar in chart.bars]
        if not _is_any_cut(labels):
            break
    return labels


def _is_any_cut(labels: list[tuple[str, ...]]) -> bool:
    return any(line.endswith("…") for lines in labels for line in lines)


def _draw_bar(
    sheet: Sheet, chart: Chart, bar: ClassBar, box: tuple[float, float, float, float]
) -> None:
    x, y, scale, thickness = box
    sheet.rectangle(x, y, scale, thickness, sheet.style.track)
    gap = sheet.px(1) if len(chart.models) > 1 else 0.0
    for share, (_, colour) in zip(bar.shares, chart.models, strict=True):
        width = scale * share
        sheet.rectangle(x, y, width - gap if width > 3 * gap else width, thickness, colour)
        x += width


def _draw_scale(sheet: Sheet, left: float, top: float, scale: float) -> None:
    """Write the percentages below the bars."""
    font = sheet.font(sheet.style.font_size * 0.85)
    middle = top + sheet.line_height() / 2
    for quarter in range(5) if scale > sheet.px(200) else (0, 2, 4):
        x, text = left + scale * quarter / 4, f"{quarter / 4:.0%}"
        sheet.text(x, middle, text, font=font, colour=sheet.style.muted, ha="center")
