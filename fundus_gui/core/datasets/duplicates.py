"""Photographs that a data set holds more than once, which must not be learnt and tested on."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from fundus_gui.core.datasets.hashes import HASH_SIZE, ImageHashes
from fundus_gui.core.datasets.labelled import Dataset, Part
from fundus_gui.core.one_or_many import one_or_many

# Of 256 bits. On 4,332 photographs of 256 px (benchmarks/near_duplicates.py) more than 95 % of the
# copies that were compressed, scaled, brightened, turned by 2 degrees or cropped by 2 % a side lie
# within 52 bits of their originals, and no photographs of two patients; within 56 bits some do.
NEAR_BITS = 52

_PAIRS_AT_ONCE = 1_000_000  # bounds the memory

Group = tuple[Path, ...]
Indices = NDArray[np.int64]
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Groups of images that show the same photograph.

    Attributes:
        exact: groups of equal bytes.
        near: groups that look the same and are not all of equal bytes.
        across_parts: number of photographs with images in more than one part.
        conflicting: number of photographs whose images have different labels.
    """

    exact: tuple[Group, ...] = ()
    near: tuple[Group, ...] = ()
    across_parts: int = 0
    conflicting: int = 0

    def sentence(self) -> str:
        """Say what was found, for people."""
        found = [
            f"{len(groups)} {one_or_many(len(groups), 'group')} of {kind} "
            f"(such as {_place(groups[0][0])} and {_place(groups[0][1])})"
            for groups, kind in ((self.exact, "exact copies"), (self.near, "near duplicates"))
            if groups
        ]
        if not found:
            return "No photograph is there twice."
        notes = [
            f"; {count} {'is' if count == 1 else 'are'} {what}"
            for count, what in (
                (self.across_parts, "in more than one part"),
                (self.conflicting, "labelled differently"),
            )
            if count
        ]
        are = "is" if len(self.exact or self.near) == 1 else "are"
        return f"There {are} {' and '.join(found)}{''.join(notes)}."


def _place(path: Path) -> str:
    """Name a file with its folder, because every class may have a `1.jpg`."""
    return f"{path.parent.name}/{path.name}"


def find_duplicates(dataset: Dataset, hashes: Mapping[Path, ImageHashes]) -> Duplicates:
    """Find images of equal bytes, and images whose perceptual hashes are near.

    Two images that each resemble a third are in one group with it.

    Args:
        dataset: split or not.
        hashes: from `hash_images`; images that are not among them are left out.
    """
    known = [image for image in dataset.images if image.path in hashes]
    copies = _grouped(known, (hashes[image.path].sha256 for image in known))
    looks = _near_groups([hashes[group[0].path].perceptual for group in copies])
    alike = _grouped(copies, looks.tolist())
    photographs = [[image for group in groups for image in group] for groups in alike]
    return Duplicates(
        exact=tuple(tuple(image.path for image in group) for group in copies if len(group) > 1),
        near=tuple(
            tuple(image.path for image in images)
            for images, groups in zip(photographs, alike, strict=True)
            if len(groups) > 1
        ),
        across_parts=sum(len({image.part for image in p} - {None}) > 1 for p in photographs),
        conflicting=sum(len({image.label for image in p}) > 1 for p in photographs),
    )


def _grouped(items: Sequence[Item], keys: Iterable[Hashable]) -> list[list[Item]]:
    """Put items of equal keys together, in the order of their first."""
    groups: dict[Hashable, list[Item]] = {}
    for item, key in zip(items, keys, strict=True):
        groups.setdefault(key, []).append(item)
    return list(groups.values())


def _near_groups(perceptual: Sequence[str]) -> Indices:
    """Return (N,), for each hash the first index of its group."""
    joined = bytes.fromhex("".join(perceptual))
    words = np.frombuffer(joined, np.uint64).reshape(len(perceptual), HASH_SIZE**2 // 64)
    group = np.arange(len(words))
    rows = max(1, _PAIRS_AT_ONCE // max(1, len(words)))
    for start in range(0, len(words), rows):
        block, rest = words[start : start + rows], words[start:]
        bits = np.zeros((len(block), len(rest)), np.uint16)
        for left, right in zip(block.T, rest.T, strict=True):
            bits += np.bitwise_count(left[:, None] ^ right)
        first, second = np.nonzero(bits <= NEAR_BITS)
        if len(first) > len(block):  # not only each with itself
            # Joined block by block, so that many alike do not fill the memory with pairs.
            links = np.r_[np.arange(len(words)), first + start], np.r_[group, second + start]
            group = _linked(len(words), *links)
    return group


def _linked(size: int, first: Indices, second: Indices) -> Indices:
    """Return for each of `size` indices the lowest one that links lead to."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    graph = coo_array((np.ones(len(first)), (first, second)), shape=(size, size))
    _, labels = connected_components(graph, directed=False)
    _, lowest = np.unique(labels, return_index=True)
    linked: Indices = lowest[labels]
    return linked


def join_duplicates(
    dataset: Dataset, duplicates: Duplicates, *, into: Part = "train"
) -> tuple[Dataset, int]:
    """Bring all images of a photograph into one part, with all images of their patients.

    What is in several parts goes to `train` unless told otherwise: no figure of the validation
    or test part then counts a photograph that was learnt, and no training photograph is lost.
    Images without a part count as `train`.

    Returns:
        The data set, and how many of its images changed their part.
    """
    linked = _families(dataset, duplicates)
    parts: dict[int, set[Part]] = {}
    for image, group in zip(dataset.images, linked, strict=True):
        parts.setdefault(group, set()).add(image.part or "train")
    moves = [
        len(parts[group]) > 1 and (image.part or "train") != into
        for image, group in zip(dataset.images, linked, strict=True)
    ]
    images = tuple(
        replace(image, part=into) if moved else image
        for image, moved in zip(dataset.images, moves, strict=True)
    )
    return replace(dataset, images=images), sum(moves)


def join_patients(dataset: Dataset, duplicates: Duplicates) -> Dataset:
    """Let patients who share a photograph count as one, so that no split parts them."""
    patients = [image.patient_id for image in dataset.images]
    images = tuple(
        replace(image, patient_id=patients[first])
        for image, first in zip(dataset.images, _families(dataset, duplicates), strict=True)
    )
    return replace(dataset, images=images)


def _families(dataset: Dataset, duplicates: Duplicates) -> list[int]:
    """Return for each image the first one that shares a patient or a photograph with it."""
    number = {image.path: index for index, image in enumerate(dataset.images)}
    of_patient: dict[str, int] = {}
    links = [(of_patient.setdefault(i.patient_id, n), n) for n, i in enumerate(dataset.images)]
    links += [
        (number[group[0]], number[path])
        for group in (*duplicates.exact, *duplicates.near)
        for path in group
    ]
    first, second = np.array(links, np.int64).reshape(-1, 2).T
    families: list[int] = _linked(len(dataset.images), first, second).tolist()
    return families
