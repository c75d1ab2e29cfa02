"""The classes of a data set: how many photographs of each, in which part, and some of them."""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from fundus_gui.core.datasets import Dataset, Part
from fundus_gui.gui.labels import class_title
from fundus_gui.gui.thumbnails import Thumbnails

_PICTURE = 48  # px
_GAP = 4
_EXAMPLES = 12
_ROWS_AT_MOST = 8  # more are scrolled
_BAR_HEIGHT = 6
_BAR_COLOUR = QColor("#0072b2")
_LEAST_WIDTH = 88  # of a column
_NUMBER_ALIGNMENT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_VALUE = Qt.ItemDataRole.UserRole


class _Column(enum.IntEnum):
    CLASS = 0
    COUNT = enum.auto()
    TRAIN = enum.auto()
    VAL = enum.auto()
    TEST = enum.auto()
    EXAMPLES = enum.auto()


_OF_PART: dict[Part, _Column] = {
    "train": _Column.TRAIN,
    "val": _Column.VAL,
    "test": _Column.TEST,
}


class ClassTable(QTableWidget):
    """A row for each class, as high as it needs to be."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, len(_Column), parent)
        self._thumbnails = Thumbnails(self)
        self._thumbnails.made.connect(self.viewport().update)
        self.setAccessibleName(self.tr("Classes"))
        for column, title in {
            _Column.CLASS: self.tr("Class"),
            _Column.COUNT: self.tr("Photographs"),
            _Column.TRAIN: self.tr("Training"),
            _Column.VAL: self.tr("Validation"),
            _Column.TEST: self.tr("Test"),
            _Column.EXAMPLES: "  " + self.tr("Examples"),
        }.items():
            heading = QTableWidgetItem(title)
            if column not in (_Column.CLASS, _Column.EXAMPLES):
                heading.setTextAlignment(_NUMBER_ALIGNMENT)
            self.setHorizontalHeaderItem(column, heading)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setItemDelegateForColumn(_Column.COUNT, _CountDelegate(self))
        self.setItemDelegateForColumn(_Column.EXAMPLES, _ExamplesDelegate(self, self._thumbnails))
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(_PICTURE + 2 * _GAP)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(_Column.EXAMPLES, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(_LEAST_WIDTH)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)

    def show_dataset(self, dataset: Dataset) -> None:
        """Show the classes, and their parts as far as the images are in parts."""
        paths: dict[str, list[Path]] = {name: [] for name in dataset.class_names}
        for image in dataset.images:
            paths[image.label].append(image.path)
        parts = Counter((image.label, image.part) for image in dataset.images)
        most = max(map(len, paths.values()), default=0)
        self.setRowCount(len(paths))
        for row, (name, of_class) in enumerate(paths.items()):
            title = QTableWidgetItem(class_title(name))
            title.setToolTip(name)
            self.setItem(row, _Column.CLASS, title)
            number = _number_item(len(of_class))
            number.setData(_VALUE, len(of_class) / most)
            self.setItem(row, _Column.COUNT, number)
            for part in get_args(Part):
                self.setItem(row, _OF_PART[part], _number_item(parts[name, part]))
            examples = QTableWidgetItem()
            examples.setData(_VALUE, _spread(of_class, _EXAMPLES))
            self.setItem(row, _Column.EXAMPLES, examples)
        for part in get_args(Part):
            is_used = any(parts[name, part] for name in paths)
            self.setColumnHidden(_OF_PART[part], not is_used)
        self._fit_height()

    def text(self, row: int, column: str) -> str:
        """Return what a cell shows: class, count, train, val or test."""
        item = self.item(row, _Column[column.upper()])
        return item.text() if item is not None else ""

    def close_thread(self) -> None:
        """Stop and wait for the thread."""
        self._thumbnails.close()

    def _fit_height(self) -> None:
        rows = min(self.rowCount(), _ROWS_AT_MOST)
        header = self.horizontalHeader().sizeHint().height()
        row_height = self.verticalHeader().defaultSectionSize()
        self.setFixedHeight(header + rows * row_height + 2 * self.frameWidth())


def _number_item(number: int) -> QTableWidgetItem:
    item = QTableWidgetItem(f"{number:,}")
    item.setTextAlignment(_NUMBER_ALIGNMENT)
    return item


def _spread(paths: Sequence[Path], count: int) -> tuple[Path, ...]:
    """Return some paths from all over the list."""
    step = max(1, len(paths) // count)
    return tuple(paths[::step][:count])


class _CountDelegate(QStyledItemDelegate):
    """A number above a bar that is full for the largest class."""

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        super().paint(painter, option, index)
        room = option.rect.adjusted(_GAP, 0, -_GAP, -2 * _GAP)
        track = QRect(room.left(), room.bottom() - _BAR_HEIGHT, room.width(), _BAR_HEIGHT)
        bar = QRect(track)
        bar.setWidth(max(2, round(track.width() * index.data(_VALUE))))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for rect, colour in (
            (track, option.palette.color(QPalette.ColorRole.Window)),
            (bar, _BAR_COLOUR),
        ):
            painter.setBrush(colour)
            painter.drawRoundedRect(rect, 2, 2)
        painter.restore()


class _ExamplesDelegate(QStyledItemDelegate):
    """As many thumbnails in a row as there is room for."""

    def __init__(self, parent: QWidget, thumbnails: Thumbnails) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        super().paint(painter, option, index)
        top = option.rect.top() + (option.rect.height() - _PICTURE) // 2
        left = option.rect.left() + 2 * _GAP
        for path in index.data(_VALUE):
            if left + _PICTURE > option.rect.right():
                break
            icon = self._thumbnails.icon(path)
            icon.paint(painter, QRect(left, top, _PICTURE, _PICTURE))
            left += _PICTURE + _GAP
