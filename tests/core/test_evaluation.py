"""The figures of merit against numbers worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundus_gui.core.evaluation import measure

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
