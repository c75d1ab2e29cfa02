from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fakes import RecordedErrors, installed_model
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QIcon, QPixmap
from PySide6.QtWidgets import QApplication, QComboBox, QToolButton
from pytestqt.qtbot import QtBot

from fundus_gui.gui.image_pane import ImagePane
from fundus_gui.gui.language import use_language


@pytest.fixture
def seen_by_model(qapp: QApplication) -> QAction:
    action = QAction("As the model sees it", qapp)
    action.setCheckable(True)
    return action


@pytest.fixture
def pane(qtbot: QtBot, errors: RecordedErrors, seen_by_model: QAction) -> Iterator[ImagePane]:
    shown = ImagePane((), seen_by_model, errors.reporter)
    qtbot.addWidget(shown)
    shown.show()
    yield shown
    shown.close_thread()


def size(pane: ImagePane) -> tuple[int, int]:
    """Return width and height of the photograph that is shown."""
    area = pane.view.sceneRect()
    return round(area.width()), round(area.height())


def test_a_photograph_is_shown_with_name_and_size(
    qtbot: QtBot, pane: ImagePane, photographs: Callable[..., Path]
) -> None:
    assert "Select a photograph" in pane.view.message()
    pane.show_path(photographs(1) / "eye0.png")
    qtbot.waitUntil(lambda: pane.caption.text() == "eye0.png · 32 × 24 px")
    assert size(pane) == (32, 24)
    assert pane.view.message() == ""


def test_notes_on_a_photograph_are_in_the_language_of_the_window(
    qtbot: QtBot, qapp: QApplication, pane: ImagePane, tmp_path: Path
) -> None:
    Image.new("RGBA", (32, 24), (200, 80, 30, 0)).save(tmp_path / "eye.png")
    use_language(qapp, "zh_CN")
    pane.show_path(tmp_path / "eye.png")
    qtbot.waitUntil(lambda: "透明" in pane.caption.text())
    use_language(qapp, "en")


def test_the_last_of_many_choices_is_shown(
    qtbot: QtBot, pane: ImagePane, photographs: Callable[..., Path]
) -> None:
    folder = photographs(30)
    for number in range(30):
        pane.show_path(folder / f"eye{number}.png")
    qtbot.waitUntil(lambda: pane.caption.text().startswith("eye29.png"))


def test_the_reason_is_shown_in_the_place_of_an_unreadable_photograph(
    qtbot: QtBot, pane: ImagePane, tmp_path: Path, errors: RecordedErrors
) -> None:
    broken = tmp_path / "broken.png"
    broken.touch()
    pane.show_path(broken)
    qtbot.waitUntil(lambda: "empty" in pane.view.message())
    assert pane.caption.text() == "broken.png"
    assert errors.messages == []


def test_a_model_s_view_has_the_model_s_size(
    qtbot: QtBot, pane: ImagePane, seen_by_model: QAction, photographs: Callable[..., Path]
) -> None:
    pane.set_models([installed_model("cnn", size=32), installed_model("vit", size=48)])
    pane.show_path(photographs(1) / "eye0.png")
    qtbot.waitUntil(lambda: size(pane) == (32, 24))
    choice = pane.findChild(QComboBox)
    assert not choice.isVisible()
    seen_by_model.toggle()
    qtbot.waitUntil(lambda: size(pane) == (32, 32))
    assert choice.isVisible()
    choice.setCurrentIndex(1)
    choice.activated.emit(1)
    qtbot.waitUntil(lambda: size(pane) == (48, 48))
    seen_by_model.toggle()
    qtbot.waitUntil(lambda: size(pane) == (32, 24))


def test_models_that_see_alike_need_no_choice(pane: ImagePane, seen_by_model: QAction) -> None:
    pane.set_models([installed_model("cnn"), installed_model("vit")])
    seen_by_model.toggle()
    assert not pane.findChild(QComboBox).isVisible()


def test_nothing_is_shown_once_nothing_is_chosen(
    qtbot: QtBot, pane: ImagePane, photographs: Callable[..., Path]
) -> None:
    pane.show_path(photographs(1) / "eye0.png")
    pane.show_path(None)
    qtbot.wait(100)
    assert "Select a photograph" in pane.view.message()
    assert pane.caption.text() == ""


def test_the_words_of_the_buttons_step_aside(qtbot: QtBot, errors: RecordedErrors) -> None:
    actions = [QAction(QIcon(QPixmap(16, 16)), "A long name of a command") for _ in range(3)]
    pane = ImagePane(actions[:2], actions[2], errors.reporter)
    qtbot.addWidget(pane)
    pane.setMinimumWidth(280)
    pane.show()
    for width, style in (
        (900, Qt.ToolButtonStyle.ToolButtonTextBesideIcon),
        (280, Qt.ToolButtonStyle.ToolButtonIconOnly),
        (900, Qt.ToolButtonStyle.ToolButtonTextBesideIcon),
    ):
        pane.resize(width, 400)
        assert {button.toolButtonStyle() for button in pane.findChildren(QToolButton)} == {style}
    pane.close_thread()


def test_a_photograph_may_be_called_otherwise_than_its_file(
    qtbot: QtBot, errors: RecordedErrors, seen_by_model: QAction, tmp_path: Path
) -> None:
    called = "Photograph 7"
    pane = ImagePane((), seen_by_model, errors.reporter, lambda _path: called)
    qtbot.addWidget(pane)
    pane.show_path(tmp_path / "missing.png")
    qtbot.waitUntil(lambda: pane.view.message() == "Could not be read")
    assert pane.caption.text() == "Photograph 7"
    called = "Photograph 8"
    pane.rename()
    qtbot.waitUntil(lambda: pane.caption.text() == "Photograph 8")
    pane.close_thread()
