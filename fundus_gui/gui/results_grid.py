"""The photographs as a grid, laid out by arithmetic: a list view asks for each of its items."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractItemModel,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QPainter, QPaintEvent, QRegion, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from fundus_gui.gui.results_model import Role
from fundus_gui.gui.results_order import Column
from fundus_gui.gui.results_views import elided

Index = QModelIndex | QPersistentModelIndex
_ICON, _LARGE_ICON = 104, 160
_LARGE_FROM = 560  # px, where three stand in a line


class ResultsGrid(QAbstractItemView):
    """Large thumbnails with name and result, line by line; what is selected are whole rows."""

    def __init__(self, rows: QAbstractItemModel) -> None:
        super().__init__()
        self._rows, self._cell = rows, QSize()
        self.setAccessibleName(self.tr("Photographs and results"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._fit_cells()
        self.setItemDelegate(_GridDelegate(self))
        self.setModel(rows)

    def visualRect(self, index: Index) -> QRect:
        """Return where a photograph is on the viewport."""
        if not index.isValid():
            return QRect()
        line, place = divmod(index.row(), self._in_a_line())
        width, height = self._width(), self._cell.height()
        return QRect(place * width, line * height - self.verticalOffset(), width, height)

    def indexAt(self, point: QPoint) -> QModelIndex:
        """Return the photograph at a point of the viewport, an invalid index beside them."""
        line = (point.y() + self.verticalOffset()) // self._cell.height()
        place = point.x() // self._width()
        if not 0 <= place < self._in_a_line():
            return QModelIndex()
        return self._rows.index(line * self._in_a_line() + place, Column.FILE)

    def scrollTo(
        self,
        index: Index,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        """Bring a photograph into view."""
        rect, room, bar = self.visualRect(index), self.viewport().height(), self.verticalScrollBar()
        if not index.isValid():
            return
        if hint == QAbstractItemView.ScrollHint.PositionAtCenter:
            bar.setValue(bar.value() + rect.center().y() - room // 2)
        elif rect.top() < 0 or hint == QAbstractItemView.ScrollHint.PositionAtTop:
            bar.setValue(bar.value() + rect.top())
        elif rect.bottom() > room or hint == QAbstractItemView.ScrollHint.PositionAtBottom:
            bar.setValue(bar.value() + rect.bottom() - room + 1)

    def moveCursor(
        self, action: QAbstractItemView.CursorAction, _modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        """Return where a key leads from the current photograph."""
        actions, line = QAbstractItemView.CursorAction, self._in_a_line()
        page = line * max(1, self.viewport().height() // self._cell.height())
        last = self._rows.rowCount() - 1
        steps = {
            actions.MoveLeft: -1,
            actions.MovePrevious: -1,
            actions.MoveRight: 1,
            actions.MoveNext: 1,
            actions.MoveUp: -line,
            actions.MoveDown: line,
            actions.MovePageUp: -page,
            actions.MovePageDown: page,
            actions.MoveHome: -last,
            actions.MoveEnd: last,
        }
        row = self.currentIndex().row() + steps[action] if self.currentIndex().isValid() else 0
        return self._rows.index(min(max(row, 0), last), Column.FILE)

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        """Select what a frame touches while the mouse draws one, else from corner to corner."""
        if self.state() == QAbstractItemView.State.DragSelectingState:
            chosen = self._touched(rect.normalized())
        else:
            corners = self.indexAt(rect.topLeft()), self.indexAt(rect.bottomRight())
            rows = sorted(index.row() for index in corners if index.isValid())
            chosen = self._run(rows[0], rows[-1]) if rows else QItemSelection()
        self.selectionModel().select(chosen, command)

    def _touched(self, frame: QRect) -> QItemSelection:
        in_a_line, offset = self._in_a_line(), self.verticalOffset()
        width, height = self._width(), self._cell.height()
        first_place = max(0, frame.left() // width)
        last_place = min(frame.right() // width, in_a_line - 1)
        top, bottom = (frame.top() + offset) // height, (frame.bottom() + offset) // height
        touched = QItemSelection()
        for line in range(max(0, top), bottom + 1):
            first = line * in_a_line + first_place
            last = min(line * in_a_line + last_place, self._rows.rowCount() - 1)
            if first <= last:
                touched.merge(self._run(first, last), QItemSelectionModel.SelectionFlag.Select)
        return touched

    def _run(self, first: int, last: int) -> QItemSelection:
        last_column = len(Column) - 1
        return QItemSelection(self._rows.index(first, 0), self._rows.index(last, last_column))

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        """Return where selected photographs are on the viewport."""
        seen, region = self._seen(), QRegion()
        for area in selection.toList():
            for row in range(max(area.top(), seen.start), min(area.bottom() + 1, seen.stop)):
                region += self.visualRect(self._rows.index(row, Column.FILE))
        return region

    def isIndexHidden(self, _index: Index) -> bool:
        """Hide none."""
        return False

    def horizontalOffset(self) -> int:
        """Return 0: lines are as long as there is room."""
        return 0

    def verticalOffset(self) -> int:
        """Return how far the grid is scrolled, in pixels."""
        return self.verticalScrollBar().value()

    def updateGeometries(self) -> None:
        """Fit the scroll bar to the number of lines."""
        lines, bar = -(-self._rows.rowCount() // self._in_a_line()), self.verticalScrollBar()
        room = self.viewport().height()
        bar.setPageStep(room)
        bar.setSingleStep(self._cell.height() // 2)
        bar.setRange(0, max(0, lines * self._cell.height() - room))
        super().updateGeometries()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make the thumbnails larger where there is room for some of them."""
        self._fit_cells()
        super().resizeEvent(event)

    def _fit_cells(self) -> None:
        # Not the viewport's width: a scroll bar that large ones need would make them small again.
        icon = _LARGE_ICON if self.width() >= _LARGE_FROM else _ICON
        self._cell = QSize(icon + 16, icon + 3 * self.fontMetrics().lineSpacing() + 8)
        self.setIconSize(QSize(icon, icon))

    def rowsInserted(self, parent: Index, start: int, end: int) -> None:
        """Make room for further photographs."""
        super().rowsInserted(parent, start, end)
        self.scheduleDelayedItemsLayout()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw what is seen."""
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        option.decorationPosition = QStyleOptionViewItem.Position.Top
        option.displayAlignment = Qt.AlignmentFlag.AlignCenter
        option.showDecorationSelected = False
        plain, flags = option.state, QStyle.StateFlag
        painter = QPainter(self.viewport())
        for row in self._seen():
            index = self._rows.index(row, Column.FILE)
            option.rect = self.visualRect(index).adjusted(2, 2, -2, -2)
            option.state = plain & ~flags.State_HasFocus
            if self.selectionModel().isSelected(index):
                option.state |= flags.State_Selected
            if index == self.currentIndex() and self.hasFocus():
                option.state |= flags.State_HasFocus
            self.itemDelegate().paint(painter, option, index)
        painter.end()

    def _in_a_line(self) -> int:
        return max(1, self.viewport().width() // self._cell.width())

    def _width(self) -> int:
        """Return the share of a line that each photograph has."""
        return max(1, self.viewport().width() // self._in_a_line())

    def _seen(self) -> range:
        """Return the rows of which something is on the viewport."""
        in_a_line, height, top = self._in_a_line(), self._cell.height(), self.verticalOffset()
        past = (top + self.viewport().height() - 1) // height + 1
        return range(top // height * in_a_line, min(past * in_a_line, self._rows.rowCount()))


class _GridDelegate(QStyledItemDelegate):
    """Writes the result below a thumbnail's name."""

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Fill in two lines of text."""
        super().initStyleOption(option, index)
        result = str(index.sibling(index.row(), Column.RESULT).data())
        confidence = index.sibling(index.row(), Column.CONFIDENCE).data(Role.NUMBER)
        if index.data(Role.REFERRED):  # there is no room for the confidence then
            result = self.tr("Refer · {result}").format(result=result)
        elif confidence is not None:
            result = f"{result} {confidence:.0%}"
        name = option.text.splitlines()[0]
        option.text = elided(option, [name, result], option.rect.width() - 8)
