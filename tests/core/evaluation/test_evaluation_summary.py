"""The figures of merit against numbers worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundus_gui.core.evaluation import confusion, measure

# Four photographs of three classes; the third is taken for class 0.
PROBABILITIES = [[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.5, 0.2, 0.3], [0.6, 0.3, 0.1]]
LABELS = [0, 1, 2, 0]


def test_figures_equal_those_worked_out_by_hand() -> None:
    figures = measure(PROBABILITIES, LABELS)
    assert figures.images == 4
    assert figures.accuracy == pytest.approx(3 / 4)
    assert figures.balanced_accuracy == pytest.approx((2 / 2 + 1 / 1 + 0 / 1) / 3)
    # Class 0 and 1 are ranked without a mistake; class 2 has 0.3 against 0.1, 0.1 and 0.1.
    assert figures.macro_auc == pytest.approx(1.0)
    # Of class 0 two of three answers are right, and both images found; class 1 has no mistake.
    assert figures.macro_f1 == pytest.approx((0.8 + 1 + 0) / 3)
    expected = -(math.log(0.7) + math.log(0.8) + math.log(0.3) + math.log(0.6)) / 4
    assert figures.log_loss == pytest.approx(expected)


def test_macro_auc_is_the_mean_of_pairs_ranked_rightly() -> None:
    probabilities = [[0.5, 0.3, 0.2], [0.6, 0.1, 0.3], [0.2, 0.5, 0.3], [0.4, 0.2, 0.4]]
    labels = [0, 1, 1, 2]
    # Class 0: 0.5 beats 0.2 and 0.4 but not 0.6. Class 1: 0.1 beats none, 0.5 beats 0.3 and 0.2.
    # Class 2: 0.4 beats all three.
    by_hand = (2 / 3 + 2 / 4 + 3 / 3) / 3
    assert measure(probabilities, labels).macro_auc == pytest.approx(by_hand)


def test_two_classes_have_the_usual_area() -> None:
    figures = measure([[0.9, 0.1], [0.4, 0.6], [0.6, 0.4], [0.3, 0.7]], [0, 0, 1, 1])
    assert figures.macro_auc == pytest.approx(3 / 4)  # of four pairs 0.4 against 0.6 is wrong
    assert figures.accuracy == pytest.approx(2 / 4)


def test_accuracy_counts_images_and_balanced_accuracy_classes() -> None:
    probabilities = [[0.9, 0.1]] * 10
    figures = measure(probabilities, [0] * 9 + [1])
    assert figures.accuracy == pytest.approx(0.9)
    assert figures.balanced_accuracy == pytest.approx(0.5)
    assert figures.macro_auc == pytest.approx(0.5)


@given(st.integers(2, 6), st.integers(0, 1000))
def test_a_perfect_model_has_perfect_figures(classes: int, seed: int) -> None:
    labels = np.random.default_rng(seed).permutation(np.arange(classes).repeat(3))
    figures = measure(np.eye(classes)[labels] * 0.98 + 0.01, labels)
    assert (figures.accuracy, figures.balanced_accuracy) == (1, 1)
    assert figures.macro_auc == pytest.approx(1)


@pytest.mark.parametrize("classes", [2, 3])
def test_half_precision_rows_that_miss_one_by_rounding_are_taken(classes: int) -> None:
    rows = np.random.default_rng(0).dirichlet(np.ones(classes), 30).astype(np.float16)
    figures = measure(rows, np.arange(30) % classes)
    assert 0 <= figures.macro_auc <= 1
    assert math.isfinite(figures.log_loss)


def test_a_certain_mistake_costs_much_but_not_infinitely_much() -> None:
    assert 10 < measure([[1.0, 0.0], [1.0, 0.0]], [0, 1]).log_loss < math.inf


def test_confusion_counts_true_classes_in_rows_and_answers_in_columns() -> None:
    assert confusion(PROBABILITIES, LABELS).tolist() == [[2, 0, 0], [0, 1, 0], [1, 0, 0]]


def test_confusion_has_a_row_for_a_class_that_does_not_occur() -> None:
    assert confusion(PROBABILITIES[:2], LABELS[:2]).tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 0]]


def test_means_are_over_the_classes_that_occur() -> None:
    # Class 2 has no image, but one image of class 0 is taken for it.
    probabilities = [[0.7, 0.2, 0.1], [0.1, 0.2, 0.7], [0.2, 0.7, 0.1], [0.3, 0.6, 0.1]]
    figures = measure(probabilities, [0, 0, 1, 1])
    assert figures.balanced_accuracy == pytest.approx((1 / 2 + 2 / 2) / 2)
    assert figures.macro_f1 == pytest.approx((2 / 3 + 1) / 2)
    # Class 0: 0.7 beats both others, 0.1 beats none. Class 1: 0.7 and 0.6 beat 0.2 and 0.2.
    assert figures.macro_auc == pytest.approx((2 / 4 + 4 / 4) / 2)


def test_one_class_alone_has_no_area() -> None:
    figures = measure(PROBABILITIES, [0, 0, 0, 0])
    assert math.isnan(figures.macro_auc)
    assert figures.accuracy == figures.balanced_accuracy == 3 / 4


def test_top_5_is_measured_above_five_classes() -> None:
    ranks = [6, 5, 4, 3, 2, 1]  # of class 0 to 5, which is the least probable
    probabilities = np.array([ranks, ranks, ranks]) / sum(ranks)
    assert measure(probabilities, [0, 4, 5]).top_5_accuracy == pytest.approx(2 / 3)
    assert measure(np.full((3, 5), 0.2), [0, 1, 2]).top_5_accuracy is None


def test_figures_by_name_leave_out_what_does_not_apply() -> None:
    names = measure(PROBABILITIES, LABELS).by_name()
    assert names["images"] == 4
    assert "top_5_accuracy" not in names
    assert measure(np.full((6, 6), 1 / 6), np.arange(6)).by_name()["top_5_accuracy"] == 5 / 6
