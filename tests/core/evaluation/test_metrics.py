"""The figures equal scikit-learn's under any weighting, and what is worked out by hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import sklearn.metrics as reference
from hypothesis import given, settings
from hypothesis import strategies as st
from made_predictions import made_labels, made_probabilities

from fundus_gui.core.evaluation import metrics
from fundus_gui.core.evaluation.metrics import Floats, WeightedSample, figures_of

CLASSES = 4
LABELS = made_labels(90, CLASSES, seed=0)
PROBABILITIES = (  # with ties, noughts, and sums of exactly 1
    np.random.default_rng(1).multinomial(32, made_probabilities(LABELS, CLASSES, seed=1)) / 32
)
ANSWERS = PROBABILITIES.argmax(axis=1)
TRUTH = np.eye(CLASSES)[LABELS]
WEIGHTS = np.random.default_rng(2).integers(0, 4, (6, len(LABELS))).astype(float)
MEANS = {"average": "macro", "zero_division": 0}


def weighted_sample(grades: Floats | None = None) -> WeightedSample:
    return WeightedSample.of(PROBABILITIES, LABELS, grades).reweighted(WEIGHTS)


OF_SCIKIT_LEARN: dict[str, Callable[[Floats], float]] = {
    "accuracy": lambda w: reference.accuracy_score(LABELS, ANSWERS, sample_weight=w),
    "balanced_accuracy": lambda w: reference.balanced_accuracy_score(
        LABELS, ANSWERS, sample_weight=w
    ),
    "macro_precision": lambda w: reference.precision_score(
        LABELS, ANSWERS, sample_weight=w, **MEANS
    ),
    "macro_f1": lambda w: reference.f1_score(LABELS, ANSWERS, sample_weight=w, **MEANS),
    "macro_auc": lambda w: np.mean(
        [
            reference.roc_auc_score(TRUTH[:, c], PROBABILITIES[:, c], sample_weight=w)
            for c in range(CLASSES)
        ]
    ),
    "weighted_auc": lambda w: np.average(
        [
            reference.roc_auc_score(TRUTH[:, c], PROBABILITIES[:, c], sample_weight=w)
            for c in range(CLASSES)
        ],
        weights=w @ TRUTH,
    ),
    "macro_average_precision": lambda w: reference.average_precision_score(
        TRUTH, PROBABILITIES, sample_weight=w
    ),
    "mcc": lambda w: reference.matthews_corrcoef(LABELS, ANSWERS, sample_weight=w),
    "kappa": lambda w: reference.cohen_kappa_score(LABELS, ANSWERS, sample_weight=w),
    "quadratic_kappa": lambda w: reference.cohen_kappa_score(
        LABELS, ANSWERS, weights="quadratic", sample_weight=w
    ),
    "log_loss": lambda w: reference.log_loss(LABELS, PROBABILITIES, sample_weight=w),
    "brier": lambda w: np.average(
        np.square(PROBABILITIES - TRUTH).sum(axis=1), weights=w
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", OF_SCIKIT_LEARN)
def test_every_weighting_gives_the_figure_of_scikit_learn(name: str) -> None:
    found = figures_of(weighted_sample(np.arange(CLASSES)))[0][name]
    assert found == pytest.approx([OF_SCIKIT_LEARN[name](weights) for weights in WEIGHTS])


def test_figures_per_class_are_those_of_scikit_learn() -> None:
    _, by_class = figures_of(weighted_sample())
    for row, weights in enumerate(WEIGHTS):
        precision, recall, f1, _ = reference.precision_recall_fscore_support(
            LABELS, ANSWERS, sample_weight=weights, zero_division=0
        )
        assert by_class["precision"][row] == pytest.approx(precision)
        assert by_class["sensitivity"][row] == pytest.approx(recall)
        assert by_class["f1"][row] == pytest.approx(f1)
        for c in range(CLASSES):
            of_class = (TRUTH[:, c], PROBABILITIES[:, c])
            area = reference.roc_auc_score(*of_class, sample_weight=weights)
            precision = reference.average_precision_score(*of_class, sample_weight=weights)
            assert by_class["auc"][row, c] == pytest.approx(area)
            assert by_class["average_precision"][row, c] == pytest.approx(precision)


@given(st.integers(2, 6), st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_an_image_of_weight_two_counts_like_two_images(classes: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    labels = random.integers(0, classes, 25)
    probabilities = random.multinomial(16, random.dirichlet(np.ones(classes), 25)) / 16
    weights = random.integers(0, 4, 25)
    weights[0] = 1  # so that there is an image
    extra = (np.arange(classes), np.full(classes, 0.4))
    sample = WeightedSample.of(probabilities, labels, *extra)
    repeated = sample.reweighted(weights[np.newaxis].astype(float))
    copies = WeightedSample.of(probabilities.repeat(weights, 0), labels.repeat(weights), *extra)
    for found, expected in zip(figures_of(repeated), figures_of(copies), strict=True):
        assert found.keys() == expected.keys()
        for name, values in found.items():
            np.testing.assert_allclose(values, expected[name], atol=1e-12, err_msg=name)


def test_the_order_of_the_images_does_not_matter() -> None:
    order = np.random.default_rng(5).permutation(len(LABELS))
    as_given, _ = figures_of(WeightedSample.of(PROBABILITIES, LABELS))
    shuffled, _ = figures_of(WeightedSample.of(PROBABILITIES[order], LABELS[order]))
    for name, value in as_given.items():
        assert shuffled[name] == pytest.approx(value), name


def test_specificity_is_the_share_of_others_that_are_spared() -> None:
    # Answers 0, 1, 0, 0 for labels 0, 1, 2, 0: class 0 has one alarm among two others.
    rows = [[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.5, 0.2, 0.3], [0.6, 0.3, 0.1]]
    sample = WeightedSample.of(rows, [0, 1, 2, 0])
    assert metrics.specificity(sample)[0].tolist() == [1 / 2, 3 / 3, 3 / 3]
    assert metrics.macro_specificity(sample) == pytest.approx((1 / 2 + 1 + 1) / 3)


def test_a_class_without_images_has_no_figures_and_is_left_out_of_means() -> None:
    sample = WeightedSample.of([[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.2, 0.1, 0.7]], [0, 1, 1])
    overall, by_class = figures_of(sample)
    for name, values in by_class.items():
        assert np.isnan(values[0]).tolist() == [False, False, True], name
    assert overall["balanced_accuracy"] == pytest.approx((1 + 1 / 2) / 2)
    assert not any(np.isnan(value).any() for value in overall.values())


def test_a_weighting_without_a_class_has_no_figures_of_it() -> None:
    sample = WeightedSample.of(PROBABILITIES, LABELS)
    weights = np.stack([np.ones(len(LABELS)), (LABELS != 2).astype(float)])
    areas = metrics.auc(sample.reweighted(weights))
    assert np.isnan(areas).tolist() == [[False] * 4, [False, False, True, False]]


def test_one_answer_for_all_has_no_correlation_with_the_truth() -> None:
    sample = WeightedSample.of([[0.9, 0.1]] * 4, [0, 1, 0, 1])
    assert metrics.mcc(sample) == 0
    assert metrics.kappa(sample) == 0


def test_kappa_weighs_far_mistakes_by_the_given_order_of_the_classes() -> None:
    # Grades in alphabetical classes (mild, none, severe) are 1, 0, 2.
    answers = [[0, 1, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0]]
    sample = WeightedSample.of(answers, [0, 1, 2, 0], grades=[1, 0, 2])
    expected = reference.cohen_kappa_score([1, 0, 2, 1], [0, 0, 2, 1], weights="quadratic")
    assert metrics.quadratic_kappa(sample) == pytest.approx(expected)


def test_calibration_error_is_the_mean_gap_between_probability_and_truth() -> None:
    # In (8/15, 9/15] two answers of 0.56 and 0.58 with one right; in (13/15, 14/15] 0.9, right.
    sample = WeightedSample.of([[0.56, 0.44], [0.58, 0.42], [0.9, 0.1]], [0, 1, 0])
    by_hand = (2 * abs(0.57 - 0.5) + abs(0.9 - 1)) / 3
    assert metrics.calibration_error(sample) == pytest.approx(by_hand)


def test_adaptive_bins_hold_as_many_images_each() -> None:
    # 30 images in 15 bins: two each, of which one is right; the confidences rise from 0.51.
    confidence = 0.51 + np.arange(30) / 100
    labels = np.arange(30) % 2
    sample = WeightedSample.of(np.column_stack([confidence, 1 - confidence]), labels)
    pairs = confidence.reshape(15, 2).mean(axis=1)
    assert metrics.adaptive_calibration_error(sample) == pytest.approx(np.mean(pairs - 0.5))


def test_equal_probabilities_are_never_parted_between_bins() -> None:
    sample = WeightedSample.of([[0.7, 0.3]] * 10, [0] * 7 + [1] * 3)
    assert metrics.adaptive_calibration_error(sample) == pytest.approx(0)


def test_brier_is_from_nought_to_two() -> None:
    assert metrics.brier(WeightedSample.of([[1.0, 0.0]], [0])) == 0
    assert metrics.brier(WeightedSample.of([[1.0, 0.0]], [1])) == 2


def test_thresholds_call_what_reaches_them() -> None:
    rows = [[0.5, 0.5], [0.3, 0.7], [0.6, 0.4], [0.2, 0.8]]
    sample = WeightedSample.of(rows, [0, 0, 1, 1], thresholds=[0.5, 0.75])
    assert metrics.sensitivity_at_threshold(sample)[0].tolist() == [1 / 2, 1 / 2]
    assert metrics.specificity_at_threshold(sample)[0].tolist() == [1 / 2, 1]


def test_figures_that_need_an_order_or_thresholds_are_there_only_with_them() -> None:
    overall, by_class = figures_of(WeightedSample.of(PROBABILITIES, LABELS))
    assert "quadratic_kappa" not in overall
    assert "sensitivity_at_threshold" not in by_class
    with pytest.raises(TypeError):
        metrics.quadratic_kappa(WeightedSample.of(PROBABILITIES, LABELS))
    with pytest.raises(TypeError):
        metrics.sensitivity_at_threshold(WeightedSample.of(PROBABILITIES, LABELS))
