from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from fundus_gui.gui.file_dialogs import FileDialogs

TABLES = "CSV (*.csv);;Parquet (*.parquet)"
CSV, PARQUET = TABLES.split(";;")
Answer = Callable[..., list[str]]


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Answer:
    """Return a function that lets the user type names; it returns what the dialog suggested."""

    def answer(*names: Path | str, chosen: str = CSV) -> list[str]:
        suggested: list[str] = []
        left = list(names)

        def ask(_parent: QWidget, _title: str, suggestion: str, _filters: str) -> tuple[str, str]:
            suggested.append(suggestion)
            return str(left.pop(0)), chosen

        monkeypatch.setattr(QFileDialog, "getSaveFileName", ask)
        return suggested

    return answer


def saved_as(qtbot: QtBot, filters: str = TABLES) -> Path | None:
    parent = QWidget()
    qtbot.addWidget(parent)
    return FileDialogs().save_as(parent, "Save", Path("results.csv"), filters)


@pytest.mark.parametrize(
    ("name", "chosen", "written"),
    [
        ("patient 3.5", CSV, "patient 3.5.csv"),
        ("patient 3.5", PARQUET, "patient 3.5.parquet"),
        ("Dr. Li", CSV, "Dr. Li.csv"),
        ("patient", PARQUET, "patient.parquet"),
        ("patient.", CSV, "patient.csv"),
        ("patient.parquet", CSV, "patient.parquet"),
        ("PATIENT.CSV", PARQUET, "PATIENT.CSV"),
    ],
)
def test_only_a_suffix_that_is_offered_is_one(
    name: str, chosen: str, written: str, typed: Answer, qtbot: QtBot, tmp_path: Path
) -> None:
    typed(tmp_path / name, chosen=chosen)
    assert saved_as(qtbot) == tmp_path / written


def test_a_folder_has_no_suffix(typed: Answer, qtbot: QtBot, tmp_path: Path) -> None:
    typed(tmp_path / "visit 3.5", chosen="Folder (*)")
    assert saved_as(qtbot, "Folder (*)") == tmp_path / "visit 3.5"


def test_nothing_is_written_where_the_user_thinks_better_of_it(typed: Answer, qtbot: QtBot) -> None:
    typed("")
    assert saved_as(qtbot) is None


def test_a_file_that_would_be_replaced_without_a_question_is_asked_about(
    typed: Answer, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "visit 3.5.csv").touch()
    suggested = typed(tmp_path / "visit 3.5", "")
    assert saved_as(qtbot) is None
    assert suggested == ["results.csv", str(tmp_path / "visit 3.5.csv")]
    typed(tmp_path / "visit 3.5", tmp_path / "visit 3.5.csv")
    assert saved_as(qtbot) == tmp_path / "visit 3.5.csv"
