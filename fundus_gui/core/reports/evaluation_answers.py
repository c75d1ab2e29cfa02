"""What the program knows of the points that a checklist asks for."""

from __future__ import annotations

from fundus_gui.core.reports.evaluation_content import (
    CLASS_FIGURE_TITLES,
    FIGURE_TITLES,
    ReportContent,
)
from fundus_gui.core.reports.evaluation_words import (
    in_words,
    interval_text,
    level_text,
    percent,
    plural,
)
from fundus_gui.core.reports.templates import figure_text

_MOST_COUNTS = 8  # classes whose photographs are counted one by one


def checklist_answers(content: ReportContent) -> dict[str, str]:
    """Return sentences by the names that `checklist.toml` has for them."""
    return {
        **_of_the_data(content),
        **_of_the_model(content),
        **_of_the_figures(content),
        "software": f"fundus-gui {content.version}; all packages under “Environment”."
        + (f" Computed on {content.device}." if content.device else ""),
        "code": f"fundus-gui {content.version}, MIT licence; the command under “Settings” makes "
        "the evaluation again.",
    }


def _of_the_data(content: ReportContent) -> dict[str, str]:
    report = content.report
    classes = plural(len(content.class_titles), "class", "classes")
    counts = _counts(content)
    judged = f"{plural(report.images, 'photograph')} of {plural(report.patients, 'patient')}"
    unreadable = plural(content.unreadable, "photograph")
    tuned = "" if report.fitted is None else f" Fitted on {_tuning(content)}."
    return {
        "data": f"{content.data}; the SHA-256 hash of every file is in predictions.csv.",
        "partition": f"Judged: {content.data}.{tuned}",
        "missing": f"{unreadable} could not be read and {_were(content.unreadable)} left out "
        "(unreadable.csv). Empty cells form a subgroup of their own, “not given”.",
        "reference": f"The label of each photograph in the data set, one of {classes}: {counts}.",
        "disjoint": _disjoint(content),
        "size": f"{judged} ({counts}).{tuned}",
        "flow": f"{judged} judged; {unreadable} left out as unreadable.",
        "characteristics": f"Classes: {counts}. "
        + (_subgroups(content) or "No further columns are in the data set."),
        "subgroups": _subgroups(content) or "No columns for subgroups are in the data set.",
    }


def _counts(content: ReportContent) -> str:
    counts = [class_.images for class_ in content.report.vote.classes]
    if len(counts) > _MOST_COUNTS:
        return f"{min(counts)} to {plural(max(counts), 'photograph')} of each"
    named = zip(content.class_titles, counts, strict=True)
    return ", ".join(f"{title} {count}" for title, count in named)


def _tuning(content: ReportContent) -> str:
    fitted = content.report.fitted
    assert fitted is not None, "without a fit there is nothing to tell"
    of = f"{plural(fitted.images, 'photograph')} of {plural(fitted.patients, 'patient')}"
    return f"{content.tuning}, {of}" if content.tuning else of


def _were(number: int) -> str:
    return "was" if number == 1 else "were"


def _disjoint(content: ReportContent) -> str:
    if content.leaks:
        shared = sum(map(len, content.leaks.values()))
        return (
            f"Not disjoint: {plural(shared, 'photograph')} {_were(shared)} also used to train "
            f"{in_words(list(content.leaks))}; see the warnings."
        )
    return (
        "No judged photograph was found among the training images that the members’ cards list, "
        "as far as they list them (see any warnings). Patients are as the data set names them."
    )


def _subgroups(content: ReportContent) -> str:
    columns = list(dict.fromkeys(group.column for group in content.report.subgroups))
    if not columns:
        return ""
    return f"By {in_words(columns)}: number, patients and performance under “Subgroups”."


def _of_the_model(content: ReportContent) -> dict[str, str]:
    ensemble = content.report.ensemble
    shares = zip(ensemble.members, ensemble.weights, strict=True)
    members = in_words([f"{name} (weight {weight:.3f})" for name, weight in shares])
    vote = (
        f"One model, {ensemble.members[0]}."
        if content.is_single
        else f"Weighted mean of the probabilities of {members}; weights by “{ensemble.method}”"
        + (f", fitted on {ensemble.fitted_on}." if ensemble.fitted_on else ".")
    )
    if ensemble.rule != "constant":
        vote += f" The weights change from image to image (rule “{ensemble.rule}”)."
    licences = [f"{name}: {licence}" for name, licence in content.licences.items() if licence]
    return {
        "model": f"{in_words(list(ensemble.members))}; the hashes of the weights are under “What "
        "was measured”, and each file holds its architecture.",
        "ensembling": vote,
        "preprocessing": "Each weights file holds its own preprocessing, which is applied to every "
        "photograph alike, whoever the patient.",
        "updating": _updating(content),
        "availability": "Software: fundus-gui, MIT licence. Weights: by the SHA-256 hashes under "
        "“What was measured”" + (f" ({'; '.join(licences)})." if licences else "."),
    }


def _updating(content: ReportContent) -> str:
    calibrations = content.report.calibrations
    if not calibrations:
        return "None: nothing was fitted."
    vote = calibrations[-1]
    before, after = (figure_text(side["calibration_error"]) for side in (vote.before, vote.after))
    return (
        f"Recalibration by one temperature, {vote.fit.temperature:.3f}, fitted on "
        f"{_tuning(content)}; the calibration error on the judged images went from {before} to "
        f"{after}."
    )


def _of_the_figures(content: ReportContent) -> dict[str, str]:
    figures = content.report.vote.figures
    main = [
        f"{FIGURE_TITLES[name]} {figure_text(figures[name].value)}"
        + (f" ({ends})" if (ends := interval_text(figures[name])) else "")
        for name in ("balanced_accuracy", "macro_auc")
    ]
    measured = [title for name, title in FIGURE_TITLES.items() if name in figures]
    by_class = ", ".join(CLASS_FIGURE_TITLES.values())
    wrong = 1 - figures["accuracy"].value
    tests = "; McNemar’s and DeLong’s tests" if content.report.comparisons else ""
    return {
        "metrics": f"Of all classes: {', '.join(measured)}. Of each class: {by_class}. "
        "Plots: confusion matrix, ROC, precision-recall, reliability, referral.",
        "uncertainty": f"{level_text(content)} bootstrap intervals that draw patients{tests}; see "
        "“Methods”.",
        "performance": f"{in_words(main)}; all figures, members and subgroups with their "
        f"{level_text(content)} intervals in this report.",
        "accuracy": "Sensitivity, specificity, precision and AUC of each class with intervals "
        "under “Classes”.",
        "failures": f"{percent(wrong)} of the answers are wrong; which class was taken for which "
        "is in the confusion matrix, and each answer in predictions.csv.",
    }
