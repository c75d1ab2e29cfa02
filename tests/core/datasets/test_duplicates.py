"""What is there twice is found, told, and brought into one part."""

from __future__ import annotations

import dataclasses
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_datasets import made_up, parts_of
from tiny_photographs import photograph

from fundus_gui.core.datasets import (
    NEAR_BITS,
    Dataset,
    Duplicates,
    ImageHashes,
    LabelledImage,
    find_duplicates,
    hash_images,
    join_duplicates,
    split_dataset,
)


def hashed(data: Dataset, *values: tuple[str, int]) -> dict[Path, ImageHashes]:
    """Give the images of `data` hashes of bytes and of looks."""
    return {
        image.path: ImageHashes(content, f"{looks:064x}")
        for image, (content, looks) in zip(data.images, values, strict=True)
    }


def ones(count: int, start: int = 0) -> int:
    """Return a hash with so many bits set."""
    return ((1 << count) - 1) << start


def names(groups: tuple[tuple[Path, ...], ...]) -> list[str]:
    return ["".join(path.stem for path in group) for group in groups]


# Finding ------------------------------------------------------------------------------------------


def test_equal_bytes_and_near_looks_are_told_apart() -> None:
    data = made_up([("a", str(n), None) for n in range(7)])
    far = ones(100, start=100)
    found = find_duplicates(
        data,
        hashed(
            data,
            ("x", 0), ("y", far), ("x", 0), ("z", far ^ ones(NEAR_BITS)),
            ("v", ones(56, start=200)), ("y", far), ("w", ones(256)),
        ),
    )  # fmt: skip
    assert names(found.exact) == ["02", "15"]
    assert names(found.near) == ["153"]


def test_the_limit_is_exact_and_the_opposite_is_no_copy() -> None:
    data = made_up([("a", str(n), None) for n in range(3)])
    found = find_duplicates(
        data, hashed(data, ("x", 0), ("y", ones(NEAR_BITS + 1)), ("z", ones(256)))
    )
    assert found == Duplicates()


def test_a_chain_of_copies_is_one_group() -> None:
    data = made_up([("a", str(n), None) for n in range(5)])
    steps = [("abcde"[n], ones(n * NEAR_BITS)) for n in (3, 0, 2, 4, 1)]
    assert names(find_duplicates(data, hashed(data, *steps)).near) == ["01234"]


def test_parts_and_labels_that_a_photograph_is_divided_by_are_counted() -> None:
    across, unsplit, conflicting = "ab", "aa", "ab"
    parts = ["train", "val", "train", None, "train", "train"]
    labels = across + unsplit + conflicting
    data = made_up([(labels[n], str(n), part) for n, part in enumerate(parts)])
    looks = [0, 0, ones(200), ones(200), ones(100), ones(100)]
    found = find_duplicates(data, hashed(data, *zip("xxyzvv", looks, strict=True)))
    assert (found.across_parts, found.conflicting) == (1, 2)


def test_images_without_hashes_are_left_out() -> None:
    data = made_up([("a", "1", None), ("b", "2", None)])
    assert find_duplicates(data, {}) == Duplicates()
    assert find_duplicates(data, {data.images[0].path: ImageHashes("x", "0" * 64)}) == Duplicates()


def test_many_are_compared_in_blocks() -> None:
    count = 3000
    data = made_up([("a", str(n), None) for n in range(count)])
    bits = random.Random(0)
    looks = [bits.getrandbits(256) for _ in range(count - 1)]
    hashes = hashed(data, *((str(n), look) for n, look in enumerate([*looks, looks[0] ^ 7])))
    assert names(find_duplicates(data, hashes).near) == [f"0{count - 1}"]


def test_saved_anew_copied_and_different_photographs(tmp_path: Path) -> None:
    for seed in range(3):
        photograph(seed).save(tmp_path / f"{seed}.png")
    (tmp_path / "0 copy.png").write_bytes((tmp_path / "0.png").read_bytes())
    photograph(1).save(tmp_path / "1 anew.jpg", quality=95)
    data = Dataset(
        "twice",
        tuple(
            LabelledImage(path=path, label="a", patient_id=path.name)
            for path in sorted(tmp_path.iterdir())
        ),
    )
    hashes = {image.path: found for image, found in hash_images(data.images) if found}
    found = find_duplicates(data, hashes)
    assert names(found.exact) == ["0 copy0"]
    assert names(found.near) == ["1 anew1"]


@pytest.mark.parametrize(
    ("duplicates", "sentence"),
    [
        (Duplicates(), "No photograph is there twice."),
        (
            Duplicates(exact=((Path("d/x/1.jpg"), Path("d/y/1.jpg")),), across_parts=1),
            (
                "There is 1 group of exact copies (such as x/1.jpg and y/1.jpg); "
                "1 is in more than one part."
            ),
        ),
        (
            Duplicates(
                exact=((Path("x/a"), Path("x/b")), (Path("x/c"), Path("x/d"))),
                near=((Path("x/e"), Path("x/f")),),
                across_parts=2,
                conflicting=3,
            ),
            (
                "There are 2 groups of exact copies (such as x/a and x/b) and 1 group of near "
                "duplicates (such as x/e and x/f); 2 are in more than one part; 3 are labelled "
                "differently."
            ),
        ),
    ],
)
def test_the_sentence_tells_people_what_was_found(duplicates: Duplicates, sentence: str) -> None:
    assert duplicates.sentence() == sentence


# Joining ------------------------------------------------------------------------------------------


def test_a_group_in_several_parts_is_joined_in_train_with_its_patients() -> None:
    parts = ["train", "val", "val", "val", "test", "test", None]
    data = made_up([("a", "1223456"[n], part) for n, part in enumerate(parts)])
    paths = [image.path for image in data.images]
    duplicates = Duplicates(exact=((paths[0], paths[1]),), near=((paths[3], paths[4]),))
    joined, moved = join_duplicates(data, duplicates)
    assert parts_of(joined) == ["train", "train", "train", "train", "train", "test", None]
    assert moved == 4
    tested, moved = join_duplicates(data, duplicates, into="test")
    assert parts_of(tested) == ["test", "test", "test", "test", "test", "test", None]
    assert moved == 4


def test_a_group_within_one_part_stays() -> None:
    data = made_up([("a", "1", "val"), ("a", "2", "val"), ("a", "3", "train"), ("a", "4", None)])
    paths = [image.path for image in data.images]
    duplicates = Duplicates(exact=((paths[0], paths[1]), (paths[2], paths[3])))
    assert join_duplicates(data, duplicates) == (data, 0)


def test_patients_are_linked_through_each_others_copies() -> None:
    data = made_up([("a", "1", "train"), ("a", "2", "val"), ("a", "2", "val"), ("a", "3", "test")])
    paths = [image.path for image in data.images]
    duplicates = Duplicates(near=((paths[0], paths[1]), (paths[2], paths[3])))
    joined, moved = join_duplicates(data, duplicates)
    assert (parts_of(joined), moved) == (["train"] * 4, 3)


@given(
    groups=st.lists(st.lists(st.integers(0, 39), min_size=2, max_size=4, unique=True), max_size=6),
    seed=st.integers(0, 20),
)
def test_afterwards_nothing_is_in_two_parts(groups: list[list[int]], seed: int) -> None:
    data = made_up([("ab"[n % 2], str(n // 3), None) for n in range(40)])
    split = split_dataset(data, seed=seed, test_fraction=0.2)
    paths = [image.path for image in split.images]
    duplicates = Duplicates(near=tuple(tuple(paths[n] for n in group) for group in groups))

    joined, moved = join_duplicates(split, duplicates)

    part = {image.path: image.part for image in joined.images}
    assert all(len({part[path] for path in group}) == 1 for group in duplicates.near)
    by_patient: dict[str, set[str | None]] = {}
    for image in joined.images:
        by_patient.setdefault(image.patient_id, set()).add(image.part)
    assert all(len(parts) == 1 for parts in by_patient.values())
    changed = [a for a, b in zip(split.images, joined.images, strict=True) if a.part != b.part]
    assert len(changed) == moved
    assert [dataclasses.replace(i, part=None) for i in joined.images] == list(data.images)
