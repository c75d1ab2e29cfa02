"""The temperature makes probabilities true, and the diagram shows how true they are."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_predictions import made_labels, made_probabilities
from scipy.special import softmax

from fundus_gui.core.decision import with_temperature
from fundus_gui.core.evaluation.calibration import fit_temperature, reliability
from fundus_gui.core.evaluation.metrics import WeightedSample, calibration_error, log_loss


def true_answers(images: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return labels drawn from the probabilities themselves: these are calibrated."""
    random = np.random.default_rng(seed)
    probabilities = softmax(2 * random.normal(size=(images, 4)), axis=1)
    labels = (probabilities.cumsum(axis=1) < random.random((images, 1))).sum(axis=1)
    return probabilities, labels


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_a_known_temperature_is_found_again(temperature: float) -> None:
    probabilities, labels = true_answers(20_000, seed=0)
    distorted = with_temperature(probabilities, 1 / temperature)
    assert fit_temperature(distorted, labels).temperature == pytest.approx(temperature, rel=0.05)


def test_fitting_lowers_the_loss_and_the_calibration_error_on_other_images() -> None:
    (fit_on, labels), (test_on, truth) = true_answers(2000, seed=1), true_answers(2000, seed=2)
    too_sure, too_sure_too = with_temperature(fit_on, 0.4), with_temperature(test_on, 0.4)
    fit = fit_temperature(too_sure, labels)
    before = WeightedSample.of(too_sure_too, truth)
    after = WeightedSample.of(with_temperature(too_sure_too, fit.temperature), truth)
    assert fit.loss_after < fit.loss_before
    assert log_loss(after) < log_loss(before)
    assert calibration_error(after) < calibration_error(before) / 2


@given(st.integers(0, 1000))
def test_no_temperature_nearby_is_better(seed: int) -> None:
    labels = made_labels(60, 3, seed)
    probabilities = made_probabilities(labels, 3, seed + 1)
    fit = fit_temperature(probabilities, labels)
    nearby = [with_temperature(probabilities, fit.temperature * f) for f in (0.9, 1, 1.1)]
    lower, best, higher = (log_loss(WeightedSample.of(p, labels))[0] for p in nearby)
    assert best == pytest.approx(fit.loss_after)
    assert best <= min(lower, higher)


def test_after_fitting_there_is_nothing_left_to_fit() -> None:
    probabilities, labels = true_answers(500, seed=3)
    cooled = with_temperature(probabilities, fit_temperature(probabilities, labels).temperature)
    assert fit_temperature(cooled, labels).temperature == pytest.approx(1, abs=1e-3)


def test_a_model_that_is_always_right_or_certain_stays_within_bounds() -> None:
    labels = made_labels(30, 3, seed=4)
    always_right = np.full((30, 3), 0.1) + 0.7 * np.eye(3)[labels]
    assert 1 / 20 <= fit_temperature(always_right, labels).temperature < 0.2
    certain = np.eye(3)[(labels + 1) % 3]  # and wrong
    fit = fit_temperature(certain, labels)
    assert fit.temperature == pytest.approx(20)
    assert math.isfinite(fit.loss_after)


@given(st.floats(0.05, 20), st.integers(0, 1000))
def test_a_temperature_divides_logits_and_changes_no_answer(temperature: float, seed: int) -> None:
    logits = np.random.default_rng(seed).normal(size=(2, 5, 4))
    found = with_temperature(softmax(logits, axis=-1), temperature)
    np.testing.assert_allclose(found, softmax(logits / temperature, axis=-1), atol=1e-9)
    assert (found.argmax(axis=-1) == logits.argmax(axis=-1)).all()


def test_a_temperature_of_one_changes_nothing_even_where_a_class_is_impossible() -> None:
    assert with_temperature([[0.25, 0.75, 0.0]], 1.0).tolist() == [[0.25, 0.75, 0.0]]


def test_bars_show_probability_and_truth_of_their_images() -> None:
    bars = reliability([[0.56, 0.44], [0.58, 0.42], [0.9, 0.1], [1.0, 0.0]], [0, 1, 0, 0], bins=10)
    assert [bar.images for bar in bars] == [0, 0, 0, 0, 0, 2, 0, 0, 1, 1]
    assert (bars[5].low, bars[5].high) == (0.5, 0.6)
    assert bars[5].confidence == pytest.approx(0.57)
    assert bars[5].accuracy == 0.5
    assert math.isnan(bars[0].accuracy)


def test_bars_add_up_to_the_calibration_error() -> None:
    labels = made_labels(200, 3, seed=5)
    probabilities = made_probabilities(labels, 3, seed=6)
    filled = [bar for bar in reliability(probabilities, labels) if bar.images]
    gap = sum(bar.images * abs(bar.confidence - bar.accuracy) for bar in filled) / 200
    assert calibration_error(WeightedSample.of(probabilities, labels)) == pytest.approx(gap)
