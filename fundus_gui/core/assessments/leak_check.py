"""What must be said of photographs before any figure: who has seen them, and that they are new."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from fundus_gui.core.cards import ModelCard
from fundus_gui.core.datasets import Dataset, ImageHashes, LabelledImage, find_duplicates
from fundus_gui.core.leaks import Overlap, leak_sentences, overlap
from fundus_gui.core.one_or_many import one_or_many

Hashes = Mapping[Path, ImageHashes]


def hash_bytes(
    images: Iterable[LabelledImage],
) -> Iterator[tuple[LabelledImage, ImageHashes | None]]:
    """Hash images as `hash_images` does, but so that only equal bytes are found by it."""
    for image in images:
        try:
            with image.path.open("rb") as stream:
                sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError:
            yield image, None
        else:
            # As long as a hash of the looks, and near to none.
            yield image, ImageHashes(sha256, perceptual=sha256)


def find_leaks(
    cards: Mapping[str, ModelCard],
    judged: Sequence[LabelledImage],
    tuning: Sequence[LabelledImage] = (),
    *,
    hashes: Hashes,
) -> tuple[dict[str, tuple[Path, ...]], list[str]]:
    """Return which photographs to measure on each model has learnt, and what must be said.

    Args:
        cards: of the models, by name.
        judged: photographs to measure on.
        tuning: those that temperature and thresholds are fitted on.
        hashes: of both; what is not among them is left out.
    """
    overlaps = _overlaps(cards, judged, hashes)
    of_tuning = _overlaps(cards, tuning, hashes)
    leaking = {name: found for name, found in of_tuning.items() if found}
    where = "Of the photographs that temperature and thresholds are fitted on: "
    leaks = {name: (*found.exact, *found.near) for name, found in overlaps.items() if found}
    return leaks, [
        *leak_sentences(overlaps),
        *(where + sentence for sentence in leak_sentences(leaking)),
        *_shared_photographs(judged, tuning, hashes),
    ]


def _overlaps(
    cards: Mapping[str, ModelCard], images: Iterable[LabelledImage], hashes: Hashes
) -> dict[str, Overlap]:
    known = {image.path: hashes[image.path] for image in images if image.path in hashes}
    return {name: overlap(card, known) for name, card in cards.items()}


def _shared_photographs(
    judged: Sequence[LabelledImage], tuning: Sequence[LabelledImage], hashes: Hashes
) -> list[str]:
    if not tuning:
        return []
    duplicates = find_duplicates(Dataset("both parts", (*judged, *tuning)), hashes)
    fitted_on = {image.path for image in tuning}
    groups = [set(group) for group in (*duplicates.exact, *duplicates.near)]
    count = len({path for g in groups if g & fitted_on for path in g - fitted_on})
    if not count:
        return []
    sentence = (
        f"{count} {one_or_many(count, 'photograph has', 'photographs have')} exact or near "
        "copies in the part that temperature and thresholds are fitted on, so the figures flatter "
        "the models."
    )
    return [sentence]
