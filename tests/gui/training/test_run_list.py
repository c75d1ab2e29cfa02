"""The list shows what became of each run and keeps its selection while they change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from invented_runs import begin, failed, finished, train
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QPixmap
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from fundus_gui.core.runs import RunEnded, read_run
from fundus_gui.gui.training.run_control import RunControl
from fundus_gui.gui.training.run_library import KnownRun
from fundus_gui.gui.training.run_list import RunList
from fundus_gui.gui.training.runs_model import RunsModel

Wait = Callable[[int], None]
PATIENCE_MS = 20_000


@pytest.fixture
def shown(qtbot: QtBot, control: RunControl) -> RunList:
    made = RunList(control)
    qtbot.addWidget(made)
    made.resize(300, 500)
    made.show()
    return made


def rows(model: RunsModel) -> list[str]:
    return [str(model.index(row).data()) for row in range(model.rowCount())]


def known(path: Path, name: str) -> KnownRun:
    return KnownRun(read_run(finished(path / name).path), made=0.0)


def test_rows_come_go_and_change(tmp_path: Path, qtmodeltester: ModelTester) -> None:
    model = RunsModel()
    qtmodeltester.check(model)
    a, b, c = (known(tmp_path, name) for name in "abc")
    for runs in ((a, b), (c, a, b), (c, b), (b, c), ()):
        model.set_runs(runs)
        assert rows(model) == [run.run.name for run in runs]


def test_only_a_run_that_changed_is_told_as_changed(tmp_path: Path, qtbot: QtBot) -> None:
    model = RunsModel()
    a, b = known(tmp_path, "a"), known(tmp_path, "b")
    model.set_runs((a, b))
    with qtbot.assertNotEmitted(model.dataChanged):
        model.set_runs((a, b))
    with qtbot.waitSignal(model.dataChanged) as changed:
        model.set_runs((a, replace(b, has_weights=True)))
    assert changed.args[0].row() == 1


def test_the_list_follows_the_folder(
    shown: RunList, runs: Path, wait_for_runs: Wait, qtbot: QtBot
) -> None:
    assert shown.view.isHidden()
    folder = begin(runs / "run")
    wait_for_runs(1)
    assert shown.view.isVisible()
    train(folder, 1)
    folder.append_event(RunEnded(ending="stopped", reason="Stopped as asked."))
    index = shown.model.index(0)
    tip = Qt.ItemDataRole.ToolTipRole
    qtbot.waitUntil(lambda: "Stopped · 1 of 4 epochs" in index.data(tip), timeout=PATIENCE_MS)
    assert "bal. acc. 0.69" in index.data(tip)


def test_the_reason_of_a_failure_is_in_the_tooltip(
    shown: RunList, runs: Path, wait_for_runs: Wait
) -> None:
    failed(runs / "run", "The training diverged. Choose a lower learning rate.")
    wait_for_runs(1)
    assert "Choose a lower learning rate" in shown.model.index(0).data(Qt.ItemDataRole.ToolTipRole)


def test_a_selection_stays_when_a_run_is_added(
    shown: RunList, runs: Path, wait_for_runs: Wait
) -> None:
    first = finished(runs / "first").path
    wait_for_runs(1)
    shown.select(first)
    finished(runs / "second")
    wait_for_runs(2)
    assert [run.path for run in shown.selected()] == [first]


def test_several_runs_can_be_selected(
    shown: RunList, runs: Path, wait_for_runs: Wait, qtbot: QtBot
) -> None:
    paths = {finished(runs / name).path for name in "ab"}
    wait_for_runs(2)
    with qtbot.waitSignal(shown.run_selected) as selected:
        shown.view.selectAll()
    assert set(selected.args[0]) == paths
    shown.clear_selection()
    assert shown.selected() == ()


def test_a_run_can_be_selected_before_it_is_listed(
    shown: RunList, runs: Path, qtbot: QtBot
) -> None:
    shown.select(runs / "run")
    begin(runs / "run")
    qtbot.waitUntil(lambda: len(shown.selected()) == 1, timeout=PATIENCE_MS)


def test_a_run_that_is_awaited_is_not_selected_once_another_was_chosen(
    shown: RunList, runs: Path, wait_for_runs: Wait
) -> None:
    first = finished(runs / "first").path
    wait_for_runs(1)
    shown.select(runs / "late")
    shown.view.setCurrentIndex(shown.model.index(0))
    finished(runs / "late")
    wait_for_runs(2)
    assert [run.path for run in shown.selected()] == [first]


def test_hidden_runs_leave_the_list_until_they_are_wanted(
    shown: RunList, runs: Path, wait_for_runs: Wait, qtbot: QtBot
) -> None:
    path = finished(runs / "run").path
    wait_for_runs(1)
    shown.select(path)
    shown.hide_runs.trigger()
    qtbot.waitUntil(lambda: shown.model.rowCount() == 0, timeout=PATIENCE_MS)
    shown.show_hidden.trigger()
    assert rows(shown.model) == ["run"]
    assert path.is_dir()


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_the_menu_offers_what_can_be_done(
    shown: RunList, runs: Path, wait_for_runs: Wait, qtbot: QtBot
) -> None:
    folder = failed(runs / "run", "It diverged.")
    folder.state_file.write_bytes(b"")
    wait_for_runs(1)
    shown.select(folder.path)
    shown.view.customContextMenuRequested.emit(QPoint(10, 10))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    enabled = {action.text().replace("&", "") for action in menu.actions() if action.isEnabled()}
    assert {"Resume", "Open folder", "Copy path", "Hide from the list"} <= enabled
    assert "Use model" not in enabled
    shown.copy_path.trigger()
    assert QGuiApplication.clipboard().text() == str(folder.path)
    with qtbot.waitSignal(menu.destroyed):
        menu.close()


def test_a_run_folder_elsewhere_can_be_opened(
    shown: RunList, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = finished(tmp_path / "elsewhere" / "old").path
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(path))
    shown.open_run.trigger()
    qtbot.waitUntil(lambda: [run.path for run in shown.selected()] == [path], timeout=PATIENCE_MS)


def test_new_training_is_asked_for(shown: RunList, qtbot: QtBot) -> None:
    with qtbot.waitSignal(shown.new_run_requested):
        qtbot.mouseClick(shown.new_run, Qt.MouseButton.LeftButton)


def test_every_state_looks_different(shown: RunList, runs: Path, wait_for_runs: Wait) -> None:
    finished(runs / "run")
    failed(runs / "run2", "It diverged.")
    wait_for_runs(2)
    assert not QPixmap(shown.view.grab()).isNull()
    first, second = (shown.view.visualRect(shown.model.index(row)) for row in (0, 1))
    assert shown.view.grab(first).toImage() != shown.view.grab(second).toImage()
