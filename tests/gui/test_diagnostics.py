from __future__ import annotations

import re
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from fundus_gui import __version__
from fundus_gui.core.catalogue import Catalogue
from fundus_gui.core.errors import ExportError
from fundus_gui.gui.diagnostics import LINES_AT_MOST, facts_of_the_window, write_diagnostics
from fundus_gui.gui.settings import AppSettings


def test_it_tells_versions_models_settings_and_the_end_of_the_log(
    qtbot: QtBot,  # noqa: ARG001 - screens need an application
    catalogue: Catalogue,
    tmp_path: Path,
) -> None:
    log, out = tmp_path / "program.log", tmp_path / "report.txt"
    log.write_text("\n".join(f"line {number}" for number in range(2 * LINES_AT_MOST)))
    facts = facts_of_the_window(catalogue, AppSettings(grid=True))
    assert list(write_diagnostics(facts, log, out)) == [out]
    told = out.read_text(encoding="utf-8")
    assert re.search(rf"fundus-gui +{__version__}\n", told)
    assert "Models: cnn, vit, rdnet, grader" in told
    assert "Setting grid: True" in told
    assert f"line {2 * LINES_AT_MOST - 1}" in told
    assert "line 0\n" not in told


def test_no_path_that_the_settings_remember_is_told(
    qtbot: QtBot,  # noqa: ARG001 - screens need an application
    catalogue: Catalogue,
    tmp_path: Path,
) -> None:
    settings = AppSettings(
        recent=("/data/Doe_Jane/eye.jpg",),
        recent_data=("/data/Doe_Jane",),
        last_folder="/data/Doe_Jane",
        splitter=b"\0",
    )
    log = tmp_path / "program.log"
    log.write_text(f"cannot read {Path.home()}/x\n")
    (out,) = write_diagnostics(
        facts_of_the_window(catalogue, settings), log, tmp_path / "report.txt"
    )
    told = out.read_text(encoding="utf-8")
    assert "Doe_Jane" not in told
    assert "cannot read ~/x" in told


def test_a_folder_that_cannot_be_written_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ExportError, match="cannot be written"):
        list(write_diagnostics("", tmp_path / "none.log", tmp_path / "file" / "report.txt"))
