"""How trainings go, drawn live: loss and scores side by side, and who was taken for whom."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

from fundus_gui.gui.labels import class_title
from fundus_gui.gui.widgets.figure_view import FigureView

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from fundus_gui.core.reports.curves import Curve
    from fundus_gui.core.reports.style import Style

_SIDE_BY_SIDE = 560  # px, from which two charts stand side by side
_LEFT, _RIGHT, _BOTTOM, _TITLE = 52, 12, 44, 30  # px around each chart
_LEGEND_LINE = 18  # px
_LEGEND_MARK = 44  # px of line and gaps with each name


class CurvesView(FigureView):
    """Loss and scores of one run, or of several laid over each other."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._curves: tuple[Curve, ...] = ()
        self.setAccessibleName(self.tr("Loss and scores by epoch"))

    def set_curves(self, curves: Sequence[Curve]) -> None:
        """Show these runs."""
        self._curves = tuple(curves)
        self.setAccessibleDescription("\n".join(map(self._described, self._curves)))
        self.refresh()

    def colours(self) -> tuple[str, ...]:
        """Return the colours of the curves, one after the other, as #rrggbb."""
        return self.style_of_figure().cycle

    def draw(self, figure: Figure, style: Style) -> None:
        """Draw both charts."""
        from fundus_gui.core.reports.curves import draw_loss, draw_scores

        if not self._curves:
            return
        for draw in (draw_loss, draw_scores):
            axes = figure.add_axes((0.1, 0.1, 0.8, 0.8), label=draw.__name__)
            draw(axes, self._curves, style)
            self._fit_legend(axes, style)

    def lay_out(self, figure: Figure) -> None:
        """Stand the charts side by side where there is room, otherwise one above the other."""
        width, height = self.width(), self.height()
        columns, rows = self._grid()
        box_width, box_height = width / columns, height / rows
        lines = max(map(self._legend_lines, figure.axes), default=0)
        top = _TITLE + _LEGEND_LINE * lines
        for index, axes in enumerate(figure.axes):
            left = index % columns * box_width + _LEFT
            bottom = (rows - 1 - index // columns) * box_height + _BOTTOM
            axes.set_position(
                (
                    left / width,
                    bottom / height,
                    max(box_width - _LEFT - _RIGHT, 1) / width,
                    max(box_height - _BOTTOM - top, 1) / height,
                )
            )

    def _fit_legend(self, axes: Axes, style: Style) -> None:
        """Break the legend where it is too long; of several runs a table names the colours."""
        from fundus_gui.core.reports.style import font, legend

        drawn = axes.get_legend()
        if drawn is None:
            return
        title = drawn.get_title().get_text()
        if len(self._curves) > 1:
            drawn.remove()
            axes.set_title(title, loc="left", color=style.text, **font(style, 1.1, is_bold=True))
        else:
            legend(axes, style, title, ncols=self._legend_columns(axes))

    def _legend_columns(self, axes: Axes) -> int:
        """Return the most columns for which there is room; they are filled one after the other."""
        names = axes.get_legend_handles_labels()[1]
        widths = [self.fontMetrics().horizontalAdvance(name) + _LEGEND_MARK for name in names]
        room = self.width() / self._grid()[0] - _LEFT
        for columns in range(len(names), 1, -1):
            lines = math.ceil(len(names) / columns)
            columns_widths = (max(widths[i : i + lines]) for i in range(0, len(names), lines))
            if sum(columns_widths) <= room:
                return columns
        return 1

    def _legend_lines(self, axes: Axes) -> int:
        if axes.get_legend() is None:
            return 0
        return math.ceil(len(axes.get_legend_handles_labels()[1]) / self._legend_columns(axes))

    def _grid(self) -> tuple[int, int]:
        """Return columns and rows of charts."""
        return (2, 1) if self.width() >= _SIDE_BY_SIDE else (1, 2)

    def sizeHint(self) -> QSize:
        """Ask for charts that are easy to read."""
        return QSize(760, 320)

    def minimumSizeHint(self) -> QSize:
        """Never be smaller than can be read."""
        return QSize(320, 260)

    def _described(self, curve: Curve) -> str:
        best = curve.best
        if best is None:
            return self.tr("{name}: no epoch is done yet").format(name=curve.name)
        return self.tr("{name}: {count} epochs, best macro-AUC {auc} in epoch {epoch}").format(
            name=curve.name,
            count=len(curve.epochs),
            auc=f"{best.validation.get('macro_auc', float('nan')):.3f}",
            epoch=best.epoch,
        )


class ConfusionView(FigureView):
    """The confusion matrix of the newest epoch."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._matrix: tuple[tuple[int, ...], ...] = ()
        self._class_names: tuple[str, ...] = ()
        self.setAccessibleName(self.tr("Confusion matrix of the validation part"))

    def set_matrix(self, matrix: tuple[tuple[int, ...], ...], class_names: tuple[str, ...]) -> None:
        """Show a matrix (K, K) for K classes; an empty one shows nothing."""
        if (matrix, class_names) == (self._matrix, self._class_names):
            return
        self._matrix, self._class_names = matrix, class_names
        self.refresh()

    def draw(self, figure: Figure, style: Style) -> None:
        """Draw the matrix with its classes."""
        from fundus_gui.core.reports.confusion import draw_confusion

        if self._matrix and len(self._matrix) == len(self._class_names):
            figure.set_layout_engine("constrained")
            titles = [class_title(name) for name in self._class_names]
            draw_confusion(figure.add_subplot(), self._matrix, titles, style)

    def sizeHint(self) -> QSize:
        """Ask for cells that are easy to read."""
        return QSize(420, 340)

    def minimumSizeHint(self) -> QSize:
        """Never be smaller than can be read."""
        return QSize(300, 280)
