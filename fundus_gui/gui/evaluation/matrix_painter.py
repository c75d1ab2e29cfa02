"""Paints a confusion matrix: shades are shares of the row, on light and on dark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPalette, QPen

from fundus_gui.gui.evaluation.matrix_layout import MatrixLayout, Sum
from fundus_gui.gui.widgets.appearance import blend

_RADIUS = 3.0  # px
_MUTED = 0.62  # opacity
_NOTHING = 0.5  # opacity of a nought
_FILLS = ("#005a9c", "#7cc8f5")  # of a whole row, on light and on dark
_LEAST_FILL = 0.05  # opacity; an empty cell, too, can be seen to be one
_TIGHT = 4  # px of a cell that stay free
_DARK_BELOW = 128  # lightness
_SUMS: tuple[Sum, Sum] = (0, 1)

_CENTRE = Qt.AlignmentFlag.AlignCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LOW = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom


class Cell(NamedTuple):
    """Class indices of a label and an answer."""

    label: int
    answer: int


class PointedCells(NamedTuple):
    """Cells that are framed."""

    hovered: Cell | None = None
    chosen: Cell | None = None
    focused: Cell | None = None


@dataclass(frozen=True, slots=True)
class Matrix:
    """What is painted.

    Attributes:
        counts: images by true class (rows) and answer (columns), (K, K).
        titles: K.
        row_percent: show shares of the row instead of counts.
    """

    counts: tuple[tuple[int, ...], ...] = ()
    titles: tuple[str, ...] = ()
    row_percent: bool = False

    def total(self, label: int) -> int:
        """Return the number of images of a class."""
        return sum(self.counts[label])

    def answered(self, answer: int) -> int:
        """Return the number of images with an answer."""
        return sum(row[answer] for row in self.counts)

    def count(self, cell: Cell) -> int:
        """Return the number of images of a cell."""
        return self.counts[cell.label][cell.answer]

    def share(self, cell: Cell) -> float:
        """Return the share of the row, 0 in an empty one."""
        return self.count(cell) / max(1, self.total(cell.label))


def headings() -> tuple[Sequence[str], Sequence[str]]:
    """Return the titles of the two sums on the right, and of the two below."""
    images = QCoreApplication.translate("ConfusionMatrix", "Images")
    sensitivity = QCoreApplication.translate("ConfusionMatrix", "Sensitivity")
    precision = QCoreApplication.translate("ConfusionMatrix", "Precision")
    return (sensitivity, images), (precision, images)


class MatrixPainter:
    """Paints with the font that the painter has."""

    def __init__(self, painter: QPainter, layout: MatrixLayout, palette: QPalette) -> None:
        self._painter = painter
        self._layout = layout
        self._palette = palette
        self._base = palette.color(QPalette.ColorRole.Base)
        text = palette.color(QPalette.ColorRole.WindowText)
        self._text = text
        self._muted = QColor(blend(text, palette.color(QPalette.ColorRole.Window), _MUTED))
        self._fill = QColor(_FILLS[self._base.lightness() < _DARK_BELOW])
        self._decimals, self._percent = self._number_format()

    def paint(self, matrix: Matrix, pointed: PointedCells) -> None:
        """Paint everything."""
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_titles(matrix, pointed.hovered or pointed.focused)
        classes = range(len(matrix.titles))
        for cell in (Cell(label, answer) for label in classes for answer in classes):
            self._paint_cell(matrix, cell)
        self._paint_sums(matrix)
        self._paint_frames(pointed)

    def _paint_titles(self, matrix: Matrix, pointed: Cell | None) -> None:
        layout = self._layout
        answer = QCoreApplication.translate("ConfusionMatrix", "Answer")
        label = QCoreApplication.translate("ConfusionMatrix", "Label")
        self._write(layout.answer_heading, answer, _CENTRE, self._muted)
        self._write(layout.label_heading, label, _LOW, self._muted)
        for index, title in enumerate(matrix.titles):
            self._set_bold(pointed is not None and pointed.label == index)
            self._write(layout.row_title(index), title, _RIGHT, self._text)
            self._set_bold(pointed is not None and pointed.answer == index)
            if layout.is_upright:
                self._write_upright(layout.column_title(index), title)
            else:
                self._write_in_two_lines(layout.column_title(index), title)
        self._set_bold(False)

    def _number_format(self) -> tuple[int, str]:
        """Return the decimals of percentages, and their sign, that all have room for."""
        room = self._layout.cell_width - _TIGHT
        formats = ((1, "%"), (0, "%"), (0, ""))
        fitting = (f for f in formats if self._width(f"{100:.{f[0]}f}{f[1]}") <= room)
        return next(fitting, formats[-1])

    def _paint_cell(self, matrix: Matrix, cell: Cell) -> None:
        box = self._layout.cell(*cell)
        count, share = matrix.count(cell), matrix.share(cell)
        fill = QColor(blend(self._fill, self._base, _LEAST_FILL + (1 - _LEAST_FILL) * share))
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(fill)
        self._painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), _RADIUS, _RADIUS)
        ink = readable_on(fill)
        colour = ink if count else QColor(blend(ink, fill, _NOTHING))
        self._set_bold(bool(count) and cell.label == cell.answer)
        text = f"{100 * share:.0f}{self._percent}" if matrix.row_percent else f"{count:,}"
        self._write(box, text, _CENTRE, colour)
        self._set_bold(False)

    def _paint_sums(self, matrix: Matrix) -> None:
        layout = self._layout
        right, below = headings()
        for which in _SUMS:
            colour = self._muted if which else self._text
            self._write(layout.side_heading(which), right[which], _LOW, self._muted)
            self._write(layout.foot_heading(which), below[which], _RIGHT, self._muted)
            for index in range(len(matrix.titles)):
                hits = matrix.counts[index][index]
                side = _sum(which, hits, matrix.total(index), 1, "%")
                foot = _sum(which, hits, matrix.answered(index), self._decimals, self._percent)
                self._write(layout.side(index, which), side, _RIGHT, colour)
                self._write(layout.foot(index, which), foot, _CENTRE, colour)

    def _paint_frames(self, pointed: PointedCells) -> None:
        highlight = self._palette.color(QPalette.ColorRole.Highlight)
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        for cell, colour, width, inset in (
            (pointed.hovered, self._muted, 1.5, 1.0),
            (pointed.chosen, self._text, 2.5, 1.0),
            (pointed.focused, self._base, 4.0, 4.0),  # so that the next is seen on any shade
            (pointed.focused, highlight, 2.0, 4.0),
        ):
            if cell is not None:
                self._painter.setPen(QPen(colour, width))
                box = self._layout.cell(*cell).adjusted(inset, inset, -inset, -inset)
                self._painter.drawRoundedRect(box, _RADIUS, _RADIUS)

    def _set_bold(self, on: bool) -> None:
        font = self._painter.font()
        font.setBold(on)
        self._painter.setFont(font)

    def _width(self, text: str) -> int:
        return self._painter.fontMetrics().horizontalAdvance(text)

    def _write(self, box: QRectF, text: str, place: Qt.AlignmentFlag, colour: QColor) -> None:
        self._painter.setPen(colour)
        elided = self._painter.fontMetrics().elidedText(
            text, Qt.TextElideMode.ElideRight, int(box.width())
        )
        self._painter.drawText(box, place, elided)

    def _write_upright(self, box: QRectF, text: str) -> None:
        self._painter.save()
        self._painter.translate(box.bottomLeft())
        self._painter.rotate(-90)
        middle = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        self._write(QRectF(0, 0, box.height(), box.width()), text, middle, self._text)
        self._painter.restore()

    def _write_in_two_lines(self, box: QRectF, text: str) -> None:
        line = box.height() / 2
        first, _, rest = text.partition(" ")
        while rest and self._width(f"{first} {rest.split(' ')[0]}") <= box.width() - 4:
            word, _, rest = rest.partition(" ")
            first = f"{first} {word}"
        lines = [first, rest] if rest else [first]
        for number, words in enumerate(reversed(lines), 1):
            place = QRectF(box.left() + 2, box.bottom() - number * line, box.width() - 4, line)
            self._write(place, words, _CENTRE, self._text)


def readable_on(fill: QColor) -> QColor:
    """Return black or white, whichever contrasts more (WCAG 2.2)."""
    luminance = _luminance(fill)
    is_light = (luminance + 0.05) / 0.05 > 1.05 / (luminance + 0.05)
    return QColor("#000000") if is_light else QColor("#ffffff")


def _luminance(colour: QColor) -> float:
    def linear(value: float) -> float:
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    red, green, blue = map(linear, (colour.redF(), colour.greenF(), colour.blueF()))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _sum(which: Sum, hits: int, total: int, decimals: int, sign: str) -> str:
    if which:
        return f"{total:,}"
    return f"{100 * hits / total:.{decimals}f}{sign}" if total else "–"
