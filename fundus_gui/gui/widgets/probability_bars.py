"""The class probabilities as one chart, each bar stacked from the models' shares of the vote."""

from __future__ import annotations

import math
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QFontInfo, QGuiApplication, QImage, QPalette
from PySide6.QtWidgets import QLabel, QStackedLayout, QWidget

from fundus_gui.core.atomic import write_bytes
from fundus_gui.core.errors import ExportError
from fundus_gui.core.results import Prediction
from fundus_gui.gui.labels import research_use_only
from fundus_gui.gui.widgets.appearance import WHAT_IF_BACKGROUND, WHAT_IF_TEXT, Appearance, blend

if TYPE_CHECKING:
    from matplotlib.backends.backend_qtagg import FigureCanvasQTAgg

    from fundus_gui.gui.widgets.chart_sheet import ChartStyle
    from fundus_gui.gui.widgets.probability_chart import Chart

CHART_SUFFIXES = (".png", ".svg", ".pdf")
_PICTURE_WIDTH = 6.4  # inches: a column and a half of a journal page
_PICTURE_DPI = 200


class ProbabilityBars(QWidget):
    """A bar chart of one prediction; matplotlib is imported when the first one comes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._prediction: Prediction | None = None
        self._what_if = False
        self._sorted = True
        self._appearance = Appearance()
        self._canvas: FigureCanvasQTAgg | None = None
        self._least_height, self._best_height = 160, 240
        self._empty = QLabel(self.tr("The votes on a classified photograph appear here."))
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)
        self._empty.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self._empty)
        self.setAccessibleName(self.tr("Class probabilities"))

    def set_prediction(self, prediction: Prediction | None, what_if: bool = False) -> None:
        """Show a prediction, marked when its weights are not the ensemble's own."""
        self._prediction = prediction
        self._what_if = what_if
        self._redraw()

    def set_sorted(self, by_probability: bool) -> None:
        """Order the classes by probability, or as the weights have them."""
        self._sorted = by_probability
        self._redraw()

    def set_appearance(self, appearance: Appearance) -> None:
        """Say how classes and models are called and coloured."""
        self._appearance = appearance
        self._redraw()

    def copy_chart(self) -> None:
        """Put the chart on the clipboard as a picture on white; does nothing without one."""
        if self._prediction is None:
            return
        QGuiApplication.clipboard().setImage(QImage.fromData(self._picture("png")))

    def save_chart(self, path: Path) -> None:
        """Write the chart, on white, as PNG, SVG or PDF by the suffix; replaces an older file.

        Raises:
            ExportError: there is no chart, the suffix is another, or the file cannot be written.
        """
        if self._prediction is None:
            raise ExportError("There is no chart to save: choose a classified photograph first.")
        if path.suffix.lower() not in CHART_SUFFIXES:
            raise ExportError(
                f"A chart cannot be saved as '{path.name}'. "
                f"Give it one of the endings {', '.join(CHART_SUFFIXES)}."
            )
        try:
            write_bytes(path, self._picture(path.suffix.lower().lstrip(".")))
        except OSError as error:
            raise ExportError(
                f"The chart cannot be written to {path}: {error.strerror or error}."
            ) from error

    def _picture(self, kind: str) -> bytes:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        from fundus_gui.gui.widgets.chart_sheet import ChartStyle
        from fundus_gui.gui.widgets.probability_chart import draw_chart, row_heights

        chart, style = self._chart(footnote=research_use_only()), ChartStyle()
        figure = Figure(figsize=(_PICTURE_WIDTH, _PICTURE_WIDTH), dpi=_PICTURE_DPI)
        FigureCanvasAgg(figure)
        frame = draw_chart(figure, chart, style)
        figure.set_figheight((frame + row_heights(style)[1] * len(chart.bars)) / 96)
        draw_chart(figure, chart, style)
        buffer = BytesIO()
        figure.savefig(buffer, format=kind, dpi=_PICTURE_DPI)
        return buffer.getvalue()

    def _chart(self, footnote: str = "") -> Chart:
        from fundus_gui.gui.widgets.probability_chart import Chart, ClassBar

        prediction = self._prediction
        assert prediction is not None
        shares = prediction.shares
        bars = [
            ClassBar(
                title=self._appearance.class_title(name),
                shares=tuple(row[index] for row in shares),
                predicted=index == prediction.label_index,
            )
            for index, name in enumerate(prediction.class_names)
        ]
        if self._sorted:
            bars.sort(key=lambda bar: (not bar.predicted, -bar.probability))
        models = tuple(
            (self._appearance.model_title(name), self._appearance.model_colour(name))
            for name in prediction.member_names
        )
        mark = self.tr("What-if: not the ensemble's weights") if self._what_if else ""
        return Chart(tuple(bars), models, mark=mark, footnote=footnote)

    def _style(self) -> ChartStyle:
        from fundus_gui.gui.widgets.chart_sheet import ChartStyle

        palette = self.palette()
        background = palette.color(QPalette.ColorRole.Window)
        text = palette.color(QPalette.ColorRole.WindowText)
        font = QFontInfo(self.font())
        return ChartStyle(
            text=text.name(),
            muted=blend(text, background, 0.62),
            background=background.name(),
            track=blend(text, background, 0.06),
            highlight=blend(palette.color(QPalette.ColorRole.Highlight), background, 0.2),
            mark_text=WHAT_IF_TEXT,
            mark_background=WHAT_IF_BACKGROUND,
            margin=0,
            font_family=font.family(),
            font_size=font.pixelSize() * 72 / 96,
        )

    def _redraw(self) -> None:
        if self._prediction is None:
            self._pages.setCurrentWidget(self._empty)
            self.setAccessibleDescription("")
            self.setToolTip("")
            return
        from fundus_gui.gui.widgets.probability_chart import (
            draw_chart,
            needs_two_lines,
            row_heights,
        )

        canvas = self._shown_canvas()
        chart, style = self._chart(), self._style()
        rows = row_heights(style, is_wrapped=needs_two_lines(canvas.figure, chart, style))
        frame = draw_chart(canvas.figure, chart, style)
        least, best = (math.ceil(frame + row * len(chart.bars)) for row in rows)
        self._least_height = least
        if not self._what_if:  # the mark squeezes the bars, so that a slider stays where it is
            self._best_height = best
        self.updateGeometry()
        canvas.draw_idle()  # type: ignore[no-untyped-call]
        self._describe(chart)

    def _describe(self, chart: Chart) -> None:
        self.setAccessibleDescription(
            ", ".join(f"{bar.title} {bar.probability:.1%}" for bar in chart.bars)
        )
        lines = []
        for bar in chart.bars:
            parts = " + ".join(
                f"{share:.1%} {title}"
                for share, (title, _) in zip(bar.shares, chart.models, strict=True)
            )
            lines.append(f"{bar.title}: {bar.probability:.1%} = {parts}")
        self.setToolTip("\n".join(lines) if len(chart.models) > 1 else "")

    def _shown_canvas(self) -> FigureCanvasQTAgg:
        if self._canvas is None:
            from matplotlib.backends.backend_qtagg import FigureCanvasQTAgg
            from matplotlib.figure import Figure

            self._canvas = FigureCanvasQTAgg(Figure(dpi=96))  # type: ignore[no-untyped-call]
            self._canvas.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            self._canvas.mpl_connect("resize_event", self._on_canvas_resized)
            self._pages.addWidget(self._canvas)
        self._pages.setCurrentWidget(self._canvas)
        return self._canvas

    def _on_canvas_resized(self, _event: object) -> None:
        self._redraw()

    def sizeHint(self) -> QSize:
        """Ask for a chart that is easy to read."""
        return QSize(420, self._best_height)

    def minimumSizeHint(self) -> QSize:
        """Never be lower than all classes need to be read."""
        return QSize(200, self._least_height)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette and the font."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._redraw()
