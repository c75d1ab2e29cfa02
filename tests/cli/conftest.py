"""What the tests of the command line share: two tiny models, a few photographs, a way to run."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from tiny_photographs import write_photographs
from tiny_weights import write_tiny_weights

from fundus_gui import __main__
from fundus_gui.core import catalogue


@dataclass
class Done:
    """What a command left behind."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_weights(tmp_path_factory.mktemp("shipped"))


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("photos")
    write_photographs(folder, 6)
    write_photographs(folder / "more", 2)
    return folder


@pytest.fixture
def run(
    weights: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> Callable[..., Done]:
    """Return what runs a command with the tiny models installed."""
    monkeypatch.setattr(catalogue.installed, "weights_dir", lambda: weights)
    monkeypatch.setenv("FUNDUS_GUI_HOME", str(tmp_path / "home"))
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)

    def run_command(*arguments: str | Path) -> Done:
        monkeypatch.setattr(sys, "argv", ["fundus-gui", *map(str, arguments)])
        capsys.readouterr()
        code = __main__.main()
        said = capsys.readouterr()
        return Done(code, said.out, said.err)

    return run_command
