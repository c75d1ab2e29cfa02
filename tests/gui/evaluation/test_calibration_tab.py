"""What a temperature and prediction sets do is drawn and said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from pytestqt.qtbot import QtBot
from tiny_assessments import assessment

from fundus_gui.core.reports.style import LIGHT
from fundus_gui.gui.evaluation.calibration_tab import CalibrationTab
from fundus_gui.gui.evaluation.calibration_views import draw_diagrams, draw_sets

PATIENCE_MS = 20_000


@pytest.fixture
def tab(qtbot: QtBot) -> Iterator[CalibrationTab]:
    made = CalibrationTab()
    qtbot.addWidget(made)
    made.resize(820, 760)
    made.show()
    yield made
    made.close_thread()


def cells(tab: CalibrationTab, column: int) -> tuple[str, str]:
    return tab.table.item(0, column).text(), tab.table.item(1, column).text()


def test_without_an_evaluation_it_says_what_to_do(tab: CalibrationTab) -> None:
    assert not tab.diagrams.isVisible()


def test_figures_stand_before_and_after(tab: CalibrationTab, tmp_path: Path) -> None:
    judged = assessment(tmp_path)
    tab.show_assessment(judged)
    vote = judged.report.calibrations[-1]
    assert cells(tab, 0) == ("1", f"{vote.fit.temperature:.3f}")
    before, after = vote.before["log_loss"], vote.after["log_loss"]
    assert cells(tab, 3) == (f"{before:.4f}", f"{after:.4f}")
    assert tab.table.item(1, 3).font().bold() is (after < before)
    assert f"{100 * vote.after['calibration_error']:.1f} with it" in tab.words.text()


def test_a_member_has_its_own_temperature(tab: CalibrationTab, tmp_path: Path) -> None:
    judged = assessment(tmp_path)
    tab.show_assessment(judged)
    tab.model.setCurrentIndex(2)
    assert cells(tab, 0)[1] == f"{judged.report.calibrations[1].fit.temperature:.3f}"
    assert "The vote does not use" in tab.words.text()


def test_sets_are_told_in_words_and_drawn(
    tab: CalibrationTab, qtbot: QtBot, tmp_path: Path
) -> None:
    judged = assessment(tmp_path)
    tab.show_assessment(judged)
    sets = judged.report.sets
    assert sets is not None
    assert f"80% of cases; here it does in {sets.coverage:.1%}" in tab.sets_words.text()
    qtbot.waitUntil(lambda: not tab.diagrams.image.isNull(), timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: not tab.sets.image.isNull(), timeout=PATIENCE_MS)


def test_where_nothing_was_fitted_it_says_how_to(tab: CalibrationTab, tmp_path: Path) -> None:
    tab.show_assessment(assessment(tmp_path, has_tuning=False))
    assert "make a new evaluation" in tab.words.text()
    assert not tab.table.isVisible()
    assert not tab.sets.isVisible()
    assert not tab.sets_title.isVisible()


def test_an_ensembles_own_temperature_is_told(tab: CalibrationTab, tmp_path: Path) -> None:
    judged = assessment(tmp_path, has_tuning=False)
    own = replace(judged.report.ensemble, temperature=1.5)
    tab.show_assessment(replace(judged, report=replace(judged.report, ensemble=own)))
    assert "own temperature of 1.50" in tab.words.text()


def test_why_there_are_no_sets_is_told(tab: CalibrationTab, tmp_path: Path) -> None:
    judged = assessment(tmp_path)
    fitted = judged.report.fitted
    assert fitted is not None
    report = replace(
        judged.report,
        ensemble=replace(judged.report.ensemble, prediction_sets=None),
        sets=None,
        fitted=replace(fitted, notes=("Too few patients.",)),
    )
    tab.show_assessment(replace(judged, report=report))
    assert tab.sets_words.text() == "Too few patients."
    assert not tab.sets.isVisible()


@pytest.mark.parametrize("size", [(640, 320), (1400, 700)])
def test_charts_fit_their_place(size: tuple[int, int], tmp_path: Path) -> None:
    report = assessment(tmp_path).report
    vote = report.calibrations[-1]
    figure = Figure(figsize=(size[0] / 96, size[1] / 96), dpi=96)
    canvas = FigureCanvasAgg(figure)
    diagrams = [("Before", vote.reliability_before), ("After", vote.reliability_after)]
    draw_diagrams(diagrams, figure, LIGHT)
    canvas.draw()
    assert all(axes.get_legend().get_window_extent().x1 <= size[0] for axes in figure.axes)
    assert report.sets is not None
    figure.clear()
    draw_sets(report.sets, report.class_names, 0.8, figure, LIGHT)
    canvas.draw()
