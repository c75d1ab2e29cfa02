"""A small data set that can be learnt, and a config that learns it in a second."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from tiny_photographs import photograph

from fundus_gui.core.reports import run_report
from fundus_gui.core.runs import EpochReport, Event, Notice, RunEnded, StepReport, TrainConfig
from fundus_gui.core.training import fit, resume

COLOURS = {"blue": (60, 90, 200), "green": (60, 200, 90), "red": (210, 80, 60)}
EACH = 16


@pytest.fixture(autouse=True)
def _blank_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spare the drawing, which takes longer than a run here; shared fixtures and processes draw."""
    monkeypatch.setattr(run_report, "rendered", lambda *_: b"<svg/>")


@dataclass(frozen=True, slots=True)
class Trained:
    """A run that is over, with what it told."""

    path: Path
    events: list[Event]

    @property
    def steps(self) -> list[StepReport]:
        return [event for event in self.events if isinstance(event, StepReport)]

    @property
    def epochs(self) -> list[EpochReport]:
        return [event for event in self.events if isinstance(event, EpochReport)]

    @property
    def notices(self) -> list[str]:
        return [event.text for event in self.events if isinstance(event, Notice)]

    @property
    def ended(self) -> RunEnded:
        last = self.events[-1]
        assert isinstance(last, RunEnded)
        return last


@pytest.fixture(scope="session")
def eyes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return class folders of separable colours."""
    folder = tmp_path_factory.mktemp("coloured eyes")
    for label, colour in COLOURS.items():
        (folder / label).mkdir()
        for number in range(EACH):
            image = photograph(100 * number + len(label), colour)
            image.save(folder / label / f"{number}.png")
    return folder


@pytest.fixture(scope="session")
def config(eyes: Path) -> TrainConfig:
    return TrainConfig(
        data=str(eyes),
        validation_fraction=0.25,
        duplicates="ignore",
        model="tiny",
        input_size=32,
        epochs=5,
        batch_size=8,
        learning_rate=0.03,
        rotation=10.0,
        zoom=0.0,
        colour=0.0,
        erasing=0.0,
        device="cpu",
        workers=0,
        cache="memory",
        test_time_augmentation=False,
        seed=3,
    )


@pytest.fixture(scope="session")
def train() -> Callable[[TrainConfig, Path], Trained]:
    def train(config: TrainConfig, out: Path) -> Trained:
        return Trained(out, list(fit(config, out, command="fundus-gui train ...")))

    return train


@pytest.fixture(scope="session")
def go_on() -> Callable[[Path], Trained]:
    def go_on(out: Path) -> Trained:
        return Trained(out, list(resume(out, command="fundus-gui train --resume ...")))

    return go_on
