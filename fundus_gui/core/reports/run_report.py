"""What a training leaves to be read: figures, tables and one page with all of it."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from fundus_gui.core import atomic
from fundus_gui.core.evaluation import confusion, measure
from fundus_gui.core.reports.confusion import draw_confusion
from fundus_gui.core.reports.curves import (
    Curve,
    draw_learning_rate,
    draw_loss,
    draw_scores,
    updates,
)
from fundus_gui.core.reports.page import Picture, Validation, class_title, report_page
from fundus_gui.core.reports.roc import draw_roc
from fundus_gui.core.reports.style import DARK, LIGHT, Style
from fundus_gui.core.reports.tables import (
    classification_csv,
    classification_figures,
    predictions_csv,
)
from fundus_gui.core.runs import Run, read_events

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    Draw = Callable[[Figure, Style], None]

_DPI = 160  # of the PNG files


def write_run_report(
    run: Run, probabilities: ArrayLike, labels: ArrayLike, paths: Sequence[str]
) -> None:
    """Write figures as PNG and SVG, tables as CSV, and `report.html` into the run's folder.

    Args:
        run: one that has started.
        probabilities: (N, K) of the best weights for the validation part.
        labels: (N,) class indices.
        paths: N files, as the tables are to name them.

    Raises:
        ExportError: the folder cannot be written.
    """
    assert run.started is not None, "a run that has not started has nothing to report"
    names = run.started.class_names
    titles = [class_title(name) for name in names]
    values, truth = np.asarray(probabilities, dtype=np.float64), np.asarray(labels)
    events = read_events(run.folder)
    curve = Curve(run.name, run.epochs, updates(events))
    figures: dict[str, Draw] = {
        "curves": partial(_draw_curves, curve),
        "confusion_matrix": partial(_draw_confusion, confusion(values, truth), titles),
        "roc": partial(_draw_roc, values, truth, titles),
    }
    classes = classification_figures(values, truth, names)
    validation = Validation(metrics=measure(values, truth), classes=classes)
    with run.folder.writing():
        pictures = {name: _write_picture(run, name, draw) for name, draw in figures.items()}
        page = report_page(run, run.started, events, validation, pictures)
        for name, content in {
            "classification_report.csv": classification_csv(classes),
            "validation_predictions.csv": predictions_csv(paths, truth, values, names),
            "report.html": page.encode("utf-8", "backslashreplace"),
        }.items():
            atomic.write_bytes(run.folder.path / name, content)


def _write_picture(run: Run, name: str, draw: Draw) -> Picture:
    picture = Picture(light=_rendered(draw, LIGHT, "svg"), dark=_rendered(draw, DARK, "svg"))
    atomic.write_bytes(run.folder.path / f"{name}.svg", picture.light)
    atomic.write_bytes(run.folder.path / f"{name}.png", _rendered(draw, LIGHT, "png"))
    return picture


def _rendered(draw: Draw, style: Style, suffix: str) -> bytes:
    from matplotlib.figure import Figure

    figure = Figure(dpi=_DPI, layout="constrained")
    draw(figure, style)
    content = io.BytesIO()
    figure.savefig(content, format=suffix, bbox_inches="tight", pad_inches=0.12)
    return content.getvalue()


def _draw_curves(curve: Curve, figure: Figure, style: Style) -> None:
    figure.set_size_inches(12, 3.7)
    loss, scores, rate = figure.subplots(1, 3, width_ratios=(5, 5, 4))
    draw_loss(loss, [curve], style)
    draw_scores(scores, [curve], style)
    draw_learning_rate(rate, [curve], style)


def _draw_confusion(matrix: ArrayLike, titles: Sequence[str], figure: Figure, style: Style) -> None:
    side = 3.8 + 0.4 * min(max(len(titles), 6), 20)
    figure.set_size_inches(side, 0.9 * side)
    draw_confusion(figure.subplots(), matrix, titles, style)


def _draw_roc(
    probabilities: ArrayLike,
    labels: ArrayLike,
    titles: Sequence[str],
    figure: Figure,
    style: Style,
) -> None:
    figure.set_size_inches(7, 4.3)
    draw_roc(figure.subplots(), probabilities, labels, titles, style)
