from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from tiny_weights import write_tiny_weights

from fundus_gui.core.paths import user_data_dir
from fundus_gui.gui.error_dialog import ErrorReporter
from fundus_gui.gui.language import use_language
from fundus_gui.gui.main_window import MainWindow
from fundus_gui.gui.program import Program
from fundus_gui.gui.result_columns import Status
from fundus_gui.gui.settings import AppSettings, load_settings, save_settings

Photographs = Callable[..., Path]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the program told in boxes."""
    sentences: list[str] = []
    monkeypatch.setattr(
        ErrorReporter, "tell", lambda _self, title, sentence: sentences.append(title + sentence)
    )
    return sentences


@pytest.fixture
def open_program(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Callable[..., Program]]:
    """Return a function that starts the program with two tiny models."""
    monkeypatch.setenv("FUNDUS_GUI_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(ErrorReporter, "install_hooks", lambda _self: None)
    write_tiny_weights(user_data_dir() / "weights")
    programs = []

    def start(settings: AppSettings = AppSettings(models=("tiny_a", "tiny_b"))) -> Program:  # noqa: B008
        path = tmp_path / "settings.ini"
        save_settings(settings, path)
        programs.append(Program(qapp, path))
        return programs[-1]

    yield start
    for program in programs:
        end(program)
    use_language(qapp, "en")


def end(program: Program) -> None:
    """Close the program's window and delete both at once, not when garbage is collected."""
    program.window.close()
    program.window.deleteLater()
    program.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def classify(qtbot: QtBot, program: Program, folder: Path) -> None:
    program.window.show()
    program.window.open_paths([folder])
    page = program.window.page
    qtbot.waitUntil(lambda: page.model.count(Status.CLASSIFIED) == 3, timeout=60_000)
    qtbot.waitUntil(lambda: not page.classification.busy, timeout=10_000)


def test_another_language_keeps_photographs_results_and_the_choice(
    qtbot: QtBot, open_program: Callable[..., Program], photographs: Photographs
) -> None:
    program = open_program()
    classify(qtbot, program, photographs(3))
    first = program.window
    first.page.results.next()
    first.page.results.search.setText("eye")
    before = list(first.page.model.results())
    current = first.page.results.current_path()
    first.commands.languages["zh_CN"].trigger()
    qtbot.waitUntil(lambda: program.window is not first, timeout=10_000)
    second = program.window
    assert second.isVisible()
    assert second.commands.run.text() == "分类(&C)"
    assert list(second.page.model.results()) == before
    assert second.page.results.current_path() == current
    assert second.page.results.search.text() == "eye"
    assert second.page.classification.roots == first.page.classification.roots
    assert "3" in second.status.text()
    second.commands.languages["en"].trigger()
    qtbot.waitUntil(lambda: program.window is not second, timeout=10_000)
    assert program.window.commands.run.text() == "&Classify"
    assert list(program.window.page.model.results()) == before


def change_language(qtbot: QtBot, program: Program, name: str) -> MainWindow:
    last = program.window
    last.commands.languages[name].trigger()
    qtbot.waitUntil(lambda: program.window is not last, timeout=10_000)
    return program.window


@pytest.fixture
def labelled(tmp_path: Path, photographs: Photographs) -> Path:
    """A folder of photographs of two classes, a left and a right eye of each patient."""
    for name in ("amd", "normal"):
        (tmp_path / "eyes").mkdir(exist_ok=True)
        folder = photographs(8, f"eyes/{name}")
        for number in range(8):
            side = ("left", "right")[number % 2]
            (folder / f"eye{number}.png").rename(folder / f"{name}{number // 2}_{side}.png")
    return tmp_path / "eyes"


def test_another_language_keeps_what_is_set_up_on_the_train_page(
    qtbot: QtBot, open_program: Callable[..., Program], labelled: Path
) -> None:
    program = open_program()
    program.window.show()
    program.window.show_page("train")
    before = program.window.train_page.setup
    program.window.open_data(labelled)
    qtbot.waitUntil(before.bar.start.isEnabled, timeout=60_000)
    before.data.patients.by_name.setChecked(True)
    before.recipe.presets.setCurrentIndex(1)
    before.recipe.editor("epochs").set_value(7)
    before.recipe.fold.setChecked(True)
    before.bar.name.setText("mine")
    config = before.config()
    window = change_language(qtbot, program, "zh_CN")
    after = window.train_page.setup
    assert after.isVisible()
    assert after.config() == config
    assert (config.epochs, config.data, bool(config.patient_pattern)) == (7, str(labelled), True)
    assert after.data.survey is not None  # before it is read anew
    assert after.recipe.fold.isChecked()
    assert after.bar.name.text() == "mine"
    qtbot.waitUntil(after.bar.start.isEnabled, timeout=60_000)
    assert after.config() == config
    assert change_language(qtbot, program, "en").train_page.setup.config() == config


def test_another_language_keeps_what_is_set_up_on_the_evaluate_page(
    qtbot: QtBot, open_program: Callable[..., Program], labelled: Path
) -> None:
    program = open_program()
    program.window.show()
    program.window.show_page("evaluate")
    before = program.window.evaluate_page.setup
    program.window.open_data(labelled)
    qtbot.waitUntil(lambda: before.data.judged is not None, timeout=60_000)
    before.measures.replicates.setValue(300)
    before.measures.coverage.setValue(80)
    before.chooser.choose("", ("tiny_b",))
    before.bar.name.setText("mine")
    request = before.request("mine")
    assert request is not None
    window = change_language(qtbot, program, "zh_CN")
    after = window.evaluate_page.setup
    assert after.isVisible()
    assert after.request("mine") == request
    assert (request.spec.members, request.settings.coverage) == (("tiny_b",), 0.8)
    assert after.bar.name.text() == "mine"


def test_the_language_that_is_spoken_changes_nothing(
    qtbot: QtBot, open_program: Callable[..., Program]
) -> None:
    program = open_program(AppSettings(language="en"))
    first = program.window
    first.commands.languages["en"].trigger()
    qtbot.wait(20)
    assert program.window is first


def test_the_language_is_remembered(
    open_program: Callable[..., Program], tmp_path: Path, qtbot: QtBot
) -> None:
    program = open_program()
    first = program.window
    first.show()
    first.commands.languages["zh_CN"].trigger()
    qtbot.waitUntil(lambda: program.window is not first, timeout=10_000)
    program.window.close()
    assert load_settings(tmp_path / "settings.ini").language == "zh_CN"


def test_an_unknown_language_is_that_of_the_system(open_program: Callable[..., Program]) -> None:
    program = open_program(AppSettings(language="tlh"))
    assert program.window.commands.languages[""].isChecked()


def test_while_it_classifies_the_language_cannot_be_changed(
    open_program: Callable[..., Program], photographs: Photographs, qtbot: QtBot
) -> None:
    program = open_program()
    program.window.show()
    program.window.open_paths([photographs(3)])
    languages = program.window.commands.languages
    assert not languages["zh_CN"].isEnabled()
    page = program.window.page
    qtbot.waitUntil(lambda: page.model.count(Status.CLASSIFIED) == 3, timeout=60_000)
    qtbot.waitUntil(languages["zh_CN"].isEnabled, timeout=10_000)


def test_damaged_settings_are_put_aside_and_told(
    open_program: Callable[..., Program], tmp_path: Path, told: list[str], qtbot: QtBot,
    qapp: QApplication,
) -> None:  # fmt: skip
    open_program()
    path = tmp_path / "settings.ini"
    path.write_bytes(b"\0\1 no settings at all")
    damaged = Program(qapp, path)
    qtbot.waitUntil(lambda: any("Settings put aside" in sentence for sentence in told))
    end(damaged)


def test_weights_that_cannot_be_used_are_told_once(
    open_program: Callable[..., Program], told: list[str], qtbot: QtBot
) -> None:
    (user_data_dir() / "weights").mkdir(parents=True, exist_ok=True)
    (user_data_dir() / "weights" / "odd.safetensors").write_bytes(b"nothing")
    program = open_program()
    program.window.show()
    qtbot.waitUntil(lambda: bool(told))
    qtbot.wait(50)
    assert sum("odd.safetensors" in sentence for sentence in told) == 1


def test_conference_mode_begins_and_ends_with_its_key(
    qtbot: QtBot, open_program: Callable[..., Program], photographs: Photographs
) -> None:
    program = open_program()
    classify(qtbot, program, photographs(3))
    window = program.window
    window.commands.conference.trigger()
    shows = [w for w in QApplication.topLevelWidgets() if type(w).__name__ == "DemoWindow"]
    assert [show.isVisible() for show in shows] == [True]
    qtbot.waitUntil(lambda: shows[0].stage.scene is not None, timeout=60_000)
    qtbot.keyClick(shows[0], " ")
    assert not shows[0].isVisible()
    assert window.page.results.current_path() == shows[0].stage.scene.prediction.path
    window.commands.conference.trigger()
    assert not window.commands.conference.isChecked()


def all_texts(window: MainWindow) -> str:
    """Return whatever a window can show or tell a screen reader, open menus and cells included."""
    texts = [window.windowTitle()]
    getters = (
        "text", "toolTip", "accessibleName", "accessibleDescription", "placeholderText",
    )  # fmt: skip
    for shown in (*window.findChildren(QWidget), *window.findChildren(QAction)):
        texts += [
            str(getattr(shown, name)()) for name in getters if callable(getattr(shown, name, None))
        ]
    roles = Qt.ItemDataRole
    model = window.page.model
    for row in range(model.rowCount()):
        for column in range(model.columnCount()):
            for role in (roles.DisplayRole, roles.ToolTipRole, roles.AccessibleTextRole):
                texts.append(str(model.index(row, column).data(role)))
    return "\n".join(texts)


@pytest.mark.parametrize("are_asked_for", [False, True])
def test_a_visitor_sees_names_of_files_only_where_they_are_asked_for(
    are_asked_for: bool, qtbot: QtBot, open_program: Callable[..., Program],
    photographs: Photographs,
) -> None:  # fmt: skip
    program = open_program()
    folder = photographs(3, "secret_folder")
    (folder / "broken_eye.png").touch()
    classify(qtbot, program, folder)
    window = program.window
    window.page.results.select(folder / "broken_eye.png")
    qtbot.waitUntil(lambda: "empty" in window.page.image.view.message(), timeout=10_000)
    window.commands.conference_names.setChecked(are_asked_for)
    window.commands.conference.trigger()
    (show,) = (w for w in QApplication.topLevelWidgets() if type(w).__name__ == "DemoWindow")
    qtbot.waitUntil(lambda: show.stage.scene is not None, timeout=60_000)
    qtbot.keyClick(show, " ")
    qtbot.waitUntil(lambda: "32 × 24" in window.page.image.caption.text(), timeout=10_000)
    said = all_texts(window)
    number = window.page.results.selection.rows()[0] + 1
    if are_asked_for:
        assert f"eye{number - 2}.png" in window.page.image.caption.text()
        assert "secret_folder" in window.windowTitle()
    else:
        assert window.page.image.caption.text() == f"Photograph {number} · 32 × 24 px"
        assert "Photograph 4" in said
        assert window.windowTitle() == ""
        for name in ("eye0", "broken_eye", "secret_folder"):
            assert name not in said
        assert not window.recent_menu.isEnabled()
        assert not window.commands.train_page.isEnabled()
        train = window.commands.train_page.text()
        assert not any(b.isEnabled() for b in window.page.welcome.buttons if b.text() == train)
    window.page.results.search.setText("graph 4")
    qtbot.waitUntil(lambda: window.page.model.rowCount() == (0 if are_asked_for else 1))
    window.commands.conference.trigger()
    assert window.commands.train_page.isVisible()
    window.page.results.clear_filters()
    assert "eye0.png" in all_texts(window)
    assert "secret_folder" in window.windowTitle()


def test_closing_the_window_ends_conference_mode(
    qtbot: QtBot, open_program: Callable[..., Program], photographs: Photographs
) -> None:
    program = open_program()
    classify(qtbot, program, photographs(3))
    program.conference.start()
    program.window.close()
    assert not any(
        w.isVisible() for w in QApplication.topLevelWidgets() if type(w).__name__ == "DemoWindow"
    )


def test_what_a_visitor_changed_is_forgotten(
    qtbot: QtBot, open_program: Callable[..., Program], photographs: Photographs
) -> None:
    program = open_program()
    classify(qtbot, program, photographs(3))
    window = program.window
    window.page.results.search.setText("eye1")
    window.page.vote.sliders.set_members(("tiny_a", "tiny_b"), (0.9, 0.1))
    window.show_page("train")
    program.conference.start_afresh()
    assert window.page.results.search.text() == ""
    assert window.page.isVisible()


def test_what_the_system_opens_is_opened_but_not_before_an_audience(
    open_program: Callable[..., Program], photographs: Photographs
) -> None:
    program = open_program()
    one, other = photographs(1), photographs(2, "other")
    program.open_files((one,))
    assert program.window.page.classification.roots == (one,)
    program.conference.start()
    program.open_files((other,))
    assert program.window.page.classification.roots == (one,)
    program.window.commands.conference.trigger()
    program.open_files((other,))
    assert program.window.page.classification.roots == (other,)
