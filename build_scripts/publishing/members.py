"""The weights files that ship: half precision, with cards that say where they come from."""

from __future__ import annotations

import dataclasses
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.torch import load_file

from fundus_gui.core.assessments import JudgedPart
from fundus_gui.core.assessments.calibrating import CalibratedModel, calibrate_model
from fundus_gui.core.cards import ModelCard, read_card
from fundus_gui.core.catalogue import Catalogue, read_catalogue
from fundus_gui.core.checkpoints import copy_with_card, save_checkpoint
from fundus_gui.core.datasets import LabelledImage, hash_images, read_split
from fundus_gui.core.decision import with_temperature
from fundus_gui.core.ensemble import load_ensemble
from fundus_gui.core.errors import CheckpointError, DatasetError
from fundus_gui.core.evaluation.records import ModelEvaluation
from fundus_gui.core.inference import predict_images
from fundus_gui.core.models import find_architecture
from fundus_gui.core.paths import samples_dir
from fundus_gui.core.results import Prediction
from fundus_gui.core.runs import RunFolder
from fundus_gui.core.runs.command import train_arguments
from fundus_gui.core.training.distillation import teacher_files

LICENCE = (
    "Research use only. Trained on ODIR-2019 photographs, published for research without a "
    "licence text; the photographs are not redistributed."
)
LARGEST_FILE = 90_000_000  # bytes
LARGEST_SUM = 160_000_000


def publish_member(
    run: RunFolder, data: Path, path: Path, *, size: int | None = None, title: str = ""
) -> None:
    """Write a run's best weights in half precision, with a card without figures so far.

    Args:
        run: finished.
        data: its photographs.
        path: of the new file.
        size: of the photographs at inference; None for that of the training.
        title: for people; empty for that of the architecture.

    Raises:
        FundusError: the run has no weights, or they cannot be written.
    """
    card = read_card(run.best_file)
    preprocessing = card.preprocessing
    if size is not None:
        preprocessing = dataclasses.replace(preprocessing, size=size)
    published = dataclasses.replace(
        card,
        title=title or find_architecture(card.architecture).title,
        preprocessing=preprocessing,
        licence=with_inherited(card.licence),
        notes=notes(card),
        training=provenance(card, run, data),
        metrics={},
        golden={},
    )
    save_checkpoint(path, load_file(run.best_file), published, half=True)


def with_inherited(licence: str) -> str:
    """Return the licence, and the terms of what the training started from or learnt from."""
    if licence.startswith(LICENCE):  # of a teacher that was published before
        return licence
    return f"{LICENCE} Learnt from weights under: {licence}." if licence else LICENCE


def notes(card: ModelCard) -> str:
    """Say what the weights were made of, and what their probabilities assume."""
    training = card.training
    images = {part: sum(counts.values()) for part, counts in training["images"].items()}
    teachers = [teacher["title"] for teacher in training.get("teachers", ())]
    start = training["started_from"].get("title", "")
    sentences = [
        f"Trained on {images['train']} photographs of {training['data']} at "
        f"{card.preprocessing.size} px, "
        + (f"started from {start}." if start else "from scratch."),
        f"Its best epoch and its temperature were chosen on {images['val']} others.",
        f"It also learnt from the answers of {', '.join(teachers)}." if teachers else "",
        prior(training["config"]),
    ]
    return " ".join(filter(None, sentences))


def prior(config: Mapping[str, Any]) -> str:
    """Say how frequent the classes were in training."""
    strength = 0 if config["balance"] == "none" else config["balance_strength"]
    if strength == 0:
        return "In training the classes were as frequent as in the data."
    by = "drawn more often" if config["balance"] == "sampling" else "given more weight"
    how_much = "until all counted alike" if strength == 1 else f"with strength {strength:g}"
    return f"In training rare classes were {by}, {how_much}."


def provenance(card: ModelCard, run: RunFolder, data: Path) -> dict[str, Any]:
    """Return the training's record without the paths of the machine that it ran on."""
    config = dict(card.training["config"])
    if config.get("pretrained"):
        config["pretrained"] = Path(config["pretrained"]).name
    hashes = card.training.get("image_hashes") or training_hashes(run, data)
    return {
        **card.training,
        "config": config,
        "command": command(run),
        "image_hashes": list(hashes),
    }


def command(run: RunFolder) -> str:
    """Return the line that trains the run again, with names in the place of paths."""
    config = run.read_config()
    teachers = ";".join(f"runs/{path.parent.name}/{path.name}" for path in teacher_files(config))
    named = config.changed(
        data=Path(config.data).name,
        teacher=teachers,
        pretrained=Path(config.pretrained).name if config.pretrained else "",
    )
    return shlex.join(["fundus-gui", *train_arguments(named, Path("runs") / run.path.name)])


def training_hashes(run: RunFolder, data: Path) -> list[str]:
    """Hash the training photographs of a run that did not look for duplicates."""
    found = dict(hash_images(read_split(data, run.split_file).part("train")))
    return [f"{known.sha256[:16]}:{known.perceptual}" for known in found.values() if known]


def validation_images(data: Path, runs: Sequence[RunFolder]) -> tuple[LabelledImage, ...]:
    """Return the photographs that all runs set aside, as their `split.csv` say.

    Raises:
        DatasetError: they set different ones aside, or one learnt from another's.
    """
    splits = [read_split(data, run.split_file) for run in runs]
    parts = [split.part("val") for split in splits]
    if len({frozenset(image.path for image in part) for part in parts}) != 1:
        raise DatasetError("The runs set different photographs aside: no vote can be fitted.")
    return parts[0]


def calibrated(part: JudgedPart, catalogue: Catalogue) -> tuple[JudgedPart, list[CalibratedModel]]:
    """Fit each member's temperature; return the part as the calibrated members judge it."""
    models, probabilities = [], []
    for index, name in enumerate(part.predictions.member_names):
        own = dataclasses.replace(
            part.predictions,
            member_names=(name,),
            probabilities=part.predictions.probabilities[index : index + 1],
        )
        alone = dataclasses.replace(part, predictions=own)
        model = calibrate_model(alone, catalogue.model(name).card)
        models.append(model)
        probabilities.append(with_temperature(own.probabilities[0], model.fit.temperature))
    judged = dataclasses.replace(part.predictions, probabilities=np.array(probabilities))
    return dataclasses.replace(part, predictions=judged), models


def with_figures(card: ModelCard, part: str, evaluation: ModelEvaluation) -> ModelCard:
    """Add the figures of a part, and their intervals beside them."""
    known = {name: i for name, i in evaluation.figures.items() if i.value == i.value}
    figures = {name: i.value for name, i in known.items()}
    ends = {name: [i.low, i.high] for name, i in known.items() if i.low == i.low}
    metrics = {**card.metrics, part: figures, f"{part}, 95 % intervals": ends}
    return dataclasses.replace(card, metrics=metrics)


def with_golden(path: Path, card: ModelCard) -> None:
    """Write a card with the model's answer for the first sample photograph."""
    copy_with_card(path, path, dataclasses.replace(card, golden={}))
    image = min(samples_dir().glob("*.jpg"))
    catalogue = read_catalogue([path.parent])
    ensemble = load_ensemble(catalogue.of_models([path.stem]), catalogue, device="cpu")
    (result,) = predict_images(ensemble, [image], batch_size=1)
    assert isinstance(result, Prediction), "the samples can be read"
    golden = {"image": image.name, "probabilities": list(result.probabilities)}
    copy_with_card(path, path, dataclasses.replace(card, golden=golden))


def check_sizes(files: Sequence[Path]) -> None:
    """Refuse weights that are too large to ship.

    Raises:
        CheckpointError: which, and by how much.
    """
    sizes = {path: path.stat().st_size for path in files}
    for path, size in sizes.items():
        if size > LARGEST_FILE:
            raise CheckpointError(path, f"{size / 1e6:.0f} MB are too much to ship.")
    if sum(sizes.values()) > LARGEST_SUM:
        raise CheckpointError(
            files[-1], f"all together have {sum(sizes.values()) / 1e6:.0f} MB, too much to ship."
        )
