"""How the figures of an evaluation are called and written, alike in every table."""

from __future__ import annotations

import math

from PySide6.QtCore import QCoreApplication

from fundus_gui.core.evaluation import Interval


def figure_title(name: str) -> str:
    """Return the display name of a figure of `core.evaluation`."""
    known = {
        "accuracy": QCoreApplication.translate("Figure", "Accuracy"),
        "balanced_accuracy": QCoreApplication.translate("Figure", "Balanced accuracy"),
        "macro_precision": QCoreApplication.translate("Figure", "Mean precision"),
        "macro_specificity": QCoreApplication.translate("Figure", "Mean specificity"),
        "macro_f1": QCoreApplication.translate("Figure", "Mean F1"),
        "macro_auc": QCoreApplication.translate("Figure", "Macro-AUC"),
        "weighted_auc": QCoreApplication.translate("Figure", "Weighted AUC"),
        "macro_average_precision": QCoreApplication.translate("Figure", "Mean avg. precision"),
        "mcc": QCoreApplication.translate("Figure", "MCC"),
        "kappa": QCoreApplication.translate("Figure", "Kappa"),
        "quadratic_kappa": QCoreApplication.translate("Figure", "Quadratic kappa"),
        "log_loss": QCoreApplication.translate("Figure", "Log-loss"),
        "brier": QCoreApplication.translate("Figure", "Brier score"),
        "calibration_error": QCoreApplication.translate("Figure", "ECE"),
        "adaptive_calibration_error": QCoreApplication.translate("Figure", "Adaptive ECE"),
        "sensitivity": QCoreApplication.translate("Figure", "Sensitivity"),
        "specificity": QCoreApplication.translate("Figure", "Specificity"),
        "precision": QCoreApplication.translate("Figure", "Precision"),
        "f1": QCoreApplication.translate("Figure", "F1"),
        "auc": QCoreApplication.translate("Figure", "AUC"),
        "average_precision": QCoreApplication.translate("Figure", "Avg. precision"),
    }
    return known.get(name, name.replace("_", " "))


def number(value: float, *, is_signed: bool = False) -> str:
    """Write a figure with three digits, a dash for what cannot be known."""
    if math.isnan(value):
        return "–"
    return (f"{value:+.3f}" if is_signed else f"{value:.3f}").replace("-", "−")


def ends(interval: Interval, *, is_signed: bool = False) -> str:
    """Write the ends of an interval; empty where they cannot be known."""
    if math.isnan(interval.low) or math.isnan(interval.high):
        return ""
    low, high = (number(end, is_signed=is_signed) for end in (interval.low, interval.high))
    return f"{low} – {high}" if not is_signed else f"{low} … {high}"


def probability(p_value: float) -> str:
    """Write a p-value as papers do."""
    if math.isnan(p_value):
        return "–"
    return "< 0.001" if p_value < 0.001 else f"{p_value:.3f}"
