"""An evaluation that can be passed on: pseudonyms stand for its photographs and patients."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median

from fundus_gui.core.assessments.assessing import known_columns, known_patients
from fundus_gui.core.assessments.predictions_table import relative_name
from fundus_gui.core.assessments.records import Assessment, DataPart, JudgedPart
from fundus_gui.core.datasets import LabelledImage
from fundus_gui.core.evaluation.records import SubgroupEvaluation
from fundus_gui.core.export import Pseudonyms

NOT_TOLD = Path(os.sep, "not told")
"""Stands for the folder that holds the data's: no file is found by its pseudonym, wherever the
program was started."""


def pseudonymised(assessment: Assessment, pseudonyms: Pseudonyms) -> Assessment:
    """Return the same evaluation with pseudonyms for photographs and patients.

    A photograph has the pseudonym that `classify --paths hashed` gives it. The name of the data's
    folder stays, since it names the data; so do its parts, and the columns of `labels.csv` that
    were compared as groups of several patients. All other columns are left out. What has
    pseudonyms keeps them.
    """
    if assessment.pseudonym_key:
        return assessment
    report = assessment.report
    groups = _columns_of_groups(report.subgroups)
    judged, tuning = assessment.judged, assessment.tuning
    return replace(
        assessment,
        report=replace(report, subgroups=tuple(g for g in report.subgroups if g.column in groups)),
        judged=_part(judged, groups, pseudonyms),
        tuning=None if tuning is None else _part(tuning, groups, pseudonyms),
        leaks={
            model: tuple(_path(path, judged.source, pseudonyms) for path in paths)
            for model, paths in assessment.leaks.items()
        },
        pseudonym_key=pseudonyms.key_id,
    )


def _columns_of_groups(subgroups: Sequence[SubgroupEvaluation]) -> set[str]:
    """Return the columns whose groups are of several patients: those of one may be its name."""
    patients: dict[str, list[int]] = {}
    for group in subgroups:
        patients.setdefault(group.column, []).append(group.patients)
    return {column for column, counts in patients.items() if median(counts) > 1}


def _part(part: JudgedPart, groups: Iterable[str], pseudonyms: Pseudonyms) -> JudgedPart:
    images = tuple(_image(image, part.source, groups, pseudonyms) for image in part.images)
    return replace(
        part,
        source=_source(part.source),
        images=images,
        predictions=replace(
            part.predictions, patients=known_patients(images), columns=known_columns(images)
        ),
        unreadable=tuple(
            replace(
                found,
                path=_path(found.path, part.source, pseudonyms),
                error=pseudonyms.without_names(found.error, found.path),
            )
            for found in part.unreadable
        ),
    )


def _source(source: DataPart) -> DataPart:
    split = None if source.split is None else NOT_TOLD / source.split.name
    return replace(source, folder=NOT_TOLD / source.folder.name, split=split)


def _path(path: Path, source: DataPart, pseudonyms: Pseudonyms) -> Path:
    return _source(source).folder / pseudonyms.of(relative_name(path, source))


def _image(
    image: LabelledImage, source: DataPart, groups: Iterable[str], pseudonyms: Pseudonyms
) -> LabelledImage:
    path, patient = _path(image.path, source, pseudonyms), image.patient_id
    is_own_name = Path(patient).name == image.path.name  # nothing is known of the patient
    return replace(
        image,
        path=path,
        patient_id=path.name if is_own_name else pseudonyms.of(patient),
        extra={name: cell for name, cell in image.extra.items() if name in groups},
    )
