"""A thread that raises: it is shown once, nothing hangs, and nobody speaks of success."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from command_runs import Done
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from tiny_results import read_json, read_table

from fundus_gui.core import inference
from fundus_gui.core.catalogue import read_catalogue
from fundus_gui.core.ensemble import load_ensemble
from fundus_gui.core.inference import predict_images
from fundus_gui.gui import jobs
from fundus_gui.gui.error_dialog import ErrorReporter
from fundus_gui.gui.file_dialogs import FileDialogs
from fundus_gui.gui.jobs import Engine
from fundus_gui.gui.main_window import MainWindow

PATIENCE_MS = 60_000


class UnforeseenError(Exception):
    """What no part of the program knows."""


class Raising:
    """Calls a function, but raises at one call and at all that follow."""

    def __init__(self, function: Callable[..., Any], at: int) -> None:
        self.function, self.at, self.calls = function, at, 0

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        self.calls += 1
        if self.calls >= self.at:
            raise UnforeseenError(f"call {self.calls}")
        return self.function(*arguments, **options)


# The engine and the command line ------------------------------------------------------------------


@pytest.mark.parametrize("at", [1, 7, 40])
@pytest.mark.parametrize("step", ["read_photograph", "find_field_of_view"])
def test_a_decoding_thread_that_raises_ends_the_batch_and_all_its_threads(
    tiny_weights: Path,
    photographs: list[Path],
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    at: int,
) -> None:
    catalogue = read_catalogue([tiny_weights])
    ensemble = load_ensemble(catalogue.ensemble("pair"), catalogue, device="cpu")
    monkeypatch.setattr(inference, step, Raising(getattr(inference, step), at))
    done = []
    with pytest.raises(UnforeseenError):  # noqa: PT012 - what came before is wanted
        for result in predict_images(ensemble, photographs, batch_size=2, workers=2):
            done.append(result.path)  # noqa: PERF401
    assert done == photographs[: len(done)]
    assert len(done) <= at
    assert not [t for t in threading.enumerate() if t.name.startswith("decode")]


def test_a_command_whose_thread_raises_keeps_its_rows_and_says_that_they_are_not_all(
    run: Callable[..., Done],
    photographs: list[Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    raising = Raising(inference.find_field_of_view, 12)
    out = tmp_path / "r.csv"
    arguments = ("classify", photographs[0].parent, "--batch-size", "2", "--workers", "1")
    with monkeypatch.context() as patch:
        patch.setattr(inference, "find_field_of_view", raising)
        with pytest.raises(UnforeseenError):
            run(*arguments, "--out", out)
    rows = read_table(out)
    assert [row["filename"] for row in rows] == [path.name for path in photographs[: len(rows)]]
    assert 0 < len(rows) < 12
    assert read_json(out.with_suffix(".json"))["is_complete"] is False
    assert run(*arguments, "--resume", out).code == 0
    assert len(read_table(out)) == len(photographs)


# The window ---------------------------------------------------------------------------------------


class _Answers(FileDialogs):
    """Answers where to save."""

    target: Path | None = None

    def save_as(
        self, _parent: QWidget, _title: str, _suggested: Path, _filters: str
    ) -> Path | None:
        return self.target


class Opened:
    """A window over the real engine, and what it has shown."""

    def __init__(self, weights: Path, settings: Path) -> None:
        self.messages: list[str] = []
        self.crashes: list[BaseException] = []
        self.said: list[str] = []
        self.dialogs = _Answers()
        errors = ErrorReporter(
            show_message=lambda _window, _title, sentence: self.messages.append(sentence),
            show_crash=lambda _window, error: self.crashes.append(error),
        )
        catalogue = read_catalogue([weights])
        engine = Engine(catalogue, device="cpu")
        self.window = MainWindow(
            catalogue, engine.classify, settings, errors=errors, dialogs=self.dialogs
        )
        self.window.page.message.connect(self.said.append)

    @property
    def is_busy(self) -> bool:
        return self.window.page.classification.busy


@pytest.fixture
def opened(qtbot: QtBot, tiny_weights: Path, tmp_path: Path) -> Iterator[Opened]:
    made = Opened(tiny_weights, tmp_path / "settings.ini")
    qtbot.addWidget(made.window)
    made.window.show()
    yield made
    made.window.close()


@pytest.mark.parametrize(
    ("module", "step", "at"),
    [
        (jobs, "find_images", 1),
        (inference, "find_field_of_view", 1),
        (inference, "find_field_of_view", 9),
        (jobs, "import_engine", 1),
    ],
    ids=["listing", "first photograph", "ninth photograph", "starting the engine"],
)
def test_a_job_that_raises_is_shown_once_and_the_window_works_on(
    opened: Opened,
    qtbot: QtBot,
    photographs: list[Path],
    monkeypatch: pytest.MonkeyPatch,
    module: Any,
    step: str,
    at: int,
) -> None:
    finished: list[bool] = []
    opened.window.page.classification.finished.connect(lambda: finished.append(True))
    with monkeypatch.context() as patch:
        patch.setattr(module, step, Raising(getattr(module, step), at))
        opened.window.open_paths([photographs[0].parent])
        qtbot.waitUntil(lambda: bool(opened.crashes), timeout=PATIENCE_MS)
        qtbot.waitUntil(lambda: not opened.is_busy, timeout=PATIENCE_MS)
    assert [type(error) for error in opened.crashes] == [UnforeseenError]
    assert opened.messages == []
    assert finished == []

    opened.window.open_paths([photographs[0].parent])
    qtbot.waitUntil(lambda: bool(finished), timeout=PATIENCE_MS)
    assert len(opened.window.page.model.results()) == len(photographs)
    assert len(opened.crashes) == 1


def test_an_export_that_raises_is_shown_once_and_nothing_is_said_to_be_written(
    opened: Opened,
    qtbot: QtBot,
    photographs: list[Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = opened.window.page
    with qtbot.waitSignal(page.classification.finished, timeout=PATIENCE_MS):
        opened.window.open_paths([photographs[0].parent])
    opened.dialogs.target = tmp_path / "r.csv"
    opened.said.clear()
    with monkeypatch.context() as patch:
        patch.setattr(jobs, "export_results", Raising(jobs.export_results, 1))
        page.export_all()
        qtbot.waitUntil(lambda: bool(opened.crashes), timeout=PATIENCE_MS)
    qtbot.wait(50)
    assert len(opened.crashes) == 1
    assert not [text for text in opened.said if "written" in text]
    page.export_all()
    qtbot.waitUntil(lambda: any("written" in text for text in opened.said), timeout=PATIENCE_MS)
    assert len(read_table(tmp_path / "r.csv")) == len(photographs)
