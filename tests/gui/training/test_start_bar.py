from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from fundus_gui.core.runs import TrainConfig, train_arguments
from fundus_gui.gui.training.start_bar import TrainingStartBar

CONFIG = TrainConfig(data="/data/my eyes", model="vit_ti_16", epochs=7)


@pytest.fixture
def bar(qtbot: QtBot, tmp_path: Path) -> TrainingStartBar:
    shown = TrainingStartBar(tmp_path)
    qtbot.addWidget(shown)
    shown.show()
    return shown


def test_a_name_of_day_and_network_is_proposed_until_one_is_given(bar: TrainingStartBar) -> None:
    bar.show_config(CONFIG, "")
    assert bar.name.text().endswith(" vit_ti_16")
    bar.show_config(CONFIG.changed(model="timm:a/b"), "")
    assert bar.name.text().endswith(" timm-a-b")
    bar.name.setText("mine")
    bar.show_config(CONFIG, "")
    assert bar.name.text() == "mine"
    bar.forget_name()
    assert bar.name.text().endswith(" vit_ti_16")


def test_the_command_does_the_same_in_a_terminal(bar: TrainingStartBar, tmp_path: Path) -> None:
    bar.show_config(CONFIG, "")
    bar.name.setText("mine")
    bar.copy.click()
    copied = QGuiApplication.clipboard().text()
    assert shlex.split(copied) == ["fundus-gui", *train_arguments(CONFIG, tmp_path / "mine")]


def test_what_is_wrong_is_said_and_nothing_can_be_started(
    bar: TrainingStartBar, qtbot: QtBot
) -> None:
    bar.show_config(None, "folds must be 0 or at least 2.")
    assert bar.problem.text() == "folds must be 0 or at least 2."
    assert bar.problem.isVisible()
    assert not bar.start.isEnabled()
    bar.show_config(CONFIG, "")
    assert not bar.problem.isVisible()
    with qtbot.waitSignal(bar.start_requested):
        bar.start.click()


def test_a_second_click_waits_for_the_first(bar: TrainingStartBar) -> None:
    bar.show_config(CONFIG, "")
    bar.set_starting(True)
    assert not bar.start.isEnabled()
    bar.show_config(CONFIG, "")
    assert not bar.start.isEnabled()
    bar.set_starting(False)
    assert bar.start.isEnabled()


def test_without_a_name_nothing_can_be_started(bar: TrainingStartBar) -> None:
    bar.show_config(CONFIG, "")
    bar.name.setText("  ")
    assert not bar.start.isEnabled()
    assert bar.problem.isVisible()
