"""A share of images is referred by hand, and what is left is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from tiny_assessments import assessment

from fundus_gui.core.assessments import Assessment
from fundus_gui.gui.evaluation.referral_tab import ReferralTab

PATIENCE_MS = 20_000


@pytest.fixture
def judged(tmp_path: Path) -> Assessment:
    return assessment(tmp_path)


@pytest.fixture
def tab(qtbot: QtBot, judged: Assessment) -> Iterator[ReferralTab]:
    made = ReferralTab()
    qtbot.addWidget(made)
    made.resize(900, 500)
    made.show()
    made.show_assessment(judged)
    qtbot.waitUntil(lambda: made.curve.index is not None, timeout=PATIENCE_MS)
    yield made
    made.close_thread()


def test_without_an_evaluation_it_says_what_to_do(tab: ReferralTab) -> None:
    tab.show_assessment(None)
    assert not tab.curve.isVisible()


@pytest.mark.parametrize("index", [0, 10, 30])
def test_the_numbers_are_those_of_the_curve(
    tab: ReferralTab, judged: Assessment, index: int
) -> None:
    tab.pane.slider.setValue(index)
    curve = judged.report.referral_curve
    assert tab.curve.index == index
    assert tab.pane.share.text() == f"{curve.referral_rates[index]:.1%}"
    assert tab.pane.error.text() == f"{curve.error_rates[index]:.1%}"
    assert tab.pane.level.text() == f"{curve.confidences[index]:.1%}"


def test_the_slider_follows_the_mouse_and_the_keys(tab: ReferralTab) -> None:
    QTest.mouseClick(tab.curve, Qt.MouseButton.LeftButton, pos=tab.curve.place_of(25).toPoint())
    assert tab.pane.slider.value() == tab.curve.index
    QTest.keyClick(tab.curve, Qt.Key.Key_Home)
    assert tab.pane.slider.value() == 0
    assert tab.pane.share.text() == "0.0%"
    assert not tab.pane.referred.isEnabled()


def test_the_referred_images_are_shown_least_sure_first(
    tab: ReferralTab, judged: Assessment
) -> None:
    shown: list[tuple[int, ...]] = []
    tab.images_chosen.connect(lambda images, _title: shown.append(images))
    tab.pane.slider.setValue(12)
    tab.pane.referred.click()
    confidence = judged.votes.max(axis=1)
    assert list(shown[0]) == confidence.argsort().tolist()[: len(shown[0])]
    assert len(shown[0]) == round(judged.report.referral_curve.referral_rates[12] * 60)


def test_the_ensembles_thresholds_and_their_images_are_told(
    tab: ReferralTab, judged: Assessment
) -> None:
    figures = judged.report.referral
    assert figures is not None
    assert f"refer {figures.referral_rate:.1%}" in tab.pane.fitted.text()
    assert tab.curve.mark == (figures.referral_rate, figures.error_rate)
    shown: list[tuple[int, ...]] = []
    tab.images_chosen.connect(lambda images, _title: shown.append(images))
    tab.pane.fitted_wanted.emit()
    assert len(shown[0]) == figures.images - figures.reported


def test_an_ensemble_without_thresholds_says_how_to_fit_them(
    tab: ReferralTab, judged: Assessment
) -> None:
    plain = replace(judged.report.ensemble, referral=None)
    tab.show_assessment(
        replace(judged, report=replace(judged.report, ensemble=plain, referral=None))
    )
    assert "make a new evaluation" in tab.pane.fitted.text()
    assert not tab.pane.show_fitted.isVisible()
    assert tab.curve.mark is None
