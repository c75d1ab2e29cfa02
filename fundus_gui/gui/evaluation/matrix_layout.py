"""Where the parts of a confusion matrix lie; all lengths are in pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QFont, QFontMetrics

_TITLE_AT_MOST = 150
_UPRIGHT_AT_MOST = 150
_LEVEL_FROM = 68  # width of a cell from which the title above it need not stand upright
_CELL_AT_LEAST = 28
_CELL_AT_MOST = (104, 72)  # width and height
_PAD = 6

Sum = Literal[0, 1]  # the share, and the number of images


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixLayout:
    """Titles on the left and above, K by K cells, two sums on the right and two below.

    Attributes:
        classes: K.
        line: height of a line of text.
        left, top: where the cells begin.
        cell_width, cell_height: of one cell.
        sides: widths of the two columns of sums.
        is_upright: whether the titles of the columns stand.
    """

    classes: int
    line: int
    left: int
    top: int
    cell_width: float
    cell_height: float
    sides: tuple[int, int]
    is_upright: bool

    @classmethod
    def fitted(
        cls,
        font: QFont,
        titles: Sequence[str],
        headings: tuple[Sequence[str], Sequence[str]],
        widest_number: str,
        size: QSize,
    ) -> MatrixLayout:
        """Lay a matrix out in a size, or in the least one that it can be read in.

        Args:
            titles: of the classes.
            headings: of the two sums on the right, and of the two below.
            widest_number: of the cells.
        """
        metrics = QFontMetrics(font)
        width, line = metrics.horizontalAdvance, metrics.height() + _PAD
        bold = QFont(font)
        bold.setBold(True)  # as the title is of what the mouse is on
        bold_width = QFontMetrics(bold).horizontalAdvance
        longest = max(map(bold_width, titles), default=0)
        longest_word = max(
            (bold_width(word) for title in titles for word in title.split()), default=0
        )
        left = max(min(longest, _TITLE_AT_MOST), *map(width, headings[1])) + 2 * _PAD
        numbers = ("100.0%", f"0{widest_number}")
        sides = tuple(
            max(width(heading), width(number)) + 2 * _PAD
            for heading, number in zip(headings[0], numbers, strict=True)
        )
        least = max(width(widest_number) + _PAD, width("100") + _PAD, _CELL_AT_LEAST)
        classes = max(len(titles), 1)
        room = (size.width() - left - sum(sides)) / classes
        cell_width = min(max(room, least), max(least, _CELL_AT_MOST[0]))
        is_upright = cell_width < max(_LEVEL_FROM, longest_word + _PAD)
        title_height = min(longest, _UPRIGHT_AT_MOST) + _PAD if is_upright else 2 * line
        top = line + title_height
        room = (size.height() - top - 2 * line - _PAD) / classes
        return cls(
            classes=len(titles),
            line=line,
            left=left,
            top=top,
            cell_width=cell_width,
            cell_height=min(max(room, line), _CELL_AT_MOST[1], max(cell_width, line)),
            sides=(sides[0], sides[1]),
            is_upright=is_upright,
        )

    @property
    def size(self) -> QSize:
        """What is taken."""
        right = self.left + self.classes * self.cell_width + sum(self.sides)
        below = self.top + self.classes * self.cell_height + 2 * self.line + _PAD
        return QSize(round(right), round(below))

    def cell(self, row: int, column: int) -> QRectF:
        """Return the box of a cell."""
        return QRectF(
            self.left + column * self.cell_width,
            self.top + row * self.cell_height,
            self.cell_width,
            self.cell_height,
        )

    def cell_at(self, place: QPointF) -> tuple[int, int] | None:
        """Return row and column at a place."""
        column = int((place.x() - self.left) // self.cell_width)
        row = int((place.y() - self.top) // self.cell_height)
        is_inside = 0 <= row < self.classes and 0 <= column < self.classes
        return (row, column) if is_inside else None

    def title_at(self, place: QPointF) -> int | None:
        """Return the class whose title is at a place."""
        for index in range(self.classes):
            if self.row_title(index).contains(place) or self.column_title(index).contains(place):
                return index
        return None

    def row_title(self, row: int) -> QRectF:
        """Return the box left of a row."""
        return QRectF(0, self.cell(row, 0).top(), self.left - _PAD, self.cell_height)

    def column_title(self, column: int) -> QRectF:
        """Return the box above a column, in which an upright title begins at the bottom."""
        left, height = self.cell(0, column).left(), self.top - self.line - _PAD / 2
        return QRectF(left, self.line, self.cell_width, height)

    @property
    def answer_heading(self) -> QRectF:
        """The box above all columns."""
        return QRectF(self.left, 0, self.classes * self.cell_width, self.line)

    @property
    def label_heading(self) -> QRectF:
        """The box above the titles of the rows."""
        return QRectF(0, self.top - self.line, self.left - _PAD, self.line - _PAD / 2)

    def side(self, row: int, which: Sum) -> QRectF:
        """Return the box of a sum on the right of a row."""
        return self._beside(which, self.cell(row, 0).top(), self.cell_height)

    def side_heading(self, which: Sum) -> QRectF:
        """Return the box above a column of sums."""
        return self._beside(which, self.top - self.line, self.line - _PAD / 2)

    def foot(self, column: int, which: Sum) -> QRectF:
        """Return the box of a sum below a column."""
        left = self.cell(0, column).left()
        return QRectF(left, self._foot_top(which), self.cell_width, self.line)

    def foot_heading(self, which: Sum) -> QRectF:
        """Return the box left of a row of sums."""
        return QRectF(0, self._foot_top(which), self.left - _PAD, self.line)

    def _beside(self, which: Sum, top: float, height: float) -> QRectF:
        left = self.left + self.classes * self.cell_width + sum(self.sides[:which])
        return QRectF(left, top, self.sides[which] - _PAD, height)

    def _foot_top(self, which: Sum) -> float:
        return self.top + self.classes * self.cell_height + which * self.line + _PAD / 2
