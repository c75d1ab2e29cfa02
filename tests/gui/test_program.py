from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from tiny_weights import write_tiny_weights

from fundus_gui.core.paths import user_data_dir
from fundus_gui.gui.error_dialog import ErrorReporter
from fundus_gui.gui.language import use_language
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
