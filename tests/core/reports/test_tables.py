from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from made_runs import answers

from fundus_gui.core.reports.tables import (
    classification_csv,
    classification_figures,
    predictions_csv,
)

# Of two photographs of "a", one is taken for "b".
PROBABILITIES = [[0.9, 0.1], [0.2, 0.8], [0.3, 0.7], [0.4, 0.6]]
LABELS = [0, 0, 1, 1]


def read(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_figures_of_classes_equal_those_worked_out_by_hand() -> None:
    first, second, accuracy, macro, weighted = classification_figures(PROBABILITIES, LABELS, "ab")
    assert (first.precision, first.recall, first.support) == (1, 0.5, 2)
    assert second.precision == pytest.approx(2 / 3)
    assert second.f1_score == pytest.approx(0.8)
    assert (accuracy.f1_score, accuracy.support) == (0.75, 4)
    assert (macro.name, macro.recall, weighted.recall) == ("macro avg", 0.75, 0.75)


def test_the_report_is_read_back_row_by_row() -> None:
    rows = read(classification_csv(classification_figures(PROBABILITIES, LABELS, "ab")))
    assert [row["class"] for row in rows] == ["a", "b", "accuracy", "macro avg", "weighted avg"]
    assert rows[0] == {
        "class": "a", "precision": "1", "recall": "0.5", "f1-score": "0.666667", "support": "2",
    }  # fmt: skip
    assert (rows[2]["precision"], rows[2]["f1-score"]) == ("", "0.75")


def test_a_class_may_be_called_like_a_mean() -> None:
    first, _, accuracy, *_ = classification_figures(
        PROBABILITIES, LABELS, ["accuracy", "macro avg"]
    )
    assert (first.recall, accuracy.recall) == (0.5, None)


@pytest.mark.parametrize("labels", [[0, 0, 0, 0], [1, 1, 1, 1]])
def test_a_class_that_does_not_occur_has_no_support(labels: list[int]) -> None:
    rows = classification_figures(PROBABILITIES, labels, "ab")
    assert rows[1 - labels[0]].support == 0


def test_each_photograph_has_its_row() -> None:
    probabilities, labels = answers(3, images=4)
    paths = ["one.jpg", 'with "quotes", and comma.jpg', "眼底.jpg", "undecodable \udcff.jpg"]
    rows = read(predictions_csv(paths, labels, probabilities, ["a", "b", "c"]))
    assert [row["filename"] for row in rows] == [*paths[:3], "undecodable \\udcff.jpg"]
    assert [row["label"] for row in rows] == ["a", "b", "c", "a"]
    told: Any = [[float(row[f"prob_{name}"]) for name in "abc"] for row in rows]
    assert told == pytest.approx(probabilities, abs=1e-5)


def test_paths_and_labels_must_be_as_many() -> None:
    with pytest.raises(ValueError, match="zip"):
        predictions_csv(["one.jpg"], LABELS, PROBABILITIES, "ab")
