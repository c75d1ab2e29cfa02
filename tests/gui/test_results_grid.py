from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelectionModel, QPoint, QRect, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication
from pytestqt.qtbot import QtBot

from fundus_gui.gui.results_grid import ResultsGrid
from fundus_gui.gui.results_model import ResultsModel, Role

COUNT = 1000
SELECT = QItemSelectionModel.SelectionFlag


@pytest.fixture
def grid(qtbot: QtBot) -> ResultsGrid:
    model = ResultsModel()
    shown = ResultsGrid(model)
    model.setParent(shown)
    qtbot.addWidget(shown)
    shown.resize(500, 600)
    shown.show()
    model.add_paths(Path(f"{number}.png") for number in range(COUNT))
    QApplication.processEvents()
    shown.setCurrentIndex(model.index(0, 0))
    return shown


def in_a_line(grid: ResultsGrid) -> int:
    tops = [grid.visualRect(grid.model().index(row, 0)).top() for row in range(20)]
    return tops.count(tops[0])


def current(grid: ResultsGrid) -> int:
    return grid.currentIndex().row()


def test_a_photograph_is_found_where_it_is_drawn(grid: ResultsGrid) -> None:
    for scrolled in (0, 777):
        grid.verticalScrollBar().setValue(scrolled)
        for row in range(COUNT):
            index = grid.model().index(row, 0)
            assert grid.indexAt(grid.visualRect(index).center()) == index


def test_beside_the_photographs_there_is_nothing(grid: ResultsGrid) -> None:
    right = grid.visualRect(grid.model().index(in_a_line(grid) - 1, 0)).right()
    assert not grid.indexAt(QPoint(right + 1, 10)).isValid()
    grid.scrollToBottom()
    last = grid.visualRect(grid.model().index(COUNT - 1, 0))
    assert not grid.indexAt(last.center() + QPoint(0, last.height())).isValid()


def test_keys_lead_to_the_neighbours(qtbot: QtBot, grid: ResultsGrid) -> None:
    line = in_a_line(grid)
    for key, row in (
        (Qt.Key.Key_Right, 1),
        (Qt.Key.Key_Down, 1 + line),
        (Qt.Key.Key_Left, line),
        (Qt.Key.Key_Up, 0),
        (Qt.Key.Key_Up, 0),
        (Qt.Key.Key_End, COUNT - 1),
        (Qt.Key.Key_Right, COUNT - 1),
        (Qt.Key.Key_Home, 0),
    ):
        qtbot.keyClick(grid, key)
        assert current(grid) == row
    qtbot.keyClick(grid, Qt.Key.Key_PageDown)
    assert current(grid) >= line
    assert grid.viewport().rect().contains(grid.visualRect(grid.currentIndex()).center())


def test_going_to_a_photograph_brings_it_into_view(grid: ResultsGrid) -> None:
    for row in (500, 3, COUNT - 1, 0):
        index = grid.model().index(row, 0)
        grid.scrollTo(index)
        assert grid.viewport().rect().contains(grid.visualRect(index))


def test_a_click_selects_a_whole_row_and_a_frame_all_that_it_touches(
    qtbot: QtBot, grid: ResultsGrid
) -> None:
    line, selection = in_a_line(grid), grid.selectionModel()
    place = grid.visualRect(grid.model().index(2, 0)).center()
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert (current(grid), selection.isRowSelected(2)) == (2, True)
    first, last = (grid.visualRect(grid.model().index(row, 0)) for row in (0, line + 1))
    for start, end in ((first, last), (last, first)):
        grid.setState(QAbstractItemView.State.DragSelectingState)
        grid.setSelection(QRect(start.center(), end.center()), SELECT.ClearAndSelect | SELECT.Rows)
        grid.setState(QAbstractItemView.State.NoState)
        rows = sorted(index.row() for index in selection.selectedRows())
        assert rows == [0, 1, line, line + 1]
    assert grid.visualRegionForSelection(selection.selection()).contains(last.center())


def test_the_shift_key_selects_all_from_one_photograph_to_another(
    qtbot: QtBot, grid: ResultsGrid
) -> None:
    def selected() -> list[int]:
        return sorted(index.row() for index in grid.selectionModel().selectedRows())

    line, shift = in_a_line(grid), Qt.KeyboardModifier.ShiftModifier
    grid.setCurrentIndex(grid.model().index(2 * line + 1, 0))
    qtbot.keyClick(grid, Qt.Key.Key_Up, shift)
    assert selected() == list(range(line + 1, 2 * line + 2))
    place = grid.visualRect(grid.model().index(3, 0)).center()
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, shift, place)
    assert selected() == list(range(3, 2 * line + 2))
    qtbot.keyClick(grid, Qt.Key.Key_End, shift)
    assert selected() == list(range(2 * line + 1, COUNT))
    assert len(grid.selectionModel().selection().toList()) == 1


def test_a_click_beside_the_photographs_selects_none(qtbot: QtBot, grid: ResultsGrid) -> None:
    beside = grid.visualRect(grid.model().index(in_a_line(grid) - 1, 0)).topRight()
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=beside + QPoint(1, 9))
    assert not grid.selectionModel().hasSelection()


def test_the_scroll_bar_ends_with_the_last_line(grid: ResultsGrid) -> None:
    grid.scrollToBottom()
    last = grid.visualRect(grid.model().index(COUNT - 1, 0))
    assert last.bottom() + 1 == grid.viewport().height()
    assert grid.model().index(COUNT - 1, 0).data(Role.PATH) == Path(f"{COUNT - 1}.png")
    model = grid.model()
    assert isinstance(model, ResultsModel)
    model.clear()
    QApplication.processEvents()
    assert grid.verticalScrollBar().maximum() == 0


def test_thumbnails_are_larger_where_there_is_room_for_them(grid: ResultsGrid) -> None:
    small = grid.iconSize().width()
    grid.resize(1200, 900)
    QApplication.processEvents()
    assert grid.iconSize().width() > small
    assert grid.visualRect(grid.model().index(0, 0)).height() > grid.iconSize().height()
    grid.scrollToBottom()
    last = grid.visualRect(grid.model().index(COUNT - 1, 0))
    assert last.bottom() + 1 == grid.viewport().height()
    grid.resize(500, 600)
    assert grid.iconSize().width() == small


def test_a_scroll_bar_does_not_change_the_thumbnails_that_need_it(qtbot: QtBot) -> None:
    resized: list[int] = []

    class Watched(ResultsGrid):
        def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
            resized.append(event.size().width())
            super().resizeEvent(event)

    model = ResultsModel()
    grid = Watched(model)
    model.setParent(grid)
    qtbot.addWidget(grid)
    model.add_paths(Path(f"{number}.png") for number in range(9))
    grid.show()
    for width in range(550, 600, 2):
        resized.clear()
        grid.resize(width, 520)
        QApplication.processEvents()
        assert len(resized) <= 3
