from __future__ import annotations

import importlib.util
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from made_runs import epoch, started, step

from fundus_gui.core.errors import ConfigError, ExportError
from fundus_gui.core.reports import tensorboard
from fundus_gui.core.reports.tensorboard import TensorBoardWriter, check_tensorboard
from fundus_gui.core.runs import Event, Notice, RunEnded

needs_tensorboard = pytest.mark.skipif(
    importlib.util.find_spec("tensorboard") is None, reason="TensorBoard is not installed."
)
ENDED = RunEnded(ending="finished", reason="All epochs are done.")


def write(folder: Path, events: Sequence[Event]) -> None:
    writer = TensorBoardWriter(folder)
    for event in events:
        writer.write(event)


def scalars(folder: Path, name: str) -> dict[int, float]:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    read = EventAccumulator(str(folder))
    read.Reload()
    return {scalar.step: pytest.approx(scalar.value) for scalar in read.Scalars(name)}


@needs_tensorboard
def test_curves_lie_over_updates(tmp_path: Path) -> None:
    events = [started("ab"), Notice(text="!"), step(1, 2, 0.5), step(1, 4, 0.25), epoch(1, 0.8)]
    write(tmp_path, [*events, ENDED])
    assert scalars(tmp_path, "step/loss") == {2: 0.5, 4: 0.25}
    assert scalars(tmp_path, "train/loss") == {4: 1.0}
    assert scalars(tmp_path, "validation/macro_auc") == {4: 0.8}


@needs_tensorboard
def test_what_was_not_measured_is_left_out(tmp_path: Path) -> None:
    write(tmp_path, [started("ab"), epoch(1, train_accuracy=None), epoch(2), ENDED])
    assert scalars(tmp_path, "train/accuracy") == {8: 0.75}


@needs_tensorboard
def test_what_a_killed_run_told_twice_counts_once(tmp_path: Path) -> None:
    write(tmp_path, [started("ab"), epoch(1), step(2, 1, 9.0), step(2, 2, 9.0), ENDED])
    write(tmp_path, [started("ab", epoch=1), step(2, 1, 0.5), ENDED])
    assert scalars(tmp_path, "step/loss") == {5: 0.5}
    assert scalars(tmp_path, "train/loss") == {4: 1.0}


@needs_tensorboard
def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "tensorboard").write_text("a file is in the way")
    with pytest.raises(ExportError, match=re.escape(f"{tmp_path} cannot be written")):
        write(tmp_path / "tensorboard", [started("ab")])


@needs_tensorboard
def test_what_is_installed_is_not_complained_of() -> None:
    check_tensorboard()


def test_what_is_not_installed_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tensorboard, "find_spec", lambda _: None)
    with pytest.raises(ConfigError, match=r"pip install 'fundus-gui\[tensorboard\]'"):
        check_tensorboard()
