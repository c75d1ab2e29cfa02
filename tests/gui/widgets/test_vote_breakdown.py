"""The vote in a table and in words."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from invented import predict
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTableWidget
from pytestqt.qtbot import QtBot

from fundus_gui.core.decision import Decision
from fundus_gui.core.results import Prediction
from fundus_gui.gui.widgets.appearance import Appearance
from fundus_gui.gui.widgets.vote_breakdown import VoteBreakdown

TITLES = {"cnn": "CNN", "vit": "ViT", "rdnet": "RDNet"}


@pytest.fixture
def breakdown(qtbot: QtBot) -> VoteBreakdown:
    shown = VoteBreakdown()
    qtbot.addWidget(shown)
    shown.set_appearance(Appearance(str.upper, TITLES, {"cnn": "#0072b2", "vit": "#e69f00"}))
    shown.resize(500, 400)
    shown.show()
    return shown


def table(breakdown: VoteBreakdown) -> QTableWidget:
    found = breakdown.findChild(QTableWidget)
    assert isinstance(found, QTableWidget)
    return found


def rows(breakdown: VoteBreakdown) -> list[list[str]]:
    shown = table(breakdown)
    columns = [c for c in range(shown.columnCount()) if not shown.isColumnHidden(c)]
    return [[shown.item(row, c).text() for c in columns] for row in range(shown.rowCount())]


def words(breakdown: VoteBreakdown) -> str:
    return re.sub(r"</?b>", "", breakdown.text())


def test_each_model_has_a_row_with_weight_top_class_and_agreement(breakdown: VoteBreakdown) -> None:
    breakdown.set_prediction(predict((0.1, 0.7, 0.2), (0.5, 0.3, 0.2), weights=(0.6, 0.4)))
    assert rows(breakdown) == [
        ["CNN", "0.60", "GLAUCOMA", "70.0%", "✓"],
        ["ViT", "0.40", "NORMAL", "50.0%", "✗"],
    ]


def test_agreement_is_spoken_not_only_drawn(breakdown: VoteBreakdown) -> None:
    breakdown.set_prediction(predict((0.1, 0.7, 0.2), (0.5, 0.3, 0.2), weights=(0.6, 0.4)))
    spoken = [
        table(breakdown).item(row, 4).data(Qt.ItemDataRole.AccessibleTextRole) for row in (0, 1)
    ]
    assert spoken == ["agrees", "disagrees"]


def test_a_swatch_shows_the_models_colour(breakdown: VoteBreakdown) -> None:
    breakdown.set_prediction(predict((0.1, 0.7, 0.2), (0.5, 0.3, 0.2)))
    swatch = table(breakdown).item(1, 0).icon().pixmap(12, 12).toImage()
    assert swatch.pixelColor(swatch.rect().center()).name() == "#e69f00"


def test_every_probability_of_a_model_is_in_its_tooltip(breakdown: VoteBreakdown) -> None:
    breakdown.set_prediction(predict((0.1, 0.7, 0.2)))
    assert (
        table(breakdown).item(0, 0).toolTip() == "CNN\nNORMAL: 10.0%\nGLAUCOMA: 70.0%\nAMD: 20.0%"
    )


def test_one_model_is_said_not_to_vote(breakdown: VoteBreakdown) -> None:
    breakdown.set_prediction(predict((0.1, 0.7, 0.2)))
    assert words(breakdown) == "One model, so there is no vote: its probabilities are the answer."
    assert rows(breakdown) == [["CNN", "1.00", "GLAUCOMA", "70.0%"]]


@pytest.mark.parametrize(
    ("members", "weights", "sentence"),
    [
        (((0.1, 0.9, 0), (0.2, 0.8, 0)), (0.6, 0.4), "Both models say GLAUCOMA."),
        (((0.1, 0.9, 0),) * 3, (0.5, 0.3, 0.2), "All 3 models say GLAUCOMA."),
        (
            ((0.1, 0.9, 0), (0.6, 0.4, 0)),
            (0.6, 0.4),
            "Only CNN, with 60% of the vote weight, says GLAUCOMA.",
        ),
        (
            ((0.1, 0.9, 0), (0.6, 0.4, 0), (0.1, 0.8, 0.1)),
            (0.5, 0.3, 0.2),
            "2 of 3 models, with 70% of the vote weight, say GLAUCOMA.",
        ),
        (
            ((0.6, 0.4, 0), (0, 0.4, 0.6)),
            (0.5, 0.5),
            "No model puts GLAUCOMA first, but their votes together do.",
        ),
    ],
)
def test_agreement_is_said_in_words(
    breakdown: VoteBreakdown,
    members: tuple[tuple[float, ...], ...],
    weights: tuple[float, ...],
    sentence: str,
) -> None:
    breakdown.set_prediction(predict(*members, weights=weights))
    assert words(breakdown).startswith(sentence)


def test_two_models_name_the_flip_point_once(breakdown: VoteBreakdown) -> None:
    # (1 - w) · 0.9 + w · 0.1 = (1 - w) · 0.1 + w · 0.5 at w = 2/3
    breakdown.set_prediction(predict((0.1, 0.9, 0), (0.5, 0.1, 0.4), weights=(0.7, 0.3)))
    assert words(breakdown).endswith("Becomes NORMAL if the weight of ViT exceeds 0.67.")
    assert words(breakdown).count("Becomes") == 1


def test_three_models_name_the_nearest_flip_point_first(breakdown: VoteBreakdown) -> None:
    prediction = predict((0.1, 0.9, 0), (0.8, 0.2, 0), (0.5, 0.5, 0), weights=(0.5, 0.3, 0.2))
    breakdown.set_prediction(prediction)
    assert "Becomes NORMAL if the weight of ViT exceeds 0.4" in words(breakdown)
    assert "Becomes NORMAL if the weight of CNN falls below 0.3" in words(breakdown)
    assert words(breakdown).endswith("No weight of RDNet changes the answer.")
    ordered = [
        words(breakdown).index(text) for text in ("of ViT exceeds", "of CNN falls", "of RDNet")
    ]
    assert ordered == sorted(ordered)


def test_the_words_are_true(breakdown: VoteBreakdown) -> None:
    prediction = predict((0.1, 0.9, 0), (0.5, 0.1, 0.4), weights=(0.7, 0.3))
    breakdown.set_prediction(prediction)
    flip = float(re.findall(r"exceeds ([\d.]+)\.", words(breakdown))[0])
    assert prediction.reweighted((1 - flip + 0.01, flip - 0.01)).label == "glaucoma"
    assert prediction.reweighted((1 - flip - 0.01, flip + 0.01)).label == "normal"


def test_unshakeable_votes_are_said_to_be(breakdown: VoteBreakdown) -> None:
    breakdown.set_prediction(predict((0.1, 0.9, 0), (0.2, 0.8, 0)))
    assert words(breakdown).endswith("No weights change the answer.")


def test_a_weight_close_to_one_keeps_the_digits_that_tell_it_apart(
    breakdown: VoteBreakdown,
) -> None:
    breakdown.set_prediction(predict((0, 1, 0), (0.5015, 0.4985, 0), weights=(0.5, 0.5)))
    assert words(breakdown).endswith("Becomes NORMAL if the weight of ViT exceeds 0.997.")


def test_titles_are_not_taken_for_markup(qtbot: QtBot) -> None:
    breakdown = VoteBreakdown()
    qtbot.addWidget(breakdown)
    breakdown.set_appearance(Appearance(lambda name: f"<i>{name}", {"cnn": "A & B"}, {}))
    breakdown.set_prediction(predict((0.1, 0.9, 0), (0.6, 0.4, 0), weights=(0.6, 0.4)))
    assert "Only A &amp; B," in breakdown.text()
    assert "&lt;i&gt;glaucoma" in breakdown.text()


def test_nothing_is_left_without_a_prediction(breakdown: VoteBreakdown) -> None:
    breakdown.set_prediction(predict((0.1, 0.9, 0), (0.2, 0.8, 0)))
    breakdown.set_prediction(None)
    assert breakdown.text() == ""
    assert not table(breakdown).isVisible()


@pytest.mark.parametrize("width", [300, 700])
@pytest.mark.parametrize("count", [1, 2, 5])
def test_the_table_shows_all_rows_and_columns_without_scrolling(
    qtbot: QtBot, breakdown: VoteBreakdown, width: int, count: int
) -> None:
    long_title = "a diagnosis with quite a few words".__add__
    breakdown.set_appearance(Appearance(long_title, {}, {}))
    breakdown.resize(width, 500)
    breakdown.set_prediction(predict(*[(0.1, 0.7, 0.2)] * count))
    shown = table(breakdown)
    qtbot.waitUntil(lambda: not shown.verticalScrollBar().maximum())
    assert shown.horizontalScrollBar().maximum() == 0


def test_trying_weights_does_not_shrink_the_text(qtbot: QtBot, breakdown: VoteBreakdown) -> None:
    breakdown.resize(300, 500)
    torn = predict((0.1, 0.9, 0), (0.8, 0.1, 0.1), (0.1, 0.1, 0.8), weights=(0.4, 0.3, 0.3))
    breakdown.set_prediction(torn)
    qtbot.waitExposed(breakdown)
    qtbot.wait(1)
    words_label = next(c for c in breakdown.children() if getattr(c, "wordWrap", bool)())
    before = words_label.height()
    agreed = Prediction(
        torn.path, torn.class_names, torn.member_names, torn.weights,
        ((0.1, 0.9, 0.0),) * 3, "", 0.0,
    )  # fmt: skip
    breakdown.set_prediction(agreed)
    qtbot.wait(1)
    assert words_label.height() >= before


def test_where_the_surer_weigh_more_the_table_has_the_photograph_s_own_weights(
    breakdown: VoteBreakdown,
) -> None:
    sure, unsure = (0.0, 1.0, 0.0), (1 / 3 + 2e-9, 1 / 3 - 1e-9, 1 / 3 - 1e-9)
    prediction = predict(sure, unsure, weights=(0.5, 0.5))
    breakdown.set_prediction(replace(prediction, decision=Decision(rule="entropy")))
    assert [row[1] for row in rows(breakdown)] == ["0.75", "0.25"]
    assert "with 75% of the vote weight" in words(breakdown)
    assert words(breakdown).endswith("the surer models weigh more than is set below.")
