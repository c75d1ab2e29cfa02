"""What is fuzzed: everything that reads a file which somebody else may have written.

Of each reader one thing is demanded: it returns, or raises a FundusError.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image

from fundus_gui.core import images
from fundus_gui.core.cards import ModelCard
from fundus_gui.core.catalogue import EnsembleSpec, read_catalogue
from fundus_gui.core.export import RunRecord, export_results
from fundus_gui.core.preprocessing import Preprocessing
from fundus_gui.core.results import ImageResult, Prediction, UnreadableImage
from fuzzing import seeds

MAX_PIXELS = 1_000_000  # at the program's own limit decoding takes long

_CLASSES = ("amd", "normal")
_MEMBERS = ("cnn", "vit")


@dataclass(frozen=True, slots=True)
class Reader:
    """One way in.

    Attributes:
        seeds: sound inputs.
        read: takes the bytes of a file.
    """

    seeds: tuple[bytes, ...]
    read: Callable[[bytes], object]


def _of_file(path: Path, read: Callable[[Path], object]) -> Callable[[bytes], object]:
    """Return a reader of bytes that puts them into a file first."""

    def read_bytes(content: bytes) -> object:
        path.write_bytes(content)
        return read(path)

    return read_bytes


def _photographs(folder: Path) -> Reader:
    read = partial(images.read_photograph, max_pixels=MAX_PIXELS, enough=8)
    return Reader(seeds.photographs(), _of_file(folder / "eye", read))


def _dicom(folder: Path) -> Reader:
    read = partial(images.read_photograph, max_pixels=MAX_PIXELS)
    return Reader(seeds.dicom_photographs(), _of_file(folder / "eye.dcm", read))


def _weights(folder: Path) -> Reader:
    from fundus_gui.core.checkpoints import load_checkpoint, save_checkpoint
    from fundus_gui.core.models import create_model

    path = folder / "tiny.safetensors"
    save_checkpoint(path, create_model("tiny", num_classes=len(_CLASSES)).state_dict(), _card())
    return Reader((path.read_bytes(),), _of_file(path, load_checkpoint))


def _card() -> ModelCard:
    return ModelCard(
        architecture="tiny",
        class_names=_CLASSES,
        preprocessing=Preprocessing(size=32),
        temperature=1.5,
        title="Tiny",
        training={"date": "2025-01-02", "seed": 1},
        metrics={"auc": 0.5},
        licence="CC BY 4.0",
    )


def _cards(_folder: Path) -> Reader:
    def read(content: bytes) -> ModelCard:
        return ModelCard.from_json(content.decode("utf-8", "replace"))

    return Reader((_card().to_json().encode(),), read)


def _ensembles(folder: Path) -> Reader:
    # Of the models only the cards are read.
    header = json.dumps({"__metadata__": {"card": _card().to_json()}}).encode()
    for name in _MEMBERS:
        (folder / f"{name}.safetensors").write_bytes(len(header).to_bytes(8, "little") + header)
    path = folder / "ensembles.toml"
    return Reader(
        seeds.ensembles_files(), _of_file(path, lambda path: read_catalogue([path.parent]))
    )


def _config(folder: Path) -> Reader:
    from fundus_gui.core.runs import RunFolder, TrainConfig

    run = RunFolder(folder)
    run.create(TrainConfig())
    sound = run.config_file.read_bytes()
    edited = b'data = "eyes"\nmodel = "tiny"\n[model_arguments]\nattention = "se"\n'
    return Reader((sound, edited), _of_file(run.config_file, lambda _: run.read_config()))


def _events(folder: Path) -> Reader:
    from fundus_gui.core.runs import RunFolder, TrainConfig
    from fundus_gui.core.runs.reading import read_run

    run = RunFolder(folder)
    run.create(TrainConfig())
    return Reader(seeds.run_events(), _of_file(run.events_file, lambda _: read_run(folder)))


def _labels(folder: Path) -> Reader:
    from fundus_gui.core.datasets import read_dataset

    for name in ("a.png", "b.png"):
        Image.fromarray(np.zeros((4, 4, 3), np.uint8)).save(folder / name)
    path = folder / "labels.csv"
    return Reader(seeds.labels_tables(), _of_file(path, lambda path: read_dataset(path.parent)))


def _opinions(folder: Path) -> Reader:
    from fundus_gui.core.assessments.marks import Marks

    marks = Marks(folder / "eyes")
    return Reader(seeds.opinions_tables(), _of_file(marks.file, lambda _: marks.read()))


def _evaluations(folder: Path) -> Reader:
    from fundus_gui.core.assessments.folder import find_assessments, read_assessment

    inside = folder / "made yesterday"
    inside.mkdir()

    def read(_path: Path) -> object:
        find_assessments(folder)
        return read_assessment(inside)

    return Reader(seeds.evaluation_records(), _of_file(inside / "assessment.json", read))


def _write_results(folder: Path) -> Path:
    run = RunRecord(
        ensemble=EnsembleSpec(name="pair", members=_MEMBERS, weights=(3, 2)),
        cards=dict.fromkeys(_MEMBERS, _card()),
        weights_sha256=dict.fromkeys(_MEMBERS, "00ff"),
        device="CPU",
        roots=(folder,),
    )
    results: list[ImageResult] = [
        Prediction(
            path=folder / f"{number}.png",
            class_names=_CLASSES,
            member_names=_MEMBERS,
            weights=run.ensemble.weights,
            member_probabilities=((0.25, 0.75), (0.5 + number / 100, 0.5 - number / 100)),
            image_sha256="00ff",
            seconds=0.1,
            warnings=("greyscale, without colour",),
        )
        for number in range(3)
    ]
    results.append(UnreadableImage(folder / '=\n",é.png', "the file is empty"))
    table = folder / "results.csv"
    list(export_results(results, table, run))
    return table


def _results(folder: Path) -> Reader:
    from fundus_gui.core.export import read_results

    table = _write_results(folder)
    return Reader((table.read_bytes(),), _of_file(table, lambda path: list(read_results(path))))


def _records(folder: Path) -> Reader:
    from fundus_gui.core.export import read_results

    table = _write_results(folder)
    record = table.with_suffix(".json")
    return Reader((record.read_bytes(),), _of_file(record, lambda _: list(read_results(table))))


def _settings(folder: Path) -> Reader:
    from fundus_gui.gui.settings import load_settings

    return Reader(seeds.settings_files(), _of_file(folder / "settings.ini", load_settings))


# Makes each reader, given a folder of its own.
READERS: dict[str, Callable[[Path], Reader]] = {
    "photographs": _photographs,
    "DICOM": _dicom,
    "weights": _weights,
    "model cards": _cards,
    "ensembles.toml": _ensembles,
    "config.toml": _config,
    "labels.csv": _labels,
    "results.csv": _results,
    "results.json": _records,
    "second opinions": _opinions,
    "training events": _events,
    "evaluations": _evaluations,
    "settings.ini": _settings,
}
