from __future__ import annotations

import pytest
from fakes import vote
from PySide6.QtCore import Qt
from pytestqt.modeltest import ModelTester

from fundus_gui.gui.results_filter import ResultsFilter
from fundus_gui.gui.results_model import Column, ResultsModel, RowFilter, Status


def shown(rows: ResultsFilter) -> str:
    return "".join(rows.index(row, Column.FILE).data()[0] for row in range(rows.rowCount()))


@pytest.mark.parametrize(
    ("row_filter", "expected"),
    [
        (RowFilter(), "123456"),
        (RowFilter(text="3.PN"), "3"),
        (RowFilter(text="none"), ""),
        (RowFilter(label="glaucoma"), "15"),
        (RowFilter(status=Status.CLASSIFIED), "1245"),
        (RowFilter(status=Status.FAILED), "3"),
        (RowFilter(status=Status.WAITING), "6"),
        (RowFilter(disputed=True), "25"),
        (RowFilter(label="normal", disputed=True, text="png"), "2"),
    ],
)
def test_only_rows_that_fit_are_shown(
    model: ResultsModel, row_filter: RowFilter, expected: str
) -> None:
    rows = ResultsFilter(model)
    rows.set_filter(row_filter)
    assert shown(rows) == expected
    rows.set_filter(RowFilter())
    assert shown(rows) == "123456"


def test_a_filtered_view_sorts_like_the_model(
    model: ResultsModel, qtmodeltester: ModelTester
) -> None:
    rows = ResultsFilter(model)
    rows.set_filter(RowFilter(status=Status.CLASSIFIED))
    rows.sort(Column.CONFIDENCE, Qt.SortOrder.AscendingOrder)
    assert shown(rows) == "2514"
    rows.sort(Column.FILE, Qt.SortOrder.DescendingOrder)
    assert shown(rows) == "5421"
    qtmodeltester.check(rows)


def test_rows_come_and_go_as_results_arrive_and_weights_move(model: ResultsModel) -> None:
    rows = ResultsFilter(model)
    rows.set_filter(RowFilter(label="amd"))
    assert shown(rows) == ""
    model.set_results([vote("6.png", (0.9, 0.1, 0.0), (0.9, 0.1, 0.0))])
    assert shown(rows) == "6"
    model.set_weights((0.0, 1.0))
    assert shown(rows) == "256"
    model.clear()
    assert rows.rowCount() == 0
