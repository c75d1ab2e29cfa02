"""The answers of the vote and of its members, put in order."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tiny_assessments import assessment

from fundus_gui.core.assessments import Assessment
from fundus_gui.core.assessments.answers import Answers


@pytest.fixture(scope="module")
def made() -> Assessment:
    return assessment(Path("odir"), has_tuning=False)


@pytest.mark.parametrize("model", [-1, 0, 1])
def test_the_cells_hold_as_many_photographs_as_the_report_counts(
    made: Assessment, model: int
) -> None:
    answers = Answers(made, model)
    counts = made.report.models[model].confusion
    classes = range(len(made.report.class_names))
    found = tuple(tuple(len(answers.in_cell(row, column)) for column in classes) for row in classes)
    assert found == counts


def test_the_most_confidently_wrong_answer_is_the_first_mistake(made: Assessment) -> None:
    answers = Answers(made)
    mistakes = answers.mistakes()
    rows = answers.probabilities[mistakes]
    too_sure = rows.max(axis=1) - rows[np.arange(len(rows)), answers.labels[mistakes]]
    assert len(mistakes) > 1
    assert (too_sure > 0).all()
    assert (np.diff(too_sure) <= 0).all()


def test_right_answers_come_least_sure_first(made: Assessment) -> None:
    answers = Answers(made)
    right = answers.in_cell(0, 0)
    sure = [answers.confidence(number) for number in right]
    assert len(right) > 1
    assert sure == sorted(sure)


def test_no_photographs_are_put_in_order_too(made: Assessment) -> None:
    assert Answers(made).worst_first([]).tolist() == []


def test_a_mark_knows_its_photograph(made: Assessment) -> None:
    mark = Answers(made).mark(3)
    assert (mark.filename, mark.sha256) == ("test_3.png", f"{3:064x}")
    assert mark.label == made.judged.images[3].label
    assert np.isclose(Answers(made).probabilities.sum(), 60)
