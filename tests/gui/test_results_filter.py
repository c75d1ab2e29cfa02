from __future__ import annotations

import pytest
from fakes import vote
from PySide6.QtCore import Qt
from pytestqt.modeltest import ModelTester

from fundus_gui.gui.result_columns import Status
from fundus_gui.gui.results_model import ResultsModel
from fundus_gui.gui.results_order import Column, RowFilter


def shown(rows: ResultsModel) -> str:
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
    model.set_filter(row_filter)
    assert shown(model) == expected
    model.set_filter(RowFilter())
    assert shown(model) == "123456"


def test_a_filtered_view_sorts_like_the_model(
    model: ResultsModel, qtmodeltester: ModelTester
) -> None:
    model.set_filter(RowFilter(status=Status.CLASSIFIED))
    model.sort(Column.CONFIDENCE, Qt.SortOrder.AscendingOrder)
    assert shown(model) == "2514"
    model.sort(Column.FILE, Qt.SortOrder.DescendingOrder)
    assert shown(model) == "5421"
    qtmodeltester.check(model)


def test_rows_come_and_go_as_results_arrive_and_weights_move(model: ResultsModel) -> None:
    model.set_filter(RowFilter(label="amd"))
    assert shown(model) == ""
    model.set_results([vote("6.png", (0.9, 0.1, 0.0), (0.9, 0.1, 0.0))])
    model.resort()
    assert shown(model) == "6"
    model.set_weights((0.0, 1.0))
    model.resort()
    assert shown(model) == "256"
    model.clear()
    assert model.rowCount() == 0
