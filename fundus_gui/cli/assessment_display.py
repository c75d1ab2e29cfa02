"""How the command line shows an evaluation: a bar while it runs, then tables with intervals."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Bar
from rich.table import Table

from fundus_gui import RESEARCH_USE_ONLY
from fundus_gui.cli.console import err, printable
from fundus_gui.cli.console import out as console
from fundus_gui.cli.figure_table import figure_table, folded, with_interval
from fundus_gui.core.assessments import Assessment
from fundus_gui.core.assessments.assessing import Progress, Stage
from fundus_gui.core.evaluation import EvaluationReport, Interval
from fundus_gui.core.one_or_many import one_or_many

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
    "balanced_accuracy": "balanced\naccuracy",
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
    if assessment.leaks:
        listed = printable(
            f"All photographs that a model knows are listed in {folder / 'leaks.csv'}."
        )
        console.print(listed, style="bold red", soft_wrap=True)
    console.print(printable(_beginning(assessment)), soft_wrap=True)
    console.print(_models(report))
    console.print(_classes(report))
    if report.comparisons:
        console.print(_comparisons(report))
    for sentence in (*_further_figures(report), *_decisions(report)):
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
        f"{assessment.judged.source.title}: {report.images} "
        f"{one_or_many(report.images, 'photograph')} of {report.patients} "
        f"{one_or_many(report.patients, 'patient')}, {len(report.class_names)} classes; "
        f"{assessment.device}.{fitted_on} "
        f"Below each figure its {level:.0%} interval."
    )


def _further_figures(report: EvaluationReport) -> Iterator[str]:
    """Say what has no column: the agreement on grades, and patients instead of photographs."""
    kappa, judged = report.vote.figures.get("quadratic_kappa"), report.by_patient
    if kappa is not None:
        yield f"Quadratic-weighted kappa of the vote: {_beside(kappa)}."
    if judged is not None:
        figures = judged.evaluation.figures
        balanced, area = figures["balanced_accuracy"], figures["macro_auc"]
        left_out = f"; {judged.left_out} with different classes left out" * bool(judged.left_out)
        yield (
            f"By the mean of each patient's photographs: balanced accuracy {_beside(balanced)}, "
            f"macro-AUC {_beside(area)}, of {judged.patients} "
            f"{one_or_many(judged.patients, 'patient')}{left_out}."
        )


def _beside(found: Interval) -> str:
    """Write a figure with its interval on the same line."""
    value, _, ends = with_interval(found).partition("\n")
    return f"{value} ({ends})" if ends else value


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
            f"Referral: {referral.images - referral.reported} of {referral.images} "
            f"{one_or_many(referral.images, 'photograph')} "
            f"({referral.referral_rate:.1%}); {referral.error_rate:.1%} of the others are wrong"
            f"{_promised(report)}."
        )


def _promised(report: EvaluationReport) -> str:
    """Say what thresholds that were fitted for this evaluation were to hold."""
    if report.fitted is None:
        return ""
    aim, rate = report.settings.referral_aim, report.settings.referral_rate
    return f" (wanted: {rate:.1%}{' referred' * (aim == 'referral')})"


def _models(report: EvaluationReport) -> Table:
    rows = ((model.name, (), model.figures) for model in report.models)
    return _table("model", (), _OVERALL, rows)


def _classes(report: EvaluationReport) -> Table:
    rows = ((found.name, (str(found.images),), found.figures) for found in report.vote.classes)
    return _table(report.vote.name, ("n",), _PER_CLASS, rows)


def _table(
    first: str,
    counted: Sequence[str],
    figures: Mapping[str, str],
    rows: Iterable[tuple[str, Sequence[str], Mapping[str, Interval]]],
) -> Table:
    table = figure_table(first, *counted, *figures.values())
    for name, counts, values in rows:
        cells = (with_interval(values[figure]) for figure in figures)
        table.add_row(folded(name), *counts, *cells)
    return table


def _comparisons(report: EvaluationReport) -> Table:
    table = figure_table("difference", *(_OVERALL[figure] for figure in _COMPARED), "McNemar")
    for pair in report.comparisons:
        differences = [pair.differences[figure] for figure in _COMPARED]
        table.add_row(
            f"{folded(pair.first)}\n- {folded(pair.second)}",
            *(f"{with_interval(found, '+')}\n{_verdict(found)}" for found in differences),
            _p_value(pair.mcnemar.p_value),
        )
    return table


def _verdict(difference: Interval) -> str:
    return "significant" if difference.excludes_zero else "not significant"


def _p_value(value: float) -> str:
    return "p < 0.001" if value < 0.001 else f"p = {value:.3f}"
