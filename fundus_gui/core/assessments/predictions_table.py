"""Labelled photographs and what was said of them as CSV, and back without loss."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import cast

import numpy as np

from fundus_gui.core.assessments.assessing import known_columns, known_patients
from fundus_gui.core.assessments.records import Assessment, DataPart, JudgedPart
from fundus_gui.core.catalogue import EnsembleSpec
from fundus_gui.core.datasets import LabelledImage, Part
from fundus_gui.core.errors import DatasetError
from fundus_gui.core.evaluation import LabelledPredictions
from fundus_gui.core.export import defused, undefused
from fundus_gui.core.results import UnreadableImage

Cell = str | float | None

_KNOWN = ("filename", "label", "patient_id", "laterality", "split")


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Return a table for spreadsheets and statistics programs; no cell is run as a formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(map(defused, header))
    writer.writerows([*map(defused, row)] for row in rows)
    return text.getvalue()


def _read_csv(text: str) -> tuple[list[str], list[list[str]]]:
    rows = [[undefused(cell) for cell in row] for row in csv.reader(io.StringIO(text, newline=""))]
    return rows[0], rows[1:]


def relative_name(path: Path, source: DataPart) -> str:
    """Return a photograph's path below the folder of its data, with forward slashes."""
    inside = path.is_relative_to(source.folder)
    return (path.relative_to(source.folder) if inside else path).as_posix()


def predictions_table(part: JudgedPart, ensemble: EnsembleSpec) -> str:
    """Return a row for each photograph: what is known of it, every probability, the answer."""
    predictions = part.predictions
    votes, _ = predictions.vote(ensemble)
    extra = _further_columns(part.images)
    members = predictions.probabilities.swapaxes(0, 1).reshape(len(part.images), -1)
    header = (*_KNOWN, *extra, "image_sha256", *_said(ensemble, predictions.class_names))
    rows = (
        (
            relative_name(image.path, part.source),
            image.label,
            image.patient_id,
            image.laterality,
            image.part,
            *(image.extra.get(name, "") for name in extra),
            sha256,
            *of_members.tolist(),
            *vote.tolist(),
            predictions.class_names[vote.argmax()],
        )
        for image, sha256, of_members, vote in zip(
            part.images, part.image_sha256, members, votes, strict=True
        )
    )
    return csv_text(header, rows)


def read_predictions(
    text: str, source: DataPart, ensemble: EnsembleSpec, class_names: tuple[str, ...]
) -> JudgedPart:
    """Read what `predictions_table` returned; `unreadable` is left empty.

    Raises:
        DatasetError: the table is of other models or classes.
        ValueError, IndexError, csv.Error: it is damaged.
    """
    header, rows = _read_csv(text)
    said = _said(ensemble, class_names)
    if tuple(header[: len(_KNOWN)]) != _KNOWN or tuple(header[-len(said) :]) != said:
        raise DatasetError("its predictions are of other models or classes")
    if any(len(row) != len(header) for row in rows):
        raise DatasetError("rows of its predictions are incomplete")
    extra = header[len(_KNOWN) : -len(said) - 1]
    images = tuple(_image(row, extra, source) for row in rows)
    shape = (len(rows), len(ensemble.members), len(class_names))
    values = np.array([row[-len(said) : -len(class_names) - 1] for row in rows], np.float64)
    return JudgedPart(
        source=source,
        images=images,
        predictions=LabelledPredictions(
            class_names=class_names,
            member_names=ensemble.members,
            probabilities=values.reshape(shape).swapaxes(0, 1),
            labels=np.array([class_names.index(image.label) for image in images]),
            patients=known_patients(images),
            columns=known_columns(images),
        ),
        image_sha256=tuple(row[-len(said) - 1] for row in rows),
    )


def _image(row: Sequence[str], extra: Sequence[str], source: DataPart) -> LabelledImage:
    filename, label, patient_id, laterality, part, *others = row
    return LabelledImage(
        path=source.folder / filename,
        label=label,
        patient_id=patient_id,
        laterality=laterality,
        part=cast("Part | None", part or None),
        extra=dict(zip(extra, others[: len(extra)], strict=True)),
    )


def _further_columns(images: Iterable[LabelledImage]) -> list[str]:
    return list(dict.fromkeys(name for image in images for name in image.extra))


def _said(ensemble: EnsembleSpec, class_names: Sequence[str]) -> tuple[str, ...]:
    """Name the last columns as an export of results does."""
    return (
        *(f"{member}__prob_{name}" for member in ensemble.members for name in class_names),
        *(f"prob_{name}" for name in class_names),
        "answer",
    )


def unreadable_table(part: JudgedPart) -> str:
    """Return a row for each photograph that could not be classified."""
    rows = ((relative_name(u.path, part.source), u.error, u.image_sha256) for u in part.unreadable)
    return csv_text(("filename", "error", "image_sha256"), rows)


def leaks_table(assessment: Assessment) -> str:
    """Return a row for each photograph that a model was trained on."""
    source = assessment.judged.source
    pairs = ((model, path) for model, paths in assessment.leaks.items() for path in paths)
    rows = ((model, relative_name(path, source)) for model, path in pairs)
    return csv_text(("model", "filename"), rows)


def read_unreadable(text: str, source: DataPart) -> tuple[UnreadableImage, ...]:
    """Read what `unreadable_table` returned.

    Raises:
        ValueError, IndexError, csv.Error: it is damaged.
    """
    _, rows = _read_csv(text)
    return tuple(
        UnreadableImage(source.folder / filename, error, sha256) for filename, error, sha256 in rows
    )
