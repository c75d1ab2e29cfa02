"""The report of an evaluation, from the record of it to the files."""

from __future__ import annotations

import shlex
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

from fundus_gui.core import atomic
from fundus_gui.core.assessments.assessing import AssessmentRequest
from fundus_gui.core.assessments.command import evaluate_arguments
from fundus_gui.core.assessments.predictions_table import relative_name
from fundus_gui.core.assessments.records import Assessment, DataPart
from fundus_gui.core.class_titles import class_title
from fundus_gui.core.errors import ExportError
from fundus_gui.core.reports.evaluation_content import ReportContent
from fundus_gui.core.reports.evaluation_page import evaluation_page
from fundus_gui.core.reports.evaluation_pictures import evaluation_pictures
from fundus_gui.core.reports.pictures import Picture
from fundus_gui.core.results import Precision

REPORT_FILE, FIGURES_FOLDER = "report.html", "figures"


def report_content(assessment: Assessment) -> ReportContent:
    """Return what the report tells; folders are named, but not where they are."""
    judged, tuning = assessment.judged, assessment.tuning
    return ReportContent(
        name=assessment.name,
        date=assessment.date,
        data=judged.source.title,
        tuning="" if tuning is None else tuning.source.title,
        report=assessment.report,
        votes=assessment.votes,
        labels=assessment.labels,
        class_titles=tuple(map(class_title, assessment.report.class_names)),
        warnings=assessment.warnings,
        leaks={
            model: tuple(relative_name(path, judged.source) for path in paths)
            for model, paths in assessment.leaks.items()
        },
        unreadable=len(judged.unreadable),
        weights_sha256=assessment.weights_sha256,
        licences=assessment.licences,
        device=assessment.device and f"{assessment.device}, {assessment.number_format}",
        version=assessment.version,
        command=_command(assessment),
    )


def write_evaluation_report(assessment: Assessment, folder: Path) -> Generator[str, None, None]:
    """Write `report.html`, and its pictures as SVG into `figures`, which takes seconds.

    Args:
        assessment: that is reported.
        folder: of the evaluation.

    Yields:
        What is drawn next.

    Raises:
        ExportError: the folder cannot be written.
    """
    content = report_content(assessment)
    pictures = {}
    try:
        for name, draw in evaluation_pictures(content).items():
            yield name
            pictures[name] = Picture.drawn(draw)
            atomic.write_bytes(folder / FIGURES_FOLDER / f"{name}.svg", pictures[name].light)
        page = evaluation_page(content, pictures)
        atomic.write_bytes(folder / REPORT_FILE, page.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise ExportError(
            f"The report cannot be written to {folder} ({error.strerror}). Free some space or "
            "choose another folder."
        ) from error


def _command(assessment: Assessment) -> str:
    request = AssessmentRequest(
        judged=_named(assessment.judged.source),
        spec=assessment.report.ensemble,
        tuning=None if assessment.tuning is None else _named(assessment.tuning.source),
        settings=assessment.report.settings,
    )
    precision: Precision = "exact" if assessment.number_format == "float32" else "fast"
    arguments = evaluate_arguments(request, precision=precision)
    paths = ["--paths", "hashed"] if assessment.pseudonym_key else []
    return shlex.join(["fundus-gui", *arguments, *paths])


def _named(source: DataPart) -> DataPart:
    """Leave out where the folders are, since a report gets passed on."""
    split = None if source.split is None else Path(source.split.name)
    return replace(source, folder=Path(source.folder.name), split=split)
