"""Tests of two models give the published values and those worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_predictions import made_labels, made_probabilities
from sklearn.metrics import roc_auc_score

from fundus_gui.core.evaluation.comparison import DeLong, delong, mcnemar

# Albumin, total protein, K-G score and outcome of the patients with ovarian cancer of DeLong et al.
# (1988) who have all three, as printed in the SAS/STAT User's Guide, PROC LOGISTIC, example
# "Comparing Receiver Operating Characteristic Curves".
OVARIAN = np.fromstring(
    """
    3.0 5.8 10 0  3.2 6.3  5 1  3.9 6.8  3 1  2.8 4.8  6 0  3.2 5.8  3 1  0.9 4.0  5 0
    2.5 5.7  8 0  1.6 5.6  5 1  3.8 5.7  5 1  3.7 6.7  6 1  3.2 5.4  4 1  3.8 6.6  6 1
    4.1 6.6  5 1  3.6 5.7  5 1  4.3 7.0  4 1  3.6 6.7  4 0  2.3 4.4  6 1  4.2 7.6  4 0
    4.0 6.6  6 0  3.5 5.8  6 1  3.8 6.8  7 1  3.0 4.7  8 0  4.5 7.4  5 1  3.7 7.4  5 1
    3.1 6.6  6 1  4.1 8.2  6 1  4.3 7.0  5 1  4.3 6.5  4 1  3.2 5.1  5 1  2.6 4.7  6 1
    3.3 6.8  6 0  1.7 4.0  7 0  3.7 6.1  5 1  3.3 6.3  7 1  4.2 7.7  6 1  3.5 6.2  5 1
    2.9 5.7  9 0  2.1 4.8  7 1  2.8 6.2  8 0  4.0 7.0  7 1  3.3 5.7  6 1  3.7 6.9  5 1
    3.6 6.6  5 1
    """,
    sep=" ",
).reshape(-1, 4)
ALBUMIN, PROTEIN, KG, OUTCOME = OVARIAN.T * [[1], [1], [-1], [1]]


def test_delong_gives_the_published_comparison_of_three_areas() -> None:
    albumin, protein = delong(ALBUMIN, KG, OUTCOME), delong(PROTEIN, KG, OUTCOME)
    both = delong(ALBUMIN, PROTEIN, OUTCOME)
    differences = np.array([albumin.difference, protein.difference])
    variances = np.square([albumin.standard_error, protein.standard_error])
    shared = (variances.sum() - both.standard_error**2) / 2
    covariance = np.diag(variances - shared) + shared
    # Both differences from the K-G score at once: chi-squared 2.5340 with 2 degrees of freedom.
    statistic = differences @ np.linalg.solve(covariance, differences)
    assert statistic == pytest.approx(2.5340, abs=5e-5)


def test_areas_are_those_of_scikit_learn() -> None:
    found = delong(ALBUMIN, KG, OUTCOME)
    assert found.first_auc == pytest.approx(roc_auc_score(OUTCOME, ALBUMIN))
    assert found.second_auc == pytest.approx(roc_auc_score(OUTCOME, KG))


def test_variance_is_the_one_of_the_placements_by_definition() -> None:
    random = np.random.default_rng(0)
    positive = np.arange(30) < 12
    scores = random.normal(size=(2, 30)) + positive
    pairs = [
        (s[positive][:, None] > s[~positive]) + 0.5 * (s[positive][:, None] == s[~positive])
        for s in scores
    ]
    gap = pairs[0] - pairs[1]
    by_definition = np.var(gap.mean(axis=1), ddof=1) / 12 + np.var(gap.mean(axis=0), ddof=1) / 18
    assert delong(*scores, positive).standard_error == pytest.approx(math.sqrt(by_definition))


def test_copies_of_an_image_tell_nothing_new_when_the_patient_is_known() -> None:
    patients = np.arange(len(OUTCOME)).repeat(3)
    copies = [values.repeat(3) for values in (ALBUMIN, KG, OUTCOME)]
    once, thrice = delong(ALBUMIN, KG, OUTCOME), delong(*copies, patients)
    assert thrice.standard_error == pytest.approx(once.standard_error)
    assert thrice.p_value == pytest.approx(once.p_value)
    assert delong(*copies).standard_error < once.standard_error  # as if there were more patients


def test_patients_with_images_of_both_kinds_hold_the_level() -> None:
    random = np.random.default_rng(2)
    patients = np.arange(60).repeat(2)
    rejected = []
    for _ in range(300):
        positive = random.random(120) < 0.5
        sickness = random.normal(size=(2, 60)).repeat(2, axis=1)  # alike in both eyes
        scores = positive + sickness + 0.3 * random.normal(size=(2, 120))
        rejected.append(delong(*scores, positive, patients).p_value < 0.05)
    assert 0.02 <= np.mean(rejected) <= 0.09


@given(st.integers(0, 1000))
def test_the_test_is_the_same_from_both_sides_and_for_any_scale(seed: int) -> None:
    labels = made_labels(40, 2, seed)
    first, second = (made_probabilities(labels, 2, seed + i)[:, 1] for i in (1, 2))
    there, back = delong(first, second, labels), delong(np.exp(second), 3 * first, labels)
    assert there.difference == pytest.approx(-back.difference)
    assert there.p_value == pytest.approx(back.p_value)


def test_a_score_does_not_differ_from_itself() -> None:
    found = delong(ALBUMIN, ALBUMIN, OUTCOME)
    assert (found.difference, found.p_value) == (0, 1)


def test_without_both_outcomes_there_is_no_test() -> None:
    found = delong(ALBUMIN, KG, np.ones(len(KG)))
    assert np.isnan([found.first_auc, found.second_auc, found.p_value]).all()
    one_positive = delong(ALBUMIN[:5], KG[:5], np.arange(5) == 0)
    assert isinstance(one_positive, DeLong)
    assert not math.isnan(one_positive.first_auc)
    assert math.isnan(one_positive.p_value)


def hits(only_first: int, only_second: int, both: int = 5, neither: int = 3) -> list[list[bool]]:
    first = [True] * only_first + [False] * only_second + [True] * both + [False] * neither
    second = [False] * only_first + [True] * only_second + [True] * both + [False] * neither
    return [first, second]


def test_mcnemar_of_many_images_is_chi_squared_with_continuity() -> None:
    # The approval ratings of Agresti, Categorical Data Analysis: 150 and 86 changed their minds.
    found = mcnemar(*hits(150, 86, both=794, neither=570))
    assert (found.only_first, found.only_second, found.is_exact) == (150, 86, False)
    assert found.statistic == pytest.approx((150 - 86 - 1) ** 2 / (150 + 86))
    assert found.p_value == pytest.approx(4.115e-5, rel=1e-3)


def test_mcnemar_of_few_images_is_exact() -> None:
    found = mcnemar(*hits(9, 1))
    assert found.is_exact
    assert found.p_value == pytest.approx(2 * (1 + 10) / 2**10)  # 0 or 1 of ten coins, either side


def test_models_that_are_right_on_the_same_images_do_not_differ() -> None:
    found = mcnemar(*hits(0, 0))
    assert (found.statistic, found.p_value) == (0, 1)
    assert mcnemar(*hits(13, 13)).p_value == 1
