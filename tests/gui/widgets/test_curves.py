"""Charts of trainings are drawn in a thread, in the window's colours, and fit their place."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PySide6.QtGui import QColor, QPalette
from pytestqt.qtbot import QtBot

from fundus_gui.core.reports.curves import Curve
from fundus_gui.core.reports.style import LIGHT, Style
from fundus_gui.core.runs import EpochReport
from fundus_gui.gui.widgets.curves import ConfusionView, CurvesView, draw_curves, draw_matrix
from fundus_gui.gui.widgets.figure_view import FigureView

PATIENCE_MS = 20_000
MATRIX = ((5, 1), (2, 8))


def epoch(number: int) -> EpochReport:
    return EpochReport(
        epoch=number,
        train_loss=1 / number,
        train_accuracy=0.8,
        validation={
            "accuracy": 0.8,
            "balanced_accuracy": 0.75,
            "macro_auc": 0.9,
            "log_loss": 1.2 / number,
        },
        confusion=MATRIX,
        is_best=number == 3,
        learning_rate=1e-3,
        images_per_second=40,
        waiting=0.0,
        seconds=9.0,
    )


CURVE = Curve("first", tuple(epoch(number) for number in range(1, 5)))


def figure(width: int, height: int) -> Figure:
    """Return an empty figure of that size in pixels."""
    made = Figure(figsize=(width / 96, height / 96), dpi=96)
    FigureCanvasAgg(made)
    return made


def box(axes: Axes) -> Any:
    return axes.get_window_extent()


@pytest.fixture
def view(qtbot: QtBot) -> Iterator[FigureView]:
    made = FigureView()
    qtbot.addWidget(made)
    made.resize(200, 100)
    made.show()
    yield made
    made.close_thread()


def wait_for_colour(qtbot: QtBot, view: FigureView, colour: str) -> None:
    def is_painted() -> bool:
        return not view.image.isNull() and view.image.pixelColor(5, 5) == QColor(colour)

    qtbot.waitUntil(is_painted, timeout=PATIENCE_MS)


def painting(colour: str) -> Callable[[Figure, Style], None]:
    def paint(figure: Figure, _style: Style) -> None:
        figure.set_facecolor(colour)

    return paint


@pytest.mark.parametrize(("width", "is_wide"), [(900, True), (400, False)])
def test_charts_stand_side_by_side_where_there_is_room(width: int, *, is_wide: bool) -> None:
    drawn = figure(width, 500)
    draw_curves([CURVE], drawn, LIGHT)
    loss, scores = map(box, drawn.axes)
    assert bool(scores.x0 > loss.x1) is is_wide
    assert bool(scores.y1 < loss.y0) is not is_wide


@pytest.mark.parametrize("size", [(320, 260), (560, 260), (760, 320), (1400, 700)])
def test_nothing_is_cut_off(size: tuple[int, int]) -> None:
    drawn = figure(*size)
    draw_curves([CURVE], drawn, LIGHT)
    drawn.canvas.draw()
    for axes in drawn.axes:
        legend = axes.get_legend().get_window_extent()
        assert legend.x1 <= size[0]
        assert legend.y1 <= size[1]


def test_several_runs_need_no_legend() -> None:
    drawn = figure(900, 400)
    draw_curves([CURVE, Curve("second", CURVE.epochs[:2])], drawn, LIGHT)
    assert all(axes.get_legend() is None for axes in drawn.axes)
    assert all(axes.get_title("left") for axes in drawn.axes)


def test_a_run_without_an_epoch_can_be_drawn() -> None:
    draw_curves([Curve("new", ())], figure(900, 400), LIGHT)


def test_a_matrix_names_its_classes() -> None:
    drawn = figure(400, 400)
    draw_matrix(MATRIX, ("AMD", "Normal"), drawn, LIGHT)
    labels = [label.get_text() for label in drawn.axes[0].get_xticklabels()]
    assert labels == ["AMD", "Normal"]


def test_a_drawing_is_made_in_another_thread(view: FigureView, qtbot: QtBot) -> None:
    threads: list[threading.Thread] = []
    view.set_drawing(lambda *_: threads.append(threading.current_thread()))
    qtbot.waitUntil(lambda: not view.image.isNull(), timeout=PATIENCE_MS)
    assert threading.main_thread() not in threads


def test_of_many_drawings_the_last_is_shown_and_few_are_made(
    view: FigureView, qtbot: QtBot
) -> None:
    made: list[str] = []

    def counted(colour: str) -> Callable[[Figure, Style], None]:
        def paint(figure: Figure, _style: Style) -> None:
            made.append(colour)
            figure.set_facecolor(colour)

        return paint

    for number in range(200):
        view.set_drawing(counted(f"#0000{number:02x}"))
    view.set_drawing(counted("#ff0000"))
    wait_for_colour(qtbot, view, "#ff0000")
    assert len(made) <= 3


def test_a_drawing_that_comes_while_another_is_made_is_not_lost(
    view: FigureView, qtbot: QtBot
) -> None:
    is_drawing, may_end = threading.Event(), threading.Event()

    def slow(figure: Figure, _style: Style) -> None:
        figure.set_facecolor("#00ff00")
        is_drawing.set()
        may_end.wait(20)

    view.set_drawing(slow)
    qtbot.waitUntil(is_drawing.is_set, timeout=PATIENCE_MS)
    view.set_drawing(painting("#0000ff"))
    may_end.set()
    wait_for_colour(qtbot, view, "#0000ff")


def test_the_picture_follows_size_and_palette(view: FigureView, qtbot: QtBot) -> None:
    view.set_drawing(lambda *_: None)
    qtbot.waitUntil(lambda: view.image.width() == 200, timeout=PATIENCE_MS)
    view.resize(300, 120)
    qtbot.waitUntil(lambda: view.image.width() == 300, timeout=PATIENCE_MS)
    palette = view.palette()
    palette.setColor(QPalette.ColorRole.Window, QColor("#202020"))
    view.setPalette(palette)
    wait_for_colour(qtbot, view, "#202020")


def test_a_hidden_chart_is_drawn_when_it_is_shown(view: FigureView, qtbot: QtBot) -> None:
    view.hide()
    view.set_drawing(painting("#00ff00"))
    assert view.image.isNull()
    view.show()
    wait_for_colour(qtbot, view, "#00ff00")


def test_a_chart_can_be_taken_away(view: FigureView, qtbot: QtBot) -> None:
    view.set_drawing(painting("#00ff00"))
    wait_for_colour(qtbot, view, "#00ff00")
    view.set_drawing(None)
    qtbot.waitUntil(lambda: view.image.width() == 0, timeout=PATIENCE_MS)


def test_the_views_show_their_charts_and_describe_them(qtbot: QtBot) -> None:
    curves, matrix = CurvesView(), ConfusionView()
    for shown in (curves, matrix):
        qtbot.addWidget(shown)
        shown.show()
    curves.set_curves([CURVE])
    matrix.set_matrix(MATRIX, ("amd", "normal"))
    for shown in (curves, matrix):
        qtbot.waitUntil(lambda s=shown: not s.image.isNull(), timeout=PATIENCE_MS)
        shown.close_thread()
    assert "first: 4 epochs, best macro-AUC 0.900 in epoch 3" in curves.accessibleDescription()
