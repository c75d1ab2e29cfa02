"""The chart in its widget: order, palette, pictures for elsewhere."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import matplotlib
import pytest
from invented import predict
from matplotlib.backends.backend_qtagg import FigureCanvasQTAgg
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPalette
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from fundus_gui import RESEARCH_USE_ONLY
from fundus_gui.core.errors import ExportError
from fundus_gui.gui.widgets.appearance import Appearance
from fundus_gui.gui.widgets.probability_bars import ProbabilityBars

TITLES = {"normal": "Normal", "glaucoma": "Glaucoma", "amd": "AMD"}
WHAT_IF = "What-if: not the ensemble's weights"
VOTE = predict((0.3, 0.1, 0.6), (0.2, 0.5, 0.3))  # 0.25, 0.30, 0.45


@pytest.fixture
def bars(qtbot: QtBot) -> ProbabilityBars:
    shown = ProbabilityBars()
    qtbot.addWidget(shown)
    shown.set_appearance(
        Appearance(TITLES.__getitem__, {"cnn": "CNN"}, {"cnn": "#0072b2", "vit": "#e69f00"})
    )
    shown.resize(420, 260)
    shown.show()
    return shown


def canvas(bars: ProbabilityBars) -> FigureCanvasQTAgg:
    found = bars.findChild(FigureCanvasQTAgg)
    assert isinstance(found, FigureCanvasQTAgg)
    return found


def texts(bars: ProbabilityBars) -> list[str]:
    return [text.get_text() for text in canvas(bars).figure.texts]


def order(bars: ProbabilityBars) -> list[str]:
    return [text for text in texts(bars) if text in TITLES.values()]


def test_classes_are_sorted_by_probability_or_fixed(bars: ProbabilityBars) -> None:
    bars.set_prediction(VOTE)
    assert order(bars) == ["AMD", "Glaucoma", "Normal"]
    bars.set_sorted(False)
    assert order(bars) == ["Normal", "Glaucoma", "AMD"]


def test_of_equal_classes_the_predicted_one_comes_first(bars: ProbabilityBars) -> None:
    bars.set_prediction(predict((0.4, 0.4, 0.2)))
    assert order(bars) == ["Normal", "Glaucoma", "AMD"]


def test_models_are_called_by_their_titles(bars: ProbabilityBars) -> None:
    bars.set_prediction(VOTE)
    assert {"CNN", "vit"} <= set(texts(bars))


def test_what_if_is_marked_in_the_chart(bars: ProbabilityBars) -> None:
    bars.set_prediction(VOTE.reweighted((1, 3)), what_if=True)
    assert WHAT_IF in texts(bars)
    bars.set_prediction(VOTE)
    assert WHAT_IF not in texts(bars)


def test_the_mark_leaves_the_widget_its_height(bars: ProbabilityBars) -> None:
    bars.set_prediction(VOTE)
    height = bars.sizeHint().height()
    bars.set_prediction(VOTE.reweighted((1, 3)), what_if=True)
    assert bars.sizeHint().height() == height


def test_numbers_can_be_read_without_eyes(bars: ProbabilityBars) -> None:
    bars.set_prediction(VOTE)
    assert bars.accessibleName() == "Class probabilities"
    assert bars.accessibleDescription() == "AMD 45.0%, Glaucoma 30.0%, Normal 25.0%"


def test_the_shares_are_in_the_tooltip(bars: ProbabilityBars) -> None:
    bars.set_prediction(VOTE)
    assert bars.toolTip().splitlines()[0] == "AMD: 45.0% = 30.0% CNN + 15.0% vit"
    bars.set_prediction(predict((0.4, 0.4, 0.2)))
    assert bars.toolTip() == ""


def test_without_a_prediction_a_sentence_stands_there(bars: ProbabilityBars) -> None:
    label = bars.findChild(QLabel)
    assert isinstance(label, QLabel)
    assert label.isVisible()
    bars.set_prediction(VOTE)
    assert not label.isVisible()
    bars.set_prediction(None)
    assert label.isVisible()
    assert bars.accessibleDescription() == ""


def test_the_chart_takes_the_colours_of_the_palette(bars: ProbabilityBars) -> None:
    bars.set_prediction(VOTE)
    dark = QPalette(QColor("#303030"))
    bars.setPalette(dark)
    shown = bars.grab().toImage()
    assert shown.pixelColor(2, shown.height() - 2).name() == "#303030"
    assert canvas(bars).figure.texts[0].get_color() == dark.windowText().color().name()


def test_a_new_size_is_filled(qtbot: QtBot, bars: ProbabilityBars) -> None:
    bars.set_prediction(VOTE)
    bars.resize(700, 300)
    qtbot.waitUntil(lambda: canvas(bars).width() == 700)
    figure = canvas(bars).figure
    percentages = [text for text in figure.texts if text.get_text() == "100%"]
    assert percentages[0].get_window_extent().x1 > 0.85 * figure.bbox.width


@pytest.mark.parametrize("classes", [2, 20])
def test_the_widget_asks_for_the_height_its_classes_need(
    bars: ProbabilityBars, classes: int
) -> None:
    bars.set_appearance(Appearance(str.upper, {}, {}))
    names = tuple(f"class{index}" for index in range(classes))
    bars.set_prediction(predict((1 / classes,) * classes, class_names=names))
    assert classes * 15 < bars.minimumSizeHint().height() < bars.sizeHint().height()
    assert bars.sizeHint().height() < classes * 40 + 60


def test_the_chart_is_copied_as_a_picture_on_white(bars: ProbabilityBars) -> None:
    QGuiApplication.clipboard().clear()
    bars.setPalette(QPalette(QColor("#303030")))
    bars.copy_chart()
    assert QGuiApplication.clipboard().image().isNull()
    bars.set_prediction(VOTE)
    bars.copy_chart()
    copied = QGuiApplication.clipboard().image()
    assert copied.width() == 1280
    assert copied.pixelColor(1, 1).name() == "#ffffff"


def test_charts_are_saved_as_png_svg_and_pdf(bars: ProbabilityBars, tmp_path: Path) -> None:
    bars.set_prediction(VOTE)
    for name, start in (("a.png", b"\x89PNG"), ("b.SVG", b"<?xml"), ("c.pdf", b"%PDF")):
        bars.save_chart(tmp_path / name)
        assert (tmp_path / name).read_bytes().startswith(start)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.png", "b.SVG", "c.pdf"]
    assert not QImage(str(tmp_path / "a.png")).isNull()


def test_a_saved_chart_says_research_use_only_and_what_if(
    bars: ProbabilityBars, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(matplotlib.rcParams, "svg.fonttype", "none")
    bars.set_prediction(VOTE.reweighted((1, 3)), what_if=True)
    bars.save_chart(tmp_path / "chart.svg")
    saved = (tmp_path / "chart.svg").read_text(encoding="utf-8")
    assert RESEARCH_USE_ONLY in saved
    assert WHAT_IF in saved


def test_a_chart_that_cannot_be_saved_says_why(bars: ProbabilityBars, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="no chart"):
        bars.save_chart(tmp_path / "chart.png")
    bars.set_prediction(VOTE)
    with pytest.raises(ExportError, match=r"chart\.docx.*\.png, \.svg, \.pdf"):
        bars.save_chart(tmp_path / "chart.docx")
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(ExportError, match=r"cannot be written to .*folder\.png"):
        bars.save_chart(tmp_path / "folder.png")


def test_matplotlib_waits_for_the_first_prediction() -> None:
    code = (
        "import sys, fundus_gui.gui.widgets.probability_bars as module\n"
        "from PySide6.QtWidgets import QApplication\n"
        "app = QApplication([])\n"
        "bars = module.ProbabilityBars()\n"
        "bars.show()\n"
        "sys.exit('matplotlib' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
