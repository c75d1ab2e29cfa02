"""Charts of a calibration: reliability before and after, and what became of prediction sets."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

from fundus_gui.core.evaluation.calibration import ReliabilityBin
from fundus_gui.core.evaluation.conformal import SetFigures
from fundus_gui.core.reports.style import Style
from fundus_gui.gui.widgets.figure_view import FigureView

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Diagram = tuple[str, tuple[ReliabilityBin, ...]]  # title and bars

_ROW = 24  # px of the chart per class
_AROUND = 110  # px above and below the rows


class ReliabilityView(FigureView):
    """One diagram, or two side by side."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Reliability diagram"))

    def set_diagrams(self, diagrams: Sequence[Diagram]) -> None:
        """Show these from left to right."""
        self.setAccessibleDescription("\n".join(map(self._described, diagrams)))
        self.set_drawing(partial(draw_diagrams, tuple(diagrams)))

    def _described(self, diagram: Diagram) -> str:
        """Say how sure the answers of each bar are, and how many of them are right."""
        title, bins = diagram
        words = self.tr("{confidence} sure, {accuracy} right")
        bars = (
            words.format(confidence=f"{bar.confidence:.0%}", accuracy=f"{bar.accuracy:.0%}")
            for bar in bins
            if bar.images
        )
        return f"{title}: {'; '.join(bars)}"

    def sizeHint(self) -> QSize:
        """Ask for diagrams that are easy to read."""
        return QSize(760, 360)

    def minimumSizeHint(self) -> QSize:
        """Never be smaller than can be read."""
        return QSize(640, 320)


class SetsView(FigureView):
    """Coverage of each class, and beside it the sizes of the sets."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Prediction sets"))

    def set_sets(self, figures: SetFigures, class_titles: Sequence[str], promised: float) -> None:
        """Show what sets of a promised coverage turned out to be."""
        reached = ", ".join(
            f"{title}: {share:.0%}"
            for title, share in zip(class_titles, figures.class_coverage, strict=True)
        )
        self.setAccessibleDescription(reached)
        self.setMinimumHeight(max(_ROW * (len(class_titles) + 1) + _AROUND, 220))
        self.set_drawing(partial(draw_sets, figures, tuple(class_titles), promised))


def draw_diagrams(diagrams: Sequence[Diagram], figure: Figure, style: Style) -> None:
    """Draw reliability diagrams side by side."""
    from fundus_gui.core.reports.reliability import draw_reliability

    figure.set_layout_engine("constrained")
    for place, (title, bins) in enumerate(diagrams, 1):
        axes = figure.add_subplot(1, len(diagrams), place)
        draw_reliability(axes, bins, style, title=title)


def draw_sets(
    figures: SetFigures, class_titles: Sequence[str], promised: float, figure: Figure, style: Style
) -> None:
    """Draw coverage and sizes side by side."""
    from fundus_gui.core.reports.prediction_sets import draw_set_coverage, draw_set_sizes

    figure.set_layout_engine("constrained")
    coverage, sizes = figure.subplots(1, 2, width_ratios=(3, 2))
    draw_set_coverage(coverage, figures, class_titles, promised, style)
    draw_set_sizes(sizes, figures, style)
