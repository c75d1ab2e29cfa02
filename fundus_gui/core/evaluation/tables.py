"""A report as tables of one figure a row, for spreadsheets and statistics programs."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping

from fundus_gui.core.evaluation.intervals import Interval
from fundus_gui.core.evaluation.records import EvaluationReport, ModelEvaluation

Row = dict[str, str | float]  # by column; NaN is what cannot be known


def report_tables(report: EvaluationReport) -> dict[str, list[Row]]:
    """Return the tables that have rows, by name; the rows of a table have the same columns."""
    tables = {
        name: [
            {"model": model.name, **row} for model in report.models for row in rows(model, report)
        ]
        for name, rows in _MODEL_TABLES.items()
    }
    tables |= {name: list(rows(report)) for name, rows in _TABLES.items()}
    return {name: rows for name, rows in tables.items() if rows}


def _figures(figures: Mapping[str, Interval]) -> Iterator[Row]:
    for name, interval in figures.items():
        yield {"figure": name, **dataclasses.asdict(interval)}


# --- of every model -----------------------------------------------------------------------------


def _overall(model: ModelEvaluation, _: EvaluationReport) -> Iterator[Row]:
    yield from _figures(model.figures)


def _classes(model: ModelEvaluation, _: EvaluationReport) -> Iterator[Row]:
    for class_ in model.classes:
        for row in _figures(class_.figures):
            yield {"class": class_.name, "images": class_.images, **row}


def _confusion(model: ModelEvaluation, report: EvaluationReport) -> Iterator[Row]:
    for truth, counts in zip(report.class_names, model.confusion, strict=True):
        for answer, images in zip(report.class_names, counts, strict=True):
            yield {"true_class": truth, "answer": answer, "images": images}


def _reliability(model: ModelEvaluation, _: EvaluationReport) -> Iterator[Row]:
    yield from map(dataclasses.asdict, model.reliability)


# --- of the report ------------------------------------------------------------------------------


def _patients(report: EvaluationReport) -> Iterator[Row]:
    judged = report.by_patient
    if judged is not None:
        for row in _figures(judged.evaluation.figures):
            counts = {"patients": judged.patients, "left_out": judged.left_out}
            yield {**counts, **row}


def _comparisons(report: EvaluationReport) -> Iterator[Row]:
    for pair in report.comparisons:
        for row in _figures(pair.differences):
            yield {"first": pair.first, "second": pair.second, **row}


def _mcnemar(report: EvaluationReport) -> Iterator[Row]:
    for pair in report.comparisons:
        yield {"first": pair.first, "second": pair.second, **dataclasses.asdict(pair.mcnemar)}


def _delong(report: EvaluationReport) -> Iterator[Row]:
    for pair in report.comparisons:
        for name, test in zip(report.class_names, pair.delong, strict=True):
            row = dataclasses.asdict(test)
            yield {"first": pair.first, "second": pair.second, "class": name, **row}


def _subgroups(report: EvaluationReport) -> Iterator[Row]:
    for group in report.subgroups:
        for row in _figures(group.figures):
            counts = {"images": group.images, "patients": group.patients}
            yield {"column": group.column, "group": group.group, **counts, **row}


def _temperatures(report: EvaluationReport) -> Iterator[Row]:
    for model in report.calibrations:
        for figure, before in model.before.items():
            values = {"before": before, "after": model.after[figure]}
            temperature = model.fit.temperature
            yield {"model": model.name, "temperature": temperature, "figure": figure, **values}


def _thresholds(report: EvaluationReport) -> Iterator[Row]:
    if report.fitted is not None:
        for name, threshold in zip(report.class_names, report.fitted.thresholds, strict=True):
            specificity = report.settings.specificity
            yield {"class": name, "wanted_specificity": specificity, "threshold": threshold}


def _prediction_sets(report: EvaluationReport) -> Iterator[Row]:
    sets, figures = report.ensemble.prediction_sets, report.sets
    if sets is not None and figures is not None:
        wanted = {"wanted_coverage": sets.coverage}
        yield {"class": "", **wanted, "coverage": figures.coverage}
        for name, coverage in zip(report.class_names, figures.class_coverage, strict=True):
            yield {"class": name, **wanted, "coverage": coverage}


def _set_sizes(report: EvaluationReport) -> Iterator[Row]:
    if report.sets is not None:
        for size, images in enumerate(report.sets.sizes, start=1):
            yield {"classes_in_set": size, "images": images}


def _referral(report: EvaluationReport) -> Iterator[Row]:
    thresholds, figures = report.ensemble.referral, report.referral
    if thresholds is not None and figures is not None:
        rates = {"referral_rate": figures.referral_rate, "error_rate": figures.error_rate}
        yield {**dataclasses.asdict(thresholds), **dataclasses.asdict(figures), **rates}


def _referral_curve(report: EvaluationReport) -> Iterator[Row]:
    curve = report.referral_curve
    points = zip(curve.referral_rates, curve.error_rates, curve.confidences, strict=True)
    for referral_rate, error_rate, confidence in points:
        yield {
            "referral_rate": referral_rate,
            "error_rate": error_rate,
            "confidence": confidence,
        }


_MODEL_TABLES: Mapping[str, Callable[[ModelEvaluation, EvaluationReport], Iterator[Row]]] = {
    "models": _overall,
    "classes": _classes,
    "confusion": _confusion,
    "reliability": _reliability,
}
_TABLES: Mapping[str, Callable[[EvaluationReport], Iterator[Row]]] = {
    "patients": _patients,
    "comparisons": _comparisons,
    "mcnemar": _mcnemar,
    "delong": _delong,
    "subgroups": _subgroups,
    "temperatures": _temperatures,
    "thresholds": _thresholds,
    "prediction_sets": _prediction_sets,
    "set_sizes": _set_sizes,
    "referral": _referral,
    "referral_curve": _referral_curve,
}
