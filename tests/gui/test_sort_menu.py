from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtGui import QAction

from fundus_gui.gui.main_window import MainWindow
from fundus_gui.gui.results_model import Role
from fundus_gui.gui.results_order import Column
from fundus_gui.gui.settings import AppSettings


@pytest.fixture
def filled(
    window: MainWindow, photographs: Callable[..., Path], wait_idle: Callable[[], None]
) -> MainWindow:
    window.open_paths([photographs(6)])
    wait_idle()
    return window


def entry(window: MainWindow, column: Column) -> QAction:
    return next(a for a in window.page.results.sort_menu.actions() if a.data() == column)


def confidences(window: MainWindow) -> list[float]:
    rows = window.page.model
    return [rows.index(r, Column.CONFIDENCE).data(Role.NUMBER) for r in range(rows.rowCount())]


def test_the_grid_is_sorted_from_the_menu(filled: MainWindow) -> None:
    filled.commands.grid.trigger()
    entry(filled, Column.CONFIDENCE).trigger()
    assert confidences(filled) == sorted(confidences(filled))
    filled.page.results.sort_menu.descending.trigger()
    assert confidences(filled) == sorted(confidences(filled), reverse=True)


def test_the_menu_shows_what_the_column_head_sorts_by(filled: MainWindow) -> None:
    header = filled.page.results.table.horizontalHeader()
    filled.page.results.table.sortByColumn(Column.AGREEMENT, header.sortIndicatorOrder())
    assert entry(filled, Column.AGREEMENT).isChecked()
    assert not entry(filled, Column.FILE).isChecked()


def test_the_order_is_remembered(filled: MainWindow) -> None:
    menu = filled.page.results.sort_menu
    menu.choose("confidence", descending=True)
    kept = filled.page.choices(AppSettings())
    assert (kept.sort_column, kept.sort_descending) == ("confidence", True)
    menu.choose("file", descending=False)
    filled.page.restore(kept)
    assert menu.choice() == ("confidence", True)


def test_a_damaged_choice_sorts_by_file(filled: MainWindow) -> None:
    filled.page.restore(replace(AppSettings(), sort_column="nonsense"))
    assert filled.page.results.sort_menu.choice() == ("file", False)
