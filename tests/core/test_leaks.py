"""Photographs that a model was trained on are found, by bytes and by looks, and refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fundus_gui.core import leaks
from fundus_gui.core.cards import ModelCard
from fundus_gui.core.datasets import NEAR_BITS, ImageHashes
from fundus_gui.core.errors import DatasetError
from fundus_gui.core.leaks import Overlap, leak_sentences, overlap, refuse_overlap
from fundus_gui.core.preprocessing import Preprocessing


def looks(bits: int) -> str:
    """Return a perceptual hash that differs from `looks(0)` in so many bits."""
    return f"{(1 << bits) - 1:064x}"


def card(*entries: str) -> ModelCard:
    training: dict[str, Any] = {"image_hashes": list(entries)} if entries else {}
    return ModelCard(
        architecture="tiny",
        class_names=("a", "b"),
        preprocessing=Preprocessing(size=32),
        training=training,
    )


def hashed(**images: tuple[str, str]) -> dict[Path, ImageHashes]:
    return {Path("normal") / name: ImageHashes(*found) for name, found in images.items()}


def test_exact_and_near_copies_are_told_apart_up_to_the_known_distance() -> None:
    trained = card(f"{'1' * 16}:{looks(0)}", f"{'2' * 16}:{looks(256)}")
    found = overlap(
        trained,
        hashed(
            same=("1" * 64, looks(0)),
            near=("a" * 64, looks(NEAR_BITS)),
            far=("b" * 64, looks(NEAR_BITS + 1)),
            bright=("2" * 64, looks(128)),
            other=("c" * 64, looks(256 - NEAR_BITS)),
        ),
    )
    assert found == Overlap(
        images=5,
        exact=(Path("normal/same"), Path("normal/bright")),
        near=(Path("normal/near"), Path("normal/other")),
    )
    assert found


def test_many_photographs_are_compared_block_by_block(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaks, "_ROWS_AT_ONCE", 3)
    trained = card(*(f"{n:016x}:{looks(256)}" for n in range(5)), f"{9:016x}:{looks(0)}")
    images = hashed(
        **{f"{n}": (f"{n + 100:016x}".ljust(64, "0"), looks(20 * n)) for n in range(10)}
    )
    near = [int(path.name) for path in overlap(trained, images).near]
    assert near == [n for n in range(10) if 20 * n <= NEAR_BITS or 20 * n >= 256 - NEAR_BITS]


def test_disjoint_photographs_have_no_overlap() -> None:
    found = overlap(card(f"{'1' * 16}:{looks(0)}"), hashed(new=("2" * 64, looks(128))))
    assert not found
    assert found.sentence("vit") == "vit was trained on none of the 1 photograph."


@pytest.mark.parametrize("images", [{}, {"new": ("2" * 64, looks(0))}])
def test_a_card_without_hashes_says_that_nobody_can_tell(images: Any) -> None:
    found = overlap(card(), hashed(**images))
    assert not found
    assert not found.is_known
    assert found.sentence("vit").startswith("vit does not say which photographs")


@pytest.mark.parametrize("entry", ["1111111111111111", "1111111111111111:", "1111111111111111:zz"])
def test_an_entry_without_looks_still_finds_exact_copies(entry: str) -> None:
    found = overlap(card(entry), hashed(same=("1" * 64, looks(0)), other=("2" * 64, looks(0))))
    assert (len(found.exact), len(found.near)) == (1, 0)


def test_an_overlap_is_refused_with_names_and_a_way_out() -> None:
    cards = {"vit": card(f"{'1' * 16}:{looks(0)}"), "old": card()}
    images = hashed(same=("1" * 64, looks(0)), near=("2" * 64, looks(9)), new=("3" * 64, looks(99)))
    with pytest.raises(DatasetError) as caught:
        refuse_overlap(cards, images)
    assert str(caught.value) == (
        "vit was trained on 2 of these 3 photographs (1 exact, 1 near), so figures on them "
        "flatter it. One of them is normal/same. Take photographs that no model was trained on, or "
        "allow the overlap, which is then written into the result."
    )


def test_an_allowed_overlap_and_an_unknown_one_are_still_said() -> None:
    cards = {
        "old": card(),
        "vit": card(f"{'1' * 16}:{looks(0)}"),
        "new": card(f"{'5' * 16}:{looks(256)}"),
    }
    images = hashed(same=("1" * 64, looks(0)))
    sentences = refuse_overlap(cards, images, is_allowed=True)
    assert [sentence.split()[0] for sentence in sentences] == ["vit", "old"]


def test_clean_photographs_need_no_words() -> None:
    cards = {"vit": card(f"{'1' * 16}:{looks(0)}")}
    assert refuse_overlap(cards, hashed(new=("2" * 64, looks(128)))) == ()


def test_models_that_know_the_same_are_named_together() -> None:
    image = Path("eyes/1.png")
    leaking, unknown = Overlap(2, exact=(image,)), Overlap(2, is_known=False)
    overlaps = {"a": unknown, "b": leaking, "c": Overlap(2), "d": unknown, "e": leaking}
    first, second = leak_sentences(overlaps)
    assert first.startswith("b and e were trained on 1 of these 2 photographs")
    assert second.startswith("a and d do not say which photographs they were trained on")
