"""A run that was stopped, paused or killed goes on as if nothing had happened."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import torch
from torch import Tensor

from fundus_gui.core import atomic
from fundus_gui.core.checkpoints import load_checkpoint
from fundus_gui.core.errors import CheckpointError, ConfigError, DatasetError, FundusError
from fundus_gui.core.runs import (
    EpochReport,
    RunContinued,
    RunFolder,
    RunPaused,
    StepReport,
    TrainConfig,
    read_run,
    train_arguments,
)
from fundus_gui.core.training import fit, resume
from fundus_gui.core.training.learner import Course, Learner
from fundus_gui.core.training.output import RunOutput

if TYPE_CHECKING:
    from conftest import Trained

Train = Callable[[TrainConfig, Path], "Trained"]
GoOn = Callable[[Path], "Trained"]


@pytest.fixture(scope="module")
def exact(config: TrainConfig) -> TrainConfig:
    """Return a config with chance in every corner, and a state after every step."""
    return config.changed(
        deterministic=True,
        epochs=3,
        ema_decay=0.99,
        mixup=0.4,
        cutmix=0.4,
        policy="trivialaugment",
        erasing=0.5,
        zoom=0.1,
        balance="sampling",
        state_minutes=0.0,
    )


@pytest.fixture(scope="module")
def whole(exact: TrainConfig, train: Train, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """Return the uninterrupted run."""
    return train(exact, tmp_path_factory.mktemp("whole") / "run")


def weights_of(path: Path) -> dict[str, Tensor]:
    return load_checkpoint(path).model.state_dict()


def assert_same_weights(one: Path, other: Path) -> None:
    for name in ("last.safetensors", "best.safetensors"):
        first, second = weights_of(one / name), weights_of(other / name)
        assert all(torch.equal(first[tensor], second[tensor]) for tensor in first), name


@pytest.mark.parametrize("steps", [1, 3, 4, 6, 11])
def test_left_after_any_step_and_resumed_it_ends_with_the_same_bits(
    exact: TrainConfig, whole: Trained, go_on: GoOn, tmp_path: Path, steps: int
) -> None:
    done = 0
    events = fit(exact, tmp_path / "run")
    for event in events:
        done += isinstance(event, StepReport)
        if isinstance(event, EpochReport | StepReport) and done > steps:
            break
    events.close()
    run = go_on(tmp_path / "run")

    assert run.ended.ending == "finished"
    assert_same_weights(tmp_path / "run", whole.path)
    again = read_run(tmp_path / "run")
    assert [e.train_loss for e in again.epochs] == [e.train_loss for e in whole.epochs]
    rows = (tmp_path / "run" / "summary.csv").read_text().splitlines()
    assert [row.split(",")[0] for row in rows[1:]] == ["1", "2", "3"]


@pytest.mark.parametrize("delay", [0.0, 0.35, 0.8])
def test_killed_at_any_moment_and_resumed_it_ends_with_the_same_bits(
    exact: TrainConfig, whole: Trained, go_on: GoOn, tmp_path: Path, delay: float
) -> None:
    out = tmp_path / "run"
    command = [sys.executable, "-m", "fundus_gui", *train_arguments(exact, out)]
    process = subprocess.Popen(
        command,
        env={**os.environ, "OMP_NUM_THREADS": "1"},  # as here: sums depend on how they are divided
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    folder = RunFolder(out)
    while not folder.state_file.exists() and process.poll() is None:
        time.sleep(0.01)
    time.sleep(delay)
    process.send_signal(signal.SIGKILL)
    process.communicate()

    run = read_run(out)
    if run.status == "failed":
        assert run.can_resume
        go_on(out)
    assert_same_weights(out, whole.path)


def test_killed_while_a_state_is_written_the_state_before_is_whole(
    exact: TrainConfig,
    whole: Trained,
    go_on: GoOn,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The power fails when half a state is on the disk: what is beside it must not matter."""
    events = fit(exact, tmp_path / "run")
    for event in events:
        if isinstance(event, EpochReport):
            break
    folder = RunFolder(tmp_path / "run")
    write = atomic.write_bytes

    def torn(path: Path, content: bytes) -> None:
        if path == folder.state_file:
            path.with_name(".half.tmp").write_bytes(content[: len(content) // 2])
            raise KeyboardInterrupt
        write(path, content)

    monkeypatch.setattr(atomic, "write_bytes", torn)
    with pytest.raises(KeyboardInterrupt):
        list(events)
    monkeypatch.undo()

    go_on(tmp_path / "run")
    assert_same_weights(tmp_path / "run", whole.path)


def test_left_before_its_report_a_run_out_of_patience_learns_no_more(
    config: TrainConfig, train: Train, go_on: GoOn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    impatient = config.changed(epochs=50, patience=1)
    whole = train(impatient, tmp_path / "whole")

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(RunOutput, "write_report", killed)
    with pytest.raises(KeyboardInterrupt):
        train(impatient, tmp_path / "run")
    monkeypatch.undo()

    assert go_on(tmp_path / "run").ended == whole.ended
    assert_same_weights(tmp_path / "run", whole.path)


def test_weights_that_are_no_numbers_are_not_saved(
    exact: TrainConfig,
    whole: Trained,
    train: Train,
    go_on: GoOn,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The loss of an update is that before it: a gradient may diverge while it still looks well."""
    step = Learner._step

    def diverging(self: Learner, course: Course) -> None:
        step(self, course)
        if course.update == 6:
            next(self.network.parameters()).data.fill_(torch.nan)

    monkeypatch.setattr(Learner, "_step", diverging)
    with pytest.raises(ConfigError, match="diverged in epoch 2: the weights are no numbers"):
        train(exact, tmp_path / "run")
    monkeypatch.undo()

    go_on(tmp_path / "run")
    assert_same_weights(tmp_path / "run", whole.path)


def test_photographs_that_changed_meanwhile_are_named(
    config: TrainConfig, eyes: Path, go_on: GoOn, tmp_path: Path
) -> None:
    data = tmp_path / "eyes"
    shutil.copytree(eyes, data)
    for event in fit(config.changed(data=str(data), duplicates="join"), tmp_path / "run"):
        if isinstance(event, StepReport):
            RunFolder(tmp_path / "run").ask("stop")
    shutil.copy(data / "red" / "1.png", data / "red" / "0.png")
    with pytest.raises(DatasetError, match=r"photographs have changed: 0\.png"):
        go_on(tmp_path / "run")
    assert read_run(tmp_path / "run").problem.startswith("The run cannot go on")


def test_a_request_to_stop_is_answered_after_the_step_and_can_be_resumed(
    exact: TrainConfig, whole: Trained, go_on: GoOn, tmp_path: Path
) -> None:
    events = fit(exact, tmp_path / "run")
    told = []
    for event in events:
        told.append(event)
        if isinstance(event, StepReport) and event.step == 2:
            RunFolder(tmp_path / "run").ask("stop")
    assert read_run(tmp_path / "run").status == "stopped"
    assert len([event for event in told if isinstance(event, StepReport)]) == 2

    go_on(tmp_path / "run")
    assert_same_weights(tmp_path / "run", whole.path)


def test_a_request_to_stop_after_the_epoch_finishes_the_epoch_with_its_report(
    exact: TrainConfig, tmp_path: Path
) -> None:
    told = []
    for event in fit(exact, tmp_path / "run"):
        told.append(event)
        if isinstance(event, StepReport) and event.step == 2:
            RunFolder(tmp_path / "run").ask("stop-after-epoch")
    assert len([event for event in told if isinstance(event, EpochReport)]) == 1
    assert read_run(tmp_path / "run").status == "stopped"
    assert (tmp_path / "run" / "report.html").is_file()


def test_a_pause_lasts_until_it_is_ended(
    exact: TrainConfig, whole: Trained, tmp_path: Path
) -> None:
    folder = RunFolder(tmp_path / "run")
    pauses = []
    for event in fit(exact, tmp_path / "run"):
        if isinstance(event, StepReport) and (event.epoch, event.step) == (1, 3):
            folder.ask("pause")
        if isinstance(event, RunPaused):
            assert read_run(folder.path).status == "paused"
            folder.ask("continue")
        if isinstance(event, RunPaused | RunContinued):
            pauses.append(type(event))
    assert pauses == [RunPaused, RunContinued]
    assert_same_weights(tmp_path / "run", whole.path)


def test_a_finished_run_is_not_resumed(whole: Trained) -> None:
    with pytest.raises(ConfigError, match="is complete"):
        next(resume(whole.path))


def test_a_run_without_a_state_is_not_resumed(config: TrainConfig, tmp_path: Path) -> None:
    RunFolder(tmp_path / "run").create(config)
    with pytest.raises(ConfigError, match="holds no saved state"):
        next(resume(tmp_path / "run"))


@pytest.mark.parametrize("damage", ["truncated", "empty", "foreign"])
def test_a_damaged_state_is_said(exact: TrainConfig, tmp_path: Path, damage: str) -> None:
    for event in fit(exact, tmp_path / "run"):
        if isinstance(event, StepReport):
            RunFolder(tmp_path / "run").ask("stop")
    state = RunFolder(tmp_path / "run").state_file
    content = state.read_bytes()
    damaged = {"truncated": content[:-100], "empty": b"", "foreign": b"\0" * 64}
    state.write_bytes(damaged[damage])

    with pytest.raises(CheckpointError, match="training cannot go on from it"):
        list(resume(tmp_path / "run"))


@pytest.mark.skipif(shutil.which("mount") is None, reason="needs a small file system")
def test_a_full_disk_keeps_the_previous_checkpoint_and_the_run_can_be_resumed(
    exact: TrainConfig, whole: Trained, go_on: GoOn, tmp_path: Path
) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", small], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("a small file system cannot be mounted here")
    try:
        with pytest.raises(FundusError, match=r"cannot be written|Free some space"):
            train_on_a_disk_that_fills_up(exact, small)
        load_checkpoint(small / "run" / "last.safetensors")
        (small / "filler").unlink()
        go_on(small / "run")
        assert_same_weights(small / "run", whole.path)
    finally:
        subprocess.run(["umount", "--lazy", small], check=True)


def train_on_a_disk_that_fills_up(config: TrainConfig, disk: Path) -> None:
    for event in fit(config, disk / "run"):
        if isinstance(event, EpochReport) and event.epoch == 1:
            with (disk / "filler").open("wb", buffering=0) as filler:
                for size in (65536, 1):
                    with suppress(OSError):
                        while True:
                            filler.write(b"\0" * size)
