"""Intervals cover at the stated rate, draw patients, and agree with scipy's."""

from __future__ import annotations

import numpy as np
import pytest
from made_predictions import made_labels, made_probabilities
from scipy import stats

from fundus_gui.core.errors import ConfigError
from fundus_gui.core.evaluation import Bootstrap, bootstrap_difference, bootstrap_interval
from fundus_gui.core.evaluation.intervals import bootstrap, interval, jackknife
from fundus_gui.core.evaluation.metrics import WeightedSample, accuracy, auc, macro_auc

LABELS = made_labels(60, 3, seed=0)
PROBABILITIES = made_probabilities(LABELS, 3, seed=1)
FEW = Bootstrap(replicates=200)


def right_answers(is_right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return probabilities and labels of two classes with these answers right."""
    labels = np.zeros(len(is_right), dtype=int)
    return np.where(is_right[:, np.newaxis], [0.9, 0.1], [0.1, 0.9]), labels


@pytest.mark.parametrize("method", ["percentile", "bca"])
def test_intervals_cover_the_true_accuracy_at_the_stated_rate(method: str) -> None:
    random = np.random.default_rng(0)
    settings = Bootstrap(replicates=300, level=0.9, method=method)
    covered = []
    for _ in range(300):
        found = bootstrap_interval(
            accuracy, *right_answers(random.random(80) < 0.7), settings=settings
        )
        covered.append(found.low <= 0.7 <= found.high)
    assert 0.85 <= np.mean(covered) <= 0.95  # 0.9 and three standard errors


def test_only_intervals_that_draw_patients_cover_when_images_of_a_patient_are_alike() -> None:
    random = np.random.default_rng(1)
    patients = np.arange(40).repeat(4)
    by_patient, by_image = [], []
    for _ in range(200):
        data = right_answers((random.random(40) < 0.7).repeat(4))  # all four right or all wrong
        for covered, clusters in ((by_patient, patients), (by_image, None)):
            found = bootstrap_interval(accuracy, *data, clusters, FEW)
            covered.append(found.low <= 0.7 <= found.high)
    assert np.mean(by_patient) > 0.9
    assert np.mean(by_image) < 0.75


def test_replicates_take_all_images_of_a_patient_as_often_as_it_is_drawn() -> None:
    patients = np.array(["b", "a", "b", "c", "a", "b"])
    sample = WeightedSample.of(PROBABILITIES[:6], LABELS[:6])
    weights = bootstrap(lambda s: s.weights, sample, patients, FEW)
    assert weights.shape == (200, 6)
    for name in "abc":
        assert np.ptp(weights[:, patients == name], axis=1).max() == 0
    drawn = weights[:, [0, 1, 3]]  # one image of each patient
    assert (drawn.sum(axis=1) == 3).all()
    assert drawn.mean(axis=0) == pytest.approx([1, 1, 1], abs=0.25)


def test_leaving_out_a_patient_leaves_out_all_its_images() -> None:
    patients = ["b", "a", "b"]
    sample = WeightedSample.of(PROBABILITIES[:3], LABELS[:3])
    weights = jackknife(lambda s: s.weights, sample, patients)
    assert weights.tolist() == [[1, 0, 1], [0, 1, 0]]


def test_the_accelerated_interval_is_the_one_of_scipy() -> None:
    values = np.random.default_rng(3).exponential(size=40)
    expected = stats.bootstrap((values,), np.mean, n_resamples=999, method="BCa", rng=4)
    left_out = np.array([np.delete(values, i).mean() for i in range(len(values))])
    found = interval(values.mean(), expected.bootstrap_distribution, 0.95, left_out)
    assert (found.low, found.high) == pytest.approx(tuple(expected.confidence_interval))


def test_the_percentile_interval_is_near_the_one_of_scipy() -> None:
    hits = PROBABILITIES.argmax(axis=1) == LABELS
    expected = stats.bootstrap((hits,), np.mean, method="percentile", rng=5).confidence_interval
    found = bootstrap_interval(accuracy, PROBABILITIES, LABELS)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=0.02)


def test_the_same_seed_gives_the_same_interval() -> None:
    first, again = (bootstrap_interval(macro_auc, PROBABILITIES, LABELS, settings=FEW),) * 2
    other = bootstrap_interval(
        macro_auc, PROBABILITIES, LABELS, settings=Bootstrap(replicates=200, seed=1)
    )
    assert first == again
    assert first != other


def test_a_perfect_model_has_an_interval_of_no_width() -> None:
    for method in ("percentile", "bca"):
        settings = Bootstrap(replicates=100, method=method)
        found = bootstrap_interval(accuracy, np.eye(3)[LABELS], LABELS, settings=settings)
        assert (found.value, found.low, found.high) == (1, 1, 1)


def test_replicates_without_a_class_are_left_out_and_counted() -> None:
    labels = np.array([0] * 19 + [1])
    probabilities = made_probabilities(labels, 2, seed=6)
    found = bootstrap_interval(lambda s: auc(s)[:, 1], probabilities, labels, settings=FEW)
    # The only image of class 1 is missing from (19/20)^20 = 36 % of the drawings.
    assert 0.55 < found.replicates / 200 < 0.73
    assert found.low <= found.value <= found.high


def test_one_patient_has_no_interval() -> None:
    found = bootstrap_interval(accuracy, PROBABILITIES, LABELS, ["a"] * len(LABELS), FEW)
    assert found.value == pytest.approx(accuracy(WeightedSample.of(PROBABILITIES, LABELS))[0])
    assert np.isnan([found.low, found.high]).all()
    assert found.replicates == 0
    assert not found.excludes_zero


def test_a_model_differs_from_itself_by_nothing() -> None:
    found = bootstrap_difference(macro_auc, PROBABILITIES, PROBABILITIES, LABELS, settings=FEW)
    assert (found.value, found.low, found.high) == (0, 0, 0)


def test_a_clear_difference_excludes_nought_and_is_narrower_than_unpaired() -> None:
    worse = made_probabilities(LABELS, 3, seed=1, skill=0.2)  # the same noise
    found = bootstrap_difference(accuracy, PROBABILITIES, worse, LABELS, settings=FEW)
    assert found.excludes_zero
    alone = [bootstrap_interval(accuracy, p, LABELS, settings=FEW) for p in (PROBABILITIES, worse)]
    unpaired = np.hypot(*(one.high - one.low for one in alone))
    assert found.high - found.low < unpaired


def test_impossible_settings_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"between 0 and 1, not 95"):
        Bootstrap(level=95)
    with pytest.raises(ConfigError, match="at least 2 replicates"):
        Bootstrap(replicates=1)
