"""What a training leaves to be read: figures, tables and one page with all of it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from fundus_gui.core import atomic
from fundus_gui.core.class_titles import class_title
from fundus_gui.core.evaluation import confusion, measure
from fundus_gui.core.reports.curves import (
    Curve,
    draw_learning_rate,
    draw_loss,
    draw_scores,
    updates,
)
from fundus_gui.core.reports.page import Validation, report_page
from fundus_gui.core.reports.pictures import (
    Picture,
    draw_confusion_figure,
    draw_roc_figure,
    rendered,
)
from fundus_gui.core.reports.style import LIGHT, Style
from fundus_gui.core.reports.tables import (
    classification_csv,
    classification_figures,
    predictions_csv,
)
from fundus_gui.core.runs import Run, read_events

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from fundus_gui.core.reports.pictures import Draw


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
    titles = {name: class_title(name) for name in names}
    values, truth = np.asarray(probabilities, dtype=np.float64), np.asarray(labels)
    events = read_events(run.folder)
    curve = Curve(run.name, run.epochs, updates(events))
    figures: dict[str, Draw] = {
        "curves": partial(_draw_curves, curve),
        "confusion_matrix": partial(
            draw_confusion_figure, confusion(values, truth), tuple(titles.values())
        ),
        "roc": partial(draw_roc_figure, values, truth, titles),
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
    picture = Picture.drawn(draw)
    atomic.write_bytes(run.folder.path / f"{name}.svg", picture.light)
    atomic.write_bytes(run.folder.path / f"{name}.png", rendered(draw, LIGHT, "png"))
    return picture


def _draw_curves(curve: Curve, figure: Figure, style: Style) -> None:
    figure.set_size_inches(12, 3.7)
    loss, scores, rate = figure.subplots(1, 3, width_ratios=(5, 5, 4))
    draw_loss(loss, [curve], style)
    draw_scores(scores, [curve], style)
    draw_learning_rate(rate, [curve], style)
