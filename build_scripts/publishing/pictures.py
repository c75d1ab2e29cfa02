"""The figures beside the model card, as SVG and PNG."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from fundus_gui.core import atomic
from fundus_gui.core.evaluation import EvaluationReport, LabelledPredictions
from fundus_gui.core.reports.pictures import draw_confusion_figure, draw_roc_figure, rendered
from fundus_gui.core.reports.reliability import draw_reliability
from fundus_gui.core.reports.style import LIGHT, Style
from fundus_gui.core.reports.templates import class_title

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_COLUMNS = 3


def write_pictures(
    folder: Path, report: EvaluationReport, predictions: LabelledPredictions, prefix: str = ""
) -> dict[str, Path]:
    """Write calibration, confusion and ROC as SVG; return the files by what they show.

    Args:
        folder: made when missing.
        report: of the predictions.
        predictions: of all members.
        prefix: of the files' names.
    """
    votes, _ = predictions.vote(report.ensemble)
    titles = {name: class_title(name) for name in report.class_names}
    drawn: dict[str, Callable[[Figure, Style], None]] = {
        "calibration": partial(_draw_calibration, report),
        "confusion": partial(draw_confusion_figure, report.vote.confusion, tuple(titles.values())),
        "roc": partial(draw_roc_figure, votes, predictions.labels, titles),
    }
    files = {name: folder / f"{prefix}{name}.svg" for name in drawn}
    for name, draw in drawn.items():
        atomic.write_bytes(files[name], rendered(draw, LIGHT, "svg"))
    return files


def _draw_calibration(report: EvaluationReport, figure: Figure, style: Style) -> None:
    """Draw the vote's diagram, then those of its members."""
    models = (report.vote, *report.models[:-1])
    columns = min(_COLUMNS, len(models))
    rows = math.ceil(len(models) / columns)
    figure.set_size_inches(4.6 * columns, 5.2 * rows)
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    for panel, model in zip(panels, models, strict=False):
        draw_reliability(panel, model.reliability, style, title=model.name)
    for panel in panels[len(models) :]:
        panel.set_visible(False)
