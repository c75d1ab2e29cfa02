"""What a new evaluation wants to know of files before it starts, found in a thread."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

from fundus_gui.core.assessments.assessing import known_patients
from fundus_gui.core.datasets import read_dataset, read_split
from fundus_gui.gui.training.dataset_job import DataSurvey


def survey_labelled(folder: Path, table: Path | None) -> Generator[DataSurvey, None, None]:
    """Yield once: what labelled photographs there are, in parts as `table` has them.

    Raises:
        DatasetError: the folder or the table cannot be used.
    """
    dataset = read_dataset(folder) if table is None else read_split(folder, table)
    patients = known_patients(dataset.images)
    yield DataSurvey(
        dataset=dataset,
        patients=len(set(patients)) or len(dataset.images),
        knows_patients=bool(patients),
        is_split=any(image.part is not None for image in dataset.images),
    )
