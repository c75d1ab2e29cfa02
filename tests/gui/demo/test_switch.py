from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fakes import AnsweringDialogs, FakeEngine
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fundus_gui.gui.demo.demo_window import DemoWindow
from fundus_gui.gui.demo.switch import ConferenceSwitch
from fundus_gui.gui.main_window import MainWindow
from fundus_gui.gui.result_columns import Status
from fundus_gui.gui.settings import load_settings

Photographs = Callable[..., Path]


@pytest.fixture
def switch(window: MainWindow, engine: FakeEngine) -> ConferenceSwitch:
    return ConferenceSwitch(window, engine.classify)


def open_and_wait(qtbot: QtBot, window: MainWindow, folder: Path, count: int) -> None:
    window.open_paths([folder])
    qtbot.waitUntil(lambda: window.page.model.count(Status.CLASSIFIED) == count, timeout=20_000)


def hand_over() -> None:
    for show in QApplication.topLevelWidgets():
        if isinstance(show, DemoWindow) and show.isVisible():
            show.touched.emit()


@pytest.mark.parametrize("show_names", [False, True])
def test_a_visitor_opens_files_only_where_names_are_asked_for(
    show_names: bool, switch: ConferenceSwitch, window: MainWindow, photographs: Photographs
) -> None:
    commands = window.commands
    opening = (
        commands.open_images, commands.open_folder, commands.continue_table, commands.paste,
    )  # fmt: skip
    told = [action.toolTip() for action in opening]
    switch.start([photographs(1)], show_names=show_names)
    hand_over()
    switch.start_afresh()
    assert [action.isEnabled() for action in opening] == [show_names] * 4
    assert ([action.toolTip() for action in opening] == told) == show_names
    assert window.acceptDrops() == show_names
    commands.conference.trigger()
    assert all(action.isEnabled() for action in opening)
    assert [action.toolTip() for action in opening] == told
    assert window.acceptDrops()


@pytest.mark.parametrize("show_names", [False, True])
def test_a_visitor_saves_nothing_and_is_told_why(
    show_names: bool, switch: ConferenceSwitch, window: MainWindow, photographs: Photographs,
    dialogs: AnsweringDialogs, qtbot: QtBot, tmp_path: Path,
) -> None:  # fmt: skip
    commands = window.commands
    folder = photographs(2)
    open_and_wait(qtbot, window, folder, 2)
    assert commands.export_all.isEnabled()
    switch.start([folder], show_names=show_names)
    hand_over()
    window.page.classification.changed.emit()  # with it the page says anew what it offers
    dialogs.target = tmp_path / "written.txt"
    for action in (commands.export_all, commands.save_chart, commands.diagnostics):
        action.trigger()
        assert "Not in conference mode" in action.toolTip()
    assert not any(action.isEnabled() for action in commands.saving.actions())
    assert commands.copy_rows.isEnabled() == show_names
    commands.conference.trigger()
    assert commands.export_all.isEnabled()
    assert commands.diagnostics.isEnabled()
    assert commands.export_all.toolTip().startswith("Write all results")
    assert not dialogs.target.exists()


def test_a_window_that_a_visitor_closes_remembers_the_owner_s_choices(
    switch: ConferenceSwitch, window: MainWindow, photographs: Photographs, qtbot: QtBot,
    tmp_path: Path,
) -> None:  # fmt: skip
    own = photographs(3)
    open_and_wait(qtbot, window, own, 3)
    before = window.remembered()
    switch.start()
    hand_over()
    assert window.isMaximized()
    window.commands.grid.trigger()
    window.commands.sort_bars.trigger()
    window.page.vote.chooser.choose("", ("rdnet",))
    assert window.remembered() != before
    window.close()
    assert load_settings(tmp_path / "settings.ini") == before


def test_after_conference_mode_the_owner_s_new_choices_are_remembered(
    switch: ConferenceSwitch, window: MainWindow, tmp_path: Path
) -> None:
    was_grid = window.commands.grid.isChecked()
    switch.start()
    hand_over()
    window.commands.conference.trigger()
    window.commands.grid.trigger()
    window.close()
    assert load_settings(tmp_path / "settings.ini").grid != was_grid


def test_the_owner_gets_back_what_was_open_and_chosen(
    switch: ConferenceSwitch, window: MainWindow, photographs: Photographs,
    dialogs: AnsweringDialogs, qtbot: QtBot, tmp_path: Path,
) -> None:  # fmt: skip
    own, other = photographs(3), photographs(2, "other")
    open_and_wait(qtbot, window, own, 3)
    was_grid = window.commands.grid.isChecked()
    switch.start(show_names=True)
    hand_over()
    window.commands.grid.trigger()
    dialogs.folder = other
    window.commands.open_folder.trigger()
    assert switch.opened == (other,)
    window.commands.conference.trigger()
    assert switch.opened == (own,)
    assert window.commands.grid.isChecked() == was_grid
    qtbot.waitUntil(lambda: window.page.model.count(Status.CLASSIFIED) == 3, timeout=20_000)
    window.close()
    assert load_settings(tmp_path / "settings.ini").recent == (str(own),)


def test_nothing_is_open_again_where_nothing_was(
    switch: ConferenceSwitch, window: MainWindow, qtbot: QtBot
) -> None:
    notice = window.page.welcome.notice()
    switch.start()
    hand_over()
    assert switch.opened
    window.commands.conference.trigger()
    assert switch.opened == ()
    qtbot.waitUntil(lambda: not window.page.classification.busy, timeout=20_000)
    assert window.page.welcome.isVisible()
    assert window.page.welcome.notice() == notice


def test_a_show_without_visitors_leaves_everything_open(
    switch: ConferenceSwitch, window: MainWindow, photographs: Photographs, qtbot: QtBot
) -> None:
    open_and_wait(qtbot, window, photographs(2), 2)
    switch.start()
    window.commands.conference.trigger()
    assert window.page.model.count(Status.CLASSIFIED) == 2
