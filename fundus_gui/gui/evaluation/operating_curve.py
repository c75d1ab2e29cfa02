"""Curves from 0 to 1, and on one of them a point that follows the mouse and the keys.

Painted by Qt, since a matplotlib figure cannot be drawn as fast as a mouse moves.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from fundus_gui.core.evaluation.metrics import Floats
from fundus_gui.core.reports.style import DARK, LIGHT
from fundus_gui.gui.evaluation.chart_axes import ChartAxes, Segment

_DASHES: tuple[list[float], ...] = ([], [5, 2], [1.5, 1.5])  # when the colours are used up
_RADIUS = 6.5  # px, of the point
_MARK = 8.0  # px, half of the diamond
_FADED = 0.2  # opacity
_DARK_BELOW = 128  # lightness
_PAGES = 20  # from end to end


class ChartLine(NamedTuple):
    """Points (T,) of one curve, from left to right.

    Attributes:
        x, y: at least 0.
        number: of the class, gives colour and stroke; see `class_numbers`.
        is_stepped: whether y of a point holds from the point before it on.
    """

    x: Floats
    y: Floats
    number: int = 0
    is_stepped: bool = False


def line_colour(number: int, palette: QPalette) -> QColor:
    """Return the colour of a curve on the window's background, alike in chart and table."""
    is_dark = palette.color(QPalette.ColorRole.Window).lightness() < _DARK_BELOW
    return QColor((DARK if is_dark else LIGHT).colour(number))


class OperatingCurveView(QWidget):
    """Shows curves; where one is alone and movable, its points can be chosen.

    Signals:
        index_chosen: place of the point that the user moved to, from 0 to T - 1.
    """

    index_chosen = Signal(int)

    def __init__(self, title: str, below: str, beside: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.axes = ChartAxes(self, title, below, beside)
        self.index: int | None = None
        self.mark: tuple[float, float] | None = None
        self._emphasised: int | None = None
        self._lines: tuple[ChartLine, ...] = ()
        self._polylines: tuple[QPolygonF, ...] | None = None  # None when they must be laid anew
        self._is_movable = False
        policy = QSizePolicy.Policy.Expanding
        self.setSizePolicy(policy, policy)
        self.setAccessibleName(title)

    def set_lines(
        self,
        lines: Sequence[ChartLine],
        *,
        reference: Segment | None = None,
        detail: str = "",
        top: float = 1.0,
        is_movable: bool = False,
    ) -> None:
        """Show these curves, without point and mark.

        Args:
            lines: at most one if it is movable.
            reference: a dotted line, e.g. of answers drawn by lot.
            detail: stands beside the title.
            top: of the upright axis.
            is_movable: whether the user may choose a point.
        """
        self._lines, self._polylines, self._is_movable = tuple(lines), None, is_movable
        self.index = self.mark = self._emphasised = None
        self.axes.reference, self.axes.detail, self.axes.top = reference, detail, top
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if is_movable else Qt.FocusPolicy.NoFocus)
        shape = Qt.CursorShape
        self.setCursor(shape.PointingHandCursor if is_movable else shape.ArrowCursor)
        self.update()

    def emphasise(self, number: int | None) -> None:
        """Let the other curves fade behind that of this number; None lets none."""
        self._emphasised = number
        self.update()

    def set_index(self, index: int | None) -> None:
        """Put the point there; emits nothing."""
        self.index = index
        self.update()

    def set_mark(self, place: tuple[float, float] | None) -> None:
        """Mark the place of fitted thresholds."""
        self.mark = place
        self.update()

    def place_of(self, index: int) -> QPointF:
        """Return where a point of the movable curve lies, in pixels."""
        line = self._lines[0]
        return self.axes.at(float(line.x[index]), float(line.y[index]))

    def sizeHint(self) -> QSize:
        """Ask for a curve that is easy to read."""
        return self._size_around(300)

    def minimumSizeHint(self) -> QSize:
        """Never be smaller than can be read."""
        return self._size_around(150)

    def _size_around(self, side: int) -> QSize:
        return QSizeF(side, side).grownBy(self.axes.margins).toSize()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw axes, curves and point."""
        if self._polylines is None:
            self._polylines = tuple(map(self._polyline, self._lines))
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self.axes.paint(painter)
            for line, polyline in zip(self._lines, self._polylines, strict=True):
                painter.setPen(self._pen(line))
                painter.drawPolyline(polyline)
            if self.mark is not None:
                self._paint_mark(painter, self.axes.at(*self.mark))
            if self._lines and self.index is not None:
                self._paint_point(painter, self.place_of(self.index))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the curves to the new size."""
        super().resizeEvent(event)
        self._polylines = None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Move the point to the place of the curve nearest to the mouse."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._move_to(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Let the point follow the mouse while its button is held."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._move_to(event.position())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the point along the curve: arrows by one, page keys by a twentieth, Home and End."""
        wanted = self._index_by_key(event.key())
        if wanted is None:
            super().keyPressEvent(event)
        else:
            self.index_chosen.emit(wanted)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette and the font."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._polylines = None  # since the room around them depends on the font
            self.update()

    def _index_by_key(self, pressed: int) -> int | None:
        if self.index is None or not self._is_movable:
            return None
        key, last = Qt.Key, len(self._lines[0].x) - 1
        page = max(last // _PAGES, 1)
        moves: dict[int, int] = {
            key.Key_Right: 1,
            key.Key_Up: 1,
            key.Key_Left: -1,
            key.Key_Down: -1,
            key.Key_PageUp: page,
            key.Key_PageDown: -page,
            key.Key_Home: -last,
            key.Key_End: last,
        }
        move = moves.get(pressed)
        return None if move is None else min(max(self.index + move, 0), last)

    def _move_to(self, position: QPointF) -> None:
        if not self._is_movable:
            return
        line, plot = self._lines[0], self.axes.plot
        across = plot.left() + line.x * plot.width() - position.x()
        down = plot.bottom() - line.y * plot.height() / self.axes.top - position.y()
        self.index_chosen.emit(int((across**2 + down**2).argmin()))

    def _polyline(self, line: ChartLine) -> QPolygonF:
        """Return the curve in pixels, without points that lie on one and the same."""
        x, y, plot = line.x, line.y, self.axes.plot
        if line.is_stepped:
            x, y = np.repeat(x, 2)[:-1], np.repeat(y, 2)[1:]
        corners = np.column_stack([x * plot.width(), y * plot.height() / self.axes.top])
        halves = np.round(2 * corners)  # of a pixel
        is_new = np.append(True, (np.diff(halves, axis=0) != 0).any(axis=1))
        return QPolygonF(
            [
                QPointF(plot.left() + across, plot.bottom() - up)
                for across, up in (halves[is_new] / 2).tolist()
            ]
        )

    def _pen(self, line: ChartLine) -> QPen:
        colour = line_colour(line.number, self.palette())
        if self._emphasised not in (None, line.number):
            colour.setAlphaF(_FADED)
        pen = QPen(colour, 3 if self._emphasised == line.number else 2)
        dashes = _DASHES[line.number // len(LIGHT.cycle) % len(_DASHES)]
        if dashes:
            pen.setDashPattern(dashes)
        return pen

    def _paint_mark(self, painter: QPainter, place: QPointF) -> None:
        palette = self.palette()
        corners = (QPointF(0, -_MARK), QPointF(_MARK, 0), QPointF(0, _MARK), QPointF(-_MARK, 0))
        painter.setPen(QPen(palette.color(QPalette.ColorRole.WindowText), 1.6))
        painter.setBrush(palette.color(QPalette.ColorRole.Window))
        painter.drawPolygon(QPolygonF([place + corner for corner in corners]))

    def _paint_point(self, painter: QPainter, place: QPointF) -> None:
        palette, plot = self.palette(), self.axes.plot
        colour = line_colour(self._lines[0].number, palette)
        painter.setPen(QPen(colour, 1, Qt.PenStyle.DashLine))
        painter.drawLine(place, QPointF(place.x(), plot.bottom()))
        painter.drawLine(place, QPointF(plot.left(), place.y()))
        painter.setPen(QPen(palette.color(QPalette.ColorRole.Window), 1.6))
        painter.setBrush(colour)
        painter.drawEllipse(place, _RADIUS, _RADIUS)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(palette.color(QPalette.ColorRole.Highlight), 2))
            painter.drawEllipse(place, _RADIUS + 3, _RADIUS + 3)
