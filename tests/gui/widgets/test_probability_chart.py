"""The chart as it is drawn, without Qt."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from fundus_gui.gui.widgets.chart_sheet import ChartStyle
from fundus_gui.gui.widgets.probability_chart import (
    Chart,
    ClassBar,
    draw_chart,
    needs_two_lines,
    row_heights,
)

BLUE, ORANGE = (0, 114, 178), (230, 159, 0)
MODELS = (("CNN", "#0072b2"), ("ViT", "#e69f00"))
CHART = Chart(
    (
        ClassBar("Glaucoma", (0.4, 0.2), predicted=True),
        ClassBar("Normal", (0.1, 0.2)),
        ClassBar("Age-related macular degeneration", (0.1, 0.0)),
    ),
    MODELS,
)


def new_figure(width: int = 420, height: int = 240) -> Figure:
    figure = Figure(figsize=(width / 96, height / 96), dpi=96)
    FigureCanvasAgg(figure)
    return figure


def drawn(chart: Chart, width: int = 420, height: int = 240) -> Figure:
    figure = new_figure(width, height)
    draw_chart(figure, chart, ChartStyle())
    return figure


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.texts]


def pixels_of(figure: Figure, colour: tuple[int, int, int]) -> np.ndarray:
    """Return for each row of pixels how many have that colour."""
    canvas = figure.canvas
    assert isinstance(canvas, FigureCanvasAgg)
    canvas.draw()
    picture = np.asarray(canvas.buffer_rgba())[..., :3]
    return (picture == colour).all(axis=2).sum(axis=1)


def test_every_class_has_its_name_and_its_percentage() -> None:
    written = texts(drawn(CHART, width=900))
    assert {"Glaucoma", "60.0%", "Normal", "30.0%", "10.0%"} <= set(written)
    assert "Age-related macular degeneration" in written


def test_a_bar_is_stacked_in_proportion_to_the_shares() -> None:
    figure = drawn(CHART)
    # without the swatches of the legend: the longest run of each colour is in the top bar
    blue, orange = pixels_of(figure, BLUE), pixels_of(figure, ORANGE)
    assert blue.max() / orange.max() == pytest.approx(2, rel=0.05)
    top_bar = blue == blue.max()
    assert (orange[top_bar] == orange.max()).all()


def test_the_predicted_class_is_bold_and_highlighted() -> None:
    figure = drawn(CHART)
    bold = [text.get_text() for text in figure.texts if text.get_fontweight() == "bold"]
    assert bold == ["Glaucoma", "60.0%"]
    assert pixels_of(figure, (0xDD, 0xE8, 0xF5)).max() > 100


def test_a_legend_names_several_models_but_not_a_single_one() -> None:
    assert {"CNN", "ViT"} <= set(texts(drawn(CHART)))
    alone = Chart((ClassBar("Glaucoma", (1.0,), predicted=True),), MODELS[:1])
    assert "CNN" not in texts(drawn(alone))


def test_mark_and_footnote_are_written_when_given() -> None:
    plain = drawn(CHART)
    marked = drawn(Chart(CHART.bars, MODELS, mark="What-if", footnote="Research use only"))
    assert {"What-if", "Research use only"}.isdisjoint(texts(plain))
    assert {"What-if", "Research use only"} <= set(texts(marked))
    assert pixels_of(marked, (0xFF, 0xD1, 0x66)).any()
    assert not pixels_of(plain, (0xFF, 0xD1, 0x66)).any()


@pytest.mark.parametrize("width", [300, 700])
@pytest.mark.parametrize("models", [1, 2, 5])
@pytest.mark.parametrize("classes", [2, 6, 20])
def test_no_text_leaves_the_picture_or_meets_another(width: int, models: int, classes: int) -> None:
    bars = tuple(
        ClassBar(f"A rather long diagnosis {index}", (1 / classes / models,) * models, index == 0)
        for index in range(classes)
    )
    names = tuple((f"EfficientNetV2-{index} SimAM", "#0072b2") for index in range(models))
    chart = Chart(bars, names, mark="What-if: not the ensemble's weights")
    frame = draw_chart(new_figure(width), chart, ChartStyle())
    figure = drawn(chart, width, round(frame + row_heights(ChartStyle())[0] * classes))
    boxes = [text.get_window_extent() for text in figure.texts]
    for box in boxes:
        assert box.x0 >= 0
        assert box.y0 >= 0
        assert box.x1 <= figure.bbox.x1
        assert box.y1 <= figure.bbox.y1
    inked = [box.padded(-2.5) for box in boxes]  # lines may touch, letters may not
    met = [(a, b) for i, a in enumerate(inked) for b in inked[:i] if a.overlaps(b)]
    assert met == []


def test_titles_are_not_read_as_formulas() -> None:
    chart = Chart((ClassBar("costs $5 or $6_x$", (1.0,)),), MODELS[:1])
    figure = drawn(chart, width=900)
    figure.canvas.draw()
    assert "costs $5 or $6_x$" in texts(figure)


def test_chinese_titles_get_a_face_that_can_write_them_where_installed() -> None:
    figure = drawn(Chart((ClassBar("青光眼", (1.0,)),), MODELS[:1]), width=900)
    title = next(text for text in figure.texts if text.get_text() == "青光眼")
    latin = next(text for text in figure.texts if text.get_text() == "100.0%")
    assert set(latin.get_fontfamily()) <= set(title.get_fontfamily())


@pytest.mark.parametrize("size", [(1, 1), (40, 900), (900, 20)])
def test_absurd_sizes_draw_without_error(size: tuple[int, int]) -> None:
    figure = drawn(Chart(CHART.bars, MODELS, mark="What-if", footnote="Small print"), *size)
    figure.canvas.draw()


def test_drawing_again_replaces_what_was_drawn() -> None:
    figure = drawn(CHART)
    once = len(figure.get_children())
    draw_chart(figure, CHART, ChartStyle())
    assert len(figure.get_children()) == once


def test_the_chart_knows_no_qt() -> None:
    code = (
        "import sys, fundus_gui.gui.widgets.probability_chart\n"
        "sys.exit('PySide6.QtWidgets' in sys.modules or 'matplotlib.pyplot' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_chinese_names_are_broken_between_letters_rather_than_shortened() -> None:
    names = ("年龄相关性黄斑变性", "糖尿病视网膜病变", "正常")
    chart = Chart(tuple(ClassBar(name, (0.3, 0.0)) for name in names), MODELS)
    written = texts(drawn(chart, width=250, height=240))
    assert not any("…" in text for text in written)
    assert names[0] not in written
    assert all(name in "".join(written) for name in names)


def test_a_title_that_one_line_cannot_hold_gets_a_row_for_two() -> None:
    style = ChartStyle()
    assert needs_two_lines(new_figure(width=250), CHART, style)
    assert not needs_two_lines(new_figure(width=900), CHART, style)
    one, two = row_heights(style)[0], row_heights(style, is_wrapped=True)[0]
    assert one < two < row_heights(style)[1]
