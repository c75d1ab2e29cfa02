"""Groups of photographs below each other on one scale."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot
from tiny_assessments import assessment

from fundus_gui.core.assessments import Assessment
from fundus_gui.gui.evaluation.figure_delegate import IS_MUTED
from fundus_gui.gui.evaluation.subgroups_tab import SubgroupsTab


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Assessment:
    return assessment(tmp_path_factory.mktemp("eyes"), images=100)


@pytest.fixture
def tab(qtbot: QtBot, judged: Assessment) -> SubgroupsTab:
    tab = SubgroupsTab()
    qtbot.addWidget(tab)
    tab.show_assessment(judged)
    return tab


def titles(tab: SubgroupsTab) -> list[str]:
    items = [tab.table.item(row, 0) for row in range(tab.table.rowCount())]
    return [item.text().strip() for item in items if item is not None]


def test_all_photographs_then_patients_then_the_groups_of_each_column(tab: SubgroupsTab) -> None:
    assert titles(tab) == [
        *("All photographs", "By patient"),
        *("Laterality", "OD", "OS"),
        *("Sex", "female", "male"),
    ]
    tab.resize(900, 600)
    tab.grab()


def test_figures_are_those_of_the_report(tab: SubgroupsTab, judged: Assessment) -> None:
    group = judged.report.subgroups[0]
    row = titles(tab).index(group.group)
    texts = [tab.table.item(row, column) for column in (1, 2, 3)]
    figure = group.figures["balanced_accuracy"].value
    wanted = [str(group.images), str(group.patients), f"{figure:.3f}"]
    assert [item.text() for item in texts if item is not None] == wanted


def test_small_groups_are_muted(qtbot: QtBot, judged: Assessment) -> None:
    small = replace(judged.report.subgroups[0], patients=3)
    report = replace(judged.report, subgroups=(small, *judged.report.subgroups[1:]))
    tab = SubgroupsTab()
    qtbot.addWidget(tab)
    tab.show_assessment(replace(judged, report=report))
    muted = {titles(tab)[row] for row in range(tab.table.rowCount()) if is_muted(tab, row)}
    assert muted == {small.group}


def is_muted(tab: SubgroupsTab, row: int) -> bool:
    item = tab.table.item(row, 3)
    return item is not None and bool(item.data(IS_MUTED))


def test_without_columns_it_says_why_there_are_no_groups(qtbot: QtBot, judged: Assessment) -> None:
    tab = SubgroupsTab()
    qtbot.addWidget(tab)
    report = replace(judged.report, subgroups=(), by_patient=None)
    tab.show_assessment(replace(judged, report=report))
    assert titles(tab) == ["All photographs"]
    assert "labels.csv has no further columns" in tab.note.text()


def test_without_an_evaluation_it_says_what_to_do(tab: SubgroupsTab) -> None:
    tab.show_assessment(None)
    assert tab.empty.isVisibleTo(tab)
