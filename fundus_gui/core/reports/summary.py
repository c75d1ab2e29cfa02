"""The table of a run, `summary.csv`: a row an epoch, under the names that timm gives its columns.

Accuracies are shares from 0 to 1, where timm writes per cent.
"""

from __future__ import annotations

import math

from fundus_gui.core.evaluation import TOP_5_FROM
from fundus_gui.core.runs import EpochReport


def summary_header(classes: int) -> str:
    """Return the names of the columns as a line, for a run with so many classes."""
    return ",".join(_columns(classes)) + "\n"


def summary_row(report: EpochReport, classes: int) -> str:
    """Return an epoch as a line; what was not measured is an empty cell."""
    columns = _columns(classes)
    figures = report.validation
    cells: dict[str, float | None] = {
        "epoch": report.epoch,
        "train_loss": report.train_loss,
        "train_top1": report.train_accuracy,
        "lr": report.learning_rate,
        "images_per_second": report.images_per_second,
        "seconds": report.seconds,
    }
    cells |= {column: figures.get(name) for column, name in columns.items() if name}
    return ",".join(_cell(cells[column]) for column in columns) + "\n"


def _columns(classes: int) -> dict[str, str]:
    """Return the columns in order, each with the name of its figure in `EpochReport.validation`."""
    top_5 = {"eval_top5": "top_5_accuracy"} if classes >= TOP_5_FROM else {}
    return {
        "epoch": "",
        "train_loss": "",
        "eval_loss": "log_loss",
        "eval_top1": "accuracy",
        **top_5,
        "eval_balanced_accuracy": "balanced_accuracy",
        "eval_macro_auc": "macro_auc",
        "train_top1": "",
        "lr": "",
        "images_per_second": "",
        "seconds": "",
    }


def _cell(value: float | None) -> str:
    return "" if value is None or math.isnan(value) else f"{value:.6g}"
