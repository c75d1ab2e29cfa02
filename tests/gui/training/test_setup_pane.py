from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from fakes import RecordedErrors
from labelled import class_folders
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from fundus_gui.core.runs import TrainConfig
from fundus_gui.gui.training.setup_pane import SetupPane

PATIENCE_MS = 20_000


def list_invented() -> Generator[tuple[str, ...], None, None]:
    yield ("invented_net",)


@pytest.fixture
def setup(qtbot: QtBot, tmp_path: Path, errors: RecordedErrors) -> Iterator[SetupPane]:
    shown = SetupPane(tmp_path / "runs", ("false",), errors.reporter, list_models=list_invented)
    qtbot.addWidget(shown)
    shown.resize(1000, 700)
    shown.show()
    yield shown
    shown.close_threads()


def wait_ready(qtbot: QtBot, setup: SetupPane) -> None:
    qtbot.waitUntil(setup.bar.start.isEnabled, timeout=PATIENCE_MS)


def test_without_data_nothing_can_be_started(setup: SetupPane) -> None:
    assert not setup.bar.start.isEnabled()
    assert setup.bar.problem.text() == "Choose the photographs to learn from."


def test_data_and_recipe_make_the_config_that_is_started(
    setup: SetupPane, qtbot: QtBot, tmp_path: Path
) -> None:
    folder = class_folders(tmp_path / "data", amd=8, normal=8)
    setup.data.open(folder)
    wait_ready(qtbot, setup)
    setup.recipe.editor("epochs").set_value(3)
    setup.bar.name.setText("mine")
    with qtbot.waitSignal(setup.start_requested) as requested:
        setup.bar.start.click()
    config, name = requested.args
    assert name == "mine"
    assert config == setup.recipe.preset.config().changed(data=str(folder), epochs=3)


def test_settings_that_do_not_go_together_are_said_as_they_are_set(
    setup: SetupPane, qtbot: QtBot, tmp_path: Path
) -> None:
    setup.data.open(class_folders(tmp_path / "data", amd=8, normal=8))
    wait_ready(qtbot, setup)
    setup.recipe.editor("folds").set_value(1)
    assert "folds must be 0 or at least 2" in setup.bar.problem.text()
    assert not setup.bar.start.isEnabled()
    setup.recipe.editor("folds").set_value(0)
    assert setup.bar.start.isEnabled()


def test_the_split_follows_the_recipe(setup: SetupPane, qtbot: QtBot, tmp_path: Path) -> None:
    setup.data.open(class_folders(tmp_path / "data", amd=10, normal=10))
    wait_ready(qtbot, setup)
    setup.recipe.editor("validation_fraction").set_value(0.5)
    qtbot.waitUntil(lambda: setup.data.table.text(0, "val") == "5", timeout=PATIENCE_MS)


def test_networks_are_looked_for_when_the_pane_is_seen(setup: SetupPane, qtbot: QtBot) -> None:
    combo = setup.recipe.editor("model").control
    assert isinstance(combo, QComboBox)
    qtbot.waitUntil(lambda: combo.findText("invented_net") >= 0, timeout=PATIENCE_MS)


def test_the_recipe_stands_beside_the_data_where_there_is_room(
    setup: SetupPane, qtbot: QtBot
) -> None:
    def places() -> tuple[int, int]:
        return setup.recipe.mapTo(setup, setup.recipe.rect().topLeft()).x(), setup.data.width()

    setup.resize(1600, 700)
    qtbot.waitUntil(lambda: places()[0] > places()[1])
    setup.resize(900, 700)
    qtbot.waitUntil(lambda: places()[0] < places()[1])


def test_the_start_bar_stays_in_view(setup: SetupPane) -> None:
    setup.resize(700, 420)
    setup.recipe.fold.click()
    assert setup.rect().contains(setup.bar.geometry())


def test_the_defaults_are_a_config(setup: SetupPane) -> None:
    assert isinstance(setup.config(), TrainConfig)
