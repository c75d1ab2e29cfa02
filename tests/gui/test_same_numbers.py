"""The window and the command line are two doors to one engine: the same file comes out of both."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import pytest
from fakes import AnsweringDialogs, RecordedErrors
from pytestqt.qtbot import QtBot
from tiny_photographs import write_photographs
from tiny_weights import write_tiny_weights

from fundus_gui import __main__
from fundus_gui.core import catalogue
from fundus_gui.core.catalogue import Catalogue, read_catalogue
from fundus_gui.gui.jobs import Engine
from fundus_gui.gui.main_window import MainWindow

PATIENCE_MS = 1_800_000


def classify_in_window(
    qtbot: QtBot, installed: Catalogue, settings: Path, photographs: list[Path], out: Path
) -> None:
    """Open photographs in the real window with the real engine and export all."""
    errors, dialogs = RecordedErrors(), AnsweringDialogs()
    dialogs.target = out
    window = MainWindow(
        installed,
        Engine(installed).classify,
        settings,
        errors=errors.reporter,
        dialogs=dialogs,
    )
    qtbot.addWidget(window)
    window.show()
    with qtbot.waitSignal(window.page.classification.finished, timeout=PATIENCE_MS):
        window.open_paths(photographs)
    window.commands.export_all.trigger()
    qtbot.waitUntil(lambda: is_complete(out.with_suffix(".json")), timeout=60_000)
    window.close()
    assert errors.messages == []
    assert errors.crashes == []


def classify_on_command_line(
    monkeypatch: pytest.MonkeyPatch, photographs: list[Path], out: Path
) -> None:
    command = ["fundus-gui", "classify", *map(str, photographs), "--out", str(out)]
    monkeypatch.setattr(sys, "argv", command)
    assert __main__.main() in {0, 3}


def is_complete(record: Path) -> bool:
    return record.is_file() and json.loads(record.read_bytes())["is_complete"] is True


def rows_but_seconds(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return [{**row, "seconds": "", "row_hash": ""} for row in rows]  # the hash is of all cells


def test_window_and_command_line_write_the_same_rows(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights = write_tiny_weights(tmp_path / "weights")
    monkeypatch.setattr(catalogue.installed, "weights_dir", lambda: weights)
    photographs = tmp_path / "photographs"
    write_photographs(photographs, 20)
    (photographs / "empty.jpg").touch()
    by_window, by_command = tmp_path / "window.csv", tmp_path / "command.csv"
    classify_in_window(qtbot, read_catalogue(), tmp_path / "settings.ini", [photographs], by_window)
    classify_on_command_line(monkeypatch, [photographs], by_command)
    assert len(rows_but_seconds(by_window)) == 21
    assert rows_but_seconds(by_window) == rows_but_seconds(by_command)


@pytest.mark.slow
def test_real_photographs_get_the_same_numbers_from_the_shipped_weights(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fundus_data: Path
) -> None:
    with (fundus_data / "labels.csv").open(encoding="utf-8-sig", newline="") as stream:
        test_part = [row["filename"] for row in csv.DictReader(stream) if row["split"] == "test"]
    folder = tmp_path / "test-part"
    folder.mkdir()
    for name in test_part:
        (folder / name).symlink_to(fundus_data / "images" / name)
    by_window, by_command = tmp_path / "window.csv", tmp_path / "command.csv"
    classify_in_window(qtbot, read_catalogue(), tmp_path / "settings.ini", [folder], by_window)
    classify_on_command_line(monkeypatch, [folder], by_command)
    assert len(rows_but_seconds(by_window)) == len(test_part)
    assert rows_but_seconds(by_window) == rows_but_seconds(by_command)
