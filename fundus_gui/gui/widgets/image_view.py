"""Shows a photograph to be looked at closely: zoom at the cursor, pan, fit, actual pixels."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QGraphicsItem,
    QGraphicsScene,
    QGraphicsView,
    QLabel,
    QStyleOptionGraphicsItem,
    QVBoxLayout,
    QWidget,
)

_STEP = 1.25
_LARGEST = 16.0
_WHEEL_NOTCH = 120  # eighths of a degree, as Qt counts them
_SMALLEST_LEVEL = 64
_FOCUS_WIDTH = 2  # px
_SURROUND, _WORDS = "#000000", "#c8c8c8"  # as on a reading station, in light and dark alike


class ImageView(QGraphicsView):
    """A photograph, or a message in its place.

    Wheel or +/- zoom, dragging pans, 0 fits, 1 shows actual pixels, a double click toggles the two.
    A fitted photograph stays fitted when the view is resized.

    Signals:
        zoom_changed: screen pixels per image pixel (1.0 is 100 %); 0.0 without a photograph.
    """

    zoom_changed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._photograph: _Photograph | None = None
        self._fitted = True
        self.setScene(QGraphicsScene(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setBackgroundBrush(QColor(_SURROUND))
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.AnchorViewCenter)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        self.setMinimumSize(160, 160)
        self.setAccessibleName(self.tr("Photograph"))
        self.setToolTip(
            self.tr(
                "Wheel or + and −: zoom\nDrag: move\n0: fit\n1: actual pixels\nDouble click: both"
            )
        )
        self._message = QLabel(self.viewport())
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._message.setWordWrap(True)
        self._message.setTextFormat(Qt.TextFormat.PlainText)
        colours = QPalette(self._message.palette())
        colours.setColor(QPalette.ColorRole.WindowText, QColor(_WORDS))
        self._message.setPalette(colours)
        self._message.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        layout = QVBoxLayout(self.viewport())
        layout.setContentsMargins(24, 24, 24, 24)
        layout.addWidget(self._message)

    @property
    def zoom(self) -> float:
        """Screen pixels per image pixel; 0.0 without a photograph."""
        if self._photograph is None:
            return 0.0
        return self.transform().m11() * self.devicePixelRatioF()

    @property
    def is_fitted(self) -> bool:
        """Whether the whole photograph is kept in view."""
        return self._fitted

    def set_pixels(self, pixels: NDArray[np.uint8] | None) -> None:
        """Show a photograph (H, W, 3) fitted to the view, or nothing."""
        self.scene().clear()
        self._photograph = None
        self._message.clear()
        self._message.hide()
        if pixels is not None:
            self._photograph = _Photograph(to_pixmap(pixels))
            self.scene().addItem(self._photograph)
            self.setSceneRect(self._photograph.boundingRect())
        self.setDragMode(
            QGraphicsView.DragMode.NoDrag
            if pixels is None
            else QGraphicsView.DragMode.ScrollHandDrag
        )
        self.fit()

    def show_message(self, text: str) -> None:
        """Show a sentence instead of a photograph: nothing chosen, still loading, unreadable."""
        self.set_pixels(None)
        self._message.setText(text)
        self._message.show()

    def message(self) -> str:
        """Return the sentence that is shown, or an empty text."""
        return self._message.text()

    def fit(self) -> None:
        """Show the whole photograph as large as the view allows."""
        self._fitted = True
        self._set_scale(self._fitting_scale())

    def actual_size(self) -> None:
        """Show one image pixel on one screen pixel, around the centre of the view."""
        self._zoom_to(1.0, QPointF(self.viewport().rect().center()))

    def zoom_in(self) -> None:
        """Enlarge one step around the centre of the view."""
        self._zoom_by(_STEP, QPointF(self.viewport().rect().center()))

    def zoom_out(self) -> None:
        """Shrink one step around the centre of the view, down to the whole photograph."""
        self._zoom_by(1 / _STEP, QPointF(self.viewport().rect().center()))

    def _fitting_scale(self) -> float:
        if self._photograph is None:
            return 1.0
        picture = self._photograph.boundingRect().size()
        room = self.viewport().size()
        return max(min(room.width() / picture.width(), room.height() / picture.height()), 1e-4)

    def _set_scale(self, scale: float) -> None:
        self.resetTransform()
        self.scale(scale, scale)
        self.zoom_changed.emit(self.zoom)

    def _zoom_by(self, factor: float, position: QPointF) -> None:
        """Enlarge or shrink, not below the fitted size and not beyond the largest."""
        fitting = self._fitting_scale() * self.devicePixelRatioF()
        zoom = min(self.zoom * factor, max(_LARGEST, fitting))
        if zoom <= fitting:
            self.fit()
        else:
            self._zoom_to(zoom, position)

    def _zoom_to(self, zoom: float, position: QPointF) -> None:
        """Zoom so that the image point under `position` stays there."""
        if self._photograph is None:
            return
        self._fitted = False
        anchor = self.mapToScene(position.toPoint())
        self._set_scale(zoom / self.devicePixelRatioF())
        moved = self.mapFromScene(anchor) - position.toPoint()
        for bar, distance in (
            (self.horizontalScrollBar(), moved.x()),
            (self.verticalScrollBar(), moved.y()),
        ):
            bar.setValue(bar.value() + distance)

    def sizeHint(self) -> QSize:
        """Ask for a square that shows a photograph well."""
        return QSize(480, 480)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the cursor instead of scrolling."""
        notches = event.angleDelta().y() / _WHEEL_NOTCH
        if notches:
            self._zoom_by(_STEP**notches, event.position())
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Toggle between the whole photograph and actual pixels at the cursor."""
        if event.button() == Qt.MouseButton.LeftButton:
            if self._fitted:
                self._zoom_to(1.0, event.position())
            else:
                self.fit()
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Answer + − 0 1; arrows pan."""
        actions: dict[int, Callable[[], None]] = {
            Qt.Key.Key_Plus: self.zoom_in,
            Qt.Key.Key_Equal: self.zoom_in,
            Qt.Key.Key_Minus: self.zoom_out,
            Qt.Key.Key_0: self.fit,
            Qt.Key.Key_1: self.actual_size,
        }
        shift = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
        if event.key() in actions and not event.modifiers() & ~shift:
            actions[event.key()]()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Frame the view while it has the focus."""
        super().paintEvent(event)
        if self.hasFocus():
            painter = QPainter(self.viewport())
            pen = QPen(self.palette().color(QPalette.ColorRole.Highlight), _FOCUS_WIDTH)
            pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
            painter.setPen(pen)
            painter.drawRect(self.viewport().rect().adjusted(1, 1, -1, -1))
            painter.end()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the frame."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the frame away."""
        super().focusOutEvent(event)
        self.viewport().update()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Scroll, without dragging the frame of the focus along."""
        super().scrollContentsBy(dx, dy)
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep a fitted photograph fitted."""
        super().resizeEvent(event)
        if self._fitted:
            self.fit()


class _Photograph(QGraphicsItem):
    """Paints from halved copies when shrunk: one bilinear step from full size would sparkle."""

    def __init__(self, pixmap: QPixmap) -> None:
        super().__init__()
        self._levels = [pixmap]
        self._rect = QRectF(pixmap.rect())

    def boundingRect(self) -> QRectF:
        """Return the photograph's size in its own pixels."""
        return self._rect

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,  # noqa: ARG002
        widget: QWidget | None = None,  # noqa: ARG002
    ) -> None:
        """Draw the smallest halved copy that still has a pixel for every screen pixel."""
        scale = painter.worldTransform().m11() * painter.device().devicePixelRatioF()
        pixmap = self._level(scale)
        painter.drawPixmap(self._rect, pixmap, QRectF(pixmap.rect()))

    def _level(self, scale: float) -> QPixmap:
        index = 0
        while scale <= 0.5 ** (index + 1):
            if index + 1 == len(self._levels):
                last = self._levels[index].size()
                if min(last.width(), last.height()) <= _SMALLEST_LEVEL:
                    break
                self._levels.append(
                    self._levels[index].scaled(
                        (last + QSize(1, 1)) / 2,
                        Qt.AspectRatioMode.IgnoreAspectRatio,
                        Qt.TransformationMode.SmoothTransformation,
                    )
                )
            index += 1
        return self._levels[index]


def to_pixmap(pixels: NDArray[np.uint8]) -> QPixmap:
    """Turn (h, w, 3) RGB into a pixmap."""
    contiguous = np.ascontiguousarray(pixels)
    height, width, channels = contiguous.shape
    image = QImage(contiguous.data, width, height, channels * width, QImage.Format.Format_RGB888)
    return QPixmap.fromImage(image)  # copies, so the array may go
