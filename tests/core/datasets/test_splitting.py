"""No patient is on two sides, no image is lost, and every class is learnt and validated."""

from __future__ import annotations

import dataclasses
import random
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_datasets import made_up, parts_of

from fundus_gui.core.datasets import Dataset, check_parts, split_dataset
from fundus_gui.core.errors import ConfigError, DatasetError


def of_patients(drawn: Sequence[tuple[str, int]], part: str | None = None) -> Dataset:
    """Make a data set of patients with a label and a number of photographs each."""
    return made_up(
        [(label, f"p{n}", part) for n, (label, count) in enumerate(drawn) for _ in range(count)]
    )


def patients_in(data: Dataset, part: str) -> set[str]:
    return {image.patient_id for image in data.part(part)}  # type: ignore[arg-type]


def classes_in(data: Dataset, part: str) -> set[str]:
    return {image.label for image in data.part(part)}  # type: ignore[arg-type]


@given(
    pure=st.lists(st.tuples(st.sampled_from("abcd"), st.integers(1, 5)), max_size=40),
    mixed=st.lists(st.lists(st.sampled_from("abcd"), min_size=1, max_size=4), max_size=15),
    seed=st.integers(0, 100),
    settings=st.one_of(
        st.fixed_dictionaries(
            {
                "validation_fraction": st.sampled_from([0.05, 0.15, 0.3, 0.5]),
                "test_fraction": st.sampled_from([0, 0.1, 0.4]),
            }
        ),
        st.fixed_dictionaries({"folds": st.just(3), "fold": st.integers(0, 2)}),
    ),
)
def test_every_image_is_in_one_part_and_every_class_is_learnt_and_validated(
    pure: list[tuple[str, int]], mixed: list[list[str]], seed: int, settings: dict[str, Any]
) -> None:
    least = settings.get("folds", 2)
    base = of_patients([*((label, 1) for label in "abcd" for _ in range(least)), *pure])
    others = made_up([(label, f"m{n}", None) for n, eyes in enumerate(mixed) for label in eyes])
    data = dataclasses.replace(base, images=base.images + others.images)

    split = split_dataset(data, seed=seed, **settings)

    assert [dataclasses.replace(image, part=None) for image in split.images] == list(data.images)
    assert None not in parts_of(split)
    patients = [patients_in(split, part) for part in ("train", "val", "test")]
    assert len(set.union(*patients)) == sum(map(len, patients))
    assert classes_in(split, "train") == classes_in(split, "val") == set("abcd")


@pytest.mark.parametrize("fraction", [0.1, 0.15, 0.25, 0.4, 0.5])
def test_the_classes_are_shared_out_evenly(fraction: float) -> None:
    data = made_up([("ab"[n % 10 == 0], str(n), None) for n in range(400)])
    split = split_dataset(data, validation_fraction=fraction, test_fraction=0.1)
    for part, share in (("val", fraction), ("test", 0.1)):
        counts = Counter(image.label for image in split.part(part))  # type: ignore[arg-type]
        assert counts["a"] == pytest.approx(360 * share, abs=1)
        assert counts["b"] == pytest.approx(40 * share, abs=1)


def test_the_seed_decides_and_the_order_of_the_files_does_not() -> None:
    data = of_patients([("ab"[n % 2], 1 + n % 3) for n in range(60)])
    shuffled = dataclasses.replace(data, images=tuple(random.Random(0).sample(data.images, 120)))
    once, again = split_dataset(data, seed=1), split_dataset(shuffled, seed=1)
    assert set(once.images) == set(again.images)
    assert [i.path for i in again.images] == [i.path for i in shuffled.images]
    assert patients_in(once, "val") != patients_in(split_dataset(data, seed=2), "val")


def test_a_class_of_two_patients_comes_into_both_parts() -> None:
    common = [("a", str(n), None) for n in range(70)]
    rare = [(label, f"{label}{n % 2}", None) for label in "bcd" for n in range(8)]
    for seed in range(10):
        split = split_dataset(made_up(common + rare), seed=seed, test_fraction=0.2)
        assert classes_in(split, "val") == classes_in(split, "train") == set("abcd")


def test_a_patient_with_many_photographs_does_not_fill_the_validation_part() -> None:
    split = split_dataset(of_patients([("a", 60), *[("a", 1), ("b", 1)] * 40]))
    assert "p0" in patients_in(split, "train")
    assert len(split.part("val")) == pytest.approx(0.15 * 140, abs=1)


# Folds --------------------------------------------------------------------------------------------


def test_every_patient_outside_the_test_part_is_in_one_fold() -> None:
    data = of_patients([("ab"[n % 2], 1 + n % 3) for n in range(53)])
    splits = [split_dataset(data, folds=4, fold=k, test_fraction=0.2, seed=5) for k in range(4)]
    assert all(patients_in(a, "test") == patients_in(b, "test") for a, b in pairwise(splits))
    folds = [patients_in(split, "val") for split in splits]
    assert (
        sum(map(len, folds)) == len(set.union(*folds)) == 53 - len(patients_in(splits[0], "test"))
    )
    sizes = [len(split.part("val")) for split in splits]
    assert max(sizes) - min(sizes) <= 3


def test_folds_take_the_validation_part_back_but_never_the_test_part() -> None:
    images = [("ab"[n % 2], str(n), ("train", "val", "test")[n % 3]) for n in range(60)]
    data = made_up(images)
    splits = [split_dataset(data, folds=2, fold=k) for k in range(2)]
    assert all(split.part("test") == data.part("test") for split in splits)
    assert patients_in(splits[0], "val") == patients_in(splits[1], "train")
    assert len(patients_in(splits[0], "val")) == 20


# Given parts --------------------------------------------------------------------------------------


def test_given_parts_stay_as_they_are_and_the_rest_trains() -> None:
    given_parts = [("a", "1", "train"), ("b", "2", "val"), ("a", "3", "val"), ("b", "4", "test")]
    more = [("b", "5", None), ("a", "6", None)]
    split = split_dataset(made_up([*given_parts, *more]), test_fraction=0.3)
    assert patients_in(split, "train") == {"1", "5", "6"}
    assert patients_in(split, "val") == {"2", "3"}
    assert patients_in(split, "test") == {"4"}


def test_an_image_without_a_part_joins_its_patients_others() -> None:
    images = [("a", "1", "train"), ("b", "2", "train"), ("a", "3", "val"), ("b", "4", "val")]
    split = split_dataset(made_up([*images, ("b", "3", None), ("a", "2", None)]))
    assert parts_of(split) == ["train", "train", "val", "val", "val", "train"]


def test_a_test_part_is_never_validated_on() -> None:
    images = [("ab"[n % 2], str(n), "test" if n < 20 else "train") for n in range(80)]
    split = split_dataset(made_up(images), test_fraction=0.5)
    assert patients_in(split, "test") == {str(n) for n in range(20)}
    assert len(split.part("val")) == pytest.approx(0.15 * 60, abs=1)


# Refusals -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("images", "settings", "sentence"),
    [
        (
            [*(("a", str(n), None) for n in range(9)), ("b", "x", None), ("c", "y", None)],
            {},
            r"each class needs 2 patients: 'b' has 1 \(9\.jpg\), 'c' has 1 \(10\.jpg\)\. Add",
        ),
        (
            [("a", "1", None), ("a", "2", None), *[("b", "one", None)] * 9],
            {},
            r"'b' has 1 \(2\.jpg, 3\.jpg, 4\.jpg and 6 more\)",
        ),
        (
            [(label, f"{label}{n}", None) for label in "ab" for n in range(4)],
            {"folds": 5},
            r"each class needs 5 patients: 'a' has 4",
        ),
        ([("a", "1", "test"), ("b", "2", "test")], {}, "The train part .* has no image of a, b;"),
        ([("a", "1", "train"), ("b", "2", "val")], {}, "The train part .* has no image of b;"),
        (
            [("a", "1", "train"), ("b", "2", "train"), ("a", "3", "val")],
            {},
            "The val part .* has no image of b;",
        ),
        (
            [(label, f"{n}", part) for n in "12" for label, part in (("a", "val"), ("b", "test"))],
            {},
            r"patients in more than one part: '1' \(test and val\), '2' \(test and val\)\. A model",
        ),
    ],
)
def test_data_that_cannot_be_divided_is_refused(
    images: list[tuple[str, str, str | None]], settings: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(DatasetError, match=sentence):
        split_dataset(made_up(images), **settings)


@pytest.mark.parametrize(
    "settings",
    [
        {"validation_fraction": 0},
        {"validation_fraction": 1},
        {"test_fraction": -0.1},
        {"validation_fraction": 0.5, "test_fraction": 0.5},
        {"folds": 1},
        {"folds": -2},
        {"folds": 3, "fold": 3},
        {"folds": 3, "fold": -1},
    ],
)
def test_settings_out_of_range_are_refused(settings: dict[str, Any]) -> None:
    data = of_patients([("ab"[n % 2], 1) for n in range(20)])
    with pytest.raises(ConfigError, match=r"fractions|folds"):
        split_dataset(data, **settings)


def test_parts_with_every_class_pass_the_check() -> None:
    check_parts(made_up([(label, f"{label}{p}", p) for label in "ab" for p in ("train", "val")]))


def test_many_absent_classes_are_counted_not_listed() -> None:
    images = [(f"class {n}", str(n), "train") for n in range(9)] + [("class 0", "v", "val")]
    with pytest.raises(
        DatasetError, match="class 1, class 2, class 3, class 4, class 5 and 3 more"
    ):
        check_parts(made_up(images))
