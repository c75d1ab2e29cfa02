"""A calibration in plain words."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from fundus_gui.core.evaluation.records import CalibrationEvaluation, EvaluationReport
from fundus_gui.gui.labels import class_title
from fundus_gui.gui.sentences import spoken

_NEAR = 0.05  # of a temperature to 1
_ENOUGH_LESS = 0.03  # of a coverage, from the promise


def calibration_words(
    report: EvaluationReport, calibration: CalibrationEvaluation | None, *, is_vote: bool
) -> str:
    """Say how sure a model is of itself and what its temperature does; None, how to fit one."""
    translate = QCoreApplication.translate
    if calibration is None:
        return _not_fitted(report, is_vote=is_vote)
    temperature = calibration.fit.temperature
    before = calibration.before["calibration_error"]
    after = calibration.after["calibration_error"]
    words = (
        _sureness(temperature),
        translate(
            "Calibration",
            "On these photographs the probability of an answer and the share of right answers lie "
            "{before} points apart without the temperature of {temperature}, and {after} with it.",
        ).format(
            before=f"{100 * before:.1f}",
            after=f"{100 * after:.1f}",
            temperature=f"{temperature:.2f}",
        ),
        translate("Calibration", "It does not help here.") if after > before else "",
        ""
        if is_vote
        else translate("Calibration", "The vote does not use this temperature; it has its own."),
    )
    return " ".join(filter(None, words))


def sets_words(report: EvaluationReport) -> str:
    """Say what sets of classes promise and hold; without any, why not, or nothing."""
    translate = QCoreApplication.translate
    sets, figures = report.ensemble.prediction_sets, report.sets
    if sets is None or figures is None:
        return " ".join(map(spoken, report.fitted.notes)) if report.fitted is not None else ""
    words = [
        translate(
            "Calibration",
            "The set of an image was to hold its true class in {promised} of cases; here it does "
            "in {reached}, with {size} classes on average.",
        ).format(
            promised=f"{sets.coverage:.0%}",
            reached=f"{figures.coverage:.1%}",
            size=f"{figures.mean_size:.2f}",
        ),
        translate(
            "Calibration", "Every class has its own threshold, so the promise is made for each."
        )
        if len(sets.thresholds) > 1
        else translate(
            "Calibration", "One threshold serves all classes, so a single class may get less."
        ),
    ]
    less = [
        class_title(name)
        for name, share in zip(report.class_names, figures.class_coverage, strict=True)
        if share < sets.coverage - _ENOUGH_LESS
    ]
    if less:
        words.append(
            translate("Calibration", "Clearly less: {classes}.").format(classes=", ".join(less))
        )
    return " ".join(words)


def _not_fitted(report: EvaluationReport, *, is_vote: bool) -> str:
    translate = QCoreApplication.translate
    own = report.ensemble.temperature
    if is_vote and own != 1:
        return " ".join(
            (
                translate(
                    "Calibration", "The ensemble's own temperature of {value} is applied."
                ).format(value=f"{own:.2f}"),
                _how_to_fit(),
            )
        )
    return _how_to_fit()


def _how_to_fit() -> str:
    translate = QCoreApplication.translate
    return translate(
        "Calibration",
        "Nothing was fitted here. To fit temperature and prediction sets, make a new evaluation "
        "and choose a second part to fit them on, for example validation.",
    )


def _sureness(temperature: float) -> str:
    translate = QCoreApplication.translate
    if temperature > 1 + _NEAR:
        return translate(
            "Calibration",
            "Too sure of itself: on the tuning part its probabilities had to be softened.",
        )
    if temperature < 1 - _NEAR:
        return translate(
            "Calibration",
            "Not sure enough: on the tuning part its probabilities had to be sharpened.",
        )
    return translate(
        "Calibration",
        "As sure as it should be: on the tuning part nearly nothing had to be changed.",
    )
