"""Thresholds keep the specificity on the images that they were chosen on."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundus_gui.core.errors import ConfigError
from fundus_gui.core.evaluation.metrics import (
    WeightedSample,
    sensitivity_at_threshold,
    specificity_at_threshold,
)
from fundus_gui.core.evaluation.operating_points import thresholds_at_specificity


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
