"""Two processes train as one does."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fundus_gui.core.catalogue import EnsembleSpec, read_catalogue
from fundus_gui.core.datasets import read_split
from fundus_gui.core.ensemble import load_ensemble
from fundus_gui.core.errors import ConfigError, DeviceError
from fundus_gui.core.evaluation import measure
from fundus_gui.core.inference import predict_images
from fundus_gui.core.results import Prediction
from fundus_gui.core.runs import StepReport, TrainConfig, read_events, read_run, train_arguments
from fundus_gui.core.training.processes import make_fabric

if TYPE_CHECKING:
    from conftest import Trained

TORCHRUN = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2", "-m", "fundus_gui")
OWN = ("-m", "fundus_gui")


@pytest.fixture(scope="module")
def two(config: TrainConfig) -> TrainConfig:
    """Return a config without batch norm, whose statistics two CPU processes do not share."""
    return config.changed(epochs=2, model_arguments={"norm": "group"}, test_time_augmentation=True)


@pytest.fixture(scope="module")
def alone(
    two: TrainConfig,
    train: Callable[[TrainConfig, Path], Trained],
    tmp_path_factory: pytest.TempPathFactory,
) -> Trained:
    return train(two, tmp_path_factory.mktemp("alone") / "run")


@pytest.mark.parametrize(("launcher", "devices"), [(TORCHRUN, 1), (OWN, 2)])
def test_two_processes_give_the_loss_curve_of_one_with_the_same_batch(
    two: TrainConfig, alone: Trained, tmp_path: Path, launcher: tuple[str, ...], devices: int
) -> None:
    out = tmp_path / "run"
    arguments = train_arguments(two.changed(devices=devices), out)
    result = subprocess.run(
        [sys.executable, *launcher, *arguments],
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 0, result.stderr[-3000:]
    run = read_run(out)
    assert run.status == "finished"
    told = {(e.epoch, e.step): e.loss for e in read_events(run.folder) if isinstance(e, StepReport)}
    expected = {(step.epoch, step.step): step.loss for step in alone.steps}
    assert told  # updates that come faster than five a second are not all written
    assert told == pytest.approx({place: expected[place] for place in told}, abs=1e-5)
    for epoch, same in zip(run.epochs, alone.epochs, strict=True):
        assert epoch.train_loss == pytest.approx(same.train_loss, abs=1e-5)
        assert epoch.train_accuracy == pytest.approx(same.train_accuracy)
        assert epoch.validation == pytest.approx(same.validation, abs=1e-5)
        assert epoch.confusion == same.confusion
    assert run.ended is not None
    assert run.ended.figures == pytest.approx(alone.ended.figures, abs=1e-5)


def test_what_two_processes_tell_is_measured_with_the_weights_that_are_saved(
    config: TrainConfig, tmp_path: Path
) -> None:
    """Each has seen other photographs, so that their batch norms differ."""
    two = config.changed(epochs=1, devices=2, learning_rate=0.1)
    command = [sys.executable, *OWN, *train_arguments(two, tmp_path / "run")]
    subprocess.run(command, env={**os.environ, "OMP_NUM_THREADS": "1"}, check=True)
    run = read_run(tmp_path / "run")
    data = read_split(Path(two.data), run.folder.split_file)
    ensemble = load_ensemble(
        EnsembleSpec(name="run", members=("last",), weights=(1.0,)),
        read_catalogue([run.folder.path]),
        device="cpu",
    )
    images = data.part("val")
    answers = predict_images(ensemble, [image.path for image in images])
    probabilities = [a.probabilities for a in answers if isinstance(a, Prediction)]
    labels = [data.class_names.index(image.label) for image in images]
    assert measure(probabilities, labels).by_name() == pytest.approx(
        run.epochs[0].validation, abs=1e-5
    )


def test_a_batch_that_the_processes_cannot_share_evenly_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("WORLD_SIZE", "4")
    with pytest.raises(ConfigError, match="batch_size must be a multiple of the 4 processes"):
        make_fabric(TrainConfig(batch_size=6, device="cpu"))


def test_fp16_without_a_gpu_is_refused() -> None:
    with pytest.raises(ConfigError, match="fp16 needs a GPU"):
        make_fabric(TrainConfig(precision="fp16", device="cpu"))


def test_frozen_epochs_with_several_processes_are_refused() -> None:
    with pytest.raises(ConfigError, match="freeze_epochs works with one process only"):
        make_fabric(TrainConfig(freeze_epochs=2, devices=2, device="cpu"))


def test_more_gpus_than_there_are_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    monkeypatch.setattr("torch.cuda.device_count", lambda: 2)
    with pytest.raises(DeviceError, match="4 devices were asked for, but there are 2"):
        make_fabric(TrainConfig(devices=4, device="cuda"))
