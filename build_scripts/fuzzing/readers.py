"""What is fuzzed: everything that reads a file which somebody else may have written.

Of each reader one thing is demanded: it returns, or raises a FundusError.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image

from fundus_gui.core import images
from fundus_gui.core.cards import ModelCard
from fundus_gui.core.catalogue import read_catalogue
from fuzzing import result_readers, seeds
from fuzzing.reader import Reader, of_file
from fuzzing.result_readers import CLASSES, MEMBERS, card

MAX_PIXELS = 1_000_000  # at the program's own limit decoding takes long


def _photographs(folder: Path) -> Reader:
    read = partial(images.read_photograph, max_pixels=MAX_PIXELS, enough=8)
    return Reader(seeds.photographs(), of_file(folder / "eye", read))


def _dicom(folder: Path) -> Reader:
    read = partial(images.read_photograph, max_pixels=MAX_PIXELS)
    return Reader(seeds.dicom_photographs(), of_file(folder / "eye.dcm", read))


def _weights(folder: Path) -> Reader:
    from fundus_gui.core.checkpoints import load_checkpoint, save_checkpoint
    from fundus_gui.core.models import create_model

    path = folder / "tiny.safetensors"
    save_checkpoint(path, create_model("tiny", num_classes=len(CLASSES)).state_dict(), card())
    return Reader((path.read_bytes(),), of_file(path, load_checkpoint))


def _cards(_folder: Path) -> Reader:
    def read(content: bytes) -> ModelCard:
        return ModelCard.from_json(content.decode("utf-8", "replace"))

    return Reader((card().to_json().encode(),), read)


def _ensembles(folder: Path) -> Reader:
    # Of the models only the cards are read.
    header = json.dumps({"__metadata__": {"card": card().to_json()}}).encode()
    for name in MEMBERS:
        (folder / f"{name}.safetensors").write_bytes(len(header).to_bytes(8, "little") + header)
    path = folder / "ensembles.toml"
    return Reader(
        seeds.ensembles_files(), of_file(path, lambda path: read_catalogue([path.parent]))
    )


def _config(folder: Path) -> Reader:
    from fundus_gui.core.runs import RunFolder, TrainConfig

    run = RunFolder(folder)
    run.create(TrainConfig())
    sound = run.config_file.read_bytes()
    edited = b'data = "eyes"\nmodel = "tiny"\n[model_arguments]\nattention = "se"\n'
    return Reader((sound, edited), of_file(run.config_file, lambda _: run.read_config()))


def _events(folder: Path) -> Reader:
    from fundus_gui.core.runs import RunFolder, TrainConfig
    from fundus_gui.core.runs.reading import read_run

    run = RunFolder(folder)
    run.create(TrainConfig())
    return Reader(seeds.run_events(), of_file(run.events_file, lambda _: read_run(folder)))


def _labels(folder: Path) -> Reader:
    from fundus_gui.core.datasets import read_dataset

    for name in ("a.png", "b.png"):
        Image.fromarray(np.zeros((4, 4, 3), np.uint8)).save(folder / name)
    path = folder / "labels.csv"
    return Reader(seeds.labels_tables(), of_file(path, lambda path: read_dataset(path.parent)))


def _opinions(folder: Path) -> Reader:
    from fundus_gui.core.assessments.marks import Marks

    marks = Marks(folder / "eyes")
    return Reader(seeds.opinions_tables(), of_file(marks.file, lambda _: marks.read()))


def _splits(folder: Path) -> Reader:
    from fundus_gui.core.datasets import read_split

    for name in ("a.png", "b.png"):
        Image.fromarray(np.zeros((4, 4, 3), np.uint8)).save(folder / name)
    path = folder / "split.csv"
    return Reader(seeds.labels_tables(), of_file(path, lambda path: read_split(folder, path)))


def _lists(folder: Path) -> Reader:
    from fundus_gui.core.distributed import list_photographs

    path = folder / "list.csv"
    return Reader(
        seeds.photograph_lists(), of_file(path, lambda path: list_photographs([str(path)]))
    )


def _foreign(folder: Path) -> Reader:
    import torch

    from fundus_gui.core.conversion.foreign import read_foreign

    stream = io.BytesIO()
    torch.save({"state_dict": {"layer.weight": torch.zeros(2, 3)}, "epoch": 1}, stream)
    return Reader((stream.getvalue(),), of_file(folder / "theirs.pth", read_foreign))


def _runs(folder: Path) -> Reader:
    from fundus_gui.gui.training.run_library import RunLibrary

    def read(path: Path) -> object:
        runs = RunLibrary(folder).read()
        path.with_name("list.toml.broken-1").unlink(missing_ok=True)
        return runs

    return Reader(seeds.lists_of_runs(), of_file(folder / "list.toml", read))


def _keys(folder: Path) -> Reader:
    from fundus_gui.core.export.pseudonyms import pseudonyms_of

    path = folder / "pseudonyms.key"
    return Reader((b"0f" * 32,), of_file(path, pseudonyms_of))


def _settings(folder: Path) -> Reader:
    from fundus_gui.gui.settings import load_settings

    return Reader(seeds.settings_files(), of_file(folder / "settings.ini", load_settings))


# Makes each reader, given a folder of its own.
READERS: dict[str, Callable[[Path], Reader]] = {
    "photographs": _photographs,
    "DICOM": _dicom,
    "weights": _weights,
    "foreign weights": _foreign,
    "model cards": _cards,
    "ensembles.toml": _ensembles,
    "config.toml": _config,
    "labels.csv": _labels,
    "split.csv": _splits,
    "list.csv": _lists,
    "results.csv": result_readers.csv_tables,
    "results.parquet": result_readers.parquet_tables,
    "results.json": result_readers.records,
    "manifest.json": result_readers.manifests,
    "pseudonyms.key": _keys,
    "second opinions": _opinions,
    "training events": _events,
    "list of runs": _runs,
    "evaluation records": result_readers.evaluation_records,
    "evaluation figures": result_readers.evaluation_figures,
    "evaluation predictions": result_readers.evaluation_predictions,
    "evaluation failures": result_readers.evaluation_failures,
    "settings.ini": _settings,
}
