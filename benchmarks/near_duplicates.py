"""Measure how well copies are told from other photographs by their perceptual hashes.

Prints for several distances in bits the share of altered copies that lie within it of their
originals, and the number of pairs of different files that do: of one patient, of two.

    python benchmarks/near_duplicates.py --data DIR [--copies 400]
"""

from __future__ import annotations

import argparse
import io
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageEnhance
from rich import box
from rich.console import Console
from rich.table import Table

from fundus_gui.core.datasets import (
    NEAR_BITS,
    LabelledImage,
    hash_images,
    perceptual_hash,
    read_dataset,
)
from fundus_gui.core.images import load_image

Words = NDArray[np.uint64]

DISTANCES = (36, 40, 44, 48, 52, 56, 60, 64)


def reencoded(image: Image.Image, quality: int) -> Image.Image:
    """Save as JPEG and read again."""
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return Image.open(buffer).convert("RGB")


def cropped(image: Image.Image, share: float) -> Image.Image:
    """Cut a share of the width and height away on every side."""
    x, y = image.width * share, image.height * share
    return image.crop((round(x), round(y), round(image.width - x), round(image.height - y)))


ALTERATIONS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "JPEG quality 50": lambda i: reencoded(i, 50),
    "JPEG quality 20": lambda i: reencoded(i, 20),
    "half size": lambda i: i.reduce(2),
    "double size": lambda i: i.resize((2 * i.width, 2 * i.height), Image.Resampling.BICUBIC),
    "on a wider black frame": lambda i: i.crop((-40, -20, i.width + 40, i.height + 20)),
    "cropped 1 % a side": lambda i: cropped(i, 0.01),
    "cropped 2 % a side": lambda i: cropped(i, 0.02),
    "cropped 3 % a side": lambda i: cropped(i, 0.03),
    "brightness x 0.7": lambda i: ImageEnhance.Brightness(i).enhance(0.7),
    "brightness x 1.25": lambda i: ImageEnhance.Brightness(i).enhance(1.25),
    "contrast x 1.3": lambda i: ImageEnhance.Contrast(i).enhance(1.3),
    "gamma 0.7": lambda i: i.point([round(255 * (v / 255) ** 0.7) for v in range(256)] * 3),
    "without colour": lambda i: i.convert("L").convert("RGB"),
    "turned by 2 degrees": lambda i: i.rotate(2, Image.Resampling.BILINEAR),
    "cropped, smaller, darker, JPEG": lambda i: reencoded(
        ImageEnhance.Brightness(cropped(i, 0.015).reduce(2)).enhance(0.85), 60
    ),
    "mirrored (is not to be found)": lambda i: i.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
}


def main() -> None:
    """Hash all photographs and some altered copies, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=_Paragraphs)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--copies", type=int, default=400, help="photographs that are altered")
    options = parser.parse_args()
    hashed = [(i, h.perceptual) for i, h in hash_images(read_dataset(options.data).images) if h]
    images, originals = [image for image, _ in hashed], words([text for _, text in hashed])
    table = Table("", *map(str, DISTANCES), box=box.SIMPLE_HEAD, title="within so many bits")
    chosen = np.random.default_rng(0).permutation(len(images))[: options.copies]
    for name, alter in ALTERATIONS.items():
        copies = words([hash_of_copy(images[index], alter) for index in chosen])
        bits = np.bitwise_count(copies ^ originals[chosen]).sum(axis=1)
        table.add_row(name, *(f"{(bits <= limit).mean():.1%}" for limit in DISTANCES))
    table.add_section()
    one, two = pairs_within([image.patient_id for image in images], originals)
    table.add_row("pairs of one patient", *map(str, one))
    table.add_row("pairs of two patients", *map(str, two))
    Console(width=120).print(table)
    print(f"{len(images)} photographs, {len(chosen)} of them copied; NEAR_BITS is {NEAR_BITS}.")


class _Paragraphs(argparse.RawDescriptionHelpFormatter):
    """Keeps the line breaks of the description."""


def hash_of_copy(image: LabelledImage, alter: Callable[[Image.Image], Image.Image]) -> str:
    """Return the perceptual hash of an altered photograph."""
    return perceptual_hash(np.asarray(alter(Image.fromarray(load_image(image.path)))))


def words(hashes: Sequence[str]) -> Words:
    """Return (N, 4) of N hashes of 256 bits."""
    return np.frombuffer(bytes.fromhex("".join(hashes)), np.uint64).reshape(len(hashes), -1)


def pairs_within(patients: Sequence[str], hashes: Words) -> tuple[list[int], list[int]]:
    """Count the pairs within each distance, of one patient and of two."""
    counts = np.zeros((2, len(DISTANCES)), np.int64)
    names = np.array(patients)
    for index in range(1, len(hashes)):
        bits = np.bitwise_count(hashes[:index] ^ hashes[index]).sum(axis=1)
        differs = names[:index] != names[index]
        for column, limit in enumerate(DISTANCES):
            counts[:, column] += np.bincount(differs[bits <= limit], minlength=2)
    one, two = counts.tolist()
    return one, two


if __name__ == "__main__":
    main()
