from __future__ import annotations

import csv
import math
from dataclasses import replace

from made_runs import epoch

from fundus_gui.core.reports.summary import summary_header, summary_row
from fundus_gui.core.runs import EpochReport


def read(report: EpochReport, classes: int) -> dict[str, str]:
    lines = (summary_header(classes) + summary_row(report, classes)).splitlines()
    (row,) = csv.DictReader(lines)
    return row


def test_columns_begin_as_those_of_timm() -> None:
    assert summary_header(3) == (
        "epoch,train_loss,eval_loss,eval_top1,eval_balanced_accuracy,eval_macro_auc,train_top1,"
        "lr,images_per_second,seconds\n"
    )


def test_each_figure_is_in_its_column() -> None:
    row = read(epoch(2, 0.9), classes=3)
    assert {name: float(cell) for name, cell in row.items()} == {
        "epoch": 2,
        "train_loss": 0.5,
        "eval_loss": 0.75,
        "eval_top1": 0.6,
        "eval_balanced_accuracy": 0.55,
        "eval_macro_auc": 0.9,
        "train_top1": 0.75,
        "lr": 0.001,
        "images_per_second": 20.5,
        "seconds": 12.25,
    }


def test_top_5_is_told_above_five_classes_only() -> None:
    report = epoch(1)
    report = replace(report, validation={**report.validation, "top_5_accuracy": 0.98})
    assert "eval_top5" not in read(report, classes=5)
    assert read(report, classes=6)["eval_top5"] == "0.98"


def test_what_was_not_measured_is_empty() -> None:
    row = read(epoch(1, math.nan, train_accuracy=None), classes=2)
    assert (row["train_top1"], row["eval_macro_auc"]) == ("", "")


def test_small_learning_rates_and_late_epochs_keep_their_digits() -> None:
    row = read(epoch(12345, learning_rate=1.25e-7), classes=2)
    assert (int(row["epoch"]), float(row["lr"])) == (12345, 1.25e-7)
