"""The long jobs of the Evaluate page, as generators for a Worker."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QFile

from fundus_gui.core.assessments import Assessment, Classify
from fundus_gui.core.assessments.assessing import AssessmentRequest, Progress, assess
from fundus_gui.core.assessments.folder import (
    AssessmentSummary,
    find_assessments,
    free_name,
    read_assessment,
    writing_steps,
)
from fundus_gui.core.assessments.pseudonymised import pseudonymised
from fundus_gui.core.catalogue import Catalogue
from fundus_gui.core.errors import ExportError
from fundus_gui.core.export import own_pseudonyms


@dataclass(frozen=True, slots=True, eq=False)
class KeptAssessment:
    """An evaluation and the folder that keeps it."""

    folder: Path
    assessment: Assessment


@dataclass(frozen=True, slots=True)
class Saving:
    """The evaluation is done and being written."""


def run_assessment(
    request: AssessmentRequest, catalogue: Catalogue, classify: Classify, folder: Path
) -> Generator[Progress | Saving | KeptAssessment, None, None]:
    """Evaluate, keep the evaluation in a new folder within `folder`, and yield it at last.

    Raises:
        FundusError: as `assess` and `writing_steps`.
    """
    for record in assess(request, catalogue, classify):
        if isinstance(record, Progress):
            yield record
            continue
        yield Saving()
        kept = folder / free_name(record.name, folder)
        for _ in writing_steps(record, kept):
            yield Saving()
        yield KeptAssessment(kept, replace(record, name=kept.name))


def export_assessment(
    assessment: Assessment, folder: Path, *, has_pseudonyms: bool
) -> Generator[Saving, None, None]:
    """Write an evaluation into a new folder, to be passed on.

    Raises:
        ExportError: the folder exists, the disk refuses, or the key of the pseudonyms cannot be
            used.
    """
    if has_pseudonyms:
        assessment = pseudonymised(assessment, own_pseudonyms())
    for _ in writing_steps(assessment, folder):
        yield Saving()


def list_assessments(folder: Path) -> Generator[tuple[AssessmentSummary, ...], None, None]:
    """Yield once: what is kept, the newest first."""
    yield tuple(find_assessments(folder))


def load_assessments(folders: Sequence[Path]) -> Generator[KeptAssessment, None, None]:
    """Read kept evaluations, in order.

    Raises:
        DatasetError: one is damaged.
    """
    for folder in folders:
        yield KeptAssessment(folder, read_assessment(folder))


def rename_assessment(folder: Path, name: str) -> Generator[Path, None, None]:
    """Give an evaluation's folder another name, then yield where it lies now.

    Raises:
        ExportError: the name is taken, is none for a folder, or the disk refuses.
    """
    free = free_name(name, folder.parent)
    if free != name:
        raise ExportError(f"No evaluation can be called “{name}”; “{free}” would do.")
    new = folder.with_name(name)
    try:
        folder.rename(new)
    except OSError as error:
        raise ExportError(f"{folder} cannot be renamed ({error.strerror}).") from error
    yield new


def trash_assessments(folders: Sequence[Path]) -> Generator[Path, None, None]:
    """Put evaluations into the system's trash, yielding each.

    Raises:
        ExportError: there is no trash for it.
    """
    for folder in folders:
        if not QFile.moveToTrash(str(folder)):
            raise ExportError(
                f"{folder} cannot be put into the trash. Delete the folder by hand if it is not "
                "needed any more."
            )
        yield folder
