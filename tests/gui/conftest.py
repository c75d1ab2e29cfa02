"""A window over a fake engine, and what stands around it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from fakes import RESULTS, WAITING, AnsweringDialogs, FakeEngine, RecordedErrors, installed_model
from PIL import Image
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fundus_gui.core.catalogue import Catalogue, EnsembleSpec
from fundus_gui.gui.language import use_language
from fundus_gui.gui.main_window import MainWindow
from fundus_gui.gui.results_model import ResultsModel


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # Said of every window without a screen; it means nothing.
    noise = pytest.mark.qt_log_ignore("does not support propagateSizeHints", extend=True)
    for item in items:
        item.add_marker(noise)


@pytest.fixture(scope="session", autouse=True)
def _english(qapp: QApplication) -> None:
    """Speak English as the program does: singular and plural come from a file."""
    use_language(qapp, "en")


@pytest.fixture
def catalogue() -> Catalogue:
    models = [installed_model("cnn"), installed_model("vit", size=48), installed_model("rdnet")]
    foreign = installed_model("grader", ("mild", "severe"))
    pair = EnsembleSpec(name="pair", title="Pair", members=("cnn", "vit"), weights=(0.6, 0.4))
    return Catalogue({m.name: m for m in (*models, foreign)}, {"pair": pair})


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def errors() -> RecordedErrors:
    return RecordedErrors()


@pytest.fixture
def dialogs() -> AnsweringDialogs:
    return AnsweringDialogs()


@pytest.fixture
def photographs(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that fills a new folder with photographs and returns it."""

    def fill(count: int, folder: str = "photographs") -> Path:
        target = tmp_path / folder
        target.mkdir()
        for number in range(count):
            pixels = np.full((24, 32, 3), (200, 80 + number % 100, 30), np.uint8)
            Image.fromarray(pixels).save(target / f"eye{number}.png")
        return target

    return fill


@pytest.fixture
def open_window(
    qtbot: QtBot,
    tmp_path: Path,
    catalogue: Catalogue,
    engine: FakeEngine,
    errors: RecordedErrors,
    dialogs: AnsweringDialogs,
) -> Iterator[Callable[..., MainWindow]]:
    """Return a function that shows a window, over other installed models if they are given."""
    windows = []

    def show(installed: Catalogue = catalogue) -> MainWindow:
        path = tmp_path / "settings.ini"
        shown = MainWindow(
            installed, engine.classify, path, errors=errors.reporter, dialogs=dialogs
        )
        qtbot.addWidget(shown)
        windows.append(shown)
        shown.show()
        return shown

    yield show
    for shown in windows:
        shown.close()


@pytest.fixture
def window(open_window: Callable[..., MainWindow]) -> MainWindow:
    return open_window()


@pytest.fixture
def wait_idle(qtbot: QtBot, window: MainWindow) -> Callable[[], None]:
    """Return a function that waits until nothing runs any more."""

    def wait() -> None:
        qtbot.waitUntil(lambda: not window.page.classification.busy, timeout=20_000)

    return wait


@pytest.fixture
def model(qapp: QApplication) -> ResultsModel:
    """Return six photographs: four classified, the third unreadable, the last waiting."""
    filled = ResultsModel(str.upper, parent=qapp)
    filled.add_paths([*(result.path for result in RESULTS), WAITING])
    filled.set_results(RESULTS)
    return filled
