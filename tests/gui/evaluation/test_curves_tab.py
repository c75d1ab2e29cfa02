"""A threshold is moved, and everything beside the curve follows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from tiny_assessments import assessment

from fundus_gui.core.assessments import Assessment
from fundus_gui.core.evaluation import LabelledPredictions, evaluate
from fundus_gui.gui.evaluation.curves_tab import CurvesTab

PATIENCE_MS = 20_000
DIABETIC = 2  # in the chooser of classes


@pytest.fixture
def judged(tmp_path: Path) -> Assessment:
    return assessment(tmp_path)


@pytest.fixture
def tab(qtbot: QtBot, judged: Assessment) -> Iterator[CurvesTab]:
    made = CurvesTab()
    qtbot.addWidget(made)
    made.resize(900, 500)
    made.show()
    made.show_assessment(judged)
    wait(qtbot, made)
    yield made
    made.close_thread()


def wait(qtbot: QtBot, tab: CurvesTab) -> None:
    qtbot.waitUntil(lambda: not tab._slot.busy, timeout=PATIENCE_MS)


def test_without_an_evaluation_it_says_what_to_do(tab: CurvesTab) -> None:
    tab.show_assessment(None)
    assert not tab.roc.isVisible()


def test_all_classes_stand_in_the_table_and_one_can_be_chosen(
    tab: CurvesTab, judged: Assessment
) -> None:
    assert tab.areas.isVisible()
    area = judged.report.vote.classes[1].figures["auc"].value
    assert tab.areas.item(1, 1).text() == f"{area:.3f}"
    tab.areas.cellActivated.emit(1, 0)
    assert tab.classes.currentIndex() == DIABETIC
    assert tab.pane.isVisible()


def test_it_begins_at_the_fitted_threshold(tab: CurvesTab, judged: Assessment) -> None:
    tab.classes.setCurrentIndex(DIABETIC)
    fitted = judged.report.fitted
    assert fitted is not None
    assert tab.pane.number.value() == pytest.approx(fitted.thresholds[1], abs=1e-4)
    figures = judged.report.vote.classes[1].figures["sensitivity_at_threshold"]
    assert f"sensitivity {figures.value:.1%}" in tab.roc.accessibleDescription()
    assert tab.roc.mark is not None
    assert tab.roc.index is not None


def test_both_curves_and_the_figures_follow_the_mouse(tab: CurvesTab) -> None:
    tab.classes.setCurrentIndex(DIABETIC)
    QTest.mouseClick(tab.roc, Qt.MouseButton.LeftButton, pos=tab.roc.place_of(7).toPoint())
    assert tab.roc.index == tab.precision.index is not None
    before = tab.pane.number.value()
    QTest.keyClick(tab.precision, Qt.Key.Key_Right)
    assert tab.pane.number.value() < before


@pytest.mark.parametrize(
    ("threshold", "alarms", "missed"), [(0.0, True, False), (1.0, False, True)]
)
def test_the_wrong_images_are_shown(
    tab: CurvesTab, judged: Assessment, threshold: float, *, alarms: bool, missed: bool
) -> None:
    tab.classes.setCurrentIndex(DIABETIC)
    tab.pane.number.setValue(threshold)
    assert tab.pane.alarms.isEnabled() is alarms
    assert tab.pane.missed.isEnabled() is missed
    shown: list[tuple[int, ...]] = []
    tab.images_chosen.connect(lambda images, _title: shown.append(images))
    (tab.pane.alarms if alarms else tab.pane.missed).click()
    of_class = set((judged.labels == 1).nonzero()[0].tolist())
    everyone = set(range(len(judged.labels)))
    assert set(shown[0]) == (everyone - of_class if alarms else of_class)


def test_the_slider_and_the_fitted_button_move_the_threshold(
    tab: CurvesTab, judged: Assessment
) -> None:
    tab.classes.setCurrentIndex(DIABETIC)
    tab.pane.slider.setValue(250)
    assert tab.pane.number.value() == 0.25
    tab.pane.fitted.click()
    fitted = judged.report.fitted
    assert fitted is not None
    assert tab.pane.number.value() == pytest.approx(fitted.thresholds[1], abs=1e-4)


def test_the_threshold_is_copied_with_all_its_digits(tab: CurvesTab) -> None:
    tab.classes.setCurrentIndex(DIABETIC)
    tab.set_threshold(1 / 3)
    tab.pane.copy.click()
    assert float(QGuiApplication.clipboard().text()) == 1 / 3


def test_a_member_has_curves_of_its_own_and_no_fitted_threshold(
    tab: CurvesTab, qtbot: QtBot, judged: Assessment
) -> None:
    tab.classes.setCurrentIndex(DIABETIC)
    tab.model.setCurrentIndex(1)
    wait(qtbot, tab)
    area = judged.report.models[0].classes[1].figures["auc"].value
    assert tab.roc.axes.detail == f"AUC {area:.3f}"
    assert tab.roc.mark is None
    assert not tab.pane.fitted.isVisible()


def test_a_class_without_photographs_has_no_curve(
    tab: CurvesTab, qtbot: QtBot, judged: Assessment
) -> None:
    seen = judged.labels != 1
    predictions = judged.judged.predictions
    rest = LabelledPredictions(
        class_names=predictions.class_names,
        member_names=predictions.member_names,
        probabilities=predictions.probabilities[:, seen],
        labels=predictions.labels[seen],
    )
    report = evaluate(rest, judged.report.ensemble, judged.report.settings)
    tab.show_assessment(
        replace(judged, judged=replace(judged.judged, predictions=rest), report=report)
    )
    wait(qtbot, tab)
    assert tab.areas.item(1, 1).text() == "–"
    tab.classes.setCurrentIndex(DIABETIC)
    assert not tab.pane.isVisible()
    assert tab.roc.index is None
    assert "no curve" in tab.roc.accessibleDescription()
    assert "no curve" in tab.precision.accessibleDescription()
