"""The state of a run as a shape and a colour, since colour alone tells some people nothing."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPalette, QPen, QPixmap, QPolygonF

from fundus_gui.core.runs.reading import Status

SIZE = 16  # px
_DARK_BELOW = 128  # lightness
# On light and on dark; after Okabe and Ito, told apart by colour-blind people.
STATUS_COLOURS: dict[Status, tuple[str, str]] = {
    "starting": ("#5f6368", "#a3abb2"),
    "running": ("#0072b2", "#56b4e9"),
    "paused": ("#8a5c00", "#e69f00"),
    "finished": ("#00795a", "#2fbf94"),
    "stopped": ("#5f6368", "#a3abb2"),
    "failed": ("#b84a00", "#f58a4b"),
}


def status_colour(status: Status, palette: QPalette) -> QColor:
    """Return a colour that can be read on the palette's background."""
    is_dark = palette.color(QPalette.ColorRole.Base).lightness() < _DARK_BELOW
    return QColor(STATUS_COLOURS[status][is_dark])


def status_pixmap(status: Status, palette: QPalette, ratio: float = 2.0) -> QPixmap:
    """Return the icon of a status."""
    pixmap = QPixmap(round(SIZE * ratio), round(SIZE * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    paint_status(painter, QRectF(0, 0, SIZE, SIZE), status, status_colour(status, palette))
    painter.end()
    return pixmap


def paint_status(painter: QPainter, box: QRectF, status: Status, colour: QColor) -> None:
    """Paint the icon into a square."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(box.topLeft())
    painter.scale(box.width() / SIZE, box.height() / SIZE)
    if status in ("finished", "failed", "starting"):
        pen = QPen(colour, 2.2)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        _draw_lines(painter, status)
    else:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        _draw_area(painter, status)
    painter.restore()


def _draw_lines(painter: QPainter, status: Status) -> None:
    if status == "finished":
        painter.drawPolyline([QPointF(3, 8.5), QPointF(6.5, 12), QPointF(13, 4.5)])
    elif status == "failed":
        painter.drawLine(QPointF(4, 4), QPointF(12, 12))
        painter.drawLine(QPointF(12, 4), QPointF(4, 12))
    else:
        for x in (3, 8, 13):
            painter.drawPoint(QPointF(x, 8))


def _draw_area(painter: QPainter, status: Status) -> None:
    if status == "running":
        painter.drawPolygon(QPolygonF([QPointF(4, 2.5), QPointF(13.5, 8), QPointF(4, 13.5)]))
    elif status == "paused":
        painter.drawRect(QRectF(3.5, 3, 3.2, 10))
        painter.drawRect(QRectF(9.3, 3, 3.2, 10))
    else:
        painter.drawRect(QRectF(3.5, 3.5, 9, 9))
