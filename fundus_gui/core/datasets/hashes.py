"""What a photograph is recognised by: the hash of its bytes and the hash of its looks."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from fundus_gui.core.datasets.labelled import LabelledImage
from fundus_gui.core.errors import ImageError
from fundus_gui.core.images import read_photograph
from fundus_gui.core.preprocessing import find_field_of_view

HASH_SIZE = 16  # a perceptual hash has HASH_SIZE² bits

_SIDE = 64  # px, what phash looks at
_ENOUGH = 512  # px on a photograph's shorter side; decoding more changes a few bits of 256
_ILLUMINATION = 0.2 * _SIDE  # px, standard deviation of the blur that leaves only the lighting
_CONTRAST = 40.0  # levels of 255, standard deviation after the lighting was taken away


@dataclass(frozen=True, slots=True)
class ImageHashes:
    """What an image is recognised by.

    Attributes:
        sha256: of the file's bytes, equal for exact copies.
        perceptual: of what is seen, a few bits apart for copies that were saved anew.
    """

    sha256: str
    perceptual: str


def perceptual_hash(pixels: NDArray[np.uint8]) -> str:
    """Return 256 bits in hexadecimal that hardly change when a photograph is saved anew.

    All fundus photographs share the black surround, the disc and the light that falls off to its
    rim, on which a plain perceptual hash would spend its bits. Here it is taken (ImageHash's
    `phash`) of the square inscribed in the field of view, with the lighting subtracted.

    Args:
        pixels: (H, W, 3) upright RGB.
    """
    import imagehash
    from scipy import ndimage

    view = find_field_of_view(pixels)
    x_rim, y_rim = ((side - side / sqrt(2)) / 2 for side in (view.width, view.height))
    box = (view.left + x_rim, view.top + y_rim, view.right - x_rim, view.bottom - y_rim)
    grey = Image.fromarray(pixels).convert("L")
    small = np.asarray(grey.resize((_SIDE, _SIDE), Image.Resampling.BILINEAR, box), np.float32)
    detail = small - ndimage.gaussian_filter(small, _ILLUMINATION, mode="nearest")
    scaled = 128 + _CONTRAST / max(float(detail.std()), 1e-3) * detail
    even = Image.fromarray(np.clip(scaled, 0, 255).astype(np.uint8))
    return str(imagehash.phash(even, HASH_SIZE))


def hash_images(
    images: Sequence[LabelledImage], workers: int | None = None
) -> Iterator[tuple[LabelledImage, ImageHashes | None]]:
    """Hash images in their order, decoding in threads; None for what cannot be read.

    Args:
        images: any number; a few are decoded ahead.
        workers: threads (default: one per processor, at most 8).
    """
    threads = min(8, os.cpu_count() or 1) if workers is None else workers
    remaining = iter(images)
    pool = ThreadPoolExecutor(threads, thread_name_prefix="hash")
    pending: deque[tuple[LabelledImage, Future[ImageHashes | None]]] = deque()
    try:
        pending.extend((i, pool.submit(_hash, i)) for i in islice(remaining, 2 * threads))
        while pending:
            image, hashes = pending.popleft()
            found = hashes.result()
            pending.extend((i, pool.submit(_hash, i)) for i in islice(remaining, 1))
            yield image, found
    finally:
        pool.shutdown(cancel_futures=True)


def _hash(image: LabelledImage) -> ImageHashes | None:
    try:
        photograph = read_photograph(image.path, enough=_ENOUGH)
        return ImageHashes(photograph.sha256, perceptual_hash(photograph.pixels))
    except (ImageError, MemoryError):
        return None
