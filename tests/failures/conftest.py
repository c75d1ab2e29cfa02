"""What the tests of failures share: a home with tiny models, photographs, the command line."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from command_runs import Done, command_runner
from tiny_photographs import photograph, write_photographs
from tiny_weights import CLASS_NAMES, write_tiny_weights

# Threads that wait for each other make small networks a hundred times slower on a busy machine.
torch.set_num_threads(1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # Said of every window without a screen; it means nothing.
    noise = pytest.mark.qt_log_ignore("does not support propagateSizeHints", extend=True)
    for item in items:
        item.add_marker(noise)


@pytest.fixture(scope="session")
def tiny_weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of two tiny models and their ensemble, for reading only."""
    return write_tiny_weights(tmp_path_factory.mktemp("weights"))


@pytest.fixture(scope="session")
def photographs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Return forty photographs that all differ, for reading only."""
    return write_photographs(tmp_path_factory.mktemp("photographs"), 40)


@pytest.fixture(scope="session")
def eyes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return 24 labelled photographs in three parts, for reading only."""
    folder = tmp_path_factory.mktemp("data") / "eyes"
    folder.mkdir()
    with (folder / "labels.csv").open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("filename", "label", "patient_id", "split"))
        for number in range(36):
            photograph(number).save(folder / f"{number}.png")
            part = ("train", "val", "test")[number // 12]
            label = CLASS_NAMES[number % len(CLASS_NAMES)]
            writer.writerow((f"{number}.png", label, f"p{number // 2}", part))
    return folder


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a user's folder with the tiny models in it."""
    folder = tmp_path / "home"
    write_tiny_weights(folder / "weights")
    return folder


@pytest.fixture
def run(
    tiny_weights: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> Callable[..., Done]:
    """Return what runs a command in this process, with the tiny models installed."""
    return command_runner(tiny_weights, tmp_path / "home", monkeypatch, capsys)
