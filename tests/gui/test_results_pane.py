from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fakes import RESULTS
from PySide6.QtCore import (
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    Qt,
)
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fundus_gui.core.decision import Decision, Referral
from fundus_gui.core.results import Prediction, UnreadableImage
from fundus_gui.gui.labels import class_title
from fundus_gui.gui.results_model import ResultsModel
from fundus_gui.gui.results_order import Column, RowFilter
from fundus_gui.gui.results_pane import ResultsPane


@pytest.fixture
def pane(qtbot: QtBot, model: ResultsModel) -> ResultsPane:
    shown = ResultsPane(model)
    qtbot.addWidget(shown)
    shown.set_classes(("amd", "glaucoma", "normal"))
    shown.resize(480, 600)
    shown.show()
    return shown


def names(pane: ResultsPane) -> str:
    rows = pane.table.model()
    return "".join(rows.index(row, Column.FILE).data()[0] for row in range(rows.rowCount()))


def selected(pane: ResultsPane) -> str:
    return "".join(result.path.name[0] for result in pane.selected_results())


def test_a_click_on_a_header_sorts(qtbot: QtBot, pane: ResultsPane) -> None:
    header = pane.table.horizontalHeader()
    place = QPoint(header.sectionViewportPosition(Column.CONFIDENCE) + 8, header.height() // 2)
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
    ascending = names(pane)
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert {ascending, names(pane)} == {"251436", "415236"}


def test_filters_narrow_what_is_shown(qtbot: QtBot, pane: ResultsPane) -> None:
    qtbot.keyClicks(pane.search, "5.P")
    qtbot.waitUntil(lambda: names(pane) == "5")
    pane.search.clear()
    qtbot.waitUntil(lambda: names(pane) == "123456")
    pane.classes.setCurrentText("Glaucoma")
    assert names(pane) == "15"
    pane.statuses.setCurrentText("Models disagree")
    assert names(pane) == "5"
    pane.classes.setCurrentIndex(0)
    pane.statuses.setCurrentText("Could not be read")
    assert names(pane) == "3"


def test_the_number_of_photographs_is_said(pane: ResultsPane) -> None:
    assert pane.counts() == "6 photographs"
    pane.classes.setCurrentText("Glaucoma")
    assert pane.counts() == "2 of 6 photographs shown"


def test_the_current_photograph_is_announced_and_keys_move_it(
    qtbot: QtBot, pane: ResultsPane
) -> None:
    with qtbot.waitSignal(pane.current_changed) as current:
        pane.select_first()
    assert current.args == [Path("1.png")]
    qtbot.keyClick(pane.table, Qt.Key.Key_Down)
    assert pane.current_path() == Path("2.png")
    pane.next()
    pane.next()
    pane.previous()
    assert pane.current_path() == Path("3.png")
    pane.step(100)
    assert pane.current_path() == Path("6.png")


def test_the_selection_is_the_same_in_list_and_grid(qtbot: QtBot, pane: ResultsPane) -> None:
    pane.select_first()
    qtbot.keyClick(pane.table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert selected(pane) == "12"
    pane.set_grid(True)
    assert pane.grid.isVisible()
    assert not pane.table.isVisible()
    assert selected(pane) == "12"
    fifth = pane.grid.visualRect(pane.table.model().index(4, 0)).center()
    qtbot.mouseClick(pane.grid.viewport(), Qt.MouseButton.LeftButton, pos=fifth)
    pane.set_grid(False)
    assert selected(pane) == "5"
    assert pane.table.selectionModel().isRowSelected(4)


def test_waiting_photographs_have_no_result_to_export(pane: ResultsPane) -> None:
    pane.table.selectAll()
    assert selected(pane) == "12345"


def test_what_does_not_fit_steps_aside(pane: ResultsPane) -> None:
    pane.set_referral(True)
    pane.resize(640, 600)
    by_worth = [Column.CONFIDENCE, Column.OUTCOME, Column.AGREEMENT]
    for width in (640, 560, 500, 440, 380, 320):
        pane.resize(width, 600)
        hidden = [pane.table.isColumnHidden(column) for column in by_worth]
        assert hidden == sorted(hidden)
        assert pane.table.columnWidth(Column.FILE) >= 120
    assert hidden == [True, True, True]
    pane.resize(640, 600)
    assert not any(pane.table.isColumnHidden(column) for column in by_worth)


def test_the_smallest_window_has_room_for_the_confidence(pane: ResultsPane) -> None:
    pane.set_classes(("amd", "diabetic_retinopathy", "normal"))
    pane.set_referral(True)
    pane.resize(396, 600)
    assert not pane.table.isColumnHidden(Column.CONFIDENCE)
    title = class_title("diabetic_retinopathy")
    room = pane.table.fontMetrics().horizontalAdvance(title)
    assert pane.table.columnWidth(Column.RESULT) > room


def test_photographs_to_refer_are_shown_and_found_where_the_ensemble_says_so(
    pane: ResultsPane, model: ResultsModel
) -> None:
    assert pane.table.isColumnHidden(Column.OUTCOME)
    assert pane.statuses.findText("To refer to a person") < 0
    referral = Decision(referral=Referral(confidence=0.7))
    model.set_results([replace(r, decision=referral) for r in RESULTS if isinstance(r, Prediction)])
    pane.set_referral(True)
    assert not pane.table.isColumnHidden(Column.OUTCOME)
    pane.statuses.setCurrentText("To refer to a person")
    assert names(pane) == "25"
    (by_outcome,) = (a for a in pane.sort_menu.actions() if a.data() == Column.OUTCOME)
    assert by_outcome.isVisible()
    pane.set_referral(False)
    assert names(pane) == "123456"
    assert pane.table.isColumnHidden(Column.OUTCOME)
    assert not by_outcome.isVisible()


@pytest.mark.parametrize("grid", [False, True])
def test_ten_thousand_photographs_ask_for_pictures_of_what_is_seen_only(
    qtbot: QtBot, grid: bool
) -> None:
    asked: set[Path] = set()
    model = ResultsModel(decoration=asked.add)
    pane = ResultsPane(model)
    qtbot.addWidget(pane)
    pane.set_grid(grid)
    pane.resize(480, 800)
    pane.show()
    paths = [Path(f"{number}.png") for number in range(10_000)]
    for start in range(0, 10_000, 512):
        model.add_paths(paths[start : start + 512])
    for start in range(0, 10_000, 500):
        model.set_results([UnreadableImage(path, "x") for path in paths[start : start + 500]])
        qtbot.wait(1)
    qtbot.wait(50)
    assert pane.table.model().rowCount() == 10_000
    assert 0 < len(asked) < 100


@pytest.mark.parametrize("grid", [False, True])
def test_scrolling_asks_for_pictures_of_what_is_seen_only(qtbot: QtBot, grid: bool) -> None:
    asked: set[Path] = set()
    model = ResultsModel(decoration=asked.add)
    pane = ResultsPane(model)
    qtbot.addWidget(pane)
    pane.set_grid(grid)
    pane.resize(480, 800)
    pane.show()
    model.add_paths(Path(f"{number}.png") for number in range(100_000))
    QApplication.processEvents()
    bar = (pane.grid if grid else pane.table).verticalScrollBar()
    for place in (bar.maximum() // 2, 0, bar.maximum()):
        asked.clear()
        bar.setValue(place)
        QApplication.processEvents()
        assert 0 < len(asked) < 60
    assert Path("99999.png") in asked


def test_a_filter_keeps_what_is_current_and_selected_as_far_as_it_is_shown(
    pane: ResultsPane,
) -> None:
    pane.select(Path("4.png"))
    pane.table.selectionModel().select(
        pane.table.model().index(0, 0),
        QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows,
    )
    assert (pane.current_path(), selected(pane)) == (Path("4.png"), "14")
    pane.classes.setCurrentText("Normal")
    assert (names(pane), pane.current_path(), selected(pane)) == ("24", Path("4.png"), "4")
    pane.classes.setCurrentText("Glaucoma")
    assert names(pane) == "15"
    assert pane.current_path() in {Path("1.png"), Path("5.png")}


def test_what_is_selected_stays_so_when_the_current_photograph_is_filtered_out(
    pane: ResultsPane,
) -> None:
    pane.select_first()
    pane.table.selectAll()
    pane.classes.setCurrentText("Normal")
    assert (names(pane), selected(pane)) == ("24", "24")


def test_what_was_selected_is_so_again_after_a_filter_that_nothing_fits(pane: ResultsPane) -> None:
    pane.select(Path("4.png"))
    pane.classes.setCurrentIndex(pane.classes.findData("amd"))
    assert names(pane) == ""
    pane.clear_filters()
    assert (pane.current_path(), selected(pane)) == (Path("4.png"), "4")


def test_other_photographs_are_not_selected_for_the_place_of_earlier_ones(
    pane: ResultsPane, model: ResultsModel
) -> None:
    pane.select(Path("4.png"))
    model.clear()
    model.set_filter(RowFilter(text="nothing is called so"))
    model.add_paths(Path(f"{name}.png") for name in "abcdef")
    model.set_filter(RowFilter())
    assert pane.selection.rows().tolist() == [0]


class AskedModel(ResultsModel):
    """Counts how often it is asked about a cell."""

    asked = 0

    def flags(self, index: QModelIndex | QPersistentModelIndex) -> Qt.ItemFlag:
        self.asked += 1
        return super().flags(index)


def test_selecting_all_looks_at_what_is_seen_only(qtbot: QtBot) -> None:
    model = AskedModel()
    pane = ResultsPane(model)
    qtbot.addWidget(pane)
    pane.resize(480, 800)
    pane.show()
    model.add_paths(Path(f"{number}.png") for number in range(20_000))
    pane.select_first()
    qtbot.wait(50)
    model.asked = 0
    qtbot.keyClick(pane.table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    pane.table.sortByColumn(Column.FILE, Qt.SortOrder.DescendingOrder)
    qtbot.wait(50)
    assert len(pane.selection.rows()) == 20_000
    assert model.asked < 2_000


def test_scattered_rows_stay_selected_when_ten_thousand_are_sorted(qtbot: QtBot) -> None:
    model = ResultsModel()
    pane = ResultsPane(model)
    qtbot.addWidget(pane)
    model.add_paths(Path(f"{number}.png") for number in range(10_000))
    pane.select_first()
    pane.selection.select_rows(np.arange(0, 10_000, 2))
    before = model.positions(pane.selection.rows()).tolist()
    pane.table.sortByColumn(Column.FILE, Qt.SortOrder.DescendingOrder)
    model.set_filter(RowFilter(text="7"))
    after = model.positions(pane.selection.rows()).tolist()
    assert len(before) == 5_000
    assert sorted(after) == [position for position in before if "7" in str(position)]
    model.set_filter(RowFilter())
    pane.table.selectAll()
    assert len(pane.selection.rows()) == 10_000


def test_filtered_to_nothing_no_photograph_is_current(qtbot: QtBot, pane: ResultsPane) -> None:
    pane.select_first()
    with qtbot.waitSignal(pane.current_changed) as current:
        pane.classes.setCurrentIndex(pane.classes.findData("amd"))
    assert (current.args, pane.counts()) == ([None], "0 of 6 photographs shown")
    pane.clear_filters()
    assert names(pane) == "123456"
    assert pane.current_path() == Path("1.png")
    pane.select(Path("5.png"))
    assert pane.current_path() == Path("5.png")
