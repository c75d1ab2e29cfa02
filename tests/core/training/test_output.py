"""What is written down of a training's events."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from fundus_gui.core.datasets import Dataset
from fundus_gui.core.runs import RunFolder, StepReport, TrainConfig, read_events
from fundus_gui.core.training import output


def update(step: int) -> StepReport:
    return StepReport(
        epoch=1,
        step=step,
        steps=1000,
        loss=1.0,
        learning_rate=1e-3,
        images_per_second=10.0,
        waiting=0.0,
        seconds_left=60.0,
    )


@pytest.mark.parametrize(("running", "apart"), [(10, 0.2), (2_000, 2.0), (1_000_000, 5.0)])
def test_updates_are_written_ever_more_rarely_but_the_last_of_an_epoch(
    running: float, apart: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = RunFolder(tmp_path / "run")
    folder.create(TrainConfig())
    written = output.RunOutput(folder, TrainConfig(), Dataset("", ()), "", is_first=True)
    written._started = 0.0
    for step in range(1, 1001):
        clock = SimpleNamespace(monotonic=lambda now=running + step / 16: now)
        monkeypatch.setattr(output, "time", clock)
        written.record(update(step))
    steps = [event.step for event in read_events(folder) if isinstance(event, StepReport)]
    assert (steps[0], steps[-1]) == (1, 1000)
    seconds = (steps[-2] - steps[0]) / 16 / (len(steps) - 2)
    assert seconds == pytest.approx(apart, abs=1 / 16)
