from __future__ import annotations

import dataclasses
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundus_gui.core.catalogue import EnsembleSpec
from fundus_gui.core.decision import Decision, Referral
from fundus_gui.core.results import ImageResult, Prediction, UnreadableImage
from fundus_gui.gui.photographs import Photographs
from fundus_gui.gui.result_columns import Referred, ResultColumns, ResultList, Status

CLASSES = ("amd", "glaucoma", "normal")
integers = st.none() | st.integers(0, 2**63 - 1)
seconds = st.floats(0, 100)
hashes = st.text("0123456789abcdef", max_size=64)
decisions = st.sampled_from(
    [Decision(), Decision(temperature=0.7), Decision(referral=Referral(confidence=0.6))]
)


@st.composite
def predictions(draw: st.DrawFn) -> Prediction:
    members = draw(st.integers(1, 3))
    odds = st.lists(st.floats(0.01, 1), min_size=3, max_size=3)
    rows = [draw(odds) for _ in range(members)]
    return Prediction(
        path=Path(),
        class_names=CLASSES,
        member_names=tuple("abc"[:members]),
        weights=draw(st.sampled_from([(1.0,), (0.5, 0.5), (0.2, 0.3, 0.5)]).filter(
            lambda weights: len(weights) == members
        )),
        member_probabilities=tuple(tuple(odd / sum(row) for odd in row) for row in rows),
        image_sha256=draw(hashes),
        seconds=draw(seconds),
        warnings=draw(st.sampled_from([(), ("grey",), ("grey", "several images")])),
        decision=draw(decisions),
        file_bytes=draw(integers),
        file_modified_ns=draw(integers),
    )  # fmt: skip


failures = st.builds(
    UnreadableImage, st.just(Path()), st.just("empty"), hashes, seconds, integers, integers
)
all_results = st.lists(st.none() | failures | predictions(), max_size=12).map(
    lambda given: [
        result and replace(result, path=Path(f"{number}.png"))
        for number, result in enumerate(given)
    ]
)


def filled(given: list[ImageResult | None]) -> tuple[Photographs, ResultColumns]:
    photographs, columns = Photographs(), ResultColumns()
    photographs.add(Path(f"{number}.png") for number in range(len(given)))
    columns.resize(len(given))
    known = {number: result for number, result in enumerate(given) if result is not None}
    columns.fill(list(known), list(known.values()))
    return photographs, columns


@given(all_results)
def test_results_come_back_exactly(given: list[ImageResult | None]) -> None:
    photographs, columns = filled(given)
    for position, result in enumerate(given):
        assert columns.result(position, photographs.path(position)) == result


def test_no_field_of_a_result_is_forgotten() -> None:
    assert [field.name for field in dataclasses.fields(Prediction)] == [
        "path", "class_names", "member_names", "weights", "member_probabilities", "image_sha256",
        "seconds", "warnings", "decision", "file_bytes", "file_modified_ns",
    ]  # fmt: skip


@given(all_results)
def test_what_is_shown_is_what_the_prediction_says(given: list[ImageResult | None]) -> None:
    _, columns = filled(given)
    for row, result in zip(columns.rows, given, strict=True):
        if isinstance(result, Prediction):
            assert columns.labels[row["label"]] == result.label
            assert row["confidence"] == pytest.approx(result.confidence, abs=1e-12)
            assert row["agreement"] == pytest.approx(result.agreement, abs=1e-12)
            expected = {None: Referred.OPEN, "refer": Referred.YES, "report": Referred.NO}
            assert row["referred"] == expected[result.outcome]
        else:
            assert row["status"] == (Status.WAITING if result is None else Status.FAILED)


@given(all_results, all_results)
def test_a_list_of_results_stays_as_it_was_when_others_come(
    given: list[ImageResult | None], later: list[ImageResult | None]
) -> None:
    photographs, columns = filled(given)
    kept = ResultList(photographs, columns, np.arange(len(given)))
    known = {n: r for n, r in enumerate(later[: len(given)]) if r is not None}
    columns.fill(list(known), list(known.values()))
    assert list(kept) == [result for result in given if result is not None]


def test_another_ensemble_of_the_same_members_votes_anew() -> None:
    given: list[ImageResult | None] = [
        Prediction(
            Path("0.png"), CLASSES, ("a", "b"), (0.9, 0.1),
            ((0.8, 0.1, 0.1), (0.1, 0.1, 0.8)), "ab", 0.5,
        ),
        UnreadableImage(Path("1.png"), "empty"),
    ]  # fmt: skip
    _, columns = filled(given)
    spec = EnsembleSpec(name="other", members=("a", "b"), weights=(0.1, 0.9))
    other = columns.under(spec)
    first = other.result(0, Path("0.png"))
    assert isinstance(first, Prediction)
    assert (first.weights, first.label) == (spec.weights, "normal")
    assert other.labels[other.rows["label"][0]] == "normal"
    assert other.result(1, Path("1.png")) == given[1]
    assert columns.labels[columns.rows["label"][0]] == "amd"


def test_results_may_come_in_any_order_and_again() -> None:
    first = UnreadableImage(Path("0.png"), "empty")
    _, columns = filled([first, None])
    good = Prediction(Path("0.png"), CLASSES, ("a",), (1.0,), ((0.2, 0.3, 0.5),), "", 0.0)
    told: list[tuple[ImageResult, Status]] = [
        (good, Status.CLASSIFIED),
        (first, Status.FAILED),
        (good, Status.CLASSIFIED),
    ]
    for result, status in told:
        columns.fill([0], [result])
        assert columns.rows["status"].tolist() == [status, Status.WAITING]
        assert columns.result(0, Path("0.png")) == result
