"""What the tests of the command line share: two tiny models, a few photographs, a way to run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from command_runs import Done, command_runner
from tiny_photographs import write_photographs
from tiny_weights import write_tiny_weights


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
    return command_runner(weights, tmp_path / "home", monkeypatch, capsys)
