"""The pictures in the report of an evaluation."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from fundus_gui.core.reports.evaluation_content import ReportContent
from fundus_gui.core.reports.pictures import draw_confusion_figure, draw_roc_figure
from fundus_gui.core.reports.precision_recall import draw_precision_recall
from fundus_gui.core.reports.referral import draw_referral_curve
from fundus_gui.core.reports.reliability import draw_reliability
from fundus_gui.core.reports.style import Style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from fundus_gui.core.reports.pictures import Draw


def evaluation_pictures(content: ReportContent) -> Mapping[str, Draw]:
    """Return what draws each picture, by the name of its file."""
    votes, labels, titles = content.votes, content.labels, content.titles_by_name
    confused = content.report.vote.confusion
    return {
        "confusion_matrix": partial(draw_confusion_figure, confused, content.class_titles),
        "roc": partial(draw_roc_figure, votes, labels, titles),
        "precision_recall": partial(_draw_precision_recall, content),
        "reliability": partial(_draw_reliability, content),
        "referral": partial(_draw_referral, content),
    }


def _draw_precision_recall(content: ReportContent, figure: Figure, style: Style) -> None:
    figure.set_size_inches(7, 4.3)
    titles = content.titles_by_name
    draw_precision_recall(figure.subplots(), content.votes, content.labels, titles, style)


def _draw_reliability(content: ReportContent, figure: Figure, style: Style) -> None:
    """Draw the diagram of the vote: as it was measured, or without and with temperature."""
    report = content.report
    if not report.calibrations:
        figure.set_size_inches(5.2, 5.6)
        draw_reliability(figure.subplots(), report.vote.reliability, style)
        return
    figure.set_size_inches(10.4, 5.6)
    vote = report.calibrations[-1]
    before, after = figure.subplots(1, 2)
    draw_reliability(before, vote.reliability_before, style, title="Before: as the models say")
    title = f"After: with the temperature {vote.fit.temperature:.2f}"
    draw_reliability(after, vote.reliability_after, style, title=title)


def _draw_referral(content: ReportContent, figure: Figure, style: Style) -> None:
    figure.set_size_inches(7, 4.1)
    report = content.report
    draw_referral_curve(figure.subplots(), report.referral_curve, style, figures=report.referral)
