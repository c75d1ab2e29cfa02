"""The figures of an evaluation as tables that can be sorted and copied."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot
from tiny_assessments import assessment

from fundus_gui.core.assessments import Assessment
from fundus_gui.gui.evaluation.classes_tab import ClassesTab
from fundus_gui.gui.evaluation.figure_delegate import IS_MUTED, SECOND_LINE
from fundus_gui.gui.evaluation.figure_table import FigureTable


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Assessment:
    return assessment(tmp_path_factory.mktemp("eyes"), images=100)


@pytest.fixture
def tab(qtbot: QtBot, judged: Assessment) -> ClassesTab:
    tab = ClassesTab()
    qtbot.addWidget(tab)
    tab.show_assessment(judged)
    return tab


def column(table: FigureTable, index: int) -> list[str]:
    items = [table.item(row, index) for row in range(table.rowCount())]
    return [item.text() for item in items if item is not None]


def headings(table: FigureTable) -> list[str]:
    items = [table.horizontalHeaderItem(index) for index in range(table.columnCount())]
    return [item.text() for item in items if item is not None]


def test_each_class_has_its_figures_and_the_mean_is_last(
    tab: ClassesTab, judged: Assessment
) -> None:
    names = ["AMD", "Diabetic retinopathy", "Normal", "Mean"]
    assert column(tab.classes, 0) == names
    figures = judged.report.vote.classes[0].figures["sensitivity"]
    place = headings(tab.classes).index("Sensitivity")
    item = tab.classes.item(0, place)
    assert item is not None
    assert item.text() == f"{figures.value:.3f}"
    assert item.data(SECOND_LINE) == f"{figures.low:.3f} – {figures.high:.3f}"
    mean = judged.report.vote.figures["balanced_accuracy"].value
    assert column(tab.classes, place)[-1] == f"{mean:.3f}"


def test_a_member_can_be_chosen(tab: ClassesTab, judged: Assessment) -> None:
    tab.model.setCurrentIndex(1)
    figures = judged.report.models[0].classes[0].figures["auc"]
    assert column(tab.classes, headings(tab.classes).index("AUC"))[0] == f"{figures.value:.3f}"


def test_models_stand_side_by_side_the_vote_first(tab: ClassesTab, judged: Assessment) -> None:
    assert column(tab.models, 0) == ["Pair", "cnn", "vit"]
    assert "Quadratic kappa" not in headings(tab.models)
    losses = [m.figures["log_loss"].value for m in judged.report.models]
    place = headings(tab.models).index("Log-loss")
    items = [tab.models.item(row, place) for row in range(3)]
    bold = [item.text() for item in items if item is not None and item.font().bold()]
    assert bold == [f"{min(losses):.3f}"]


def test_differences_that_are_not_significant_are_muted(
    tab: ClassesTab, judged: Assessment
) -> None:
    assert column(tab.pairs, 0) == ["Pair − vit", "Pair − cnn", "vit − cnn"]
    place = headings(tab.pairs).index("Accuracy")
    for row, pair in enumerate(judged.report.comparisons):
        item = tab.pairs.item(row, place)
        assert item is not None
        assert item.data(IS_MUTED) == (not pair.differences["accuracy"].excludes_zero)


def test_numbers_are_sorted_as_numbers(tab: ClassesTab) -> None:
    place = headings(tab.pairs).index("Accuracy")
    tab.pairs.sortItems(place, Qt.SortOrder.AscendingOrder)
    values = [float(text.replace("−", "-")) for text in column(tab.pairs, place)]
    assert values == sorted(values)


def test_the_copied_table_has_every_interval(tab: ClassesTab, judged: Assessment) -> None:
    tab.models.copy()
    rows = list(csv.DictReader(QGuiApplication.clipboard().text().splitlines(), delimiter="\t"))
    figures = judged.report.vote.figures["accuracy"]
    assert [row["Model"] for row in rows] == ["Pair", "cnn", "vit"]
    for title, value in (
        ("Accuracy", figures.value),
        ("Accuracy low", figures.low),
        ("Accuracy high", figures.high),
    ):
        assert float(rows[0][title]) == pytest.approx(value, rel=1e-5)


def test_one_model_has_nothing_to_be_compared_with(qtbot: QtBot, judged: Assessment) -> None:
    alone = replace(judged.report, models=judged.report.models[-1:], comparisons=())
    tab = ClassesTab()
    qtbot.addWidget(tab)
    tab.show_assessment(replace(judged, report=alone))
    assert tab.models.rowCount() == 1
    assert not tab.pairs.isVisibleTo(tab)


def test_without_an_evaluation_it_says_what_to_do(tab: ClassesTab) -> None:
    tab.show_assessment(None)
    assert tab.empty.isVisibleTo(tab)
    assert "Choose an evaluation" in tab.empty.text()


def test_it_survives_few_images_of_few_classes(qtbot: QtBot, tmp_path: Path) -> None:
    tab = ClassesTab()
    qtbot.addWidget(tab)
    tab.show_assessment(assessment(tmp_path, images=4, has_tuning=False))
    assert tab.classes.rowCount() == 4
    tab.resize(500, 400)
    tab.grab()
