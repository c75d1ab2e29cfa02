"""The areas under each class's curves in a table that is also the legend of the charts."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from fundus_gui.core.evaluation.records import ClassEvaluation
from fundus_gui.core.reports.style import class_numbers
from fundus_gui.gui.evaluation.operating_curve import line_colour
from fundus_gui.gui.labels import class_title

_SWATCH = 12  # px
_FIGURES = ("auc", "average_precision")
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class ClassAreas(QTableWidget):
    """A row per class; double click or Enter chooses it.

    Signals:
        class_pointed: number, as `class_numbers` gives it, of the class whose row is selected.
        class_chosen: index of the class.
    """

    class_pointed = Signal(int)
    class_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, 3, parent)
        self._numbers: tuple[int, ...] = ()
        for column, title in enumerate((self.tr("Class"), self.tr("AUC"), self.tr("AP"))):
            heading = QTableWidgetItem(title)
            heading.setTextAlignment(_RIGHT if column else _LEFT)
            self.setHorizontalHeaderItem(column, heading)
        self.setAccessibleName(self.tr("Areas under the curves of each class"))
        self.setToolTip(
            self.tr("Select a class to see its curves, double-click it to try its thresholds")
        )
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.cellActivated.connect(self._on_activated)
        self.itemSelectionChanged.connect(self._on_selected)

    def set_classes(self, classes: Sequence[ClassEvaluation]) -> None:
        """Show these in their order, none selected."""
        self.clearSelection()
        self._numbers = class_numbers([figures.name for figures in classes])
        self.setRowCount(len(classes))
        for row, figures in enumerate(classes):
            name = QTableWidgetItem(class_title(figures.name))
            images = self.tr("{name}: %Ln image(s)", None, figures.images)
            name.setToolTip(images.format(name=class_title(figures.name)))
            name.setIcon(self._swatch(row))
            self.setItem(row, 0, name)
            for column, figure in enumerate(_FIGURES, 1):
                interval = figures.figures[figure]
                is_known = not math.isnan(interval.value)
                item = QTableWidgetItem(f"{interval.value:.3f}" if is_known else "–")
                item.setTextAlignment(_RIGHT)
                if is_known:
                    item.setToolTip(
                        self.tr("95 % interval: {low} to {high}").format(
                            low=f"{interval.low:.3f}", high=f"{interval.high:.3f}"
                        )
                    )
                self.setItem(row, column, item)

    def words(self, figure: str) -> str:
        """Say the areas under the curves of all classes: `auc` or `average_precision`."""
        column = 1 + _FIGURES.index(figure)
        cells = ((self.item(row, 0), self.item(row, column)) for row in range(self.rowCount()))
        return ", ".join(f"{name.text()} {area.text()}" for name, area in cells if name and area)

    def recolour(self) -> None:
        """Follow the palette."""
        for row in range(self.rowCount()):
            name = self.item(row, 0)
            assert name is not None
            name.setIcon(self._swatch(row))

    def _swatch(self, row: int) -> QIcon:
        pixmap = QPixmap(_SWATCH, _SWATCH)
        pixmap.fill(line_colour(self._numbers[row], self.palette()))
        return QIcon(pixmap)

    def _on_selected(self) -> None:
        if self.selectedItems():
            self.class_pointed.emit(self._numbers[self.currentRow()])

    def _on_activated(self, row: int, _column: int) -> None:
        self.class_chosen.emit(row)
