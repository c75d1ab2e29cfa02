"""The photographs as a list or a grid of thumbnails, filtered and sorted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import QItemSelectionModel, QModelIndex, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from fundus_gui.gui.labels import Counts, class_title
from fundus_gui.gui.photographs import Positions
from fundus_gui.gui.result_columns import ResultList, Status
from fundus_gui.gui.results_grid import ResultsGrid
from fundus_gui.gui.results_model import ResultsModel, Role
from fundus_gui.gui.results_order import Column, RowFilter
from fundus_gui.gui.results_selection import RowSelection
from fundus_gui.gui.results_views import ResultsTable
from fundus_gui.gui.sort_menu import SortMenu
from fundus_gui.gui.widgets.appearance import what_if_palette

_SELECT = QItemSelectionModel.SelectionFlag
_FILTER_AFTER_MS = 150
_COUNT_AFTER_MS = 50


@dataclass(frozen=True, slots=True)
class _Kept:
    """What was current and selected before the rows became others."""

    row: int = 0
    current: Positions = field(default_factory=lambda: np.empty(0, np.intp))
    selected: Positions = field(default_factory=lambda: np.empty(0, np.intp))


class ResultsPane(QWidget):
    """Two views of one model with one selection.

    Signals:
        current_changed: the path of the current photograph, None without one.
    """

    current_changed = Signal(object)

    def __init__(self, model: ResultsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._kept = _Kept()
        self.selection = RowSelection(model, self)
        self.table = ResultsTable(model)
        self.grid = ResultsGrid(model)
        for view in (self.table, self.grid):
            view.setSelectionModel(self.selection)
        self.sort_menu = SortMenu(self.table, self)
        self._views = QStackedWidget()
        self._views.addWidget(self.table)
        self._views.addWidget(self.grid)
        self.search = QLineEdit()
        self.classes, self.statuses = QComboBox(), QComboBox()
        self._shown, self._show_all = QLabel(), QToolButton()
        self._show_all.setText(self.tr("Show all"))
        self._show_all.setToolTip(self.tr("Filter nothing out any more"))
        self._show_all.setAutoRaise(True)
        self._show_all.clicked.connect(self.clear_filters)
        self._to_refer = self.tr("To refer to a person")
        self._what_if = QLabel(self.tr("What-if: voted with weights moved by hand"))
        self._what_if.setPalette(what_if_palette(self.palette()))
        self._what_if.setAutoFillBackground(True)
        self._what_if.setContentsMargins(8, 4, 8, 4)
        self._what_if.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(8)
        self._filters = self._make_filter_bar()
        layout.addLayout(self._filters)
        layout.addWidget(self._views, 1)
        layout.addWidget(self._what_if)
        layout.addLayout(self._make_counts_bar())
        self._filter_timer = self._timer(_FILTER_AFTER_MS, self._apply_filter)
        self._counts_timer = self._timer(_COUNT_AFTER_MS, self._show_counts)
        self.search.textChanged.connect(self._filter_timer.start)
        self.classes.currentIndexChanged.connect(self._apply_filter)
        self.statuses.currentIndexChanged.connect(self._apply_filter)
        self.selection.currentRowChanged.connect(self._on_current_changed)
        model.added.connect(self._count_soon)
        model.cleared.connect(self._on_cleared)
        model.modelAboutToBeReset.connect(self._on_about_to_reset)
        model.modelReset.connect(self._on_reset)
        self.set_classes(())
        self.show_names(True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the choices below each other where they would be cut side by side."""
        super().resizeEvent(event)
        wanted = self.classes.sizeHint().width() + self.statuses.sizeHint().width() + 24
        row, column, span = (1, 1, 1) if wanted <= event.size().width() else (2, 0, 2)
        self._filters.addWidget(self.classes, 1, 0, 1, span)
        self._filters.addWidget(self.statuses, row, column, 1, span)

    def _timer(self, interval_ms: int, slot: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(interval_ms)
        timer.timeout.connect(slot)
        return timer

    def set_grid(self, grid: bool) -> None:
        """Show the grid or the list; the selection stays."""
        view = self.grid if grid else self.table
        self._views.setCurrentWidget(view)
        view.scrollTo(self.selection.currentIndex())

    def set_what_if(self, on: bool) -> None:
        """Mark the results as voted with other weights than the ensemble's."""
        self._what_if.setVisible(on)

    def show_names(self, on: bool) -> None:
        """Call photographs by the names of their files, or number them instead."""
        self._model.show_names(on)
        words = self.tr("Filter by file name") if on else self.tr("Filter by number")
        self.search.setPlaceholderText(words)
        self.search.setAccessibleName(words)

    def set_classes(self, names: tuple[str, ...]) -> None:
        """Offer these classes in the filter."""
        if self.classes.count() and names == tuple(
            self.classes.itemData(i) for i in range(1, self.classes.count())
        ):
            return
        self.classes.clear()
        self.classes.addItem(self.tr("All classes"), None)
        for name in names:
            self.classes.addItem(class_title(name), name)
        self.table.set_classes([class_title(name) for name in names])

    def set_referral(self, on: bool) -> None:
        """Show which photographs a person should look at, and offer them in the filter."""
        self.table.set_outcomes(on)
        self.sort_menu.set_outcomes(on)
        position = self.statuses.findText(self._to_refer)
        if on and position < 0:
            self.statuses.insertItem(3, self._to_refer, RowFilter(referred=True))
        elif not on and position >= 0:
            if self.statuses.currentIndex() == position:
                self.statuses.setCurrentIndex(0)
            self.statuses.removeItem(position)

    def focus(self) -> None:
        """Let the keyboard act on the photographs."""
        self._view().setFocus()

    def _view(self) -> ResultsTable | ResultsGrid:
        return self.grid if self._views.currentWidget() is self.grid else self.table

    def current_path(self) -> Path | None:
        """Return the photograph that is shown large."""
        path: Path | None = self.table.currentIndex().data(Role.PATH)
        return path

    def select_first(self) -> None:
        """Make the first row current if none is."""
        if not self.table.currentIndex().isValid() and self._model.rowCount():
            self.step(0)

    def step(self, by: int) -> None:
        """Go so many rows down or up."""
        row = max(0, self.table.currentIndex().row()) + by
        self._go_to(min(max(row, 0), self._model.rowCount() - 1))

    def select(self, path: Path) -> None:
        """Go to a photograph, if it is shown."""
        row = self._model.row_of(path)
        if row is not None:
            self._go_to(row)

    def _go_to(self, row: int) -> None:
        index = self._model.index(row, Column.FILE)
        select = _SELECT.ClearAndSelect | _SELECT.Rows
        self.selection.setCurrentIndex(index, select)

    def take_over_filters(self, earlier: ResultsPane) -> None:
        """Filter as another pane did, in the same order of choices."""
        self.search.setText(earlier.search.text())
        self.classes.setCurrentIndex(max(0, self.classes.findData(earlier.classes.currentData())))
        self.statuses.setCurrentIndex(earlier.statuses.currentIndex())
        self._apply_filter()

    def clear_filters(self) -> None:
        """Show all photographs."""
        self.search.clear()
        self.classes.setCurrentIndex(0)
        self.statuses.setCurrentIndex(0)
        self._apply_filter()

    def counts(self) -> str:
        """Return what is said of the number of photographs."""
        return self._shown.text()

    def selected_results(self) -> ResultList:
        """Return the engine's results of the selected rows, in the order of the rows."""
        return self._model.results(self.selection.rows())

    def next(self) -> None:
        """Go one row down."""
        self.step(1)

    def previous(self) -> None:
        """Go one row up."""
        self.step(-1)

    def _make_counts_bar(self) -> QHBoxLayout:
        bar = QHBoxLayout()
        bar.addWidget(self._shown, 1)
        bar.addWidget(self._show_all)
        return bar

    def _make_filter_bar(self) -> QGridLayout:
        self.search.setClearButtonEnabled(True)
        self.classes.setAccessibleName(self.tr("Filter by class"))
        self.classes.setToolTip(self.tr("Show only photographs of one class"))
        self.statuses.setAccessibleName(self.tr("Filter by status"))
        self.statuses.setToolTip(self.tr("Show only photographs with one status"))
        for title, row_filter in (
            (self.tr("Every status"), RowFilter()),
            (self.tr("Classified"), RowFilter(status=Status.CLASSIFIED)),
            (self.tr("Models disagree"), RowFilter(disputed=True)),
            (self.tr("Waiting"), RowFilter(status=Status.WAITING)),
            (self.tr("Could not be read"), RowFilter(status=Status.FAILED)),
        ):
            self.statuses.addItem(title, row_filter)
        bar = QGridLayout()
        bar.setSpacing(8)
        bar.addWidget(self.search, 0, 0, 1, 2)
        bar.addWidget(self.classes, 1, 0)
        bar.addWidget(self.statuses, 1, 1)
        bar.setColumnStretch(0, 1)
        bar.setColumnStretch(1, 1)
        return bar

    def _apply_filter(self) -> None:
        chosen: RowFilter = self.statuses.currentData()
        self._model.set_filter(
            replace(chosen, text=self.search.text().strip(), label=self.classes.currentData())
        )
        self._view().scrollTo(self.table.currentIndex())
        self._show_counts()

    def _count_soon(self) -> None:
        if not self._counts_timer.isActive():
            self._counts_timer.start()

    def _show_counts(self) -> None:
        shown, total = self._model.rowCount(), self._model.total
        if shown < total:
            text = self.tr("{shown} of %Ln photograph(s) shown", None, total)
        else:
            text = Counts().photographs(total)
        self._shown.setText(text.format(shown=f"{shown:,}"))
        self._show_all.setVisible(shown < total)

    def _on_current_changed(self, current: QModelIndex, _previous: QModelIndex) -> None:
        self.current_changed.emit(current.data(Role.PATH))

    def _on_cleared(self) -> None:
        self._kept = _Kept()

    def _on_about_to_reset(self) -> None:
        if self._model.rowCount():  # else what was shown before comes back
            row = self.table.currentIndex().row()
            current = self._model.positions([row] if row >= 0 else [])
            self._kept = _Kept(row, current, self._model.positions(self.selection.rows()))

    def _on_reset(self) -> None:
        """Keep what was current and selected, as far as it is shown, without scrolling."""
        self._count_soon()
        if not self._model.rowCount():
            self.current_changed.emit(None)
            return
        selected, current = (self._model.rows(p) for p in (self._kept.selected, self._kept.current))
        neighbour = min(max(self._kept.row, 0), self._model.rowCount() - 1)
        row = int(current[0]) if len(current) else neighbour
        for view in (self.table, self.grid):
            view.setAutoScroll(False)
        self.selection.setCurrentIndex(self._model.index(row, Column.FILE), _SELECT.NoUpdate)
        self.selection.select_rows(selected if len(selected) else np.array([row]))
        for view in (self.table, self.grid):
            view.setAutoScroll(True)
