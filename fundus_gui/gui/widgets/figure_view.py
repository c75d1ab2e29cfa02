"""A matplotlib figure in the window's colours, drawn anew at most five times a second."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, QEvent, Qt, QTimer
from PySide6.QtGui import QFontInfo, QPalette, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from fundus_gui.gui.widgets.appearance import blend

if TYPE_CHECKING:
    from matplotlib.backends.backend_qtagg import FigureCanvasQTAgg
    from matplotlib.figure import Figure

    from fundus_gui.core.reports.style import Style

REDRAW_MS = 200
_DARK_BELOW = 128  # lightness


class FigureView(QWidget):
    """Shows what `draw` of a subclass draws; matplotlib is imported when it is first seen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._canvas: FigureCanvasQTAgg | None = None
        self._since_drawn = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_due)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)

    def draw(self, figure: Figure, style: Style) -> None:
        """Draw on the empty figure."""
        raise NotImplementedError

    def lay_out(self, figure: Figure) -> None:
        """Place the axes that are drawn in a figure whose size has changed."""

    def refresh(self) -> None:
        """Draw soon; a second call before that costs nothing."""
        if self.isVisible() and not self._timer.isActive():
            passed = self._since_drawn.elapsed() if self._since_drawn.isValid() else REDRAW_MS
            self._timer.start(max(0, REDRAW_MS - passed))

    def _on_due(self) -> None:
        if not self.isVisible():
            return
        canvas = self._shown_canvas()
        canvas.figure.clear()
        self.draw(canvas.figure, self.style_of_figure())
        self.lay_out(canvas.figure)
        canvas.draw()  # type: ignore[no-untyped-call]
        self._since_drawn.start()

    def _shown_canvas(self) -> FigureCanvasQTAgg:
        if self._canvas is None:
            from matplotlib.backends.backend_qtagg import FigureCanvasQTAgg
            from matplotlib.figure import Figure

            self._canvas = FigureCanvasQTAgg(Figure(dpi=96))  # type: ignore[no-untyped-call]
            self._canvas.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            self._canvas.figure.set_facecolor(self.style_of_figure().background)
            self._canvas.mpl_connect("resize_event", self._on_canvas_resized)
            layout = self.layout()
            assert layout is not None
            layout.addWidget(self._canvas)
            layout.activate()  # so that the first drawing has the size of the second
        return self._canvas

    def _on_canvas_resized(self, _event: object) -> None:
        if self._canvas is not None:
            self.lay_out(self._canvas.figure)
            self.refresh()

    def style_of_figure(self) -> Style:
        """Return the colours and the font of the window, as a chart has them."""
        from fundus_gui.core.reports.style import DARK, LIGHT, Style

        palette = self.palette()
        background = palette.color(QPalette.ColorRole.Window)
        text = palette.color(QPalette.ColorRole.WindowText)
        font = QFontInfo(self.font())
        return Style(
            text=text.name(),
            muted=blend(text, background, 0.7),
            grid=blend(text, background, 0.12),
            background=background.name(),
            cycle=(DARK if background.lightness() < _DARK_BELOW else LIGHT).cycle,
            font_family=font.family(),
            font_size=font.pixelSize() * 72 / 96,
        )

    def showEvent(self, event: QShowEvent) -> None:
        """Draw what changed while nobody looked."""
        super().showEvent(event)
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette and the font."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self.refresh()
