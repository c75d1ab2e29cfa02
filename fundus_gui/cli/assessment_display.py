"""How the command line shows an evaluation: a bar while it runs, then tables with intervals."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from rich import box
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Bar
from rich.table import Column, Table

from fundus_gui import RESEARCH_USE_ONLY
from fundus_gui.cli.console import err, printable
from fundus_gui.cli.console import out as console
from fundus_gui.core.assessments import Assessment
from fundus_gui.core.assessments.assessing import Progress, Stage
from fundus_gui.core.evaluation import EvaluationReport, Interval

_STAGES: Mapping[Stage, str] = {
    "reading": "Reading the labels of",
    "hashing": "Comparing with the training photographs",
    "loading": "Loading the models for",
    "classifying": "Classifying",
    "measuring": "Measuring",
}
_PLAIN_INTERVAL_SECONDS = 5.0
_OVERALL = {
    "accuracy": "accuracy",
    "balanced_accuracy": "balanced accuracy",
    "macro_auc": "macro-AUC",
    "log_loss": "log-loss",
    "calibration_error": "ECE",
}
_PER_CLASS = {
    "sensitivity": "sensitivity",
    "specificity": "specificity",
    "precision": "precision",
    "f1": "F1",
    "auc": "AUC",
}
_COMPARED = ("balanced_accuracy", "macro_auc", "log_loss")


# --- while it runs ------------------------------------------------------------------------------


@contextmanager
def shown_progress() -> Iterator[Callable[[Progress], None]]:
    """Give what shows progress while the context is open: a bar, or now and then a line."""
    if not err.is_terminal:
        yield _Lines().show
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Bar(*columns, TimeRemainingColumn(), console=err, transient=True) as bar:
        task, shown = bar.add_task("Starting", total=None), ""

        def show(progress: Progress) -> None:
            nonlocal shown
            if progress.stage != shown:
                shown = progress.stage
                bar.reset(task)
            words, total = _words(progress), progress.total or None
            bar.update(task, description=words, completed=progress.done, total=total)

        yield show


class _Lines:
    """A line for each stage, and for a long one every few seconds."""

    def __init__(self) -> None:
        self._stage = ""
        self._spoken = 0.0

    def show(self, progress: Progress) -> None:
        now = time.monotonic()
        if progress.stage == self._stage and now - self._spoken < _PLAIN_INTERVAL_SECONDS:
            return
        self._stage, self._spoken = progress.stage, now
        count = f": {progress.done} of {progress.total}" if progress.total else ""
        err.print(f"{_words(progress)}{count}", soft_wrap=True)


def _words(progress: Progress) -> str:
    return printable(f"{_STAGES[progress.stage]} {progress.text}".rstrip())


# --- the result ---------------------------------------------------------------------------------


def print_assessment(assessment: Assessment, folder: Path) -> None:
    """Print what must be read first, the figures, and where the files are."""
    report = assessment.report
    for warning in assessment.warnings:
        console.print(printable(f"WARNING: {warning}"), style="bold red", soft_wrap=True)
    console.print(printable(_beginning(assessment)), soft_wrap=True)
    console.print(_models(report))
    console.print(_classes(report))
    if report.comparisons:
        console.print(_comparisons(report))
    for sentence in _decisions(report):
        console.print(sentence, soft_wrap=True)
    for note in report.notes:
        console.print(printable(note), style="yellow", soft_wrap=True)
    console.print(printable(f"Report, tables and predictions: {folder}"), soft_wrap=True)
    console.print(RESEARCH_USE_ONLY, style="dim")


def _beginning(assessment: Assessment) -> str:
    report, level = assessment.report, assessment.report.settings.bootstrap.level
    fitted_on = ""
    if assessment.tuning is not None:
        source = assessment.tuning.source.title
        fitted_on = f" Temperature, prediction sets and thresholds were fitted on {source}."
    return (
        f"{assessment.judged.source.title}: {report.images} photographs of {report.patients} "
        f"patients, {len(report.class_names)} classes; {assessment.device}.{fitted_on} "
        f"Below each figure its {level:.0%} interval."
    )


def _decisions(report: EvaluationReport) -> Iterator[str]:
    """Say what temperature, prediction sets and referral did here."""
    ensemble, sets, referral = report.ensemble, report.sets, report.referral
    if ensemble.temperature != 1:
        yield f"Temperature of the vote: {ensemble.temperature:.3f}."
    if sets is not None and ensemble.prediction_sets is not None:
        yield (
            f"Prediction sets hold the class of {sets.coverage:.1%} of the photographs "
            f"(promised: {ensemble.prediction_sets.coverage:.1%}); {sets.mean_size:.2f} classes "
            "on average."
        )
    if referral is not None:
        yield (
            f"Referral: {referral.images - referral.reported} of {referral.images} photographs "
            f"({referral.referral_rate:.1%}); {referral.error_rate:.1%} of the others are wrong."
        )


def _models(report: EvaluationReport) -> Table:
    rows = ((model.name, "", model.figures) for model in report.models)
    return _table("model", "", _OVERALL, rows)


def _classes(report: EvaluationReport) -> Table:
    rows = ((found.name, str(found.images), found.figures) for found in report.vote.classes)
    return _table(report.vote.name, "n", _PER_CLASS, rows)


def _table(
    first: str,
    count: str,
    figures: Mapping[str, str],
    rows: Iterable[tuple[str, str, Mapping[str, Interval]]],
) -> Table:
    counts = [Column(count, justify="right")] if count else []
    table = _empty_table(first, *counts, *map(_number_column, figures.values()))
    for name, number, values in rows:
        cells = (_with_interval(values[figure]) for figure in figures)
        table.add_row(printable(name), *([number] if count else []), *cells)
    return table


def _comparisons(report: EvaluationReport) -> Table:
    titles = (*(_OVERALL[figure] for figure in _COMPARED), "McNemar")
    table = _empty_table("difference", *map(_number_column, titles))
    for pair in report.comparisons:
        differences = [pair.differences[figure] for figure in _COMPARED]
        table.add_row(
            printable(f"{pair.first} - {pair.second}"),
            *(f"{_with_interval(found, '+')}\n{_verdict(found)}" for found in differences),
            f"p = {pair.mcnemar.p_value:.3f}",
        )
    return table


def _empty_table(first: str, *others: Column) -> Table:
    name = Column(printable(first), overflow="fold")
    return Table(name, *others, box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), leading=1)


def _number_column(title: str) -> Column:
    return Column(title, justify="right", no_wrap=True)


def _verdict(difference: Interval) -> str:
    return "significant" if difference.excludes_zero else "not significant"


def _with_interval(found: Interval, sign: str = "") -> str:
    value, low, high = (_number(number, sign) for number in (found.value, found.low, found.high))
    between = " to " if sign else "–"  # not between two signs
    return value if math.isnan(found.low) else f"{value}\n{low}{between}{high}"


def _number(value: float, sign: str = "") -> str:
    return "–" if math.isnan(value) else f"{value:{sign}.3f}"
