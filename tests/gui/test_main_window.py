from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from fakes import AnsweringDialogs, FakeEngine, RecordedErrors
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QDialog,
    QLabel,
    QMenuBar,
    QToolBar,
    QWidget,
)
from pytestqt.qtbot import QtBot
from tiny_weights import write_tiny_weights

from fundus_gui import RESEARCH_USE_ONLY, __version__
from fundus_gui.core.catalogue import Catalogue, read_catalogue
from fundus_gui.core.errors import DeviceError
from fundus_gui.core.paths import user_data_dir
from fundus_gui.core.results import Prediction
from fundus_gui.gui.about_dialog import AboutDialog, ShortcutsDialog
from fundus_gui.gui.main_window import MainWindow
from fundus_gui.gui.result_columns import Status
from fundus_gui.gui.results_order import Column
from fundus_gui.gui.settings import load_settings
from fundus_gui.gui.training.run_jobs import TrainedModel

Photographs = Callable[..., Path]
Wait = Callable[[], None]


def results_shown(window: MainWindow) -> list[str]:
    rows = window.page.model
    return [rows.index(row, Column.RESULT).data() for row in range(rows.rowCount())]


def mime_of(*paths: Path) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime


# --- opening ------------------------------------------------------------------------------------


def test_the_empty_window_invites_and_says_what_it_is_for(window: MainWindow) -> None:
    assert window.page.welcome.isVisible()
    assert window.status.text() == "Ready"
    assert RESEARCH_USE_ONLY in [label.text() for label in window.status.findChildren(QLabel)]
    assert not window.commands.run.isEnabled()
    assert not window.commands.export_all.isEnabled()


def test_an_opened_folder_is_classified_and_the_first_photograph_shown(
    qtbot: QtBot, window: MainWindow, photographs: Photographs, wait_idle: Wait,
    dialogs: AnsweringDialogs,
) -> None:  # fmt: skip
    folder = photographs(6)
    (folder / "broken.png").touch()
    dialogs.folder = folder
    window.commands.open_folder.trigger()
    wait_idle()
    assert window.status.text() == "6 classified, 1 could not be read"
    assert results_shown(window).count("Could not be read") == 1
    assert not window.page.welcome.isVisible()
    assert window.page.results.current_path() == folder / "broken.png"
    window.page.results.next()
    shown = window.page.model.result_of(folder / "eye0.png")
    assert isinstance(shown, Prediction)
    assert f"{shown.confidence:.1%}" in window.page.vote.headline.text()
    qtbot.waitUntil(lambda: "eye0.png" in window.page.image.caption.text())
    assert any("Test device" in label.text() for label in window.status.findChildren(QLabel))


def test_another_precision_lets_every_photograph_be_classified_again(
    window: MainWindow, photographs: Photographs, wait_idle: Wait, engine: FakeEngine
) -> None:
    asked: list[str] = []
    window.page.precision_changed.connect(asked.append)
    window.open_paths([photographs(3)])
    wait_idle()
    window.commands.fast.trigger()
    wait_idle()
    assert asked == ["fast"]
    assert [count for _, count in engine.runs] == [3, 3]
    labels = [label.text() for label in window.status.findChildren(QLabel)]
    assert "Device: Test device, float32" in labels


def drop(window: MainWindow, path: Path) -> None:
    mime, copy = mime_of(path), Qt.DropAction.CopyAction
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(window.rect().center(), copy, mime, buttons, keys)
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(
        window, QDropEvent(QPointF(window.rect().center()), copy, mime, buttons, keys)
    )


def test_what_is_dropped_anywhere_is_opened(
    window: MainWindow, photographs: Photographs, wait_idle: Wait
) -> None:
    drop(window, photographs(3))
    wait_idle()
    assert window.page.model.count(Status.CLASSIFIED) == 3


def test_a_dropped_text_is_not_taken(window: MainWindow) -> None:
    mime = QMimeData()
    mime.setText("not a file")
    enter = QDragEnterEvent(
        window.rect().center(),
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    enter.ignore()
    QApplication.sendEvent(window, enter)
    assert not enter.isAccepted()


def test_a_pasted_picture_joins_the_others(
    window: MainWindow, photographs: Photographs, wait_idle: Wait
) -> None:
    window.open_paths([photographs(2)])
    wait_idle()
    image = QImage(20, 20, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.red)
    QGuiApplication.clipboard().setImage(image)
    window.commands.paste.trigger()
    wait_idle()
    assert window.page.model.count(Status.CLASSIFIED) == 3
    (pasted,) = (user_data_dir() / "pasted").glob("*.png")
    assert window.page.model.row_of(pasted) == 2


def test_pasted_files_are_opened(
    window: MainWindow, photographs: Photographs, wait_idle: Wait
) -> None:
    folder = photographs(3)
    QGuiApplication.clipboard().setMimeData(mime_of(folder / "eye1.png"))
    window.commands.paste.trigger()
    wait_idle()
    assert [path.name for path in window.page.model.waiting()] == []
    assert window.page.model.row_of(folder / "eye1.png") == 0


def test_an_empty_clipboard_is_said_in_the_status_line(window: MainWindow) -> None:
    QGuiApplication.clipboard().clear()
    window.commands.paste.trigger()
    assert "neither a picture nor files" in window.status.text()


def test_a_folder_without_photographs_is_told_on_the_empty_page(
    window: MainWindow, tmp_path: Path, wait_idle: Wait
) -> None:
    empty = tmp_path / "nothing here"
    empty.mkdir()
    window.open_paths([empty])
    wait_idle()
    assert window.page.welcome.notice() == "No photographs were found in nothing here."
    assert window.page.welcome.isVisible()


# --- running ------------------------------------------------------------------------------------


def test_progress_is_shown_and_cancel_keeps_what_is_done(
    qtbot: QtBot, window: MainWindow, photographs: Photographs, wait_idle: Wait,
    engine: FakeEngine,
) -> None:  # fmt: skip
    engine.seconds_per_image = 0.02
    window.open_paths([photographs(60)])
    qtbot.waitUntil(lambda: "images/s" in window.status.text())
    assert window.commands.cancel.isEnabled()
    window.commands.cancel.trigger()
    wait_idle()
    assert "waiting" in window.status.text()
    assert window.commands.run.isEnabled()
    assert "waiting" in window.commands.run.iconText()
    engine.seconds_per_image = 0
    window.commands.run.trigger()
    wait_idle()
    assert window.status.text() == "60 classified"
    assert not window.commands.run.isEnabled()


def test_a_second_folder_can_be_opened_while_the_first_runs(
    qtbot: QtBot, window: MainWindow, photographs: Photographs, wait_idle: Wait,
    engine: FakeEngine,
) -> None:  # fmt: skip
    engine.seconds_per_image = 0.01
    second = photographs(4, "second")
    window.open_paths([photographs(100, "first")])
    qtbot.waitUntil(lambda: window.page.model.count(Status.CLASSIFIED) > 2)
    window.open_paths([second])
    wait_idle()
    assert window.status.text() == "4 classified"
    assert window.page.results.current_path() == second / "eye0.png"


def test_closing_during_a_run_ends_it(
    qtbot: QtBot, window: MainWindow, photographs: Photographs, engine: FakeEngine
) -> None:
    engine.seconds_per_image = 0.01
    window.open_paths([photographs(100)])
    qtbot.waitUntil(lambda: window.page.model.count(Status.CLASSIFIED) > 2)
    window.close()
    assert engine.ended == 1
    assert not window.isVisible()


def test_other_models_let_the_photographs_wait_or_run_again(
    window: MainWindow, photographs: Photographs, wait_idle: Wait, engine: FakeEngine
) -> None:
    window.open_paths([photographs(3)])
    wait_idle()
    boxes = {box.text(): box for box in window.page.vote.chooser.findChildren(QCheckBox)}
    boxes["RDNET"].click()
    wait_idle()
    assert engine.runs[-1][0].members == ("cnn", "vit", "rdnet")
    window.commands.auto_run.setChecked(False)
    boxes["CNN"].click()
    assert results_shown(window) == ["Waiting"] * 3
    assert window.commands.run.iconText() == "Classify 3 waiting"
    assert window.page.vote.headline.text() == ""


def test_a_foreseen_error_is_shown_in_a_box(
    window: MainWindow, photographs: Photographs, wait_idle: Wait, engine: FakeEngine,
    errors: RecordedErrors,
) -> None:  # fmt: skip
    engine.error = DeviceError("Close other programs.")
    window.open_paths([photographs(1)])
    wait_idle()
    assert [sentence for _, sentence in errors.messages] == ["Close other programs."]
    assert window.commands.run.isEnabled()


def test_an_unforeseen_error_is_shown_in_full(
    window: MainWindow, photographs: Photographs, wait_idle: Wait, engine: FakeEngine,
    errors: RecordedErrors,
) -> None:  # fmt: skip
    engine.error = ZeroDivisionError("x")
    window.open_paths([photographs(1)])
    wait_idle()
    assert errors.crashes == [engine.error]


# --- the two pages ------------------------------------------------------------------------------


def menu_titles(window: MainWindow) -> list[str]:
    return [a.text().replace("&", "") for a in window.menuBar().actions() if a.isVisible()]


def test_each_page_comes_with_its_own_commands(window: MainWindow) -> None:
    commands = window.commands
    assert window.page.isVisible()
    assert menu_titles(window) == ["File", "Edit", "Classify", "View", "Help"]
    commands.train_page.trigger()
    assert window.train_page.isVisible()
    assert menu_titles(window) == ["File", "Train", "View", "Help"]
    assert commands.new_training.isVisible()
    assert not commands.run.isVisible()
    assert not commands.paste.isEnabled()  # nor does its shortcut work
    commands.classify_page.trigger()
    assert window.page.isVisible()
    assert commands.paste.isEnabled()
    assert not commands.new_training.isEnabled()


def test_no_separator_stands_alone_in_the_tool_bar(window: MainWindow) -> None:
    (bar,) = window.findChildren(QToolBar)
    for page in ("classify", "train", "evaluate", "classify"):
        window.show_page(page)
        shown = [action for action in bar.actions() if action.isVisible()]
        pairs = pairwise(shown)
        assert not any(a.isSeparator() and b.isSeparator() for a, b in pairs)
        assert not shown[-1].isSeparator()


def test_a_folder_dropped_on_the_train_page_is_learnt_from(
    window: MainWindow, photographs: Photographs
) -> None:
    window.show_page("train")
    folder = photographs(2)
    drop(window, folder)
    assert window.train_page.setup.data.settings()["data"] == str(folder)
    assert window.page.model.rowCount() == 0


def test_photographs_to_learn_from_are_asked_for(
    window: MainWindow, photographs: Photographs, dialogs: AnsweringDialogs
) -> None:
    window.show_page("train")
    window.commands.choose_data.trigger()  # thought better of
    assert window.train_page.setup.data.settings()["data"] == ""
    dialogs.folder = photographs(2)
    window.commands.choose_data.trigger()
    assert window.train_page.setup.data.settings()["data"] == str(dialogs.folder)


def test_opened_photographs_bring_the_classify_page(
    window: MainWindow, photographs: Photographs, wait_idle: Wait
) -> None:
    window.show_page("train")
    window.open_paths([photographs(2)])
    wait_idle()
    assert window.page.isVisible()
    assert window.status.text() == "2 classified"


def test_the_page_is_remembered(window: MainWindow, open_window: Callable[[], MainWindow]) -> None:
    window.commands.train_page.trigger()
    window.train_page.splitter.setSizes([400, 800])
    window.close()
    again = open_window()
    assert again.train_page.isVisible()
    assert again.commands.train_page.isChecked()
    assert again.train_page.splitter.saveState() == window.train_page.splitter.saveState()


def test_a_running_training_may_keep_the_window_open(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window.train_page, "may_close", lambda: False)
    assert not window.close()
    assert window.isVisible()
    monkeypatch.setattr(window.train_page, "may_close", lambda: True)
    assert window.close()


@pytest.fixture
def trained(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let a training add two models to those that are installed."""
    monkeypatch.setenv("FUNDUS_GUI_HOME", str(tmp_path / "home"))
    write_tiny_weights(tmp_path / "home" / "weights")


@pytest.mark.usefixtures("trained")
def test_an_added_model_is_offered_and_the_choice_stays(
    qtbot: QtBot, open_window: Callable[..., MainWindow]
) -> None:
    installed = read_catalogue()
    window = open_window(Catalogue({"tiny_b": installed.models["tiny_b"]}, {}))
    chooser = window.page.vote.chooser
    assert len(chooser.findChildren(QCheckBox)) == 1
    with qtbot.waitSignal(window.catalogue_changed) as changed:
        window.train_page.model_added.emit()
    assert changed.args[0].models.keys() == installed.models.keys()
    assert len(window.page.vote.chooser.findChildren(QCheckBox)) == len(installed.models)
    spec = window.page.classification.spec
    assert spec is not None
    assert spec.members == ("tiny_b",)


@pytest.mark.usefixtures("trained")
def test_a_trained_model_that_is_to_be_used_classifies(
    qtbot: QtBot, window: MainWindow, photographs: Photographs, wait_idle: Wait, engine: FakeEngine
) -> None:
    window.open_paths([photographs(2)])
    wait_idle()
    window.show_page("train")
    with qtbot.waitSignal(window.catalogue_changed):
        window.train_page.model_chosen.emit("tiny_a")
    wait_idle()
    assert window.page.isVisible()
    assert engine.runs[-1][0].members == ("tiny_a",)
    assert window.status.text() == "2 classified"


@pytest.mark.usefixtures("trained")
def test_a_trained_model_that_is_to_be_evaluated_is_set_up(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.show_page("train")
    with qtbot.waitSignal(window.catalogue_changed):
        window.train_page.evaluation_requested.emit(TrainedModel("tiny_a"))
    assert window.evaluate_page.isVisible()
    spec = window.evaluate_page.setup.chooser.spec
    assert spec is not None
    assert spec.members == ("tiny_a",)


def test_the_evaluate_page_has_its_own_commands_and_is_remembered(
    window: MainWindow, open_window: Callable[[], MainWindow]
) -> None:
    window.commands.evaluate_page.trigger()
    assert window.evaluate_page.isVisible()
    assert menu_titles(window) == ["File", "Evaluate", "View", "Help"]
    assert window.commands.new_evaluation.isVisible()
    assert not window.commands.new_training.isVisible()
    assert window.status.text() == "Ready"
    window.evaluate_page.splitter.setSizes([400, 800])
    window.close()
    again = open_window()
    assert again.evaluate_page.isVisible()
    assert again.evaluate_page.splitter.saveState() == window.evaluate_page.splitter.saveState()


def test_a_folder_dropped_on_the_evaluate_page_is_evaluated_on(
    window: MainWindow, photographs: Photographs, open_window: Callable[[], MainWindow]
) -> None:
    window.show_page("evaluate")
    folder = photographs(2)
    drop(window, folder)
    assert window.page.model.rowCount() == 0
    window.close()
    (entry,) = open_window().evaluate_page.setup.data.recent.menu().actions()
    assert entry.data() == str(folder)


def test_a_photograph_of_an_evaluation_is_opened_on_the_classify_page(
    window: MainWindow, photographs: Photographs, wait_idle: Wait
) -> None:
    window.show_page("evaluate")
    path = photographs(2) / "eye1.png"
    window.evaluate_page.photograph_requested.emit(path)
    wait_idle()
    assert window.page.isVisible()
    assert window.page.results.current_path() == path


# --- what is remembered -------------------------------------------------------------------------


def test_choices_survive_a_restart(
    window: MainWindow, photographs: Photographs, wait_idle: Wait,
    open_window: Callable[[], MainWindow], tmp_path: Path,
) -> None:  # fmt: skip
    folder = photographs(2)
    window.open_paths([folder])
    wait_idle()
    window.commands.grid.setChecked(True)
    window.commands.auto_run.setChecked(False)
    window.commands.fast.setChecked(True)
    window.commands.sort_bars.setChecked(False)
    window.page.splitter.moveSplitter(420, 1)
    next(b for b in window.page.vote.chooser.findChildren(QCheckBox) if b.text() == "VIT").click()
    window.close()
    again = open_window()
    assert again.commands.grid.isChecked()
    assert not again.commands.auto_run.isChecked()
    assert again.page.precision == "fast"
    assert not again.commands.sort_bars.isChecked()
    assert again.page.classification.spec is not None
    assert again.page.classification.spec.members == ("cnn",)
    saved = load_settings(tmp_path / "settings.ini")
    assert saved.recent == (str(folder),)
    assert saved.geometry == bytes(window.saveGeometry().data())
    assert saved.splitter == again.page.splitter.arrangement() != b""


def test_recent_files_can_be_opened_again(
    window: MainWindow, photographs: Photographs, wait_idle: Wait
) -> None:
    first, second = photographs(2, "first"), photographs(3, "second")
    for folder in (first, second):
        window.open_paths([folder])
        wait_idle()
    menu = window.recent_menu
    menu.aboutToShow.emit()
    assert [action.data() for action in menu.actions()] == [str(second), str(first)]
    menu.actions()[1].trigger()
    wait_idle()
    assert window.page.model.rowCount() == 2


def test_a_recent_folder_that_is_gone_is_told(
    window: MainWindow, photographs: Photographs, wait_idle: Wait, errors: RecordedErrors
) -> None:
    folder = photographs(1)
    window.open_paths([folder])
    wait_idle()
    (folder / "eye0.png").unlink()
    folder.rmdir()
    window.open_paths([folder])
    wait_idle()
    assert len(errors.messages) == 1
    assert window.page.welcome.isVisible()


# --- around it ----------------------------------------------------------------------------------


def test_without_weights_the_window_opens_and_says_so(
    qtbot: QtBot, open_window: Callable[..., MainWindow], photographs: Photographs
) -> None:
    window = open_window(Catalogue({}, {}))
    assert "No weights are installed" in window.status.text()
    window.open_paths([photographs(2)])
    qtbot.waitUntil(lambda: window.page.model.count(Status.WAITING) == 2)
    assert not window.commands.run.isEnabled()


def test_every_command_has_a_shortcut_of_its_own_and_a_tooltip(window: MainWindow) -> None:
    commands = window.commands.all()
    shortcuts = [command.shortcut().toString() for command in commands]
    assert all(shortcuts)
    assert len(set(shortcuts)) == len(shortcuts)
    assert all(command.toolTip() != command.text() for command in commands)


@pytest.mark.parametrize(
    ("command", "kind", "expected"),
    [("about", AboutDialog, __version__), ("shortcuts", ShortcutsDialog, "F5")],
)
def test_help_tells_versions_and_keys(
    window: MainWindow, command: str, kind: type[QDialog], expected: str
) -> None:
    getattr(window.commands, command).trigger()
    dialog = window.findChild(kind)
    assert dialog.isVisible()
    assert any(expected in label.text() for label in dialog.findChildren(QLabel))


SLOW = {
    "fundus_gui.gui.evaluate_page", "fundus_gui.gui.train_page", "imagehash", "jinja2",
    "matplotlib", "pandas", "pyarrow", "pywt", "rich", "scipy", "sklearn", "timm", "torch",
    "torchvision",
}  # fmt: skip


def test_the_window_opens_without_what_takes_long_to_import() -> None:
    code = (
        "import sys, tempfile, pathlib\n"
        "from fundus_gui.core.catalogue import Catalogue\n"
        "from fundus_gui.gui.app import create_application\n"
        "from fundus_gui.gui.jobs import Engine\n"
        "from fundus_gui.gui.main_window import MainWindow\n"
        "app = create_application([])\n"
        "none = Catalogue({}, {})\n"
        "path = pathlib.Path(tempfile.mkdtemp()) / 'settings.ini'\n"
        "window = MainWindow(none, Engine(none).classify, path)\n"
        "window.show()\n"
        "app.processEvents()\n"
        f"print(sorted({SLOW!r} & sys.modules.keys()))\n"
        "window.close()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr


def nameless(window: MainWindow) -> list[QWidget]:
    """Return the visible controls that nothing names for those who cannot see them."""
    buddies = {label.buddy() for label in window.findChildren(QLabel) if label.buddy()}
    return [
        child
        for child in window.findChildren(QWidget)
        if child.isVisible()
        and child.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not isinstance(child, QMenuBar)
        and not child.accessibleName()
        and not getattr(child, "text", str)()
        and child not in buddies
        and not isinstance(child.parent(), QAbstractSpinBox | QAbstractScrollArea | QComboBox)
    ]


def test_every_control_of_the_classify_page_has_a_name(
    window: MainWindow, photographs: Photographs, wait_idle: Wait
) -> None:
    window.open_paths([photographs(1)])
    wait_idle()
    assert nameless(window) == []


def test_every_control_of_the_evaluate_page_has_a_name(window: MainWindow) -> None:
    window.show_page("evaluate")
    window.evaluate_page.setup.measures.fold.click()
    assert nameless(window) == []


def test_every_control_of_the_train_page_has_a_name(window: MainWindow) -> None:
    window.show_page("train")
    window.train_page.setup.recipe.fold.click()
    assert nameless(window) == []
