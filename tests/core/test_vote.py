"""The algebra of the soft vote, its anatomy and its flip points."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from fundus_gui.core.errors import EnsembleError
from fundus_gui.core.vote import (
    FlipPoint,
    entropy,
    flip_points,
    image_weights,
    normalise_weights,
    soft_vote,
    vote_shares,
)

Floats = NDArray[np.float64]

CNN = (0.10, 0.20, 0.30, 0.15, 0.25)
VIT = (0.15, 0.35, 0.10, 0.10, 0.30)


@st.composite
def distributions(draw: st.DrawFn, *shape: int, steps: int | None = None) -> Floats:
    """Draw probabilities; with `steps`, multiples of 1 / steps, so that ties are frequent."""
    numbers = st.floats(1e-3, 1) if steps is None else st.integers(0, steps)
    raw = draw(arrays(np.float64, shape, elements=numbers.map(float)))
    if steps is None:
        return raw / raw.sum(axis=-1, keepdims=True)
    # The last class takes what is missing, so that the rows stay exact multiples.
    cumulated = np.minimum(raw.cumsum(axis=-1), steps)
    cumulated[..., -1] = steps
    return np.diff(cumulated, axis=-1, prepend=0) / steps


@st.composite
def ensembles(
    draw: st.DrawFn, *, least: int = 1, steps: int | None = None
) -> tuple[Floats, Floats]:
    """Draw members' probabilities (M, N, K) and weights (M,) in any scale."""
    members, images, classes = (draw(st.integers(*span)) for span in ((least, 5), (1, 4), (2, 7)))
    probabilities = draw(distributions(members, images, classes, steps=steps))
    weights = draw(arrays(np.float64, members, elements=st.integers(0, 5).map(float)))
    assume(weights.any())
    return probabilities, weights


# The vote -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("weights", "expected", "winner"),
    [
        ((0.6, 0.4), (0.12, 0.26, 0.22, 0.13, 0.27), 4),
        ((0.4, 0.6), (0.13, 0.29, 0.18, 0.12, 0.28), 1),
    ],
)
def test_the_worked_example_of_the_paper_notices_swapped_weights(
    weights: tuple[float, float], expected: tuple[float, ...], winner: int
) -> None:
    voted = soft_vote((CNN, VIT), weights)
    np.testing.assert_allclose(voted, expected, rtol=0, atol=1e-15)
    assert voted.argmax() == winner


@given(ensembles())
def test_votes_are_distributions(ensemble: tuple[Floats, Floats]) -> None:
    probabilities, weights = ensemble
    voted = soft_vote(probabilities, weights)
    assert voted.shape == probabilities.shape[1:]
    assert (voted >= 0).all()
    np.testing.assert_allclose(voted.sum(axis=-1), 1, rtol=0, atol=1e-12)


@given(ensembles())
def test_the_vote_is_the_average_done_by_hand(ensemble: tuple[Floats, Floats]) -> None:
    probabilities, weights = ensemble
    by_hand = sum(w * p for w, p in zip(weights, probabilities, strict=True)) / weights.sum()
    np.testing.assert_allclose(soft_vote(probabilities, weights), by_hand, rtol=1e-13)


@given(ensembles(), st.floats(1e-300, 1e300))
def test_the_scale_of_the_weights_changes_nothing(
    ensemble: tuple[Floats, Floats], scale: float
) -> None:
    probabilities, weights = ensemble
    scaled = weights * scale
    assume(np.isfinite(scaled).all())
    np.testing.assert_allclose(
        soft_vote(probabilities, scaled), soft_vote(probabilities, weights), rtol=1e-13
    )


@given(distributions(1, 3, 4), st.floats(1e-300, 1e300))
def test_one_member_is_itself(probabilities: Floats, weight: float) -> None:
    np.testing.assert_array_equal(soft_vote(probabilities, [weight]), probabilities[0])


@given(ensembles(), st.data())
def test_weight_zero_means_absent(ensemble: tuple[Floats, Floats], data: st.DataObject) -> None:
    probabilities, weights = ensemble
    silent = data.draw(st.integers(0, len(weights) - 1))
    weights[silent] = 0
    assume(weights.any())
    without = soft_vote(np.delete(probabilities, silent, axis=0), np.delete(weights, silent))
    np.testing.assert_array_equal(soft_vote(probabilities, weights), without)


@given(ensembles(), st.randoms(use_true_random=False))
def test_the_order_of_the_members_changes_nothing(
    ensemble: tuple[Floats, Floats], random: Any
) -> None:
    probabilities, weights = ensemble
    order = random.sample(range(len(weights)), len(weights))
    np.testing.assert_allclose(
        soft_vote(probabilities[order], weights[order]), soft_vote(probabilities, weights), 1e-13
    )


@given(ensembles())
def test_images_are_voted_apart(ensemble: tuple[Floats, Floats]) -> None:
    probabilities, weights = ensemble
    together = soft_vote(probabilities, weights)
    for image in range(probabilities.shape[1]):
        alone = soft_vote(probabilities[:, image], weights)
        np.testing.assert_array_equal(together[image], alone)


@given(distributions(4), st.integers(2, 4))
def test_a_unanimous_vote_is_what_all_say(distribution: Floats, members: int) -> None:
    voted = soft_vote([distribution] * members, range(1, members + 1))
    np.testing.assert_allclose(voted, distribution, rtol=1e-13)


def test_a_tie_goes_to_the_lower_class() -> None:
    assert soft_vote([(0.2, 0.4, 0.4), (0.2, 0.4, 0.4)], (1, 1)).argmax() == 1
    assert soft_vote([(0.75, 0, 0.25), (0.25, 0, 0.75)], (1, 1)).argmax() == 0


@given(ensembles())
def test_the_shares_sum_to_exactly_the_number_shown(ensemble: tuple[Floats, Floats]) -> None:
    probabilities, weights = ensemble
    shares = vote_shares(probabilities, weights)
    assert shares.shape == probabilities.shape
    added = np.zeros(probabilities.shape[1:])
    for share in shares:
        added += share
    np.testing.assert_array_equal(added, soft_vote(probabilities, weights))


def test_half_precision_members_are_added_in_double() -> None:
    probabilities = np.array([CNN, VIT], dtype=np.float16)
    voted = soft_vote(probabilities, (0.6, 0.4))
    assert voted.dtype == np.float64
    by_hand = 0.6 * probabilities[0].astype(float) + 0.4 * probabilities[1].astype(float)
    np.testing.assert_allclose(voted, by_hand, rtol=1e-15)


# Weights ------------------------------------------------------------------------------------------


@given(arrays(np.float64, st.integers(1, 6), elements=st.floats(0, allow_infinity=False)))
def test_weights_of_any_size_are_scaled_to_sum_1(weights: Floats) -> None:
    assume(weights.any())
    scaled = normalise_weights(weights, len(weights))
    assert (scaled >= 0).all()
    assert abs(scaled.sum() - 1) < 1e-12
    assert scaled.argmax() == weights.argmax()


@pytest.mark.parametrize("weights", [(0.6, 0.4), (3, 2), (60, 40), (3 * 2.0**1020, 2 * 2.0**1020)])
def test_familiar_weights_come_out_as_people_write_them(weights: tuple[float, float]) -> None:
    assert normalise_weights(weights, 2).tolist() == [0.6, 0.4]


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ((1, 1, 1), "2 models need 2 vote weights, not 3."),
        ((1,), "2 models need 2 vote weights, not 1."),
        ((), "2 models need 2 vote weights, not 0."),
        (((1, 1),), "2 models need 2 vote weights, not 2."),
        ((1, -0.5), "Vote weights must be numbers of at least 0, not 1, -0.5."),
        ((1, float("nan")), "Vote weights must be numbers of at least 0, not 1, nan."),
        ((1, float("inf")), "Vote weights must be numbers of at least 0, not 1, inf."),
        ((0, 0), "All vote weights are 0; at least one model must have a say."),
    ],
)
def test_weights_that_do_not_fit_are_refused(weights: Any, message: str) -> None:
    def entropic(members: Any, weights: Any) -> Floats:
        return image_weights(members, weights, "entropy")

    for vote in (soft_vote, vote_shares, flip_points, entropic):
        with pytest.raises(EnsembleError) as caught:
            vote((CNN, VIT), weights)
        assert str(caught.value) == message


# Weights by image ---------------------------------------------------------------------------------


@given(ensembles())
def test_constant_weights_are_the_same_on_all_images(ensemble: tuple[Floats, Floats]) -> None:
    probabilities, weights = ensemble
    of_images = image_weights(probabilities, weights, "constant")
    assert of_images.shape == probabilities.shape[:2]
    scaled = normalise_weights(weights, len(weights))
    np.testing.assert_array_equal(of_images, np.tile(scaled, (of_images.shape[1], 1)).T)


@given(ensembles())
def test_a_surer_member_has_more_weight_by_the_ratio_of_the_formula(
    ensemble: tuple[Floats, Floats],
) -> None:
    probabilities, weights = ensemble
    of_images = image_weights(probabilities, weights, "entropy")
    np.testing.assert_allclose(of_images.sum(axis=0), 1, rtol=1e-12)
    for image in range(probabilities.shape[1]):
        alone = image_weights(probabilities[:, image], weights, "entropy")
        np.testing.assert_allclose(of_images[:, image], alone, rtol=1e-12)
        by_hand = [
            w * np.exp(-entropy(p)) for w, p in zip(weights, probabilities[:, image], strict=True)
        ]
        np.testing.assert_allclose(alone, np.array(by_hand) / sum(by_hand), rtol=1e-12)


def test_certainty_against_ignorance_of_three_classes_counts_three_times() -> None:
    members = [(0, 1, 0), (1 / 3, 1 / 3, 1 / 3)]
    np.testing.assert_allclose(image_weights(members, (1, 1), "entropy"), (0.75, 0.25))
    np.testing.assert_allclose(image_weights(members, (1, 3), "entropy"), (0.5, 0.5))


# Entropy ------------------------------------------------------------------------------------------


def test_entropy_is_zero_for_certainty_and_greatest_for_ignorance() -> None:
    assert str(entropy((0, 1, 0))) == "0.0"
    assert entropy([1 / 5] * 5) == pytest.approx(np.log(5))
    assert entropy((0.5, 0.5, 0)) == pytest.approx(np.log(2))


# Flip points --------------------------------------------------------------------------------------


def with_weight(weights: Floats, member: int, weight: float) -> Floats:
    """Move one normalised weight; the others keep their proportions."""
    others = np.delete(weights, member)
    others = others if others.any() else np.ones_like(others)
    return np.insert(others / others.sum() * (1 - weight), member, weight)


def assert_wins(
    class_index: int, members: Floats, weights: Floats, *, within: float = 1e-6
) -> None:
    voted = soft_vote(members, weights)
    assert voted[class_index] >= voted.max() - within


def test_the_worked_example_flips_on_the_way_to_the_swapped_weights() -> None:
    # Class 4 leads class 1 by .05 · w - .05 · (1 - w), and class 2 by .2 - .25 · w.
    points = flip_points((CNN, VIT), (0.6, 0.4))
    assert [(p.member, p.direction, p.class_index) for p in points] == [
        (0, "above", 2),
        (0, "below", 1),
        (1, "above", 1),
        (1, "below", 2),
    ]
    np.testing.assert_allclose([p.weight for p in points], (0.8, 0.5, 0.5, 0.2), rtol=1e-12)


@given(ensembles(least=2, steps=10))
def test_flip_points_are_where_the_answer_changes_and_nowhere_else(
    ensemble: tuple[Floats, Floats],
) -> None:
    members, weights = ensemble[0][:, 0], normalise_weights(ensemble[1], len(ensemble[1]))
    winner = int(soft_vote(members, weights).argmax())
    points = {(p.member, p.direction): p for p in flip_points(members, weights)}
    for member in range(len(members)):
        for direction, end, sign in (("above", 1.0, 1), ("below", 0.0, -1)):
            point = points.pop((member, direction), None)
            last = end if point is None else point.weight
            assert 0 <= last <= 1
            for weight in np.linspace(weights[member], last, 5):
                assert_wins(winner, members, with_weight(weights, member, weight))
            if point is not None:
                beyond = with_weight(weights, member, point.weight + sign * 2e-6)
                assert_wins(point.class_index, members, beyond, within=1e-12)
                voted = soft_vote(members, beyond)
                assert voted[point.class_index] > voted[winner]
    assert not points


@given(st.data())
def test_flip_points_hold_for_probabilities_without_ties(data: st.DataObject) -> None:
    members = data.draw(distributions(2, 4))
    for point in flip_points(members, (0.5, 0.5)):
        at = soft_vote(members, with_weight(np.array((0.5, 0.5)), point.member, point.weight))
        ahead = int(soft_vote(members, (0.5, 0.5)).argmax())
        assert at[point.class_index] == pytest.approx(at[ahead], abs=1e-9)


@given(ensembles(least=2, steps=10))
def test_flip_points_hold_where_the_surer_weigh_more(ensemble: tuple[Floats, Floats]) -> None:
    members, weights = ensemble[0][:, 0], normalise_weights(ensemble[1], len(ensemble[1]))

    def voted(at: Floats) -> Floats:
        return soft_vote(members, image_weights(members, at, "entropy"))

    winner = int(voted(weights).argmax())
    for point in flip_points(members, weights, "entropy"):
        sign = 1 if point.direction == "above" else -1
        before = voted(with_weight(weights, point.member, point.weight - sign * 1e-9))
        beyond = voted(with_weight(weights, point.member, point.weight + sign * 1e-5))
        assert before[winner] >= before.max() - 1e-7
        assert beyond[point.class_index] > beyond[winner]


def test_a_tie_of_three_flips_to_the_class_that_gains_most() -> None:
    members = [(0.5, 0.25, 0.125, 0.125), (0.125, 0.375, 0.5, 0)]  # all in binary fractions
    assert flip_points(members, (1, 1)) == [
        FlipPoint(0, 0.5, "below", 2),
        FlipPoint(1, 0.5, "above", 2),
    ]


def test_a_lone_member_and_equal_members_have_no_flip_points() -> None:
    assert flip_points([CNN], (1,)) == []
    assert flip_points([CNN, CNN, CNN], (1, 2, 3)) == []


def test_a_silenced_member_and_a_sole_voter_still_have_flip_points() -> None:
    assert flip_points((CNN, VIT), (1, 0)) == [
        FlipPoint(0, pytest.approx(0.8), "below", 4),
        FlipPoint(1, pytest.approx(0.2), "above", 4),
    ]
