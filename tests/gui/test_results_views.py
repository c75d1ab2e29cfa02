from __future__ import annotations

from pytestqt.qtbot import QtBot

from fundus_gui.gui.results_model import ResultsModel
from fundus_gui.gui.results_order import Column
from fundus_gui.gui.results_views import ResultsTable


def test_the_widest_result_counts_not_the_one_of_most_letters(
    model: ResultsModel, qtbot: QtBot
) -> None:
    table = ResultsTable(model)
    qtbot.addWidget(table)
    table.resize(1200, 400)
    table.show()
    many, wide = "i" * 30, "W" * 26
    table.set_classes((many, wide))
    width = table.fontMetrics().horizontalAdvance
    assert width(wide) > width(many)
    assert table.columnWidth(Column.RESULT) >= width(wide)


def test_where_it_is_narrow_a_result_is_wrapped_and_no_word_of_it_cut(
    model: ResultsModel, qtbot: QtBot
) -> None:
    table = ResultsTable(model)
    qtbot.addWidget(table)
    table.resize(180, 400)
    table.show()
    title = "Diabetic retinopathy of the far periphery"
    table.set_classes((title,))
    width = table.fontMetrics().horizontalAdvance
    assert table.wordWrap()
    assert width("retinopathy") < table.columnWidth(Column.RESULT) < width(title)


def test_a_heading_is_not_cut_by_the_mark_of_the_sorting(model: ResultsModel, qtbot: QtBot) -> None:
    table = ResultsTable(model)
    qtbot.addWidget(table)
    table.resize(900, 400)
    table.show()
    header = table.horizontalHeader()
    for column in (Column.CONFIDENCE, Column.AGREEMENT):
        assert not table.isColumnHidden(column)
        assert header.sectionSizeHint(column) <= header.sectionSize(column)
