"""No English is left in the charts of a window that speaks another language."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text
from PySide6.QtCore import QTranslator
from PySide6.QtWidgets import QApplication
from test_curves import CURVE, MATRIX
from tiny_assessments import assessment

from fundus_gui.core.assessments import Assessment
from fundus_gui.core.fusion import Score
from fundus_gui.core.fusion.landscape import map_weights
from fundus_gui.core.reports.curves import Curve
from fundus_gui.core.reports.style import LIGHT, Style
from fundus_gui.gui.evaluation.calibration_views import draw_diagrams, draw_sets
from fundus_gui.gui.evaluation.weights_tab import draw_weights
from fundus_gui.gui.widgets.chart_words import translate_figure
from fundus_gui.gui.widgets.curves import draw_curves, draw_matrix

Draw = Callable[[Figure, Style], None]

TITLES = ("甲", "乙", "丙")
_WORD = re.compile(r"[A-Za-z]{2,}")
_SCORES: tuple[Score, ...] = ("accuracy", "balanced_accuracy", "macro_auc", "log_loss", "brier")


class InCapitals(QTranslator):
    """Translates charts into a language of capitals, which keeps the places for what varies."""

    def translate(
        self, context: str, source: str, _disambiguation: str = "", _number: int = -1
    ) -> str:
        places = re.split(r"(\{\w+\})", source)
        return "".join(p if p.startswith("{") else p.upper() for p in places) * (context == "Chart")


@pytest.fixture
def _in_capitals(qapp: QApplication) -> Iterator[None]:
    translator = InCapitals()
    qapp.installTranslator(translator)
    yield
    qapp.removeTranslator(translator)


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Assessment:
    return assessment(tmp_path_factory.mktemp("photographs"))


def curves(_judged: Assessment) -> Iterator[Draw]:
    one, other = Curve("一", CURVE.epochs), Curve("二", CURVE.epochs[:2])
    for shown in ([one], [one, other], [Curve("无", ())]):
        yield partial(draw_curves, shown)


def matrix(_judged: Assessment) -> Iterator[Draw]:
    yield partial(draw_matrix, MATRIX, TITLES[: len(MATRIX)])


def calibration(judged: Assessment) -> Iterator[Draw]:
    report = judged.report
    assert report.sets is not None
    yield partial(draw_diagrams, [("前", report.vote.reliability)])
    yield partial(draw_sets, report.sets, TITLES, 0.8)


def weights(judged: Assessment) -> Iterator[Draw]:
    predictions = judged.judged.predictions
    two = predictions.probabilities
    for score in _SCORES:
        flat = map_weights(two, predictions.labels, score, steps=4)
        yield partial(draw_weights, flat, TITLES[:2], {"等": (0.5, 0.5)})
        three = map_weights((*two, two[0]), predictions.labels, score, steps=4)
        yield partial(draw_weights, three, TITLES, {"等": (0.2, 0.4, 0.4)})


def written(draw: Draw) -> list[str]:
    """Return all that stands in a chart once it is drawn."""
    figure = Figure()
    draw(figure, LIGHT)
    translate_figure(figure)
    figure.canvas.draw()
    return [t.get_text() for t in figure.findobj(Text) if isinstance(t, Text) and t.get_visible()]


@pytest.mark.usefixtures("_in_capitals")
@pytest.mark.parametrize("charts", [curves, matrix, calibration, weights])
def test_every_word_of_a_chart_is_translated(
    charts: Callable[[Assessment], Iterator[Draw]], judged: Assessment
) -> None:
    texts = [text for draw in charts(judged) for text in written(draw)]
    words = {word for text in texts for word in _WORD.findall(text)}
    assert words
    assert {word for word in words if not word.isupper()} == set()


def test_without_a_translation_charts_stay_as_they_are(judged: Assessment) -> None:
    texts = [text for draw in curves(judged) for text in written(draw)]
    assert "Loss" in texts
    assert any(text.startswith("best: epoch 3, ") for text in texts)
