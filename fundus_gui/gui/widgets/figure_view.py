"""A matplotlib figure in the window's colours, drawn in a thread at most five times a second.

A chart takes a tenth of a second and more to draw; on the window's thread, curves that follow a
training would make every click wait.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, QEvent, Qt, QTimer
from PySide6.QtGui import QFontInfo, QImage, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QWidget

from fundus_gui.core.reports.style import DARK, LIGHT, Style
from fundus_gui.gui.widgets.appearance import blend
from fundus_gui.gui.widgets.chart_words import translate_figure
from fundus_gui.gui.worker import JobSlot

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Drawing = Callable[["Figure", Style], None]

_REDRAW_MS = 200
_DPI = 96
_DARK_BELOW = 128  # lightness
_one_at_a_time = threading.Lock()  # matplotlib does not promise to be safe in threads


class FigureView(QWidget):
    """Shows what a drawing function draws; the last picture stays until the next is ready."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.image = QImage()
        self._drawing: Drawing | None = None
        self._is_outdated = False
        self._since_drawn = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_due)
        self._slot = JobSlot(self)
        self._slot.yielded.connect(self._on_drawn)
        self._slot.completed.connect(self._refresh_if_outdated)
        self._slot.failed.connect(self._on_failed)

    def set_drawing(self, drawing: Drawing | None) -> None:
        """Draw by this function from now on, None for nothing.

        It is called in another thread, with an empty figure on an Agg canvas and the style, so
        everything that it refers to must be frozen.
        """
        self._drawing = drawing
        self.update()
        self.refresh()

    def refresh(self) -> None:
        """Draw anew soon; a second call before that costs nothing."""
        self._is_outdated = True
        self._refresh_if_outdated()

    def style_of_figure(self) -> Style:
        """Return the colours and the font of the window, as a chart has them."""
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
            font_size=font.pixelSize() * 72 / _DPI,
        )

    def close_thread(self) -> None:
        """Stop and wait for the thread."""
        self._timer.stop()
        self._slot.close()

    def _refresh_if_outdated(self) -> None:
        is_free = not (self._timer.isActive() or self._slot.busy)
        if self._is_outdated and is_free and self.isVisible():
            passed = self._since_drawn.elapsed() if self._since_drawn.isValid() else _REDRAW_MS
            self._timer.start(max(0, _REDRAW_MS - passed))

    def _on_due(self) -> None:
        self._is_outdated = False
        self._since_drawn.start()
        if self._drawing is None:
            self.image = QImage()
            self.update()
            return
        size, ratio = (self.width(), self.height()), self.devicePixelRatioF()
        self._slot.start(partial(_drawn, self._drawing, self.style_of_figure(), size, ratio))

    def _on_drawn(self, image: QImage) -> None:
        self.image = image
        self.update()

    def _on_failed(self, error: BaseException) -> None:
        raise error  # to the hook that shows what nobody foresaw

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Show the last picture, stretched while one of the right size is being drawn."""
        painter = QPainter(self)
        if not self.image.isNull():
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(self.rect(), self.image)
        elif self._drawing is not None:
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.tr("Drawing…"))
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the drawing to the new size."""
        super().resizeEvent(event)
        self.refresh()

    def event(self, event: QEvent) -> bool:
        """Draw when shown, and follow the palette and the font."""
        answer = super().event(event)
        if event.type() in (
            QEvent.Type.Show,
            QEvent.Type.PaletteChange,
            QEvent.Type.FontChange,
        ):
            self.refresh()
        return answer


def _drawn(
    drawing: Drawing, style: Style, size: tuple[int, int], ratio: float
) -> Generator[QImage, None, None]:
    """Yield once: the picture."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with _one_at_a_time:
        width, height = (side / _DPI for side in size)
        canvas = FigureCanvasAgg(Figure(figsize=(width, height), dpi=_DPI * ratio))
        canvas.figure.set_facecolor(style.background)
        drawing(canvas.figure, style)
        translate_figure(canvas.figure)
        canvas.draw()  # type: ignore[no-untyped-call]
        pixels = canvas.buffer_rgba()  # type: ignore[no-untyped-call]
        rows, columns = pixels.shape[:2]
        image = QImage(bytes(pixels), columns, rows, QImage.Format.Format_RGBA8888).copy()
    yield image
