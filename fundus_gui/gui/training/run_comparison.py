"""Several runs: their curves over each other, their best figures side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from fundus_gui.gui.training.live_run import LiveRun
from fundus_gui.gui.training.run_labels import epochs_planned, figure
from fundus_gui.gui.training.run_view import curve_of
from fundus_gui.gui.widgets.curves import CurvesView
from fundus_gui.gui.widgets.type_scale import TITLE, enlarge

_MOST_ROWS = 8  # in view at once
_SWATCH = 12  # px
_FIRST_NUMBER = 3  # column
_BEST_OF: dict[int, Callable[..., str]] = {4: max, 5: max, 6: min}


class RunComparison(QWidget):
    """Curves above, a table below; the best value of each figure is bold."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = QLabel()
        enlarge(self.title, TITLE, bold=True)
        self.curves = CurvesView()
        self.table = self._make_table()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(8)
        layout.addWidget(self.title)
        layout.addWidget(self.curves, 1)
        layout.addWidget(self.table)

    def show_runs(self, runs: Sequence[LiveRun]) -> None:
        """Show these in their order."""
        self.title.setText(self.tr("%Ln training(s)", None, len(runs)))
        self.curves.set_curves([curve_of(live) for live in runs])
        self.table.setRowCount(len(runs))
        rows = [_cells(live) for live in runs]
        best = {column: _best(rows, column) for column in _BEST_OF}
        colours = self.curves.colours()
        for row, cells in enumerate(rows):
            for column, text in enumerate(cells):
                item = _item(
                    text, is_number=column >= _FIRST_NUMBER, is_best=text == best.get(column)
                )
                self.table.setItem(row, column, item)
                if column == 0:
                    item.setIcon(_swatch(colours[row % len(colours)]))
        line = self.table.verticalHeader().defaultSectionSize()
        header = self.table.horizontalHeader().sizeHint().height()
        self.table.setFixedHeight(header + line * min(len(runs), _MOST_ROWS) + 2)

    def close_thread(self) -> None:
        """Stop drawing and wait for it."""
        self.curves.close_thread()

    def _make_table(self) -> QTableWidget:
        titles = (
            self.tr("Training"),
            self.tr("Epochs"),
            self.tr("Network"),
            self.tr("Best epoch"),
            self.tr("Balanced accuracy"),
            self.tr("Macro-AUC"),
            self.tr("Log loss"),
        )
        table = QTableWidget(0, len(titles))
        table.setHorizontalHeaderLabels(titles)
        table.setAccessibleName(self.tr("The best figures of the trainings"))
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        table.setShowGrid(False)
        table.setAlternatingRowColors(True)
        table.setWordWrap(False)
        table.verticalHeader().hide()
        header = table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(56)
        return table


def _cells(live: LiveRun) -> tuple[str, ...]:
    run, best = live.run, live.run.best
    return (
        run.name,
        f"{len(run.epochs)} / {epochs_planned(run)}",
        run.config.model if run.config is not None else "",
        str(best.epoch) if best is not None else "–",
        figure(best, "balanced_accuracy", digits=3),
        figure(best, "macro_auc", digits=3),
        figure(best, "log_loss", digits=3),
    )


def _best(rows: Sequence[tuple[str, ...]], column: int) -> str | None:
    """Return the best of a column's figures as it is written, None where there is no choice."""
    written = [row[column] for row in rows if row[column] != "–"]
    return _BEST_OF[column](written, key=float) if len(written) > 1 else None


def _item(text: str, *, is_number: bool, is_best: bool) -> QTableWidgetItem:
    item = QTableWidgetItem(text)
    item.setToolTip(text)
    if is_number:
        item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    font = item.font()
    font.setBold(is_best)
    item.setFont(font)
    return item


def _swatch(colour: str) -> QIcon:
    pixmap = QPixmap(_SWATCH, _SWATCH)
    pixmap.fill(QColor(colour))
    return QIcon(pixmap)
