"""A cell of the matrix opens its photographs, of the vote or of a model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from tiny_assessments import assessment

from fundus_gui.core.assessments import Assessment
from fundus_gui.core.assessments.answers import Answers
from fundus_gui.gui.evaluation.confusion_tab import ConfusionTab
from fundus_gui.gui.evaluation.matrix_painter import Cell


@pytest.fixture
def made(tmp_path: Path) -> Assessment:
    return assessment(tmp_path / "odir", has_tuning=False, drawn=True)


@pytest.fixture
def tab(qtbot: QtBot, made: Assessment) -> Iterator[ConfusionTab]:
    shown = ConfusionTab()
    qtbot.addWidget(shown)
    shown.resize(1000, 600)
    shown.show()
    shown.show_assessment(made)
    yield shown
    shown.close_thread()


def test_a_clicked_cell_shows_its_photographs(
    qtbot: QtBot, tab: ConfusionTab, made: Assessment
) -> None:
    for cell in (Cell(0, 1), Cell(2, 2)):
        place = tab.matrix.cell_rect(cell).center().toPoint()
        qtbot.mouseClick(tab.matrix, Qt.MouseButton.LeftButton, pos=place)
        numbers = tab.gallery.numbers()
        assert len(numbers) == made.report.vote.confusion[cell.label][cell.answer]
        assert numbers == tuple(Answers(made).in_cell(*cell))
    assert tab.gallery.title.text().startswith("Normal answered as Normal, worst first: ")


def test_a_members_answers_fill_the_same_cell(tab: ConfusionTab, made: Assessment) -> None:
    tab.matrix.choose(Cell(1, 1))
    tab.models.setCurrentIndex(1)
    assert tab.matrix.matrix.counts == made.report.models[0].confusion
    assert tab.matrix.chosen == Cell(1, 1)
    assert tab.gallery.numbers() == tuple(Answers(made, 0).in_cell(1, 1))


def test_the_matrix_shows_percentages_when_asked(tab: ConfusionTab) -> None:
    tab.row_percent.click()
    assert tab.matrix.matrix.row_percent


def test_a_photograph_is_asked_to_be_opened(
    qtbot: QtBot, tab: ConfusionTab, made: Assessment
) -> None:
    tab.matrix.choose(Cell(2, 2))
    tab.gallery.list.setCurrentIndex(tab.gallery.model.index(0))
    with qtbot.waitSignal(tab.photograph_requested) as asked:
        tab.gallery.open.trigger()
    assert asked.args == [made.judged.images[tab.gallery.numbers()[0]].path]


def test_without_an_evaluation_the_tab_says_what_to_do(tab: ConfusionTab) -> None:
    tab.matrix.choose(Cell(0, 0))
    tab.show_assessment(None)
    assert tab.empty.isVisible()
    assert tab.gallery.numbers() == ()


def test_another_evaluation_starts_with_no_cell_chosen_if_its_classes_differ(
    tab: ConfusionTab, made: Assessment
) -> None:
    tab.matrix.choose(Cell(0, 0))
    tab.show_assessment(None)
    tab.show_assessment(made)
    assert tab.matrix.chosen is None
