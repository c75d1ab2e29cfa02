"""What a new evaluation wants to know of files before it starts, found in a thread."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

from fundus_gui.core.assessments.assessing import known_patients
from fundus_gui.core.datasets import read_dataset, read_split
from fundus_gui.core.runs import find_runs
from fundus_gui.gui.training.dataset_job import DataSurvey


@dataclass(frozen=True, slots=True)
class RunSplit:
    """How a training shared its photographs out.

    Attributes:
        name: of the training.
        folder: its photographs.
        table: its `split.csv`.
    """

    name: str
    folder: Path
    table: Path


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


def list_splits(runs_dir: Path) -> Generator[tuple[RunSplit, ...], None, None]:
    """Yield once: the trainings that have shared photographs out which are still there."""
    yield tuple(
        RunSplit(run.name, Path(run.config.data).resolve(), run.folder.split_file)
        for run in find_runs(runs_dir)
        if run.config is not None
        and run.folder.split_file.is_file()
        and Path(run.config.data).is_dir()
    )
