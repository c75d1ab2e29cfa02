"""Thresholds keep the specificity they were chosen for; a point on a curve counts right."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import precision_recall_curve, roc_curve

from fundus_gui.core.errors import ConfigError
from fundus_gui.core.evaluation.metrics import (
    WeightedSample,
    sensitivity_at_threshold,
    specificity_at_threshold,
)
from fundus_gui.core.evaluation.operating_points import (
    OperatingCurve,
    thresholds_at_specificity,
)


def test_the_threshold_is_the_lowest_that_lets_no_more_others_through() -> None:
    # Class 1: others at 0.1, 0.2, 0.3, 0.7, its own at 0.25, 0.6, 0.8. One alarm of four is let
    # through at 0.25 to 0.3 already twice, so 0.6 is the threshold with two of three found.
    of_class = np.array([0.1, 0.2, 0.3, 0.7, 0.25, 0.6, 0.8])
    labels = [0, 0, 0, 0, 1, 1, 1]
    rows = np.column_stack([1 - of_class, of_class])
    thresholds = thresholds_at_specificity(rows, labels, 0.75)
    assert thresholds[1] == 0.6
    sample = WeightedSample.of(rows, labels, thresholds=thresholds)
    assert sensitivity_at_threshold(sample)[0, 1] == pytest.approx(2 / 3)
    assert specificity_at_threshold(sample)[0, 1] == pytest.approx(3 / 4)


@given(st.integers(0, 10_000), st.sampled_from([0.5, 0.8, 0.9, 0.95]))
def test_no_other_threshold_of_that_specificity_finds_more(seed: int, specificity: float) -> None:
    random = np.random.default_rng(seed)
    labels = np.arange(30) % 3
    rows = random.multinomial(8, np.full(3, 1 / 3), 30) / 8
    thresholds = thresholds_at_specificity(rows, labels, specificity)
    sample = WeightedSample.of(rows, labels, thresholds=thresholds)
    found, spared = sensitivity_at_threshold(sample)[0], specificity_at_threshold(sample)[0]
    assert (spared >= specificity - 1e-9).all()
    for other in np.linspace(0, 1.01, 40):
        tried = WeightedSample.of(rows, labels, thresholds=np.full(3, other))
        allowed = specificity_at_threshold(tried)[0] >= specificity
        assert (sensitivity_at_threshold(tried)[0] <= found + 1e-9)[allowed].all()


def test_a_class_without_images_has_no_threshold() -> None:
    thresholds = thresholds_at_specificity([[0.5, 0.5, 0.0], [0.2, 0.8, 0.0]], [0, 1], 0.9)
    assert np.isnan(thresholds).tolist() == [False, False, True]
    assert np.isnan(thresholds_at_specificity([[0.5, 0.5]], [0], 0.9)).all()


def test_an_impossible_specificity_is_refused() -> None:
    with pytest.raises(ConfigError, match="not 95"):
        thresholds_at_specificity([[0.5, 0.5]], [0], 95)


def curve_of(seed: int = 0, images: int = 40) -> OperatingCurve:
    """Return the curve of class 1 of three, with ties."""
    random = np.random.default_rng(seed)
    rows = random.multinomial(12, np.full(3, 1 / 3), images) / 12
    return OperatingCurve.of(WeightedSample.of(rows, np.arange(images) % 3), 1)


@given(st.integers(0, 10_000))
def test_the_curves_are_those_of_scikit_learn(seed: int) -> None:
    curve = curve_of(seed)
    alarms, found, thresholds = roc_curve(curve.is_class, curve.scores, drop_intermediate=False)
    np.testing.assert_allclose(curve.false_alarm_rate, alarms)
    np.testing.assert_allclose(curve.sensitivity, found)
    np.testing.assert_array_equal(curve.thresholds[1:], thresholds[1:])
    precision, recall, _ = precision_recall_curve(curve.is_class, curve.scores)
    np.testing.assert_allclose(curve.precision, precision[::-1])
    np.testing.assert_allclose(curve.sensitivity, recall[::-1])


@given(st.integers(0, 10_000), st.floats(0, 1.01))
def test_a_point_counts_every_image_once(seed: int, threshold: float) -> None:
    curve = curve_of(seed)
    point, called = curve.at(threshold), curve.scores >= threshold
    assert point.found == (called & curve.is_class).sum()
    assert point.alarms == (called & ~curve.is_class).sum()
    assert point.found + point.missed + point.alarms + point.cleared == len(called)
    assert point.changed == (called != curve.is_answer).sum()
    assert len(curve.alarms_at(threshold)) == point.alarms
    assert len(curve.missed_at(threshold)) == point.missed


def test_a_point_of_known_counts() -> None:
    of_class = np.array([0.1, 0.2, 0.3, 0.7, 0.25, 0.6, 0.8])
    rows = np.column_stack([1 - of_class, of_class])
    curve = OperatingCurve.of(WeightedSample.of(rows, [0, 0, 0, 0, 1, 1, 1]), 1)
    point = curve.at(0.28)
    assert (point.found, point.missed, point.alarms, point.cleared) == (2, 1, 2, 2)
    assert (point.sensitivity, point.specificity) == (2 / 3, 1 / 2)
    assert (point.positive_predictive_value, point.negative_predictive_value) == (1 / 2, 2 / 3)
    assert point.changed == 1  # the image at 0.3, of which class 0 is the answer
    assert curve.alarms_at(0.28).tolist() == [3, 2]
    assert curve.missed_at(0.28).tolist() == [4]


def test_where_nobody_is_called_there_is_no_predictive_value() -> None:
    curve = curve_of()
    point = curve.at(float(curve.thresholds[0]))
    assert point.found == point.alarms == 0
    assert np.isnan(point.positive_predictive_value)


def test_each_threshold_is_found_again() -> None:
    curve = curve_of()
    places = [curve.index_of(threshold) for threshold in curve.thresholds]
    assert places == list(range(len(curve.thresholds)))
    assert curve.index_of(2.0) == 0
    assert curve.index_of(0.0) == len(curve.thresholds) - 1


def test_a_class_alone_has_no_curve() -> None:
    sample = WeightedSample.of([[0.6, 0.4], [0.7, 0.3]], [0, 0])
    assert not any(OperatingCurve.of(sample, index).has_both for index in range(2))
