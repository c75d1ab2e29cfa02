"""The promise of the whole: what can be learnt from drawn photographs, the quick preset learns."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from fundus_gui.core.runs import RunEnded, find_preset
from fundus_gui.core.synthetic import CONDITIONS
from fundus_gui.core.training import fit

# Drawings of each class, and the seed: the parts have no drawing in common.
PARTS = {"train": (30, 1), "val": (10, 2)}


@pytest.fixture(scope="module")
def drawings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Draw both parts, each in a process of its own, since a drawing takes most of a second."""
    folder = tmp_path_factory.mktemp("drawings")
    painters = []
    for part, (count, seed) in PARTS.items():
        words = (folder / part, "--class-folders", "--per-class", count, "--seed", seed)
        command = [sys.executable, "-m", "fundus_gui", "samples", *map(str, words), "--size", "512"]
        painters.append(subprocess.Popen(command, stdout=subprocess.DEVNULL))
    assert [painter.wait() for painter in painters] == [0, 0]
    return folder


@pytest.mark.timeout(1800)  # a busy machine draws slowly
def test_the_quick_preset_tells_the_six_drawn_classes_apart(drawings: Path, tmp_path: Path) -> None:
    config = find_preset("quick-cpu").config().changed(data=str(drawings), device="cpu")
    *_, ended = fit(config, tmp_path / "run")
    assert isinstance(ended, RunEnded)
    assert ended.ending == "finished"
    assert ended.figures["images"] == PARTS["val"][0] * len(CONDITIONS)
    assert ended.figures["balanced_accuracy"] > 0.9
