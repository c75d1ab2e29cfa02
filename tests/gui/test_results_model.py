from __future__ import annotations

import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fakes import RESULTS, WAITING, vote
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from pytestqt.modeltest import ModelTester

from fundus_gui.core.decision import Decision, Referral
from fundus_gui.core.results import Prediction, UnreadableImage
from fundus_gui.gui.result_columns import Status
from fundus_gui.gui.results_model import ResultsModel, Role
from fundus_gui.gui.results_order import Column

ASCENDING, DESCENDING = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder


def shown(model: ResultsModel, column: Column) -> list[str]:
    return [model.index(row, column).data() for row in range(model.rowCount())]


def order(model: ResultsModel) -> str:
    return "".join(name[0] for name in shown(model, Column.FILE))


def test_the_model_keeps_to_the_rules_of_qt(
    model: ResultsModel, qtmodeltester: ModelTester
) -> None:
    qtmodeltester.check(model)


def test_every_photograph_has_a_row_whatever_became_of_it(model: ResultsModel) -> None:
    assert shown(model, Column.RESULT) == [
        "GLAUCOMA", "NORMAL", "Could not be read", "NORMAL", "GLAUCOMA", "Waiting"
    ]  # fmt: skip
    assert shown(model, Column.CONFIDENCE) == [
        "80.0%",
        "45.0%",
        "–",
        "100.0%",
        "60.0%",
        "–",
    ]
    assert shown(model, Column.AGREEMENT) == [
        "100.0%",
        "50.0%",
        "–",
        "100.0%",
        "50.0%",
        "–",
    ]
    assert [model.count(status) for status in Status] == [1, 4, 1]
    assert list(model.waiting()) == [WAITING]


def test_the_table_says_what_the_prediction_says(model: ResultsModel) -> None:
    for row in range(model.rowCount()):
        result = model.index(row, 0).data(Role.RESULT)
        if isinstance(result, Prediction):
            assert model.index(row, 0).data(Role.LABEL) == result.label
            confidence = model.index(row, Column.CONFIDENCE).data(Role.NUMBER)
            assert confidence == pytest.approx(result.confidence, abs=1e-15)
            agreement = model.index(row, Column.AGREEMENT).data(Role.NUMBER)
            assert agreement == pytest.approx(result.agreement, abs=1e-15)


def test_the_reason_of_a_failure_is_in_the_tooltip(model: ResultsModel) -> None:
    tooltip = model.index(2, Column.RESULT).data(Qt.ItemDataRole.ToolTipRole)
    assert tooltip == "3.png\nthe file is empty"


@pytest.mark.parametrize(
    ("column", "direction", "expected"),
    [
        (Column.CONFIDENCE, DESCENDING, "415236"),
        (Column.CONFIDENCE, ASCENDING, "251436"),
        (Column.AGREEMENT, ASCENDING, "251436"),
        (Column.RESULT, ASCENDING, "154236"),
        (Column.FILE, DESCENDING, "654321"),
        (Column.FILE, ASCENDING, "123456"),
    ],
)
def test_sorting_is_numeric_and_what_has_no_value_comes_last(
    model: ResultsModel, column: Column, direction: Qt.SortOrder, expected: str
) -> None:
    model.sort(column, direction)
    assert order(model) == expected


def test_a_selected_row_stays_the_same_photograph_when_sorted(model: ResultsModel) -> None:
    held = QPersistentModelIndex(model.index(0, Column.RESULT))
    model.sort(Column.FILE, DESCENDING)
    assert (held.row(), held.column()) == (5, Column.RESULT)
    assert held.data(Role.PATH) == Path("1.png")


def test_results_find_their_rows_after_sorting(model: ResultsModel) -> None:
    model.sort(Column.FILE, DESCENDING)
    model.set_results([vote("6.png", (0.9, 0.1, 0.0), (0.9, 0.1, 0.0))])
    assert shown(model, Column.RESULT)[0] == "AMD"
    model.sort(Column.CONFIDENCE, DESCENDING)
    model.set_results([vote("2.png", (1.0, 0.0, 0.0), (1.0, 0.0, 0.0))])
    model.resort()
    assert order(model).startswith("24")


def test_what_if_weights_change_what_is_shown_but_not_the_results(
    model: ResultsModel,
) -> None:
    model.set_weights((0.0, 1.0))
    assert shown(model, Column.RESULT)[1] == "AMD"
    assert shown(model, Column.CONFIDENCE)[1] == "40.0%"
    assert [result for result in RESULTS if result in model.results()] == RESULTS
    model.set_weights(None)
    assert shown(model, Column.RESULT)[1] == "NORMAL"


def test_results_that_come_under_what_if_weights_are_shown_with_them(
    model: ResultsModel,
) -> None:
    model.set_weights((1.0, 0.0))
    model.set_results([vote("6.png", (0.9, 0.1, 0.0), (0.0, 0.0, 1.0))])
    assert shown(model, Column.RESULT)[5] == "AMD"


def test_neighbouring_results_are_announced_together(model: ResultsModel) -> None:
    ranges: list[tuple[int, int]] = []

    def on_changed(top: QModelIndex, bottom: QModelIndex) -> None:
        ranges.append((top.row(), bottom.row()))

    model.dataChanged.connect(on_changed)
    model.set_results([RESULTS[0], RESULTS[1], RESULTS[4]])
    assert ranges == [(0, 1), (4, 4)]


def test_forgetting_results_lets_all_photographs_wait(model: ResultsModel) -> None:
    model.forget_results()
    assert set(shown(model, Column.RESULT)) == {"Waiting"}
    assert len(model.waiting()) == 6


def test_known_and_unknown_paths_do_no_harm(model: ResultsModel) -> None:
    model.add_paths([Path("1.png"), Path("7.png"), Path("7.png")])
    model.set_results([UnreadableImage(Path("elsewhere.png"), "x")])
    assert order(model) == "1234567"


@pytest.mark.usefixtures("qapp")
def test_photographs_in_subfolders_show_where_they_lie() -> None:
    model = ResultsModel()
    root = Path("eyes")
    model.add_paths([root / "1.png", root / "left" / "old" / "2.png", Path("3.png")], [root])
    assert shown(model, Column.FILE) == ["1.png", "2.png\nleft/old", "3.png"]


@pytest.mark.usefixtures("qapp")
def test_other_photographs_are_numbered_too_where_names_are_not_shown(
    model: ResultsModel,
) -> None:
    model.show_names(False)
    model.clear()
    model.add_paths([Path("folder/a.png")])
    model.set_results([UnreadableImage(Path("folder/a.png"), "folder/a.png does not exist")])
    index = model.index(0, Column.FILE)
    assert index.data() == index.data(Qt.ItemDataRole.ToolTipRole) == "Photograph 1"
    other = ResultsModel()
    other.take_over(model)
    assert other.index(0, Column.FILE).data() == "a.png"


def test_only_rows_that_are_drawn_ask_for_a_picture() -> None:
    asked: list[Path] = []
    model = ResultsModel(decoration=asked.append)
    model.add_paths(Path(f"{n}.png") for n in range(10_000))
    model.set_results([UnreadableImage(Path(f"{n}.png"), "x") for n in range(10_000)])
    model.sort(Column.CONFIDENCE, DESCENDING)
    assert asked == []
    assert model.rowCount() == 10_000


REFERRAL = Decision(temperature=0.8, referral=Referral(confidence=0.5, agreement=0.6))


def decided(*results: Prediction) -> list[Prediction]:
    return [replace(result, decision=REFERRAL) for result in results]


def test_what_becomes_of_a_photograph_is_what_the_prediction_says(model: ResultsModel) -> None:
    assert set(shown(model, Column.OUTCOME)) == {"–"}
    results = decided(*(result for result in RESULTS if isinstance(result, Prediction)))
    model.set_results(results)
    assert shown(model, Column.OUTCOME) == ["Report", "Refer", "–", "Report", "Refer", "–"]
    for result in results:
        index = model.index(model.row_of(result.path) or 0, Column.FILE)
        assert index.data(Role.REFERRED) == (result.outcome == "refer")
        confidence = index.siblingAtColumn(Column.CONFIDENCE).data(Role.NUMBER)
        assert confidence == pytest.approx(result.confidence, abs=1e-15)
    model.sort(Column.OUTCOME, ASCENDING)
    assert order(model) == "251436"


def test_a_referral_holds_for_the_ensemble_s_own_weights_only(model: ResultsModel) -> None:
    model.set_results(decided(*(result for result in RESULTS if isinstance(result, Prediction))))
    model.set_weights((0.2, 0.8))
    assert set(shown(model, Column.OUTCOME)) == {"–"}
    reweighted = model.results()[1].reweighted((0.2, 0.8))  # type: ignore[union-attr]
    confidence = model.index(1, Column.CONFIDENCE).data(Role.NUMBER)
    assert confidence == pytest.approx(reweighted.confidence, abs=1e-15)


PAIR = [(0.1, 0.2, 0.3, 0.15, 0.05, 0.1, 0.05, 0.05), (0.3, 0.2, 0.1, 0.05, 0.15, 0.1, 0.05, 0.05)]


@pytest.mark.usefixtures("qapp")
def test_rows_with_results_of_two_models_take_less_than_two_kilobytes_each() -> None:
    count, model = 20_000, ResultsModel()
    classes = tuple(f"class {number}" for number in range(len(PAIR[0])))
    tracemalloc.start()
    for first in range(0, count, 500):
        paths = [Path(f"eyes/{n // 1000:03}/{n:06}_left.jpg") for n in range(first, first + 500)]
        model.add_paths(paths, [Path("eyes")])
        model.set_results(
            [
                Prediction(
                    path, classes, ("a", "b"), (0.6, 0.4), tuple(map(tuple, PAIR)), f"{n:064x}", n
                )
                for n, path in enumerate(paths, first)
            ]
        )
    model.sort(Column.CONFIDENCE, DESCENDING)
    used, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert model.count(Status.CLASSIFIED) == count
    assert used / count < 2000


def test_results_are_a_list_that_stays_and_can_be_of_some_rows(model: ResultsModel) -> None:
    model.sort(Column.CONFIDENCE, DESCENDING)
    kept, some = model.results(), model.results(np.array([1, 5]))
    model.clear()
    assert "".join(result.path.name[0] for result in kept) == "41523"
    assert [result.path for result in some] == [Path("1.png")]
    assert (kept[0].path, len(kept), len(kept[1:3])) == (Path("4.png"), 5, 2)


def test_results_of_other_models_can_be_put_away_and_shown_again(model: ResultsModel) -> None:
    before = model.exchange_results(None)
    assert model.count(Status.WAITING) == 6
    model.add_paths([Path("7.png")])
    model.exchange_results(before)
    assert [model.count(status) for status in Status] == [2, 4, 1]
    assert list(model.results()) == RESULTS
