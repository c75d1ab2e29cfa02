"""Photographs as the network sees them, decoded and cropped once: epoch 2 decodes nothing."""

from __future__ import annotations

import hashlib
import io
import math
import os
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import IO, Self

import numpy as np
import torch
from torch import Tensor

from fundus_gui import __version__
from fundus_gui.core.atomic import replacing
from fundus_gui.core.datasets import LabelledImage
from fundus_gui.core.errors import ConfigError
from fundus_gui.core.images import load_image
from fundus_gui.core.paths import cache_dir
from fundus_gui.core.preprocessing import IMAGENET_MEAN, IMAGENET_STD, Pixels, Preprocessing
from fundus_gui.core.runs import Preparing, TrainConfig

MOST_CACHE_BYTES = 20 * 2**30
_USUAL_FREE_BYTES = 2 * 2**30  # where the system does not say
_REPORT_SECONDS = 0.1


class Views(ABC):
    """Photographs at training size."""

    @abstractmethod
    def __len__(self) -> int:
        """Return the number of photographs."""

    @abstractmethod
    def __getitem__(self, index: int, /) -> Tensor:
        """Return one photograph, (3, S, S) uint8; not to be changed in place."""

    def arrays(self) -> Iterator[Pixels]:
        """Yield the photographs as (S, S, 3)."""
        for index in range(len(self)):
            yield self[index].permute(1, 2, 0).numpy()


class MemoryViews(Views):
    """Views in one array (N, 3, S, S)."""

    def __init__(self, views: Pixels) -> None:
        # A tensor moves into shared memory when worker processes are started with it.
        self._views = torch.from_numpy(views)

    def __len__(self) -> int:
        return len(self._views)

    def __getitem__(self, index: int, /) -> Tensor:
        return self._views[index]


class DiskViews(MemoryViews):
    """Views in a `.npy` file (N, 3, S, S), of which the system keeps in memory what it can."""

    def __init__(self, path: Path) -> None:
        self._path = path
        # Copy on write: nobody writes, but torch wants arrays that could be written to.
        super().__init__(np.load(path, mmap_mode="c"))

    def __reduce__(self) -> tuple[type[Self], tuple[Path]]:
        return type(self), (self._path,)  # a worker process opens the file, too


class DecodedViews(Views):
    """Views that are decoded anew at every access."""

    def __init__(self, images: Sequence[LabelledImage], preprocessing: Preprocessing) -> None:
        self._images = images
        self._preprocessing = preprocessing

    def __len__(self) -> int:
        return len(self._images)

    def __getitem__(self, index: int, /) -> Tensor:
        return torch.from_numpy(_decode(self._images[index], self._preprocessing))


def decode_views(
    images: Sequence[LabelledImage], preprocessing: Preprocessing, config: TrainConfig
) -> Generator[Preparing, None, Views]:
    """Decode and crop every photograph, and keep the views where `config.cache` says.

    Views on disk serve later runs, too, as long as photographs and preprocessing stay the same.

    Raises:
        ImageError: a photograph cannot be read.
        ConfigError: the views cannot be kept on disk.
    """
    shape = (len(images), 3, preprocessing.size, preprocessing.size)
    fits = math.prod(shape) * config.devices < _free_memory() / 4  # each process keeps its own
    if config.cache == "none":
        return DecodedViews(images, preprocessing)
    if config.cache == "memory" or (config.cache == "auto" and fits):
        stream = io.BytesIO()
        yield from _write_views(stream, images, preprocessing)
        return MemoryViews(np.frombuffer(stream.getbuffer(), np.uint8).reshape(shape))
    path = cache_dir() / "views" / f"{_fingerprint(images, preprocessing)}.npy"
    try:
        header = _header(shape)
        if _is_whole(path, header, math.prod(shape)):
            os.utime(path)  # used last
        else:
            with replacing(path) as file:
                file.write(header)
                yield from _write_views(file, images, preprocessing)
            remove_least_recent(path.parent, keep=path)
        return DiskViews(path)
    except OSError as error:
        raise ConfigError(
            f"The decoded photographs cannot be kept in {path.parent} ({error.strerror}; "
            f"{math.prod(shape) / 1e9:.2g} GB are needed). Free some space, or choose another "
            "cache: memory or none."
        ) from error


def _header(shape: tuple[int, ...]) -> bytes:
    """Return how the file of views begins."""
    stream = io.BytesIO()
    facts = {"descr": "|u1", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(stream, facts)
    return stream.getvalue()


def _is_whole(path: Path, header: bytes, pixels: int) -> bool:
    """Return whether an earlier run's file is there, undamaged as far as start and length tell."""
    try:
        with path.open("rb") as file:
            return file.read(len(header)) == header and file.seek(0, 2) == len(header) + pixels
    except FileNotFoundError:
        return False


def _free_memory() -> int:
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError):  # Windows has no such call, macOS no such name
        return _USUAL_FREE_BYTES


def _write_views(
    stream: IO[bytes], images: Sequence[LabelledImage], preprocessing: Preprocessing
) -> Generator[Preparing, None, None]:
    told = 0.0
    with closing(_decode_in_threads(images, preprocessing)) as views:
        for done, view in enumerate(views, start=1):
            stream.write(view.tobytes())
            if done == len(images) or time.monotonic() - told > _REPORT_SECONDS:
                told = time.monotonic()
                yield Preparing(stage="decoding", done=done, total=len(images))


def _decode_in_threads(
    images: Sequence[LabelledImage], preprocessing: Preprocessing
) -> Generator[Pixels, None, None]:
    """Yield the views in order, a few decoded ahead."""
    threads = min(8, os.cpu_count() or 1)
    pool = ThreadPoolExecutor(threads, thread_name_prefix="decode")
    remaining = iter(images)
    pending: deque[Future[Pixels]] = deque()
    try:
        while True:
            for image in islice(remaining, 2 * threads - len(pending)):
                pending.append(pool.submit(_decode, image, preprocessing))
            if not pending:
                return
            yield pending.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def _decode(image: LabelledImage, preprocessing: Preprocessing) -> Pixels:
    """Return (3, S, S), the order that the augmentation computes in fastest."""
    return preprocessing.view(load_image(image.path)).transpose(2, 0, 1).copy()


def _fingerprint(images: Sequence[LabelledImage], preprocessing: Preprocessing) -> str:
    """Return a name that changes with whatever changes the views."""
    unnormalised = replace(preprocessing, mean=IMAGENET_MEAN, std=IMAGENET_STD)
    digest = hashlib.sha256(f"{__version__} {unnormalised}".encode())
    for image in images:
        digest.update(f"\0{image.path.resolve()} {_stamp(image.path)}".encode(errors="replace"))
    return digest.hexdigest()[:32]


def _stamp(path: Path) -> tuple[int, int]:
    try:
        status = path.stat()
    except OSError:
        return 0, 0  # decoding says what is wrong with it
    return status.st_size, status.st_mtime_ns


def remove_least_recent(folder: Path, *, keep: Path, most_bytes: int = MOST_CACHE_BYTES) -> None:
    """Remove the files not used for longest, until the others have at most `most_bytes`."""
    files = []
    for path in folder.iterdir():
        with suppress(OSError):  # another run may have removed it
            files.append((path, path.stat()))
    total = sum(status.st_size for _, status in files)
    for path, status in sorted(files, key=lambda file: file[1].st_mtime_ns):
        if total <= most_bytes:
            return
        if path != keep:
            with suppress(OSError):  # Windows removes nothing that is open
                path.unlink()
                total -= status.st_size
