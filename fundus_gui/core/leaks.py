"""Whether photographs that a model is judged or fitted on are among those it was trained on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fundus_gui.core.cards import ModelCard
from fundus_gui.core.datasets import NEAR_BITS, ImageHashes
from fundus_gui.core.datasets.hashes import HASH_SIZE
from fundus_gui.core.errors import DatasetError
from fundus_gui.core.one_or_many import one_or_many

_SHA256_DIGITS = 16  # that a card keeps
_BITS = HASH_SIZE**2
_PERCEPTUAL = re.compile(f"[0-9a-f]{{{_BITS // 4}}}")
_ROWS_AT_ONCE = 1000  # bounds the memory


@dataclass(frozen=True, slots=True)
class Overlap:
    """Which of some photographs a model was trained on.

    Attributes:
        images: how many photographs were looked up.
        exact: those of equal bytes.
        near: those that look the same.
        is_known: False when the model's card does not list its training images.
    """

    images: int
    exact: tuple[Path, ...] = ()
    near: tuple[Path, ...] = ()
    is_known: bool = True

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self.exact or self.near)

    def sentence(self, *models: str) -> str:
        """Say, for people, what was found of one model, or of several alike."""
        who = " and ".join((", ".join(models[:-1]), models[-1])) if models[1:] else models[0]
        was, does, it, them = (
            ("were", "do", "they", "them") if models[1:] else ("was", "does", "it", "it")
        )
        if not self.is_known:
            return (
                f"{who} {does} not say which photographs {it} {was} trained on, so nobody can "
                "tell whether these are among them."
            )
        found = (*self.exact, *self.near)
        these = one_or_many(self.images, "the 1 photograph", f"these {self.images} photographs")
        if not found:
            return f"{who} {was} trained on none of {these}."
        return (
            f"{who} {was} trained on {len(found)} of {these} "
            f"({len(self.exact)} exact, {len(self.near)} near), so figures on them flatter {them}."
        )


def leak_sentences(overlaps: Mapping[str, Overlap]) -> tuple[str, ...]:
    """Say which models know some of the photographs, then which may know some."""
    alike: dict[Overlap, list[str]] = {}
    for name, found in overlaps.items():
        if found or not found.is_known:
            alike.setdefault(found, []).append(name)
    known_first = sorted(alike.items(), key=lambda item: not item[0])
    return tuple(found.sentence(*models) for found, models in known_first)


def overlap(card: ModelCard, hashes: Mapping[Path, ImageHashes]) -> Overlap:
    """Look photographs up among a model's training images, by bytes and by looks.

    Args:
        card: of the model; `training["image_hashes"]` holds "sha256:perceptual" of each image.
        hashes: of the photographs, from `hash_images`.
    """
    listed = [str(entry).partition(":") for entry in card.training.get("image_hashes", ())]
    known = {sha256 for sha256, _, _ in listed}
    is_exact = {path: found.sha256[:_SHA256_DIGITS] in known for path, found in hashes.items()}
    rest = [path for path in hashes if not is_exact[path]]
    is_near = _are_near([hashes[path].perceptual for path in rest], [looks for *_, looks in listed])
    return Overlap(
        images=len(hashes),
        exact=tuple(path for path in hashes if is_exact[path]),
        near=tuple(path for path, near in zip(rest, is_near, strict=True) if near),
        is_known=bool(listed),
    )


def refuse_overlap(
    cards: Mapping[str, ModelCard], hashes: Mapping[Path, ImageHashes], *, is_allowed: bool = False
) -> tuple[str, ...]:
    """Refuse photographs that a model was trained on; return what must be said of the others.

    Args:
        cards: of the models, by name.
        hashes: of the photographs.
        is_allowed: go on all the same.

    Returns:
        Sentences on the models that know some of the photographs or may know some.

    Raises:
        DatasetError: a model was trained on some, and that was not allowed.
    """
    overlaps = {name: overlap(card, hashes) for name, card in cards.items()}
    leaking = {name: found for name, found in overlaps.items() if found}
    if leaking and not is_allowed:
        first = next(path for found in leaking.values() for path in (*found.exact, *found.near))
        raise DatasetError(
            f"{' '.join(leak_sentences(leaking))} One of them is {first.parent.name}/{first.name}. "
            "Take photographs that no model was trained on, or allow the overlap, which is then "
            "written into the result."
        )
    return leak_sentences(overlaps)


def _are_near(looks: Sequence[str], known: Iterable[str]) -> NDArray[np.bool_]:
    """Return (N,), whether at most NEAR_BITS part each perceptual hash from any known one."""
    signs, known_signs = _signs(looks), _signs(k for k in known if _PERCEPTUAL.fullmatch(k))
    near = np.zeros(len(signs), np.bool_)
    for start in range(0, len(signs) if len(known_signs) else 0, _ROWS_AT_ONCE):
        # Hashes whose bits are the signs s and t differ in (_BITS - s·t) / 2 places.
        products = signs[start : start + _ROWS_AT_ONCE] @ known_signs.T
        near[start : start + _ROWS_AT_ONCE] = products.max(axis=1) >= _BITS - 2 * NEAR_BITS
    return near


def _signs(perceptual: Iterable[str]) -> NDArray[np.float32]:
    """Return (N, _BITS) bits as 1 and -1."""
    joined = np.frombuffer(bytes.fromhex("".join(perceptual)), np.uint8)
    bits = np.unpackbits(joined).reshape(-1, _BITS)
    signs: NDArray[np.float32] = 2 * bits.astype(np.float32) - 1
    return signs
