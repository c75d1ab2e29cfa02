from __future__ import annotations

import pytest
from fakes import vote
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from pytestqt.modeltest import ModelTester

from fundus_gui.gui.result_columns import Referred, ResultColumns, Status
from fundus_gui.gui.results_model import ResultsModel
from fundus_gui.gui.results_order import Column, RowFilter, sorted_positions


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


@given(
    rows=st.lists(
        st.tuples(
            st.integers(-1, 3),
            st.floats(0, 1) | st.just(0.5),
            st.floats(0, 1) | st.just(1.0),
            st.sampled_from(Referred),
        )
    ),
    column=st.sampled_from(Column),
    descending=st.booleans(),
)
def test_sorting_is_the_same_as_plain_python_sorting(
    rows: list[tuple[int, float, float, Referred]], column: Column, descending: bool
) -> None:
    columns = ResultColumns()
    columns.resize(len(rows))
    for record, (label, confidence, agreement, referred) in zip(columns.rows, rows, strict=True):
        if label >= 0:
            record["label"], record["confidence"] = label, confidence
            record["agreement"], record["referred"] = agreement, referred

    def value(position: int) -> float | None:
        label, confidence, agreement, referred = rows[position]
        if column == Column.FILE:
            return position
        if label < 0:
            return None
        if column == Column.RESULT:
            return label + (1 - confidence) / 2
        if column == Column.OUTCOME:
            return None if referred == Referred.OPEN else float(referred == Referred.NO)
        return confidence if column == Column.CONFIDENCE else agreement

    def key(position: int) -> tuple[bool, float, int]:
        number = value(position)
        return number is None, (-1 if descending else 1) * (number or 0), position

    expected = sorted(range(len(rows)), key=key)
    assert sorted_positions(columns.rows, column, descending=descending).tolist() == expected
