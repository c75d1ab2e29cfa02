"""An engine that answers at once, dialogs that answer by themselves, results to show."""

from __future__ import annotations

import time
import zlib
from collections.abc import Generator, Sequence
from pathlib import Path

import numpy as np
from PySide6.QtWidgets import QWidget

from fundus_gui.core.assessments import ClassifyRecord
from fundus_gui.core.cards import ModelCard
from fundus_gui.core.catalogue import EnsembleSpec, InstalledModel
from fundus_gui.core.preprocessing import Preprocessing
from fundus_gui.core.results import ImageResult, ModelsReady, Prediction, UnreadableImage
from fundus_gui.gui.error_dialog import ErrorReporter
from fundus_gui.gui.file_dialogs import FileDialogs

CLASS_NAMES = ("amd", "diabetic_retinopathy", "normal")


def prediction(path: Path, spec: EnsembleSpec) -> Prediction:
    """Make up probabilities that depend on the file's name and the model's."""
    rows = []
    for member in spec.members:
        seed = zlib.crc32((path.stem + member).encode())
        values = np.random.default_rng(seed).dirichlet(np.ones(len(CLASS_NAMES)))
        rows.append(tuple(map(float, values)))
    return Prediction(path, CLASS_NAMES, spec.members, spec.weights, tuple(rows), "ab" * 32, 0.01)


class FakeEngine:
    """Classifies by name, slowly if asked; files called broken... cannot be read."""

    def __init__(self) -> None:
        self.seconds_per_image = 0.0
        self.error: Exception | None = None
        self.runs: list[tuple[EnsembleSpec, int]] = []
        self.ended = 0  # runs whose generator has been closed

    def classify(
        self, spec: EnsembleSpec, paths: Sequence[Path]
    ) -> Generator[ClassifyRecord, None, None]:
        self.runs.append((spec, len(paths)))
        try:
            yield ModelsReady("Test device", dict.fromkeys(spec.members, "cd" * 32))
            for path in paths:
                time.sleep(self.seconds_per_image)
                if self.error is not None:
                    raise self.error
                if path.name.startswith("broken"):
                    yield UnreadableImage(path, "the file is empty")
                else:
                    yield prediction(path, spec)
        finally:
            self.ended += 1


class RecordedErrors:
    """What the user would have been shown."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, str]] = []
        self.crashes: list[BaseException] = []
        self.reporter = ErrorReporter(show_message=self._show_message, show_crash=self._show_crash)

    def _show_message(self, _parent: QWidget | None, title: str, sentence: str) -> None:
        self.messages.append((title, sentence))

    def _show_crash(self, _parent: QWidget | None, error: BaseException) -> None:
        self.crashes.append(error)


class AnsweringDialogs(FileDialogs):
    """Answers with what the test has laid ready."""

    def __init__(self) -> None:
        self.images: list[Path] = []
        self.folder: Path | None = None
        self.table: Path | None = None
        self.target: Path | None = None

    def open_images(self, _parent: QWidget, _folder: str) -> list[Path]:
        return self.images

    def open_folder(self, _parent: QWidget, _folder: str) -> Path | None:
        return self.folder

    def open_table(self, _parent: QWidget, _folder: str) -> Path | None:
        return self.table

    def save_as(
        self, _parent: QWidget, _title: str, _suggested: Path, _filters: str
    ) -> Path | None:
        return self.target


def installed_model(
    name: str, class_names: tuple[str, ...] = CLASS_NAMES, size: int = 32
) -> InstalledModel:
    card = ModelCard(
        architecture="tiny",
        class_names=class_names,
        preprocessing=Preprocessing(size=size),
        title=name.upper(),
    )
    return InstalledModel(name, Path(f"{name}.safetensors"), card)


NAMES = ("amd", "glaucoma", "normal")


def vote(name: str, *members: Sequence[float], weights: Sequence[float] = (0.5, 0.5)) -> Prediction:
    return Prediction(
        Path(name),
        NAMES,
        tuple("ab"[: len(members)]),
        tuple(weights[: len(members)]),
        tuple(tuple(row) for row in members),
        "",
        0.0,
    )


RESULTS: list[ImageResult] = [
    vote("1.png", (0.1, 0.8, 0.1), (0.1, 0.8, 0.1)),
    vote("2.png", (0.3, 0.1, 0.6), (0.4, 0.3, 0.3)),
    UnreadableImage(Path("3.png"), "the file is empty"),
    vote("4.png", (0.0, 0.0, 1.0), (0.0, 0.0, 1.0)),
    vote("5.png", (0.05, 0.85, 0.10), (0.45, 0.35, 0.20)),
]
WAITING = Path("6.png")
