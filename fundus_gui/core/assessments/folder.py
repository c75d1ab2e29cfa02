"""Evaluations on disk: one folder each, with tables for other programs; read back without loss."""

from __future__ import annotations

import csv
import dataclasses
import json
import math
import os
import re
import shutil
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fundus_gui import RESEARCH_USE_ONLY
from fundus_gui.core import atomic
from fundus_gui.core.assessments.predictions_table import (
    csv_text,
    leaks_table,
    predictions_table,
    read_predictions,
    read_unreadable,
    relative_name,
    unreadable_table,
)
from fundus_gui.core.assessments.records import Assessment, DataPart, JudgedPart
from fundus_gui.core.errors import DatasetError, ExportError, FundusError
from fundus_gui.core.evaluation import (
    EvaluationReport,
    report_from_json,
    report_tables,
    report_to_json,
)
from fundus_gui.core.paths import user_data_dir

FORMAT_VERSION = 1

_RECORD, _REPORT, _TABLES = "assessment.json", "report.json", "tables"
_LISTED = ("balanced_accuracy", "macro_auc", "log_loss")  # figures by which evaluations are told
# What a file that was altered can raise on its way through the parsers.
_DAMAGED = (
    *(ValueError, LookupError, TypeError, AttributeError),
    *(OverflowError, RecursionError, csv.Error),
)
_LONGEST_NAME = 100


def evaluations_dir() -> Path:
    """Return the user's own folder of evaluations (it may not exist yet)."""
    return user_data_dir() / "evaluations"


def free_name(name: str, folder: Path) -> str:
    """Return what an evaluation called `name` can be called as a new folder in `folder`."""
    legal = re.sub(r"[^\w\-+., ]", "-", name).strip(". ")[:_LONGEST_NAME].rstrip(". ")
    first = free = legal or "evaluation"
    number = 2
    while os.path.lexists(folder / free):
        free, number = f"{first} {number}", number + 1
    return free


# --- writing ------------------------------------------------------------------------------------


def write_assessment(assessment: Assessment, folder: Path) -> None:
    """Write an evaluation as a new folder, as `writing_steps` does."""
    for _ in writing_steps(assessment, folder):
        pass


def writing_steps(assessment: Assessment, folder: Path) -> Generator[str, None, None]:
    """Write an evaluation as a new folder, with its report: whole, or when stopped not at all.

    Args:
        assessment: what was found.
        folder: whose name it gets.

    Yields:
        What is written next.

    Raises:
        ExportError: the folder exists already, or the disk refuses.
    """
    # Draws by matplotlib, which takes a second to import.
    from fundus_gui.core.assessments.reporting import write_evaluation_report

    if os.path.lexists(folder):
        raise ExportError(f"{folder} exists already; nothing was overwritten. Name a new folder.")
    named = dataclasses.replace(assessment, name=folder.name)
    new = atomic.temporary_beside(folder)
    try:
        (new / _TABLES).mkdir(parents=True)
        for name, text in assessment_files(named).items():
            (new / name).write_bytes(text.encode("utf-8", "surrogateescape"))
        yield from write_evaluation_report(named, new)
        new.rename(folder)
    except OSError as error:
        raise ExportError(
            f"The evaluation cannot be written to {folder} ({error.strerror}). Free some space or "
            "choose another folder."
        ) from error
    finally:
        shutil.rmtree(new, ignore_errors=True)


def assessment_files(assessment: Assessment) -> dict[str, str]:
    """Return the texts of all files but the report, by name."""
    report = assessment.report
    files = {_RECORD: _record(assessment), _REPORT: report_to_json(report)}
    for prefix, part in (("", assessment.judged), ("tuning_", assessment.tuning)):
        if part is not None:
            files[f"{prefix}predictions.csv"] = _for_spreadsheets(
                predictions_table(part, report.ensemble)
            )
            if part.unreadable:
                files[f"{prefix}unreadable.csv"] = _for_spreadsheets(unreadable_table(part))
    if assessment.leaks:
        files["leaks.csv"] = _for_spreadsheets(leaks_table(assessment))
    for name, rows in report_tables(report).items():
        cells = ([_cell(value) for value in row.values()] for row in rows)
        files[f"{_TABLES}/{name}.csv"] = _for_spreadsheets(csv_text(list(rows[0]), cells))
    return files


def _for_spreadsheets(text: str) -> str:
    return "\ufeff" + text


def _cell(value: str | float) -> str | float | None:
    return None if isinstance(value, float) and math.isnan(value) else value


def _record(assessment: Assessment) -> str:
    """Return what the other files do not hold, and the few figures that a list shows."""
    source = assessment.judged.source
    record = {
        "format_version": FORMAT_VERSION,
        "notice": RESEARCH_USE_ONLY,
        "version": assessment.version,
        "date": assessment.date,
        "device": assessment.device,
        "precision": assessment.number_format,
        "judged": _part_record(assessment.judged),
        "tuning": None if assessment.tuning is None else _part_record(assessment.tuning),
        "warnings": assessment.warnings,
        "leaks": {
            name: [relative_name(path, source) for path in paths]
            for name, paths in assessment.leaks.items()
        },
        "weights_sha256": dict(assessment.weights_sha256),
        "licences": dict(assessment.licences),
        "paths": "hashed" if assessment.pseudonym_key else "relative",
        "pseudonym_key": assessment.pseudonym_key,
        "data": source.title,
        "ensemble": assessment.report.ensemble.title or assessment.report.ensemble.name,
        "images": assessment.report.images,
        "figures": {name: _figure(assessment.report, name) for name in _LISTED},
    }
    return json.dumps(record, indent=2)


def _part_record(part: JudgedPart) -> dict[str, Any]:
    source = part.source
    return {
        "folder": str(source.folder),
        "part": source.part,
        "split": None if source.split is None else str(source.split),
        "columns": list(part.predictions.columns),
    }


def _figure(report: EvaluationReport, name: str) -> float | None:
    value = report.vote.figures[name].value
    return value if math.isfinite(value) else None


# --- reading ------------------------------------------------------------------------------------


def read_assessment(folder: Path) -> Assessment:
    """Read what `write_assessment` wrote; its name is the folder's.

    Raises:
        DatasetError: the folder holds no evaluation, or a damaged one.
    """
    try:
        record = _read_record(folder)
        report = report_from_json(_text(folder / _REPORT))
        judged = _read_part(folder, "", record["judged"], report)
        tuning = record["tuning"]
        if len(judged.images) != report.images:
            raise DatasetError("its predictions are not those that the figures were found on")
        return Assessment(
            name=folder.resolve().name,
            date=str(record["date"]),
            judged=judged,
            tuning=None if tuning is None else _read_part(folder, "tuning_", tuning, report),
            report=report,
            leaks={
                name: tuple(judged.source.folder / path for path in paths)
                for name, paths in record["leaks"].items()
            },
            warnings=tuple(map(str, record["warnings"])),
            weights_sha256=dict(record["weights_sha256"]),
            licences=dict(record["licences"]),
            device=str(record["device"]),
            number_format=str(record["precision"]),
            version=str(record["version"]),
            pseudonym_key=str(record["pseudonym_key"]),
        )
    except OSError as error:
        raise _unreadable(folder, f"{error.strerror}") from error
    except KeyError as error:
        raise _unreadable(folder, f"it says nothing of {error}") from error
    except (FundusError, *_DAMAGED) as error:
        raise _unreadable(folder, str(error)) from error


def _unreadable(folder: Path, problem: str) -> DatasetError:
    return DatasetError(f"The evaluation in {folder} cannot be read ({problem.rstrip('.')}).")


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8-sig", "surrogateescape")


def _read_record(folder: Path) -> dict[str, Any]:
    record = json.loads(_text(folder / _RECORD))
    version = record["format_version"]
    if version != FORMAT_VERSION:
        raise DatasetError(f"it has format {version!r}, this program reads {FORMAT_VERSION}")
    return dict(record)


def _read_part(
    folder: Path, prefix: str, record: Mapping[str, Any], report: EvaluationReport
) -> JudgedPart:
    split = record["split"]
    source = DataPart(
        folder=Path(record["folder"]),
        part=record["part"],
        split=None if split is None else Path(split),
    )
    text = _text(folder / f"{prefix}predictions.csv")
    part = read_predictions(text, source, report.ensemble, report.class_names)
    columns = {name: part.predictions.columns[name] for name in record["columns"]}
    left_out = folder / f"{prefix}unreadable.csv"
    return dataclasses.replace(
        part,
        predictions=dataclasses.replace(part.predictions, columns=columns),
        unreadable=read_unreadable(_text(left_out), source) if left_out.is_file() else (),
    )


# --- listing ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentSummary:
    """What a list shows of an evaluation.

    Attributes:
        name: of its folder.
        folder: where it lies.
        date: when it was made, ISO 8601 with time zone.
        data: photographs that were measured on, in words.
        ensemble: title of the models.
        images: number of photographs.
        balanced_accuracy, macro_auc, log_loss: of the vote; NaN what cannot be known.
    """

    name: str
    folder: Path
    date: str
    data: str
    ensemble: str
    images: int
    balanced_accuracy: float
    macro_auc: float
    log_loss: float


def find_assessments(folder: Path) -> list[AssessmentSummary]:
    """Return the evaluations that lie directly in a folder, the newest first.

    What is none, or cannot be read, is passed over.
    """
    try:
        entries = [e for e in folder.iterdir() if e.name[:1] != "." and (e / _RECORD).is_file()]
    except OSError:
        return []
    found = []
    for entry in entries:
        try:
            found.append(_summary(entry))
        except (OSError, FundusError, *_DAMAGED):
            continue
    return sorted(found, key=lambda summary: (summary.date, summary.name), reverse=True)


def _summary(folder: Path) -> AssessmentSummary:
    record = _read_record(folder)
    figures = {name: record["figures"][name] for name in _LISTED}
    return AssessmentSummary(
        name=folder.name,
        folder=folder,
        date=str(record["date"]),
        data=str(record["data"]),
        ensemble=str(record["ensemble"]),
        images=int(record["images"]),
        **{name: math.nan if value is None else float(value) for name, value in figures.items()},
    )
