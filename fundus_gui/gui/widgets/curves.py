"""How trainings go, drawn live: loss and scores side by side, and which class was taken for which.

What draws is a function of frozen records, since it is called in a thread.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

from fundus_gui.core.reports.style import Style, font, legend
from fundus_gui.gui.labels import class_title
from fundus_gui.gui.widgets.figure_view import FigureView

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from fundus_gui.core.reports.curves import Curve

Matrix = tuple[tuple[int, ...], ...]

_SIDE_BY_SIDE = 560  # px, from which two charts stand side by side
_LEFT, _RIGHT, _BOTTOM, _TITLE = 52, 12, 44, 30  # px around each chart
_LETTER = 0.58  # mean width of a letter, of the font size
_LEGEND_LINE, _LEGEND_MARK = 18, 44  # px: height of a line, width of all but its words


class CurvesView(FigureView):
    """Loss and scores of one run, or of several laid over each other."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.curves: tuple[Curve, ...] = ()
        self.setAccessibleName(self.tr("Loss and scores by epoch"))

    def set_curves(self, curves: Sequence[Curve]) -> None:
        """Show these runs."""
        self.curves = tuple(curves)
        self.setAccessibleDescription("\n".join(map(self._described, self.curves)))
        self.set_drawing(partial(draw_curves, self.curves) if self.curves else None)

    def colours(self) -> tuple[str, ...]:
        """Return the colours of the curves, one after the other, as #rrggbb."""
        return self.style_of_figure().cycle

    def sizeHint(self) -> QSize:
        """Ask for charts that are easy to read."""
        return QSize(760, 320)

    def minimumSizeHint(self) -> QSize:
        """Never be smaller than can be read."""
        return QSize(320, 300)

    def _described(self, curve: Curve) -> str:
        best = curve.best
        if best is None:
            return self.tr("{name}: no epoch is done yet").format(name=curve.name)
        words = self.tr(
            "{name}: %Ln epoch(s), best macro-AUC {auc} in epoch {epoch}", None, len(curve.epochs)
        )
        return words.format(
            name=curve.name,
            auc=f"{best.validation.get('macro_auc', math.nan):.3f}",
            epoch=best.epoch,
        )


class ConfusionView(FigureView):
    """The confusion matrix of the newest epoch."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.matrix: Matrix = ()
        self._class_names: tuple[str, ...] = ()
        self.setAccessibleName(self.tr("Confusion matrix of the validation part"))

    def set_matrix(self, matrix: Matrix, class_names: tuple[str, ...]) -> None:
        """Show a matrix (K, K) for K classes; an empty one shows nothing."""
        if (matrix, class_names) == (self.matrix, self._class_names):
            return
        self.matrix, self._class_names = matrix, class_names
        titles = tuple(map(class_title, class_names))
        is_whole = len(matrix) == len(titles) > 0
        rows = zip(titles, matrix, range(len(titles)), strict=True) if is_whole else ()
        words = self.tr("{name}: {right} of {images} right")
        self.setAccessibleDescription(
            "\n".join(
                words.format(name=title, right=row[place], images=sum(row))
                for title, row, place in rows
            )
        )
        self.set_drawing(partial(draw_matrix, matrix, titles) if is_whole else None)

    def sizeHint(self) -> QSize:
        """Ask for cells that are easy to read."""
        return QSize(420, 340)

    def minimumSizeHint(self) -> QSize:
        """Never be smaller than can be read."""
        return QSize(300, 340)


def draw_curves(curves: Sequence[Curve], figure: Figure, style: Style) -> None:
    """Draw loss and scores, side by side where there is room, otherwise one above the other."""
    from fundus_gui.core.reports.curves import draw_loss, draw_scores

    # In 1/96 inch, as the window measures; on a fine screen a pixel of it has several dots.
    width, height = (96 * side for side in figure.get_size_inches())
    columns, rows = (2, 1) if width >= _SIDE_BY_SIDE else (1, 2)
    box_width, box_height = width / columns, height / rows
    lines: list[int] = []
    for draw in (draw_loss, draw_scores):
        axes = figure.add_subplot(rows, columns, len(lines) + 1)
        draw(axes, curves, style)
        lines.append(_fit_legend(axes, style, box_width - _LEFT, is_single=len(curves) == 1))
    top = _TITLE + _LEGEND_LINE * max(lines)
    for index, axes in enumerate(figure.axes):
        left = index % columns * box_width + _LEFT
        bottom = (rows - 1 - index // columns) * box_height + _BOTTOM
        inner = max(box_width - _LEFT - _RIGHT, 1), max(box_height - _BOTTOM - top, 1)
        axes.set_position(
            (left / width, bottom / height, inner[0] / width, inner[1] / height),
        )


def draw_matrix(matrix: Matrix, class_titles: Sequence[str], figure: Figure, style: Style) -> None:
    """Draw a confusion matrix (K, K) with the titles of its K classes."""
    from fundus_gui.core.reports.confusion import draw_confusion

    figure.set_layout_engine("constrained")
    draw_confusion(figure.add_subplot(), matrix, class_titles, style)


def _fit_legend(axes: Axes, style: Style, room: float, *, is_single: bool) -> int:
    """Break the legend where it is too long and return its lines; of several runs leave it out.

    There a table beside the chart names the colours.
    """
    drawn = axes.get_legend()
    if drawn is None:
        return 0
    title = drawn.get_title().get_text()
    if not is_single:
        drawn.remove()
        axes.set_title(title, loc="left", color=style.text, **font(style, 1.1, is_bold=True))
        return 0
    names = axes.get_legend_handles_labels()[1]
    columns = _legend_columns([_width(name, style) + _LEGEND_MARK for name in names], room)
    legend(axes, style, title, ncols=columns)
    return math.ceil(len(names) / columns)


def _legend_columns(widths: Sequence[float], room: float) -> int:
    """Return the most columns for which there is room; they are filled one after the other."""
    for columns in range(len(widths), 1, -1):
        lines = math.ceil(len(widths) / columns)
        if sum(max(widths[i : i + lines]) for i in range(0, len(widths), lines)) <= room:
            return columns
    return 1


def _width(text: str, style: Style) -> float:
    """Estimate the width of a text in 1/96 inch."""
    return _LETTER * len(text) * style.font_size * 96 / 72
