"""Copies of a photograph are recognised; other photographs, though alike, are not."""

from __future__ import annotations

import hashlib
import io
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageEnhance
from tiny_photographs import write_broken_files, write_photographs

from fundus_gui.core.datasets import (
    NEAR_BITS,
    ImageHashes,
    LabelledImage,
    hash_images,
    perceptual_hash,
)
from fundus_gui.core.synthetic import FundusSpec, draw_fundus

SIZE = 256


def bits_between(first: Image.Image, second: Image.Image) -> int:
    one, two = (int(perceptual_hash(np.asarray(image)), 16) for image in (first, second))
    return (one ^ two).bit_count()


def reencoded(image: Image.Image) -> Image.Image:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=50)
    return Image.open(buffer).convert("RGB")


@pytest.fixture(scope="module")
def eyes() -> list[Image.Image]:
    drawings = (draw_fundus(FundusSpec(seed=seed, size=2 * SIZE)) for seed in range(4))
    return [Image.fromarray(drawing).reduce(2) for drawing in drawings]


@pytest.mark.parametrize(
    "alter",
    [
        reencoded,
        lambda i: i.reduce(2),
        lambda i: i.resize((3 * SIZE, 3 * SIZE)),
        lambda i: i.crop((-60, -10, SIZE + 20, SIZE + 10)),  # on a wider black frame
        lambda i: i.crop((3, 3, SIZE - 3, SIZE - 3)),
        lambda i: ImageEnhance.Brightness(i).enhance(0.7),
        lambda i: i.convert("L").convert("RGB"),
    ],
    ids=["JPEG", "smaller", "larger", "framed", "cropped", "darker", "grey"],
)
def test_a_copy_is_near_its_original(
    eyes: list[Image.Image], alter: Callable[[Image.Image], Image.Image]
) -> None:
    assert max(bits_between(eye, alter(eye)) for eye in eyes) <= NEAR_BITS


def test_another_eye_and_the_mirrored_one_are_far(eyes: list[Image.Image]) -> None:
    mirrored = [eye.transpose(Image.Transpose.FLIP_LEFT_RIGHT) for eye in eyes]
    assert min(bits_between(*pair) for pair in zip(eyes, mirrored, strict=True)) > NEAR_BITS
    assert min(bits_between(eyes[0], other) for other in eyes[1:]) > NEAR_BITS


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 500, 3), (300, 2, 3), (64, 64, 3)])
def test_every_picture_has_a_hash_of_256_bits(shape: tuple[int, int, int]) -> None:
    assert len(bytes.fromhex(perceptual_hash(np.zeros(shape, np.uint8)))) == 32


# Whole data sets ----------------------------------------------------------------------------------


def labelled(paths: list[Path]) -> list[LabelledImage]:
    return [LabelledImage(path=path, label="amd", patient_id=path.name) for path in paths]


@pytest.mark.parametrize("workers", [1, 3, None])
def test_images_are_hashed_in_their_order(tmp_path: Path, workers: int | None) -> None:
    images = labelled(write_photographs(tmp_path, 9))
    found = list(hash_images(images, workers))
    assert [image for image, _ in found] == images
    for image, hashes in found:
        content, pixels = image.path.read_bytes(), np.asarray(Image.open(image.path))
        expected = ImageHashes(hashlib.sha256(content).hexdigest(), perceptual_hash(pixels))
        assert hashes == expected


def test_what_cannot_be_read_has_no_hash_and_stops_nothing(tmp_path: Path) -> None:
    broken, good = write_broken_files(tmp_path / "broken"), write_photographs(tmp_path, 2)
    found = [hashes is not None for _, hashes in hash_images(labelled([good[0], *broken, good[1]]))]
    assert found == [True, *([False] * len(broken)), True]


def test_leaving_early_ends_the_threads(tmp_path: Path) -> None:
    before = threading.active_count()
    hashed = hash_images(labelled(write_photographs(tmp_path, 12)), workers=2)
    next(hashed)
    hashed.close()
    assert threading.active_count() == before
