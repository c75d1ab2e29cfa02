"""Thresholds keep the wanted rate, and no other thresholds serve better."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundus_gui.core.decision import Referral, outcome
from fundus_gui.core.errors import ConfigError, DatasetError
from fundus_gui.core.evaluation.referral import (
    fit_referral,
    measure_referral,
    referral_curve,
)

CONFIDENCE = np.array([0.9, 0.8, 0.7, 0.6, 0.5])
AGREEMENT = np.array([1.0, 1.0, 0.6, 1.0, 0.6])
HITS = np.array([True, True, False, True, False])


def test_an_image_is_reported_from_both_thresholds_on() -> None:
    referral = Referral(confidence=0.7, agreement=0.6)
    assert outcome(referral, 0.7, 0.6) == "report"
    assert outcome(referral, 0.69, 1.0) == "refer"
    assert outcome(referral, 0.9, 0.5) == "refer"


def test_agreement_can_tell_errors_from_the_rest_where_confidence_cannot() -> None:
    found = fit_referral(HITS, CONFIDENCE, AGREEMENT, aim="error", rate=0.0)
    assert found == Referral(confidence=0.6, agreement=1.0)
    figures = measure_referral(found, HITS, CONFIDENCE, AGREEMENT)
    assert (figures.reported, figures.errors, figures.caught) == (3, 0, 2)
    assert figures.referral_rate == pytest.approx(2 / 5)
    assert figures.error_rate == 0


def test_a_wanted_referral_rate_is_spent_on_the_most_errors() -> None:
    found = fit_referral(HITS, CONFIDENCE, np.ones(5), aim="referral", rate=0.2)
    figures = measure_referral(found, HITS, CONFIDENCE, np.ones(5))
    assert (figures.referral_rate, figures.error_rate) == (pytest.approx(1 / 5), 1 / 4)


@given(st.integers(0, 10_000), st.sampled_from([0.0, 0.05, 0.2, 0.5]))
def test_no_other_thresholds_serve_better(seed: int, rate: float) -> None:
    random = np.random.default_rng(seed)
    confidence = random.random(20).round(1)
    agreement = random.choice([0.4, 0.6, 1.0], 20)
    hits = random.random(20) < confidence
    every = [
        measure_referral(Referral(confidence=c, agreement=a), hits, confidence, agreement)
        for c in np.unique(confidence)
        for a in np.unique(agreement)
    ]
    every = [figures for figures in every if figures.reported]
    fit = fit_referral(hits, confidence, agreement, aim="referral", rate=rate)
    found = measure_referral(fit, hits, confidence, agreement)
    allowed = [figures for figures in every if figures.referral_rate <= rate + 1e-9]
    assert found.error_rate == min(figures.error_rate for figures in allowed)
    allowed = [figures for figures in every if figures.error_rate <= rate]
    if allowed:
        fit = fit_referral(hits, confidence, agreement, aim="error", rate=rate)
        found = measure_referral(fit, hits, confidence, agreement)
        assert found.referral_rate == min(figures.referral_rate for figures in allowed)
    else:
        with pytest.raises(DatasetError):
            fit_referral(hits, confidence, agreement, aim="error", rate=rate)


def test_an_error_that_no_thresholds_keep_is_refused_in_a_sentence() -> None:
    with pytest.raises(DatasetError, match=r"keep the error at 10\.0%"):
        fit_referral([False, True], [0.9, 0.5], [1, 1], aim="error", rate=0.1)
    with pytest.raises(ConfigError, match="below 1"):
        fit_referral(HITS, CONFIDENCE, AGREEMENT, aim="error", rate=1.0)


def test_the_curve_refers_the_least_sure_first() -> None:
    curve = referral_curve(HITS, CONFIDENCE)
    assert curve.referral_rates == pytest.approx((0, 0.2, 0.4, 0.6, 0.8))
    assert curve.error_rates == pytest.approx((2 / 5, 1 / 4, 1 / 3, 0, 0))
    assert curve.confidences == (0.5, 0.6, 0.7, 0.8, 0.9)


def test_equally_sure_images_are_referred_together() -> None:
    curve = referral_curve([True, False, True], [0.5, 0.5, 0.9])
    assert curve.referral_rates == pytest.approx((0, 2 / 3))
    assert curve.error_rates == pytest.approx((1 / 3, 0))


def test_the_curve_of_many_images_has_few_points_and_both_ends() -> None:
    confidence = np.random.default_rng(0).random(5000)
    curve = referral_curve(confidence > 0.3, confidence)
    assert len(curve.referral_rates) == 201
    assert curve.referral_rates[0] == 0
    assert curve.confidences[-1] == confidence.max()


def test_nothing_reported_holds_no_error() -> None:
    nobody = measure_referral(Referral(confidence=1.0), HITS, CONFIDENCE, AGREEMENT)
    assert (nobody.referral_rate, nobody.error_rate, nobody.caught) == (1, 0, 2)
