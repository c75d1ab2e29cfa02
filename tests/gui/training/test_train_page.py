from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from fakes import RecordedErrors
from invented_runs import fake_program, finished
from labelled import class_folders
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from fundus_gui.core.runs import RunFolder, read_run
from fundus_gui.gui.actions import Actions
from fundus_gui.gui.train_page import TrainPage

PATIENCE_MS = 20_000


def list_none() -> Generator[tuple[str, ...], None, None]:
    yield ()


@pytest.fixture
def actions(qtbot: QtBot) -> Actions:
    del qtbot
    return Actions()


@pytest.fixture
def make_page(
    qtbot: QtBot, tmp_path: Path, errors: RecordedErrors, actions: Actions
) -> Iterator[Callable[[], TrainPage]]:
    """Return a function that shows a page over the same runs."""
    program = fake_program(tmp_path / "train.py")
    runs = tmp_path / "runs"
    pages = []

    def make() -> TrainPage:
        shown = TrainPage(runs, actions, errors.reporter, program=program, list_models=list_none)
        pages.append(shown)
        qtbot.addWidget(shown)
        shown.resize(1200, 800)
        shown.show()
        return shown

    yield make
    for shown in pages:
        shown.close_threads()
    for path in runs.glob("*/"):
        folder = RunFolder(path)
        if folder.is_alive():
            folder.ask("stop")
            qtbot.waitUntil(lambda f=folder: not f.is_alive(), timeout=PATIENCE_MS)


@pytest.fixture
def page(make_page: Callable[[], TrainPage]) -> TrainPage:
    return make_page()


def start(page: TrainPage, qtbot: QtBot, folder: Path, name: str) -> Path:
    """Open data, press start, and wait until the training is shown."""
    page.open_data(folder)
    qtbot.waitUntil(page.setup.bar.start.isEnabled, timeout=PATIENCE_MS)
    page.setup.bar.name.setText(name)
    with qtbot.waitSignal(page.control.started, timeout=PATIENCE_MS) as started:
        page.setup.bar.start.click()
        assert not page.setup.bar.start.isEnabled()
    path: Path = started.args[0]
    qtbot.waitUntil(lambda: page.right.currentWidget() is page.pane, timeout=PATIENCE_MS)
    return path


def test_a_new_training_is_set_up_started_and_watched(
    page: TrainPage, qtbot: QtBot, tmp_path: Path
) -> None:
    assert page.right.currentWidget() is page.setup
    assert page.summary() == "Ready"
    path = start(page, qtbot, class_folders(tmp_path / "data", amd=8, normal=8), "mine")
    assert path == tmp_path / "runs" / "mine"
    qtbot.waitUntil(lambda: read_run(path).status == "running", timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: page.summary() == "“mine” is training", timeout=PATIENCE_MS)
    assert [run.path for run in page.runs.selected()] == [path]
    page.runs.findChildren(QPushButton)[0].click()
    assert page.right.currentWidget() is page.setup
    assert page.setup.bar.name.text() != "mine"
    assert page.setup.bar.start.isEnabled()


def test_a_training_that_cannot_be_started_is_told(
    page: TrainPage, qtbot: QtBot, tmp_path: Path, errors: RecordedErrors
) -> None:
    page.open_data(class_folders(tmp_path / "data", amd=8, normal=8))
    qtbot.waitUntil(page.setup.bar.start.isEnabled, timeout=PATIENCE_MS)
    page.setup.bar.name.setText("a/b")
    page.setup.bar.start.click()
    qtbot.waitUntil(lambda: bool(errors.messages), timeout=PATIENCE_MS)
    assert "a/b" in errors.messages[0][1]
    assert page.setup.bar.start.isEnabled()
    assert page.right.currentWidget() is page.setup


def test_a_folder_opens_the_setup_from_anywhere(
    page: TrainPage, actions: Actions, tmp_path: Path
) -> None:
    page.right.setCurrentWidget(page.pane)
    page.open_data(tmp_path)
    assert page.right.currentWidget() is page.setup
    page.right.setCurrentWidget(page.pane)
    actions.new_training.trigger()
    assert page.right.currentWidget() is page.setup


def test_another_page_goes_on_with_what_is_set_up_and_looked_at(
    page: TrainPage, make_page: Callable[[], TrainPage], qtbot: QtBot, tmp_path: Path
) -> None:
    folders = [finished(tmp_path / "runs" / name) for name in ("first", "second", "third")]
    chosen = {folders[0].path, folders[2].path}
    page.open_data(class_folders(tmp_path / "data", amd=8, normal=8))
    page.setup.recipe.editor("model").set_value("vit_ti_16")
    page.setup.recipe.editor("batch_size").set_value(3)
    page.runs.select(*chosen)
    qtbot.waitUntil(lambda: len(page.runs.selected()) == 2, timeout=PATIENCE_MS)
    page.close_threads()
    after = make_page()
    after.take_over(page)
    assert after.setup.config() == page.setup.config()
    assert after.setup.config().batch_size == 3
    qtbot.waitUntil(after.setup.bar.start.isEnabled, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: len(after.runs.selected()) == 2, timeout=PATIENCE_MS)
    assert {run.path for run in after.runs.selected()} == chosen
    assert after.right.currentWidget() is after.pane


def test_choosing_photographs_is_left_to_the_window(
    page: TrainPage, actions: Actions, qtbot: QtBot
) -> None:
    for press in (actions.choose_data.trigger, page.setup.data.welcome.choose.click):
        with qtbot.waitSignal(page.choose_requested):
            press()


def test_nothing_is_asked_on_closing_while_nothing_trains(page: TrainPage) -> None:
    assert page.may_close()


def test_no_handler_of_the_page_reads_files(page: TrainPage, qtbot: QtBot, tmp_path: Path) -> None:
    folder = class_folders(tmp_path / "data", amd=8, normal=8)
    read: list[str] = []

    def note(event: str, arguments: tuple[object, ...]) -> None:
        if event == "open" and watching and threading.current_thread() is threading.main_thread():
            read.append(str(arguments[0]))

    watching = True
    sys.addaudithook(note)
    try:
        page.open_data(folder)
        qtbot.waitUntil(page.setup.bar.start.isEnabled, timeout=PATIENCE_MS)
        page.setup.recipe.fold.click()
        page.setup.recipe.editor("seed").set_value(3)
        qtbot.waitUntil(lambda: not page.setup.data.is_reading(), timeout=PATIENCE_MS)
    finally:
        watching = False
    assert [name for name in read if str(tmp_path) in name] == []
