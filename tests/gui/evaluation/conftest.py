"""Labelled photographs, an Evaluate page over a fake engine, and evaluations that are kept."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from fakes import AnsweringDialogs, FakeEngine, RecordedErrors
from PIL import Image
from pytestqt.qtbot import QtBot
from tiny_assessments import assessment

from fundus_gui.core.assessments import reporting
from fundus_gui.core.assessments.folder import evaluations_dir, write_assessment
from fundus_gui.core.catalogue import Catalogue
from fundus_gui.gui.actions import Actions
from fundus_gui.gui.evaluate_page import EvaluatePage

CLASSES = ("amd", "diabetic_retinopathy", "normal")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a data folder of the user's that is empty."""
    folder = tmp_path / "home"
    monkeypatch.setenv("FUNDUS_GUI_HOME", str(folder))
    return folder


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    """Return a folder with a test part of 24 photographs and a validation part of 30."""
    folder = tmp_path / "eyes"
    folder.mkdir()
    lines = ["filename,label,patient_id,split"]
    for part, count in (("test", 24), ("val", 30)):
        for number in range(count):
            name = f"{part}{number}.png"
            pixels = np.random.default_rng(len(lines)).integers(40, 255, (5, 5, 3), np.uint8)
            Image.fromarray(pixels).resize((40, 40), Image.Resampling.BICUBIC).save(folder / name)
            lines.append(f"{name},{CLASSES[number % 3]},{part}-{number // 2},{part}")
    (folder / "labels.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def _write_nothing(_assessment: object, _folder: Path) -> Iterator[str]:
    return iter(())


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Path]:
    """Return a function that makes an evaluation up, once for each seed."""
    drawn, kept = tmp_path_factory.mktemp("drawn"), tmp_path_factory.mktemp("kept")

    def write(seed: int) -> Path:
        folder = kept / str(seed)
        if not folder.exists():
            found = assessment(drawn / str(seed), drawn=True, seed=seed)
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(reporting, "write_evaluation_report", _write_nothing)
                write_assessment(found, folder)
        return folder

    return write


@pytest.fixture
def keep(home: Path, made: Callable[[int], Path]) -> Callable[..., Path]:
    """Return a function that keeps a made-up evaluation under a name and returns its folder."""
    del home

    def copy(name: str, seed: int = 0) -> Path:
        return shutil.copytree(made(seed), evaluations_dir() / name)

    return copy


@pytest.fixture
def _no_report(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the report out of new evaluations, since drawing it takes seconds."""

    monkeypatch.setattr(reporting, "write_evaluation_report", _write_nothing)


@pytest.fixture
def actions(qtbot: QtBot) -> Actions:
    del qtbot
    return Actions()


@pytest.fixture
def page(
    qtbot: QtBot,
    home: Path,
    catalogue: Catalogue,
    engine: FakeEngine,
    actions: Actions,
    errors: RecordedErrors,
    dialogs: AnsweringDialogs,
) -> Iterator[EvaluatePage]:
    del home
    shown = EvaluatePage(catalogue, engine.classify, actions, errors.reporter, dialogs)
    qtbot.addWidget(shown)
    shown.resize(1100, 700)
    shown.setup.measures.replicates.setValue(100)
    shown.show()
    yield shown
    shown.close_threads()
