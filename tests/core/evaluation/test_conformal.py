"""Sets hold the true class as often as promised, for patients and for every class."""

from __future__ import annotations

import numpy as np
import pytest
from made_predictions import made_labels, made_probabilities

from fundus_gui.core.decision import PredictionSets, classes_in_sets, nonconformity
from fundus_gui.core.errors import DatasetError, EnsembleError
from fundus_gui.core.evaluation.conformal import (
    fewest_patients,
    fit_prediction_sets,
    measure_sets,
)


def two_classes(of_truth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return probabilities and labels of images with these probabilities of their class."""
    return np.column_stack([of_truth, 1 - of_truth]), np.zeros(len(of_truth), dtype=int)


@pytest.mark.parametrize("score", ["lac", "aps"])
def test_the_promised_coverage_holds_on_new_images(score: str) -> None:
    coverages = []
    for seed in range(200):
        labels = made_labels(240, 3, seed)
        probabilities = made_probabilities(labels, 3, seed + 1000)
        fitted = fit_prediction_sets(probabilities[:40], labels[:40], score=score)
        sets = fitted.prediction_sets
        coverages.append(measure_sets(sets, probabilities[40:], labels[40:]).coverage)
    # Between 0.9 and 0.9 + 1/41 plus what ties and the sure member add.
    assert 0.89 <= np.mean(coverages) <= 0.96


def test_the_threshold_is_the_conformal_quantile() -> None:
    # Of 19 scores 0.05, 0.10 ... 0.95 the ceil(20 · 0.9) = 18th is 0.90.
    probabilities, labels = two_classes(1 - np.arange(1, 20) * 0.05)
    fitted = fit_prediction_sets(probabilities, labels, coverage=0.9)
    assert fitted.prediction_sets.thresholds == pytest.approx((0.9,))
    assert (fitted.images, fitted.patients) == (19, 19)


@pytest.mark.parametrize(("coverage", "patients"), [(0.9, 9), (0.95, 19), (0.99, 99), (0.5, 1)])
def test_the_fewest_patients_are_just_enough(coverage: float, patients: int) -> None:
    assert fewest_patients(coverage) == patients
    probabilities, labels = two_classes(np.linspace(0.6, 0.9, patients))
    fitted = fit_prediction_sets(probabilities, labels, coverage=coverage)
    assert fitted.prediction_sets.thresholds[0] <= 0.4 + 1e-9  # the worst at most


def test_too_few_patients_are_refused_with_what_is_needed() -> None:
    probabilities, labels = two_classes(np.linspace(0.6, 0.9, 36))
    patients = np.arange(18).repeat(2)
    with pytest.raises(
        DatasetError, match=r"coverage of 95% need .* 19 patients, but there are 18"
    ):
        fit_prediction_sets(probabilities, labels, patients, coverage=0.95)


def test_a_patient_counts_once_however_many_images_it_has() -> None:
    of_truth = np.random.default_rng(0).random(30)
    once = fit_prediction_sets(*two_classes(of_truth))
    copies = np.arange(30).repeat(np.arange(30) % 4 + 1)
    repeated = fit_prediction_sets(*two_classes(of_truth[copies]), copies)
    assert repeated.prediction_sets == once.prediction_sets
    assert (repeated.images, repeated.patients) == (len(copies), 30)


def test_every_class_has_its_own_threshold_where_counts_allow() -> None:
    random = np.random.default_rng(1)
    labels = np.arange(400) % 2
    # Class 1 is hard: its images look half as sure.
    of_truth = np.where(labels == 0, 0.6 + 0.4 * random.random(400), random.random(400))
    probabilities = np.column_stack([np.where(labels == 0, of_truth, 1 - of_truth)] * 2)
    probabilities[:, 1] = 1 - probabilities[:, 0]
    fitted = fit_prediction_sets(probabilities[:200], labels[:200])
    assert fitted.is_class_conditional
    by_class = measure_sets(fitted.prediction_sets, probabilities[200:], labels[200:])
    assert min(by_class.class_coverage) > 0.82
    few = fit_prediction_sets(probabilities[:60], labels[:60])
    assert not few.is_class_conditional
    shared = measure_sets(few.prediction_sets, probabilities[200:], labels[200:])
    assert shared.class_coverage[1] < shared.class_coverage[0]


def test_cumulated_probabilities_are_those_down_to_the_class() -> None:
    found = nonconformity([[0.2, 0.5, 0.3]], "aps")
    assert found == pytest.approx(np.array([[1.0, 0.5, 0.8]]))
    assert nonconformity([[0.2, 0.5, 0.3]], "lac") == pytest.approx(np.array([[0.8, 0.5, 0.7]]))


def test_a_set_always_holds_the_answer() -> None:
    strict = PredictionSets(coverage=0.5, thresholds=(0.1,))
    assert classes_in_sets(strict, [[0.5, 0.3, 0.2], [0.05, 0.95, 0.0]]).tolist() == [
        [True, False, False],
        [False, True, False],
    ]


def test_sets_are_measured_by_coverage_and_size() -> None:
    sets = PredictionSets(coverage=0.9, thresholds=(0.7,))
    rows = [[0.4, 0.4, 0.2], [0.8, 0.1, 0.1], [0.35, 0.35, 0.3]]
    found = measure_sets(sets, rows, [1, 1, 0])
    assert found.coverage == pytest.approx(2 / 3)
    assert found.class_coverage[:2] == (1, 1 / 2)
    assert np.isnan(found.class_coverage[2])
    assert found.sizes == (1, 1, 1)
    assert found.mean_size == pytest.approx((2 + 1 + 3) / 3)


def test_an_impossible_coverage_is_refused() -> None:
    with pytest.raises(EnsembleError, match="between 0 and 1"):
        fit_prediction_sets([[0.5, 0.5]], [0], coverage=1.0)
