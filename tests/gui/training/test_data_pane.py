from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from fakes import RecordedErrors
from labelled import class_folders, eyes
from pytestqt.qtbot import QtBot

from fundus_gui.core.runs import Preparing, TrainConfig
from fundus_gui.gui.training.data_pane import DataPane
from fundus_gui.gui.training.dataset_job import Surveyor

PATIENCE_MS = 20_000
Open = Callable[[Path], None]


@pytest.fixture
def pane(qtbot: QtBot, errors: RecordedErrors) -> Iterator[DataPane]:
    shown = DataPane(errors.reporter)
    qtbot.addWidget(shown)
    shown.changed.connect(lambda: shown.set_config(TrainConfig(**shown.settings())))
    shown.resize(1000, 700)
    shown.show()
    yield shown
    shown.close_threads()


@pytest.fixture
def open_data(qtbot: QtBot, pane: DataPane) -> Open:
    """Return a function that opens a folder and waits until all is known of it."""

    def open_and_wait(folder: Path) -> None:
        pane.open(folder)
        wait_compared(qtbot, pane)

    return open_and_wait


def wait_compared(qtbot: QtBot, pane: DataPane) -> None:
    def is_known() -> bool:
        return pane.survey is not None and pane.survey.duplicates is not None

    qtbot.waitUntil(is_known, timeout=PATIENCE_MS)


def said(pane: DataPane) -> str:
    return "\n".join(remark.text for remark in pane.notices.remarks)


def test_the_empty_pane_invites(pane: DataPane, qtbot: QtBot) -> None:
    assert pane.welcome.isVisible()
    assert not pane.table.isVisible()
    assert pane.problem == "Choose the photographs to learn from."
    with qtbot.waitSignal(pane.choose_requested):
        pane.welcome.choose.click()


def test_a_folder_is_shown_with_its_classes_and_parts(
    pane: DataPane, open_data: Open, tmp_path: Path
) -> None:
    open_data(class_folders(tmp_path / "data", amd=10, normal=20))
    assert not pane.welcome.isVisible()
    assert pane.table.isVisible()
    assert [pane.table.text(row, "class") for row in range(2)] == ["AMD", "Normal"]
    assert [pane.table.text(row, "count") for row in range(2)] == ["10", "20"]
    for row, count in enumerate((10, 20)):
        parts = [int(pane.table.text(row, part)) for part in ("train", "val")]
        assert sum(parts) == count
        assert all(parts)
    assert pane.summary.text().startswith("30 photographs · 2 classes · ")
    assert "No photograph is there twice." in said(pane)
    assert pane.problem == ""
    assert pane.settings() == {"data": str(tmp_path / "data"), "patient_pattern": ""}


def test_a_dropped_table_stands_for_its_folder(
    pane: DataPane, open_data: Open, tmp_path: Path
) -> None:
    folder = class_folders(tmp_path / "data", amd=8, normal=8)
    open_data(folder / "labels.csv")
    assert pane.settings()["data"] == str(folder)


def test_patients_are_told_apart_once_confirmed(
    pane: DataPane, qtbot: QtBot, open_data: Open, tmp_path: Path
) -> None:
    open_data(eyes(tmp_path / "data"))
    assert pane.patients.by_name.isVisible()
    assert not pane.patients.by_name.isChecked()
    assert pane.patients.pattern.text()
    assert "patients" not in pane.summary.text()
    assert "seem to tell patients apart" in said(pane)
    pane.patients.by_name.click()
    assert pane.settings()["patient_pattern"] == pane.patients.pattern.text()
    qtbot.waitUntil(lambda: "8 patients" in pane.summary.text(), timeout=PATIENCE_MS)
    assert "seem to tell patients apart" not in said(pane)


def test_a_pattern_that_cannot_be_read_is_said_in_place(
    pane: DataPane, qtbot: QtBot, open_data: Open, tmp_path: Path, errors: RecordedErrors
) -> None:
    open_data(eyes(tmp_path / "data"))
    pane.patients.by_name.click()
    pane.patients.pattern.setText("(")
    qtbot.waitUntil(lambda: "pattern" in said(pane), timeout=PATIENCE_MS)
    assert pane.problem
    assert pane.table.isVisible()
    pane.patients.pattern.setText(r"(\d+)_")
    qtbot.waitUntil(lambda: pane.problem == "", timeout=PATIENCE_MS)
    assert errors.messages == []


def test_a_folder_that_cannot_be_used_is_said_in_place_and_invites_again(
    pane: DataPane, qtbot: QtBot, tmp_path: Path, errors: RecordedErrors
) -> None:
    pane.open(tmp_path)
    qtbot.waitUntil(lambda: "classes are needed" in said(pane), timeout=PATIENCE_MS)
    assert pane.notices.isVisible()
    assert pane.welcome.isVisible()
    assert pane.problem
    assert errors.messages == []


def test_duplicates_and_files_that_are_no_photographs_are_said(
    pane: DataPane, open_data: Open, tmp_path: Path
) -> None:
    folder = class_folders(tmp_path / "data", amd=8, normal=8)
    shutil.copy(folder / "amd" / "amd000.png", folder / "normal" / "again.png")
    (folder / "normal" / "broken.png").write_bytes(b"no picture")
    open_data(folder)
    weights = [remark.weight for remark in pane.notices.remarks]
    assert weights == ["error", "warning"]
    assert "again.png" in said(pane)
    assert "broken.png" in said(pane)
    assert "broken.png" in pane.problem


def test_duplicates_that_are_refused_hold_the_training_up(
    pane: DataPane, qtbot: QtBot, open_data: Open, tmp_path: Path
) -> None:
    folder = class_folders(tmp_path / "data", amd=8, normal=8)
    shutil.copy(folder / "amd" / "amd000.png", folder / "amd" / "again.png")
    open_data(folder)
    assert pane.problem == ""
    pane.set_config(TrainConfig(**pane.settings(), duplicates="refuse"))
    qtbot.waitUntil(lambda: "refuses" in pane.problem, timeout=PATIENCE_MS)


def test_another_folder_cancels_the_reading_of_the_first(
    pane: DataPane, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = class_folders(tmp_path / "second", amd=8, normal=8)
    began, ended, survey = threading.Event(), threading.Event(), Surveyor.survey

    def slow_for_the_first(self: Surveyor, config: TrainConfig) -> Generator[Any, None, None]:
        if config.data == str(second):
            yield from survey(self, config)
            return
        began.set()
        try:
            while True:
                time.sleep(0.01)
                yield Preparing(stage="reading")
        finally:
            ended.set()

    monkeypatch.setattr(Surveyor, "survey", slow_for_the_first)
    pane.open(tmp_path / "first")
    qtbot.waitUntil(began.is_set, timeout=PATIENCE_MS)
    pane.open(second)
    wait_compared(qtbot, pane)
    assert ended.is_set()
    assert pane.summary.text().startswith("16 photographs")


def test_other_settings_share_the_photographs_out_anew(
    pane: DataPane, qtbot: QtBot, open_data: Open, tmp_path: Path
) -> None:
    open_data(class_folders(tmp_path / "data", amd=20, normal=20))
    before = pane.table.text(0, "val")
    pane.set_config(TrainConfig(**pane.settings(), validation_fraction=0.5))
    qtbot.waitUntil(lambda: pane.table.text(0, "val") == "10", timeout=PATIENCE_MS)
    assert before == "3"


def test_settings_without_a_say_in_the_parts_read_nothing_again(
    pane: DataPane, qtbot: QtBot, open_data: Open, tmp_path: Path
) -> None:
    open_data(class_folders(tmp_path / "data", amd=8, normal=8))
    qtbot.waitUntil(lambda: not pane.is_reading(), timeout=PATIENCE_MS)
    pane.set_config(TrainConfig(**pane.settings(), epochs=99))
    assert not pane.is_reading()
