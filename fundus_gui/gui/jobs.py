"""The long jobs of the window, as generators for a Worker: what runs off the window's thread."""

from __future__ import annotations

import contextlib
import csv
import hashlib
import io
import itertools
import threading
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from fundus_gui.core.catalogue import Catalogue, EnsembleSpec, InstalledModel, read_catalogue
from fundus_gui.core.errors import ExportError, ImageError
from fundus_gui.core.export import (
    RunRecord,
    defused,
    export_results,
    own_pseudonyms,
    table_columns,
    table_row,
)
from fundus_gui.core.images import Photograph, find_images, read_photograph, thumbnail
from fundus_gui.core.preprocessing import Preprocessing
from fundus_gui.core.results import ImageResult, ModelsReady, Precision
from fundus_gui.gui.warm_up import import_engine

if TYPE_CHECKING:
    from fundus_gui.core.assessments import ClassifyRecord
    from fundus_gui.core.ensemble import Member

Pixels = NDArray[np.uint8]

_LISTING_BATCH = 512  # paths per record: few signals, yet rows appear while a disk is searched


class _Turns:
    """Lets threads in one at a time, each in its turn.

    A lock alone may go again and again to the thread that has just let go of it; here the thread
    that waits holds the door, so that two threads take turns.
    """

    def __init__(self) -> None:
        self._door, self._room = threading.Lock(), threading.Lock()

    def __enter__(self) -> None:
        with self._door:
            self._room.acquire()

    def __exit__(self, *_error: object) -> None:
        self._room.release()


class Engine:
    """Classifies with installed weights and keeps the last members loaded for the next run.

    Several threads may classify at the same time: batch by batch, they take turns.
    """

    def __init__(self, catalogue: Catalogue, *, device: str = "auto") -> None:
        self._catalogue = catalogue
        self._device = device
        self._precision: Precision = "exact"
        self._loaded: dict[tuple[str, Precision], Member] = {}
        self._turns = _Turns()

    def use(self, catalogue: Catalogue) -> None:
        """Look models up here from now on."""
        self._catalogue = catalogue

    def set_precision(self, precision: Precision) -> None:
        """Compute exactly or fast from the next run on."""
        self._precision = precision

    def classify(
        self, spec: EnsembleSpec, paths: Sequence[Path]
    ) -> Generator[ClassifyRecord, None, None]:
        """Yield ModelsReady, then one result per path in order.

        Raises:
            FundusError: the models cannot be loaded.
        """
        import_engine()  # takes seconds: the window must be on the screen by then
        from fundus_gui.core.devices import resolve_device
        from fundus_gui.core.ensemble import Ensemble, load_member
        from fundus_gui.core.inference import predict_images

        with self._turns:
            device, precision = resolve_device(self._device), self._precision
            self._loaded = {
                (name, precision): self._known(name, precision)
                or load_member(name, self._catalogue, device, precision)
                for name in spec.members
            }
            ensemble = Ensemble(spec, tuple(self._loaded.values()))
        yield ModelsReady(ensemble.device_name, ensemble.weights_sha256, ensemble.number_format)
        with contextlib.closing(predict_images(ensemble, paths)) as results:
            while (result := self._next(results)) is not None:
                yield result

    def _known(self, name: str, precision: Precision) -> Member | None:
        """Return the loaded model, unless another has taken its place in the catalogue."""
        loaded = self._loaded.get((name, precision))
        if loaded is None or loaded.card.to_json() != self._catalogue.model(name).card.to_json():
            return None
        return loaded

    def _next(self, results: Iterator[ImageResult]) -> ImageResult | None:
        with self._turns:
            return next(results, None)


def list_installed() -> Generator[Catalogue, None, None]:
    """Yield once: the models and ensembles that are installed now."""
    yield read_catalogue()


def hash_weights(models: Sequence[InstalledModel]) -> Generator[tuple[str, str], None, None]:
    """Yield name and SHA-256 of each model's file, as exports name it; what is gone is left out."""
    for model in models:
        with contextlib.suppress(OSError), model.path.open("rb") as stream:
            yield model.name, hashlib.file_digest(stream, "sha256").hexdigest()


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


def export_table(
    results: Sequence[ImageResult], out: Path, run: RunRecord, *, has_pseudonyms: bool = False
) -> Generator[ImageResult, None, None]:
    """Write results to a file that the user has agreed to replace, yielding each.

    Raises:
        ExportError: it cannot be written, or the key of the pseudonyms cannot be used.
    """
    if has_pseudonyms:
        run = replace(run, pseudonyms=own_pseudonyms())
    yield from export_results(results, out, run, overwrite=out.exists())


def table_text(
    results: Sequence[ImageResult], run: RunRecord, *, has_pseudonyms: bool = False
) -> Generator[str, None, None]:
    """Yield once: the table of an export as tab-separated text, for the clipboard.

    Raises:
        ExportError: the key of the pseudonyms cannot be used.
    """
    if has_pseudonyms:
        run = replace(run, pseudonyms=own_pseudonyms())
    columns = list(table_columns(run))
    text = io.StringIO()
    writer = csv.writer(text, delimiter="\t", lineterminator="\n")
    writer.writerow(map(defused, columns))
    for result in results:
        row = table_row(result, run)
        writer.writerow([defused(row.get(name)) for name in columns])
    yield text.getvalue()
