"""The long jobs of the window, as generators for a Worker: what runs off the window's thread."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from fundus_gui.core.catalogue import Catalogue, EnsembleSpec
from fundus_gui.core.errors import ExportError, ImageError
from fundus_gui.core.images import Photograph, find_images, read_photograph, thumbnail
from fundus_gui.core.preprocessing import Preprocessing
from fundus_gui.core.results import ImageResult

if TYPE_CHECKING:
    from fundus_gui.core.ensemble import Ensemble

Pixels = NDArray[np.uint8]

_LISTING_BATCH = 512  # paths per record: few signals, yet rows appear while a disk is searched


@dataclass(frozen=True, slots=True)
class ModelsReady:
    """The models are loaded: on which device, and the hash of each member's weights."""

    device_name: str
    weights_sha256: dict[str, str] = field(default_factory=dict)


ClassifyRecord = ModelsReady | ImageResult
Classify = Callable[[EnsembleSpec, Sequence[Path]], Generator[ClassifyRecord, None, None]]


class Engine:
    """Classifies with installed weights and keeps the last ensemble loaded for the next run."""

    def __init__(self, catalogue: Catalogue, *, device: str = "auto") -> None:
        self._catalogue = catalogue
        self._device = device
        self._loaded: Ensemble | None = None

    def classify(
        self, spec: EnsembleSpec, paths: Sequence[Path]
    ) -> Generator[ClassifyRecord, None, None]:
        """Yield ModelsReady, then one result per path in order.

        Raises:
            FundusError: the models cannot be loaded.
        """
        # torch takes seconds to import: the window must be on the screen by then.
        from fundus_gui.core.ensemble import load_ensemble
        from fundus_gui.core.inference import predict_images

        if self._loaded is None or self._loaded.spec != spec:
            self._loaded = None  # frees the memory before the next models need it
            self._loaded = load_ensemble(spec, self._catalogue, device=self._device)
        yield ModelsReady(self._loaded.device_name, dict(self._loaded.weights_sha256))
        yield from predict_images(self._loaded, paths)


def list_images(
    paths: Sequence[Path], *, recursive: bool = True
) -> Generator[tuple[Path, ...], None, None]:
    """Yield the photographs below files and folders in batches."""
    found = find_images(paths, recursive=recursive)
    while batch := tuple(itertools.islice(found, _LISTING_BATCH)):
        yield batch


def save_pasted(image: QImage, path: Path) -> Generator[tuple[Path, ...], None, None]:
    """Write a pasted picture as PNG, then yield its path as a listing does.

    Raises:
        ExportError: it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ExportError(f"{path.parent} cannot be made: {error.strerror}.") from error
    if not image.save(str(path), "PNG"):  # type: ignore[call-overload]
        raise ExportError(f"The pasted picture cannot be written to {path}.")
    yield (path,)


@dataclass(frozen=True, slots=True)
class LoadedView:
    """A photograph to show, as it is or as a model sees it.

    Attributes:
        photograph: what was read, kept so that another view of it needs no second reading.
        pixels: (h, w, 3), what to show.
    """

    photograph: Photograph
    pixels: Pixels


def load_view(
    path: Path, seen_by: Preprocessing | None, known: Photograph | None
) -> Generator[LoadedView, None, None]:
    """Read a photograph unless `known` is it, and show it to a model's preprocessing.

    Raises:
        ImageError: it cannot be read.
    """
    photograph = known if known is not None and known.path == path else read_photograph(path)
    pixels = photograph.pixels if seen_by is None else seen_by.view(photograph.pixels)
    yield LoadedView(photograph, pixels)


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A small copy (h, w, 3) of a photograph, None when it cannot be read."""

    path: Path
    pixels: Pixels | None


def make_thumbnails(paths: Sequence[Path], size: int) -> Generator[Thumbnail, None, None]:
    """Yield one thumbnail of at most `size` pixels a side for each path, in order."""
    for path in paths:
        try:
            yield Thumbnail(path, thumbnail(path, size))
        except ImageError:
            yield Thumbnail(path, None)
