"""The one engine: photographs in, one record each out, in order. All entry points call it."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from fundus_gui.core.devices import device_errors_told, is_out_of_memory
from fundus_gui.core.ensemble import Ensemble, normalise
from fundus_gui.core.errors import ConfigError, DeviceError, ImageError
from fundus_gui.core.images import FileStamp, Photograph, file_stamp, read_photograph
from fundus_gui.core.preprocessing import (
    FieldOfView,
    Preprocessing,
    find_field_of_view,
    retina_warnings,
)
from fundus_gui.core.results import ImageResult, Prediction, UnreadableImage


@dataclass(frozen=True, slots=True, eq=False)
class _Prepared:
    """A photograph decoded and seen in every way in which the members want it."""

    path: Path
    views: dict[Preprocessing, NDArray[np.uint8]]
    sha256: str
    warnings: tuple[str, ...]
    seconds: float
    stamp: FileStamp


def predict_images(
    ensemble: Ensemble,
    paths: Iterable[Path],
    *,
    batch_size: int = 16,
    workers: int | None = None,
) -> Generator[ImageResult, None, None]:
    """Classify photographs; exactly one record per path, in the paths' order.

    Files are decoded in `workers` threads (default: one per processor, at most 8) while the
    networks run; batches reach across images; each distinct preprocessing is done once per image.
    When the device runs out of memory the batch is halved and the work goes on.

    Args:
        ensemble: loaded members.
        paths: read lazily, a few batches ahead.
        batch_size: images per forward pass, at least 1.
        workers: decoding threads.

    Raises:
        DeviceError: not even one image fits into the device's memory.
        ConfigError: batch_size or workers below 1.
    """
    threads = min(8, os.cpu_count() or 1) if workers is None else workers
    if batch_size < 1 or threads < 1:
        raise ConfigError("Batch size and number of workers must be at least 1.")
    ahead = 2 * max(batch_size, threads)
    prepared = _prepare_images(ensemble.preprocessings, paths, threads, ahead)
    return _predict_batches(_Network(ensemble, batch_size), prepared, batch_size)


def _prepare_images(
    preprocessings: tuple[Preprocessing, ...], paths: Iterable[Path], threads: int, ahead: int
) -> Generator[_Prepared | UnreadableImage, None, None]:
    remaining = iter(paths)
    pool = ThreadPoolExecutor(threads, thread_name_prefix="decode")
    pending: deque[Future[_Prepared | UnreadableImage]] = deque()
    try:
        pending.extend(
            pool.submit(_prepare, path, preprocessings) for path in islice(remaining, ahead)
        )
        while pending:
            ready = pending.popleft().result()
            for path in islice(remaining, 1):
                pending.append(pool.submit(_prepare, path, preprocessings))
            yield ready
    finally:
        pool.shutdown(cancel_futures=True)


def _prepare(path: Path, preprocessings: tuple[Preprocessing, ...]) -> _Prepared | UnreadableImage:
    started = time.perf_counter()
    stamp = file_stamp(path)  # before reading: what is replaced meanwhile must not match it later
    try:
        photograph, field = _read(path, preprocessings)
        views = {how: how.view(photograph.pixels, field) for how in preprocessings}
    except ImageError as error:
        seconds = time.perf_counter() - started
        return UnreadableImage(path, error.problem, error.sha256, seconds, *stamp)
    except MemoryError:
        problem = "the image does not fit into the free memory; make it smaller"
        return UnreadableImage(path, problem, "", time.perf_counter() - started, *stamp)
    seconds = time.perf_counter() - started
    doubts = (*photograph.warnings, *retina_warnings(photograph.pixels))
    return _Prepared(path, views, photograph.sha256, doubts, seconds, stamp)


def _read(
    path: Path, preprocessings: tuple[Preprocessing, ...]
) -> tuple[Photograph, FieldOfView | None]:
    """Read a photograph no finer than any of the networks can tell, and find its retina once."""
    enough = max(how.enough for how in preprocessings)
    photograph = read_photograph(path, enough=enough)
    if all(how.framing != "field-of-view" for how in preprocessings):
        return photograph, None
    field = find_field_of_view(photograph.pixels)
    finest = 2 * max(how.size for how in preprocessings)
    if photograph.reduction > 1 and max(field.width, field.height) < finest:
        photograph = read_photograph(path)  # the retina is a small part of the frame
        field = find_field_of_view(photograph.pixels)
    return photograph, field


def _predict_batches(
    network: _Network,
    images: Generator[_Prepared | UnreadableImage, None, None],
    batch_size: int,
) -> Generator[ImageResult, None, None]:
    with closing(images):  # ends the decoding threads, whatever happens here
        while batch := list(islice(images, batch_size)):
            good = [item for item in batch if isinstance(item, _Prepared)]
            started = time.perf_counter()
            with device_errors_told():
                probabilities = network.predict_proba(good)  # (M, N, K)
            share = (time.perf_counter() - started) / max(1, len(good))
            column = 0
            for item in batch:
                if isinstance(item, UnreadableImage):
                    yield item
                    continue
                yield network.record(item, probabilities[:, column], item.seconds + share)
                column += 1


class _Network:
    """The ensemble, with a batch limit that shrinks when the device's memory is too small."""

    def __init__(self, ensemble: Ensemble, limit: int) -> None:
        self._ensemble = ensemble
        self._decision = ensemble.spec.decision
        self._limit = limit

    def predict_proba(self, images: list[_Prepared]) -> NDArray[np.float32]:
        """Return (M, N, K) for N images, in as many passes as the memory asks for."""
        parts = [
            np.empty((len(self._ensemble.members), 0, len(self._ensemble.class_names)), np.float32)
        ]
        start = 0
        while start < len(images):
            chunk = images[start : start + self._limit]
            probabilities = self._predict_if_it_fits(chunk)
            if probabilities is None:
                self._limit = len(chunk) // 2
                torch.cuda.empty_cache()
                continue
            parts.append(probabilities)
            start += len(chunk)
        return np.concatenate(parts, axis=1)

    def _predict_if_it_fits(self, images: list[_Prepared]) -> NDArray[np.float32] | None:
        # The error keeps its frames' tensors alive: leave the handler before the next attempt.
        try:
            return self._ensemble.predict_proba(self._inputs(images))
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            if len(images) == 1:
                raise DeviceError(
                    f"{self._ensemble.device_name} has too little free memory for even one "
                    "image. Close other programs, choose fewer models, or use the CPU."
                ) from error
            return None

    def record(
        self, image: _Prepared, probabilities: NDArray[np.float32], seconds: float
    ) -> ImageResult:
        """Make the record of one image from (M, K)."""
        spec = self._ensemble.spec
        for name, row in zip(spec.members, probabilities, strict=True):
            if not np.isfinite(row).all():
                problem = f"the model {name} gave no finite probabilities for it"
                return UnreadableImage(image.path, problem, image.sha256, seconds, *image.stamp)
        return Prediction(
            path=image.path,
            class_names=self._ensemble.class_names,
            member_names=spec.members,
            weights=spec.weights,
            member_probabilities=tuple(tuple(map(float, row)) for row in probabilities),
            image_sha256=image.sha256,
            seconds=seconds,
            warnings=image.warnings,
            decision=self._decision,
            file_bytes=image.stamp.file_bytes,
            file_modified_ns=image.stamp.file_modified_ns,
        )

    def _inputs(self, images: list[_Prepared]) -> dict[Preprocessing, Tensor]:
        device = self._ensemble.members[0].device
        inputs = {}
        for how in self._ensemble.preprocessings:
            views = torch.from_numpy(np.stack([image.views[how] for image in images]))
            inputs[how] = normalise(views.permute(0, 3, 1, 2).to(device), how)
        return inputs
