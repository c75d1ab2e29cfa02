"""The report of an evaluation: one page that needs nothing else, and its variant for paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from fundus_gui.core.evaluation import report_tables
from fundus_gui.core.evaluation.records import Comparison, ModelEvaluation
from fundus_gui.core.reports.checklist import filled_checklist
from fundus_gui.core.reports.environment import environment_text
from fundus_gui.core.reports.evaluation_answers import checklist_answers
from fundus_gui.core.reports.evaluation_content import (
    CLASS_FIGURE_TITLES,
    FIGURE_TITLES,
    THRESHOLD_FIGURE_TITLES,
    ReportContent,
)
from fundus_gui.core.reports.evaluation_pictures import evaluation_pictures
from fundus_gui.core.reports.evaluation_words import (
    COMPARED,
    comparison_sentence,
    interval_text,
    level_text,
    methods,
    p_text,
    percent,
    plural,
)
from fundus_gui.core.reports.pictures import Picture
from fundus_gui.core.reports.templates import rendered_page, svg_address

KEY_FIGURES = ("balanced_accuracy", "macro_auc", "accuracy", "log_loss", "calibration_error")
SUBGROUP_FIGURES = ("balanced_accuracy", "macro_auc", "accuracy", "log_loss", "calibration_error")
_FEW_IMAGES = 20  # of a subgroup, whose figures mean little
_MOST_LEAKS = 20  # files that are named
_MOST_PAIRS = 3  # of models
_TABLES = {
    "models": "all figures of every model",
    "classes": "figures of each class",
    "confusion": "confusion matrices",
    "reliability": "bars of the reliability diagrams",
    "patients": "figures by patient",
    "comparisons": "differences between models",
    "mcnemar": "McNemar’s tests",
    "delong": "DeLong’s tests",
    "subgroups": "figures of subgroups",
    "temperatures": "temperatures, before and after",
    "thresholds": "thresholds at the wanted specificity",
    "prediction_sets": "coverage of the prediction sets",
    "set_sizes": "sizes of the prediction sets",
    "referral": "thresholds and outcome of the referral",
    "referral_curve": "points of the referral curve",
}


def evaluation_page(content: ReportContent, pictures: Mapping[str, Picture] | None = None) -> str:
    """Return the report as one HTML file that loads nothing.

    Args:
        content: what it tells.
        pictures: SVG by the names of `evaluation_pictures`; drawn where they are not given.
    """
    drawn = pictures or {
        name: Picture.drawn(draw) for name, draw in evaluation_pictures(content).items()
    }
    addresses = {
        name: {"light": svg_address(picture.light), "dark": svg_address(picture.dark)}
        for name, picture in drawn.items()
    }
    return _page(content, addresses, is_paper=False)


def evaluation_print(content: ReportContent) -> str:
    """Return the report for QTextDocument, which knows tables; pictures are `NAME.png`."""
    names = evaluation_pictures(content)
    return _page(content, {name: f"{name}.png" for name in names}, is_paper=True)


def _page(content: ReportContent, pictures: Mapping[str, Any], *, is_paper: bool) -> str:
    report = content.report
    told_pairs = _told_pairs(content)
    checklist = filled_checklist(checklist_answers(content))
    return rendered_page(
        "evaluation.html",
        is_paper=is_paper,
        content=content,
        report=report,
        vote=report.vote,
        pictures=pictures,
        date=f"{datetime.fromisoformat(content.date):%Y-%m-%d %H:%M %Z}",
        level=level_text(content),
        percent=percent,
        p_text=p_text,
        plural=plural,
        interval_text=interval_text,
        class_figures=CLASS_FIGURE_TITLES,
        threshold_figures=THRESHOLD_FIGURE_TITLES,
        overall_figures={
            name: title for name, title in FIGURE_TITLES.items() if name in report.vote.figures
        },
        key_figures={name: FIGURE_TITLES[name] for name in KEY_FIGURES},
        compared={name: FIGURE_TITLES[name] for name in COMPARED},
        subgroup_figures={name: FIGURE_TITLES[name] for name in SUBGROUP_FIGURES},
        few_images=_FEW_IMAGES,
        most_leaks=_MOST_LEAKS,
        facts=_facts(content),
        models=_vote_first(report.models),
        told_pairs=told_pairs,
        verdicts=[comparison_sentence(pair, content) for pair in told_pairs],
        methods=methods(content),
        settings=_settings(content),
        tables={name: _TABLES.get(name, name) for name in report_tables(report)},
        checklist=checklist,
        environment=environment_text(),
    )


def _told_pairs(content: ReportContent) -> Sequence[Comparison]:
    """Return the pairs that there is room to tell much of: all, or those with the vote."""
    pairs = content.report.comparisons
    if len(pairs) <= _MOST_PAIRS:
        return pairs
    return [pair for pair in pairs if pair.first == content.report.vote.name]


def _vote_first(models: Sequence[ModelEvaluation]) -> list[ModelEvaluation]:
    return [models[-1], *models[:-1]]


def _facts(content: ReportContent) -> dict[str, str]:
    report, ensemble = content.report, content.report.ensemble
    unreadable = f"; {content.unreadable} more could not be read" if content.unreadable else ""
    facts = {
        "Data": content.data,
        "Photographs": f"{report.images}{unreadable}",
        "Patients": f"{report.patients}",
        "Classes": ", ".join(
            f"{title} {class_.images}"
            for title, class_ in zip(content.class_titles, report.vote.classes, strict=True)
        ),
        "Fitted on": (
            f"{content.tuning}, {plural(report.fitted.images, 'photograph')} of "
            f"{plural(report.fitted.patients, 'patient')}"
            if report.fitted
            else "nothing: no tuning part was given"
        ),
        "Ensemble": content.ensemble_title,
    }
    if not content.is_single:
        fitted_on = f", fitted on {ensemble.fitted_on}" if ensemble.fitted_on else ""
        facts["Vote weights"] = f"by the method “{ensemble.method}”{fitted_on}"
    if ensemble.rule != "constant":
        facts["Rule"] = f"weights change from image to image ({ensemble.rule})"
    facts["Temperature of the vote"] = f"{ensemble.temperature:.4g}"
    facts["Computed on"] = content.device or "not known"
    facts["Program"] = f"fundus-gui {content.version}"
    return facts


def _settings(content: ReportContent) -> dict[str, str]:
    settings = content.report.settings
    bootstrap = settings.bootstrap
    aims = {"error": "error among the reported", "referral": "share referred"}
    return {
        "Confidence level": level_text(content),
        "Bootstrap": f"{bootstrap.method}, {bootstrap.replicates} replicates, seed "
        f"{bootstrap.seed}",
        "Order of the classes": ", ".join(settings.class_order) or "none",
        "Wanted specificity": percent(settings.specificity),
        "Coverage of prediction sets": f"{percent(settings.coverage)} "
        f"(score “{settings.conformal_score}”)",
        "Referral": f"{aims[settings.referral_aim]} at most {percent(settings.referral_rate)}",
    }
