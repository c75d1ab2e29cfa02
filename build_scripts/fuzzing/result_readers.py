"""Readers of what the program itself has written about photographs: tables, parts, evaluations."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from fundus_gui.core.assessments import Assessment, DataPart, JudgedPart
from fundus_gui.core.cards import ModelCard
from fundus_gui.core.catalogue import EnsembleSpec
from fundus_gui.core.datasets import LabelledImage
from fundus_gui.core.evaluation import (
    Bootstrap,
    EvaluationSettings,
    LabelledPredictions,
    evaluate,
)
from fundus_gui.core.export import RunRecord, check_table, export_results, read_results
from fundus_gui.core.preprocessing import Preprocessing
from fundus_gui.core.results import ImageResult, Prediction, UnreadableImage
from fuzzing.reader import Reader, of_file

CLASSES = ("amd", "normal")
MEMBERS = ("cnn", "vit")
_IMAGES = 12  # of an evaluation


def card() -> ModelCard:
    """Return what is said of a model of two classes."""
    return ModelCard(
        architecture="tiny",
        class_names=CLASSES,
        preprocessing=Preprocessing(size=32),
        temperature=1.5,
        title="Tiny",
        training={"date": "2025-01-02", "seed": 1},
        metrics={"auc": 0.5},
        licence="CC BY 4.0",
    )


# Tables of results --------------------------------------------------------------------------------


def _run(folder: Path) -> RunRecord:
    return RunRecord(
        ensemble=EnsembleSpec(name="pair", members=MEMBERS, weights=(3, 2)),
        cards=dict.fromkeys(MEMBERS, card()),
        weights_sha256=dict.fromkeys(MEMBERS, "00ff"),
        device="CPU",
        roots=(folder,),
    )


def _write_table(folder: Path, name: str) -> Path:
    run = _run(folder)
    results: list[ImageResult] = [
        Prediction(
            path=folder / f"{number}.png",
            class_names=CLASSES,
            member_names=MEMBERS,
            weights=run.ensemble.weights,
            member_probabilities=((0.25, 0.75), (0.5 + number / 100, 0.5 - number / 100)),
            image_sha256="00ff",
            seconds=0.1,
            warnings=("greyscale, without colour",),
        )
        for number in range(3)
    ]
    results.append(UnreadableImage(folder / '=\n",é.png', "the file is empty"))
    table = folder / name
    list(export_results(results, table, run))
    return table


def csv_tables(folder: Path) -> Reader:
    """Tables that are continued or shown."""
    table = _write_table(folder, "results.csv")
    return Reader((table.read_bytes(),), of_file(table, lambda path: list(read_results(path))))


def parquet_tables(folder: Path) -> Reader:
    """Tables that are verified; Arrow reads them."""
    table = _write_table(folder, "results.parquet")
    return Reader((table.read_bytes(),), of_file(table, lambda path: check_table(path, sample=2)))


def records(folder: Path) -> Reader:
    """The `.json` beside a table."""
    table = _write_table(folder, "results.csv")
    record = table.with_suffix(".json")
    return Reader((record.read_bytes(),), of_file(record, lambda _: list(read_results(table))))


def manifests(folder: Path) -> Reader:
    """What a run on many machines says of its parts."""
    from fundus_gui.core.distributed import MANIFEST, Folder, Manifest, PartRecord
    from fundus_gui.core.distributed.manifest import part_name

    place = Folder(str(folder))
    new = Manifest(
        run=_run(folder),
        roots=("/eyes",),
        sources=("/eyes",),
        photographs=3,
        precision="exact",
        part_size=2,
    )
    part = PartRecord(
        name=part_name(0),
        photographs=2,
        failed=1,
        referred=0,
        labels={"amd": 1},
        sha256="00ff",
        last_row_hash="00ff",
        device="CPU",
        number_format="float32",
    )
    sound = replace(new, parts={0: part}).to_json().encode()
    return Reader((sound,), of_file(folder / MANIFEST, lambda _: new.continued(place)))


# Evaluations --------------------------------------------------------------------------------------


def _judged(part: str, *, has_columns: bool) -> JudgedPart:
    folder, random = Path("/eyes"), np.random.default_rng(len(part))
    labels = np.arange(_IMAGES) % len(CLASSES)
    odds = random.random((len(MEMBERS), _IMAGES, len(CLASSES)))
    images = tuple(
        LabelledImage(
            path=folder / f"{part} {number}.png",
            label=CLASSES[label],
            patient_id=f"p{number // 2}",
            laterality="OD" if number % 2 else "OS",
            extra={"age": str(40 + number)},
        )
        for number, label in enumerate(labels)
    )
    return JudgedPart(
        source=DataPart(folder=folder),
        images=images,
        predictions=LabelledPredictions(
            class_names=CLASSES,
            member_names=MEMBERS,
            probabilities=odds / odds.sum(axis=2, keepdims=True),
            labels=labels,
            patients=tuple(image.patient_id for image in images),
            columns={"age": tuple(i.extra["age"] for i in images)} if has_columns else {},
        ),
        image_sha256=("00ff",) * _IMAGES,
        unreadable=(UnreadableImage(folder / "broken.png", "the file is empty", "00ff"),),
    )


def _evaluation(folder: Path, *, is_brief: bool) -> Path:
    """Write an evaluation, without its report; a brief one has few figures."""
    from fundus_gui.core.assessments.folder import assessment_files

    judged = _judged("test", has_columns=not is_brief)
    tuning = None if is_brief else _judged("tuning", has_columns=False)
    settings = EvaluationSettings(bootstrap=Bootstrap(replicates=20), coverage=0.8)
    spec = EnsembleSpec(name="pair", members=MEMBERS, weights=(3, 2))
    made = Assessment(
        name="made yesterday",
        date="2025-01-02T03:04:05+00:00",
        judged=judged,
        tuning=tuning,
        report=evaluate(judged.predictions, spec, settings, tuning and tuning.predictions),
        leaks={"cnn": (judged.images[0].path,)},
        warnings=("cnn was trained on 1 of these.",),
    )
    inside = folder / "made yesterday"
    (inside / "tables").mkdir(parents=True)
    for name, text in assessment_files(made).items():
        (inside / name).write_bytes(text.encode())
    return inside


def _of_evaluation(folder: Path, name: str, *, is_brief: bool = False) -> Reader:
    from fundus_gui.core.assessments.folder import find_assessments, read_assessment

    inside = _evaluation(folder, is_brief=is_brief)

    def read(_path: Path) -> object:
        find_assessments(folder)
        return read_assessment(inside)

    return Reader(((inside / name).read_bytes(),), of_file(inside / name, read))


def evaluation_records(folder: Path) -> Reader:
    """The `assessment.json` of a kept evaluation."""
    return _of_evaluation(folder, "assessment.json")


def evaluation_figures(folder: Path) -> Reader:
    """The `report.json` of a kept evaluation."""
    return _of_evaluation(folder, "report.json", is_brief=True)


def evaluation_predictions(folder: Path) -> Reader:
    """The `predictions.csv` of a kept evaluation."""
    return _of_evaluation(folder, "predictions.csv")


def evaluation_failures(folder: Path) -> Reader:
    """The `unreadable.csv` of a kept evaluation."""
    return _of_evaluation(folder, "unreadable.csv")
