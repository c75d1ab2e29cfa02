from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from fakes import AnsweringDialogs, RecordedErrors
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QSlider, QWidget
from pytestqt.qtbot import QtBot

from fundus_gui.core.export import own_pseudonyms
from fundus_gui.core.results import Prediction
from fundus_gui.gui.main_window import MainWindow
from fundus_gui.gui.results_order import Column
from fundus_gui.gui.settings import load_settings

Photographs = Callable[..., Path]
Wait = Callable[[], None]


def move_a_weight(window: MainWindow) -> None:
    slider = window.page.vote.sliders.findChild(QSlider)
    slider.setValue(0 if slider.value() else 100)


def marks(pane: QWidget) -> str:
    texts = [label.text() for label in pane.findChildren(QLabel) if label.isVisible()]
    return " ".join(text for text in texts if text.startswith("What-if"))


def test_moved_weights_are_shown_everywhere_but_never_exported(
    qtbot: QtBot, window: MainWindow, photographs: Photographs, wait_idle: Wait,
    dialogs: AnsweringDialogs, tmp_path: Path,
) -> None:  # fmt: skip
    window.open_paths([photographs(8)])
    wait_idle()
    official = window.page.model.results()
    rows = window.page.model
    before = [rows.index(row, Column.CONFIDENCE).data() for row in range(8)]
    move_a_weight(window)
    what_if = [rows.index(row, Column.CONFIDENCE).data() for row in range(8)]
    assert what_if != before
    assert what_if[0] in window.page.vote.headline.text()
    assert "What-if" in marks(window.page.results)
    dialogs.target = tmp_path / "results.csv"
    window.commands.export_all.trigger()
    qtbot.waitUntil(lambda: "Rows written: 8" in window.status.text())
    with dialogs.target.open(encoding="utf-8-sig", newline="") as stream:
        exported = list(csv.DictReader(stream))
    assert [float(row["prob"]) for row in exported] == [
        result.confidence for result in official if isinstance(result, Prediction)
    ]
    assert {row["cnn__weight"] for row in exported} == {"0.6"}
    assert dialogs.target.with_suffix(".json").is_file()
    window.commands.reset_weights.trigger()
    assert marks(window.page.results) == ""
    assert [rows.index(row, Column.CONFIDENCE).data() for row in range(8)] == before


def test_only_the_selected_rows_are_exported_and_copied(
    qtbot: QtBot, window: MainWindow, photographs: Photographs, wait_idle: Wait,
    dialogs: AnsweringDialogs, tmp_path: Path,
) -> None:  # fmt: skip
    folder = photographs(5)
    window.open_paths([folder])
    wait_idle()
    window.page.results.select(folder / "eye3.png")
    dialogs.target = tmp_path / "one.csv"
    window.commands.export_selection.trigger()
    qtbot.waitUntil(lambda: "Rows written: 1" in window.status.text())
    with dialogs.target.open(encoding="utf-8-sig", newline="") as stream:
        assert [row["filename"] for row in csv.DictReader(stream)] == ["eye3.png"]
    window.commands.copy_rows.trigger()
    qtbot.waitUntil(lambda: "Rows copied: 1" in window.status.text())
    header, row = QGuiApplication.clipboard().text().splitlines()
    assert header.split("\t")[0] == "filename"
    assert row.split("\t")[0] == "eye3.png"


def test_an_export_that_fails_is_told(
    qtbot: QtBot, window: MainWindow, photographs: Photographs, wait_idle: Wait,
    dialogs: AnsweringDialogs, tmp_path: Path, errors: RecordedErrors,
) -> None:  # fmt: skip
    window.open_paths([photographs(1)])
    wait_idle()
    dialogs.target = tmp_path / "results.docx"
    window.commands.export_all.trigger()
    qtbot.waitUntil(lambda: len(errors.messages) == 1)
    assert ".csv" in errors.messages[0][1]


def test_the_chart_can_be_saved_and_copied(
    window: MainWindow, photographs: Photographs, wait_idle: Wait, dialogs: AnsweringDialogs,
    tmp_path: Path, errors: RecordedErrors,
) -> None:  # fmt: skip
    window.open_paths([photographs(1)])
    wait_idle()
    dialogs.target = tmp_path / "chart.svg"
    window.commands.save_chart.trigger()
    assert "<svg" in dialogs.target.read_text(encoding="utf-8")
    window.commands.copy_chart.trigger()
    assert QGuiApplication.clipboard().mimeData().hasImage()
    dialogs.target = tmp_path / "chart.docx"
    window.commands.save_chart.trigger()
    assert len(errors.messages) == 1


def test_an_export_is_finished_when_the_window_is_closed(
    window: MainWindow, photographs: Photographs, wait_idle: Wait, dialogs: AnsweringDialogs,
    tmp_path: Path,
) -> None:  # fmt: skip
    window.open_paths([photographs(60)])
    wait_idle()
    dialogs.target = tmp_path / "results.csv"
    window.commands.export_all.trigger()
    window.close()
    with dialogs.target.open(encoding="utf-8-sig", newline="") as stream:
        assert len(list(csv.DictReader(stream))) == 60


def test_with_pseudonyms_no_name_is_written_or_copied(
    qtbot: QtBot, window: MainWindow, photographs: Photographs, wait_idle: Wait,
    dialogs: AnsweringDialogs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("FUNDUS_GUI_HOME", str(tmp_path / "home"))
    folder = photographs(3, "PATIENTS")
    window.open_paths([folder])
    wait_idle()
    window.commands.pseudonyms.trigger()
    dialogs.target = tmp_path / "results.csv"
    window.commands.export_all.trigger()
    qtbot.waitUntil(lambda: "Rows written: 3" in window.status.text())
    pseudonyms = own_pseudonyms()
    with dialogs.target.open(encoding="utf-8-sig", newline="") as stream:
        names = [row["filename"] for row in csv.DictReader(stream)]
    assert names == [pseudonyms.of(f"eye{number}.png") for number in range(3)]
    for path in (dialogs.target, dialogs.target.with_suffix(".json")):
        assert not {"eye", "PATIENTS"} & set(re.findall("eye|PATIENTS", path.read_text("utf-8")))
    window.page.results.select(folder / "eye1.png")
    window.commands.copy_rows.trigger()
    qtbot.waitUntil(lambda: "Rows copied: 1" in window.status.text())
    assert QGuiApplication.clipboard().text().splitlines()[1].startswith(pseudonyms.of("eye1.png"))
    window.close()
    assert load_settings(tmp_path / "settings.ini").pseudonyms
