from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from fakes import FakeEngine, prediction
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QMenu, QWidget
from pytestqt.qtbot import QtBot

from fundus_gui.core.catalogue import Catalogue
from fundus_gui.gui.demo.conference import ConferenceMode
from fundus_gui.gui.demo.loop import DemoLoop
from fundus_gui.gui.demo.scene import Scene
from fundus_gui.gui.demo.stage import Stage

Photographs = Callable[..., Path]


class Visited:
    """A window that remembers what conference mode did with it."""

    def __init__(self) -> None:
        self.opened: tuple[Path, ...] = ()
        self.shown: list[Path] = []
        self.fresh_starts = 0

    def open_paths(self, paths: Sequence[Path]) -> None:
        self.opened = tuple(paths)

    def start_afresh(self) -> None:
        self.fresh_starts += 1

    def show_photograph(self, path: Path) -> None:
        self.shown.append(path)


@pytest.fixture
def visited() -> Visited:
    return Visited()


@pytest.fixture
def conference(
    qtbot: QtBot, engine: FakeEngine, visited: Visited
) -> Iterator[Callable[..., ConferenceMode]]:
    started: list[ConferenceMode] = []
    window = QWidget()
    qtbot.addWidget(window)

    def start(catalogue: Catalogue, *paths: Path, show_names: bool = False) -> ConferenceMode:
        mode = ConferenceMode(
            window, visited, engine.classify, show_names=show_names, patience_seconds=0.2
        )
        started.append(mode)
        mode.ended.connect(lambda: started.remove(mode))
        mode.start(catalogue, catalogue.ensembles.get("pair"), paths)
        return mode

    yield start
    while started:
        started[0].end()


def wait_for_scene(qtbot: QtBot, mode: ConferenceMode) -> Scene:
    stage = mode.show_window.stage
    qtbot.waitUntil(lambda: stage.scene is not None, timeout=10_000)
    assert stage.scene is not None
    return stage.scene


@pytest.fixture
def scene(qapp: QApplication, catalogue: Catalogue) -> Scene:  # noqa: ARG001
    picture = QPixmap(60, 40)
    picture.fill(QColor("red"))
    return Scene(picture, prediction(Path("eye.png"), catalogue.ensembles["pair"]))


def test_a_scene_shows_the_photograph_then_vote_after_vote_then_the_answer(scene: Scene) -> None:
    moments = [scene.seconds * step / 100 for step in range(101)]
    told = [
        (scene.picture_shown(at), *scene.votes_shown(at), scene.answer_shown(at)) for at in moments
    ]
    assert told[0] == (0, 0, 0, 0)
    assert told[-1] == (1, 1, 1, 1)
    for before, after in pairwise(told):
        assert all(a <= b for a, b in zip(before, after, strict=True))  # nothing flickers
    for moment in told:
        begun = [value > 0 for value in moment]
        assert begun == sorted(begun, reverse=True)  # one after another


def test_the_stage_can_be_painted_at_any_size_and_moment(qtbot: QtBot, scene: Scene) -> None:
    stage = Stage()
    qtbot.addWidget(stage)
    stage.tell(scene)
    for width, height in ((320, 200), (1920, 1080), (600, 1600)):
        stage.resize(width, height)
        assert not stage.grab().isNull()
    assert "%" in stage.accessibleDescription()


def test_the_loop_goes_round_and_leaves_out_what_cannot_be_read(
    qtbot: QtBot, engine: FakeEngine, catalogue: Catalogue, photographs: Photographs,
) -> None:  # fmt: skip
    folder = photographs(3)
    (folder / "broken.png").touch()
    told: list[str] = []
    loop = DemoLoop(engine.classify, lambda _path: "", seconds_each=0.02)
    loop.scene_ready.connect(lambda scene: told.append(scene.prediction.path.stem))
    loop.start(catalogue.ensembles["pair"], (folder,))
    qtbot.waitUntil(lambda: len(told) > 8, timeout=10_000)
    loop.close()
    assert set(told) == {"eye0", "eye1", "eye2"}
    assert told[-3:] != told[-4:-1]  # it moves on


def test_any_key_hands_over_with_the_photograph_that_was_shown(
    qtbot: QtBot, conference: Callable[..., ConferenceMode], catalogue: Catalogue,
    photographs: Photographs, visited: Visited,
) -> None:  # fmt: skip
    folder = photographs(2)
    mode = conference(catalogue, folder)
    scene = wait_for_scene(qtbot, mode)
    qtbot.keyClick(mode.show_window, Qt.Key.Key_Shift)
    assert mode.show_window.isVisible()
    qtbot.keyClick(mode.show_window, Qt.Key.Key_Space)
    assert not mode.show_window.isVisible()
    assert visited.opened == (folder,)
    assert visited.shown == [scene.prediction.path]


def test_its_own_key_ends_the_show(
    qtbot: QtBot, conference: Callable[..., ConferenceMode], catalogue: Catalogue,
    photographs: Photographs,
) -> None:  # fmt: skip
    mode = conference(catalogue, photographs(1))
    with qtbot.waitSignal(mode.ended):
        qtbot.keyClick(mode.show_window, Qt.Key.Key_F11)


def test_a_click_hands_over(
    qtbot: QtBot, conference: Callable[..., ConferenceMode], catalogue: Catalogue,
    photographs: Photographs,
) -> None:  # fmt: skip
    mode = conference(catalogue, photographs(1))
    qtbot.mouseClick(mode.show_window.stage, Qt.MouseButton.LeftButton)
    assert not mode.show_window.isVisible()


def test_a_finger_hands_over(
    qtbot: QtBot, conference: Callable[..., ConferenceMode], catalogue: Catalogue,
    photographs: Photographs,
) -> None:  # fmt: skip
    show = conference(catalogue, photographs(1)).show_window
    screen = QTest.createTouchDevice()
    with qtbot.waitSignal(show.touched):
        QTest.touchEvent(show, screen).press(0, QPoint(200, 200), show).commit()
    assert not show.isVisible()
    QTest.touchEvent(show, screen).release(0, QPoint(200, 200), show).commit()


def test_a_visitor_has_the_whole_screen_and_the_owner_the_window_as_it_was(
    qtbot: QtBot, engine: FakeEngine, visited: Visited, catalogue: Catalogue,
    photographs: Photographs,
) -> None:  # fmt: skip
    window = QWidget()
    qtbot.addWidget(window)
    window.setGeometry(60, 70, 400, 300)
    window.show()
    mode = ConferenceMode(window, visited, engine.classify)
    mode.start(catalogue, catalogue.ensembles["pair"], (photographs(1),))
    assert mode.show_window.isFullScreen()
    assert mode.show_window.geometry() == window.screen().geometry()
    qtbot.keyClick(mode.show_window, Qt.Key.Key_Escape)
    assert window.isMaximized()
    mode.end()
    assert not window.isMaximized()
    assert window.isVisible()
    assert window.geometry() == QRect(60, 70, 400, 300)


def test_left_alone_the_show_begins_again_and_dialogs_are_closed(
    qtbot: QtBot, conference: Callable[..., ConferenceMode], catalogue: Catalogue,
    photographs: Photographs, visited: Visited,
) -> None:  # fmt: skip
    mode = conference(catalogue, photographs(2))
    wait_for_scene(qtbot, mode)
    mode.hand_over()
    dialog = QDialog()
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitUntil(mode.show_window.isVisible, timeout=10_000)
    assert visited.fresh_starts == 1
    assert not dialog.isVisible()


def test_a_visitor_who_is_busy_keeps_the_window(
    qtbot: QtBot, conference: Callable[..., ConferenceMode], catalogue: Catalogue,
    photographs: Photographs,
) -> None:  # fmt: skip
    mode = conference(catalogue, photographs(1))
    mode.hand_over()
    field = QWidget()
    qtbot.addWidget(field)
    for _ in range(8):
        qtbot.keyClick(field, Qt.Key.Key_A, delay=50)
        assert not mode.show_window.isVisible()


@pytest.mark.parametrize("show_names", [False, True])
def test_names_of_files_are_told_only_when_asked_for(
    show_names: bool, qtbot: QtBot, conference: Callable[..., ConferenceMode],
    catalogue: Catalogue, photographs: Photographs,
) -> None:  # fmt: skip
    mode = conference(catalogue, photographs(1), show_names=show_names)
    assert wait_for_scene(qtbot, mode).caption == ("eye0.png" if show_names else "")


def test_a_folder_without_photographs_is_said_on_the_stage(
    qtbot: QtBot, conference: Callable[..., ConferenceMode], catalogue: Catalogue, tmp_path: Path
) -> None:
    stage = conference(catalogue, tmp_path).show_window.stage
    qtbot.waitUntil(lambda: stage.words.startswith("There is no photograph"), timeout=10_000)


def test_without_weights_it_is_said_on_the_stage(
    conference: Callable[..., ConferenceMode], tmp_path: Path
) -> None:
    stage = conference(Catalogue({}, {}), tmp_path).show_window.stage
    assert stage.words.startswith("No weights are installed")


def test_an_error_is_said_on_the_stage(
    qtbot: QtBot, engine: FakeEngine, conference: Callable[..., ConferenceMode],
    catalogue: Catalogue, photographs: Photographs,
) -> None:  # fmt: skip
    engine.error = OSError("the disk is gone")
    stage = conference(catalogue, photographs(1)).show_window.stage
    qtbot.waitUntil(lambda: stage.words == "the disk is gone", timeout=10_000)


def test_a_folder_that_is_not_there_is_not_named(
    conference: Callable[..., ConferenceMode], catalogue: Catalogue, tmp_path: Path, qtbot: QtBot
) -> None:
    stage = conference(catalogue, tmp_path / "Doe_Jane").show_window.stage
    qtbot.waitUntil(lambda: stage.words.startswith("There is no photograph"), timeout=10_000)


@pytest.mark.qt_log_ignore("does not support", extend=True)  # said without a screen
def test_a_menu_that_was_left_open_is_closed_when_the_show_begins_again(
    qtbot: QtBot, conference: Callable[..., ConferenceMode], catalogue: Catalogue,
    photographs: Photographs,
) -> None:  # fmt: skip
    mode = conference(catalogue, photographs(1))
    mode.hand_over()
    menu = QMenu()
    qtbot.addWidget(menu)
    menu.addAction("Copy")
    menu.popup(QPoint(0, 0))
    qtbot.waitUntil(mode.show_window.isVisible, timeout=10_000)
    assert not menu.isVisible()
