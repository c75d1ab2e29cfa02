"""Which class was taken for which: a matrix of counts whose cells can be chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from fundus_gui.gui.evaluation.matrix_layout import MatrixLayout
from fundus_gui.gui.evaluation.matrix_painter import (
    Cell,
    Matrix,
    MatrixPainter,
    PointedCells,
    headings,
)

_CELL_AT_BEST = QSize(72, 48)


class ConfusionMatrix(QWidget):
    """Rows are true classes, columns answers; shades are shares of the row.

    Attributes:
        matrix: what is shown.

    Signals:
        cell_chosen: class indices of the label and of the answer.
    """

    cell_chosen = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.matrix = Matrix()
        self._current = Cell(0, 0)
        self._hovered: Cell | None = None
        self._chosen: Cell | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Confusion matrix"))

    @property
    def chosen(self) -> Cell | None:
        """The cell that was chosen last."""
        return self._chosen

    @property
    def current(self) -> Cell:
        """The cell that the keyboard acts on."""
        return self._current

    def set_matrix(self, counts: Sequence[Sequence[int]], titles: Sequence[str]) -> None:
        """Show (K, K) counts of K classes; no cell is chosen any more."""
        rows = tuple(tuple(map(int, row)) for row in counts)
        self.matrix = replace(self.matrix, counts=rows, titles=tuple(titles))
        self._current, self._chosen, self._hovered = Cell(0, 0), None, None
        self._describe()
        self.updateGeometry()
        self.update()

    def set_row_percent(self, on: bool) -> None:
        """Show shares of the row instead of counts."""
        self.matrix = replace(self.matrix, row_percent=on)
        self.update()

    def choose(self, cell: Cell) -> None:
        """Mark a cell as chosen, and tell of it."""
        self._chosen = cell
        self._move_to(cell)
        self.cell_chosen.emit(*cell)

    def words(self, cell: Cell) -> str:
        """Return what a cell says."""
        matrix, total = self.matrix, self.matrix.total(cell.label)
        words = self.tr("{label} answered as {answer}: {count} of {total}").format(
            label=matrix.titles[cell.label],
            answer=matrix.titles[cell.answer],
            count=f"{matrix.count(cell):,}",
            total=f"{total:,}",
        )
        return f"{words} ({matrix.share(cell):.1%})" if total else words

    def cell_rect(self, cell: Cell) -> QRectF:
        """Return where a cell is drawn."""
        return self._layout().cell(*cell)

    def sizeHint(self) -> QSize:
        """Ask for cells that are easy to read."""
        classes, least = len(self.matrix.titles), self.minimumSizeHint()
        return least.expandedTo(self._fitted(_CELL_AT_BEST * (classes + 4)).size)

    def minimumSizeHint(self) -> QSize:
        """Never be smaller than can be read."""
        return self._fitted(QSize()).size

    def _layout(self) -> MatrixLayout:
        return self._fitted(self.size())

    def _fitted(self, size: QSize) -> MatrixLayout:
        most = max((count for row in self.matrix.counts for count in row), default=0)
        return MatrixLayout.fitted(self.font(), self.matrix.titles, headings(), f"{most:,}", size)

    def _cell_at(self, place: QPointF) -> Cell | None:
        found = self._layout().cell_at(place)
        return Cell(*found) if found is not None else None

    def _move_to(self, cell: Cell) -> None:
        self._current = cell
        self._describe()
        self.update()

    def _describe(self) -> None:
        self.setAccessibleDescription(self.words(self._current) if self.matrix.counts else "")

    def event(self, event: QEvent) -> bool:
        """Show what is under the mouse in words."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            place = QPointF(event.pos())
            cell = self._cell_at(place)
            title = self._layout().title_at(place)
            if cell is not None:
                QToolTip.showText(event.globalPos(), self.words(cell), self)
            elif title is not None:
                QToolTip.showText(event.globalPos(), self.matrix.titles[title], self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the mouse."""
        hovered = self._cell_at(event.position())
        if hovered != self._hovered:
            self._hovered = hovered
            pointing = Qt.CursorShape.PointingHandCursor
            self.setCursor(Qt.CursorShape.ArrowCursor if hovered is None else pointing)
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is hovered any more."""
        super().leaveEvent(event)
        self._hovered = None
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose a cell."""
        cell = self._cell_at(event.position())
        if cell is not None and event.button() == Qt.MouseButton.LeftButton:
            self.choose(cell)
        else:
            super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from cell to cell, and choose."""
        key, last = event.key(), len(self.matrix.titles) - 1
        label, answer = self._current
        steps = {
            Qt.Key.Key_Up: (max(label - 1, 0), answer),
            Qt.Key.Key_Down: (min(label + 1, last), answer),
            Qt.Key.Key_Left: (label, max(answer - 1, 0)),
            Qt.Key.Key_Right: (label, min(answer + 1, last)),
            Qt.Key.Key_Home: (label, 0),
            Qt.Key.Key_End: (label, last),
        }
        if not self.matrix.counts:
            super().keyPressEvent(event)
        elif key in steps:
            self._move_to(Cell(*steps[Qt.Key(key)]))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.choose(self._current)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keyboard acts."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show that the keyboard acts elsewhere."""
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the matrix."""
        if not self.matrix.counts:
            return
        pointed = PointedCells(
            hovered=self._hovered,
            chosen=self._chosen,
            focused=self._current if self.hasFocus() else None,
        )
        with QPainter(self) as painter:
            painter.setFont(self.font())
            MatrixPainter(painter, self._layout(), self.palette()).paint(self.matrix, pointed)
