from __future__ import annotations

from pathlib import Path

import pytest
from tiny_weights import write_tiny_model

from fundus_gui.core.catalogue import read_catalogue
from fundus_gui.core.errors import CheckpointError, ConfigError, ExportError
from fundus_gui.core.paths import user_data_dir
from fundus_gui.core.runs import add_to_library


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUNDUS_GUI_HOME", str(tmp_path / "home"))


@pytest.fixture
def run(tmp_path: Path) -> Path:
    folder = tmp_path / "my run"
    folder.mkdir()
    write_tiny_model(folder / "best.safetensors")
    return folder


def test_the_best_weights_become_an_installed_model(run: Path) -> None:
    added = add_to_library(run)

    assert added.read_bytes() == (run / "best.safetensors").read_bytes()
    assert read_catalogue().model("my run").path == added


def test_an_installed_model_is_never_replaced(run: Path) -> None:
    add_to_library(run, "mine")

    with pytest.raises(ExportError, match="'mine' is installed already"):
        add_to_library(run, "mine")


@pytest.mark.parametrize("name", ["", "../mine", "a/b", ".hidden", "x" * 101, "a\nb", "ends."])
def test_a_name_that_no_file_should_have_is_refused(run: Path, name: str) -> None:
    with pytest.raises(ConfigError, match="cannot be the name of a model"):
        add_to_library(run, name)
    assert not user_data_dir().exists()


def test_a_run_without_weights_is_said(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError):
        add_to_library(tmp_path)
