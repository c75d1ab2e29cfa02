"""A device that runs out of memory loses no row; one that disappears is told in one sentence.

The failures are simulated where the network is called: no machine of a test loses its processor.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from command_runs import Done
from tiny_results import read_json, read_table
from torch import Tensor, nn

from fundus_gui.core import ensemble as loading
from fundus_gui.core.catalogue import read_catalogue
from fundus_gui.core.ensemble import Ensemble, Member, load_ensemble
from fundus_gui.core.errors import DeviceError
from fundus_gui.core.inference import predict_images
from fundus_gui.core.results import ImageResult, Prediction
from fundus_gui.core.runs import read_run
from fundus_gui.core.training.learner import Learner

GONE = [
    torch.AcceleratorError("CUDA error: unspecified launch failure\nCompile with TORCH_USE_..."),
    RuntimeError("CUDA error: no CUDA-capable device is detected"),
    RuntimeError("No CUDA GPUs are available"),
    RuntimeError("cuDNN error: CUDNN_STATUS_NOT_INITIALIZED"),
    RuntimeError("CUDA error: CUBLAS_STATUS_EXECUTION_FAILED when calling `cublasSgemm`"),
    RuntimeError("Found no NVIDIA driver on your system."),
]


class _Failing(nn.Module):
    """Answers until `fails` says no, of the number of the call and of the pictures in it."""

    def __init__(
        self, model: nn.Module, fails: Callable[[int, int], bool], error: Exception
    ) -> None:
        super().__init__()
        self.model, self.fails, self.error = model, fails, error
        self.asked: list[int] = []

    def forward(self, inputs: Tensor) -> Tensor:
        self.asked.append(len(inputs))
        if self.fails(len(self.asked), len(inputs)):
            raise self.error
        logits: Tensor = self.model(inputs)
        return logits


@pytest.fixture(scope="module")
def pair(tiny_weights: Path) -> Ensemble:
    catalogue = read_catalogue([tiny_weights])
    return load_ensemble(catalogue.ensemble("pair"), catalogue, device="cpu")


def with_second(ensemble: Ensemble, model: nn.Module) -> Ensemble:
    first, second = ensemble.members
    return Ensemble(ensemble.spec, (first, dataclasses.replace(second, model=model)))


def numbers(results: list[ImageResult]) -> Any:
    return np.array([r.member_probabilities for r in results if isinstance(r, Prediction)])


def classified_until_error(ensemble: Ensemble, paths: list[Path]) -> tuple[list[ImageResult], str]:
    """Return what came before the device's error, and the error's sentence."""
    done: list[ImageResult] = []
    results = predict_images(ensemble, paths, batch_size=4)
    with pytest.raises(DeviceError) as caught:  # noqa: PT012 - what came before is wanted
        for result in results:
            done.append(result)  # noqa: PERF402
    return done, str(caught.value)


# Too little memory --------------------------------------------------------------------------------


@pytest.mark.parametrize("most", [1, 2, 3, 5, 8, 16])
@pytest.mark.parametrize("count", [40, 33])  # a whole last batch and a part of one
def test_out_of_memory_halves_the_batch_and_all_rows_come_in_order(
    pair: Ensemble, photographs: list[Path], most: int, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Member, "_at_once", lambda _self, inputs: len(inputs))  # as on a GPU
    error = torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB.")
    model = _Failing(pair.members[1].model, lambda _, pictures: pictures > most, error)
    paths = photographs[:count]
    results = list(predict_images(with_second(pair, model), paths, batch_size=64))
    assert [result.path for result in results] == paths
    plain = list(predict_images(pair, paths, batch_size=1))
    assert np.abs(numbers(results) - numbers(plain)).max() <= 1e-5
    refused = [asked for asked in model.asked if asked > most]
    assert len(refused) <= math.log2(64) + 1
    assert max(asked for asked in model.asked if asked <= most) > most / 2  # no smaller than needed


def test_out_of_memory_for_one_photograph_is_one_sentence_and_earlier_rows_stay(
    pair: Ensemble, photographs: list[Path]
) -> None:
    error = torch.OutOfMemoryError("CUDA out of memory.")
    model = _Failing(pair.members[1].model, lambda call, _: call > 3, error)
    done, told = classified_until_error(with_second(pair, model), photographs)
    assert [result.path for result in done] == photographs[:12]
    assert "too little free memory for even one image" in told
    assert model.asked == [4, 4, 4, 4, 2, 1]


# A device that disappears -------------------------------------------------------------------------


@pytest.mark.parametrize("error", GONE, ids=lambda error: str(error)[:30].strip())
def test_a_device_that_disappears_is_one_sentence_and_earlier_rows_stay(
    pair: Ensemble, photographs: list[Path], error: Exception
) -> None:
    model = _Failing(pair.members[1].model, lambda call, _: call > 3, error)
    done, told = classified_until_error(with_second(pair, model), photographs)
    assert [result.path for result in done] == photographs[:12]
    assert told.startswith("The computing device has failed (")
    assert "\n" not in told


def test_other_errors_of_a_network_are_not_taken_for_a_device_s(
    pair: Ensemble, photographs: list[Path]
) -> None:
    error = RuntimeError("mat1 and mat2 shapes cannot be multiplied")
    model = _Failing(pair.members[1].model, lambda *_: True, error)
    with pytest.raises(RuntimeError, match="shapes cannot be multiplied"):
        list(predict_images(with_second(pair, model), photographs))


def test_the_command_says_so_keeps_its_rows_and_goes_on_later(
    run: Callable[..., Done],
    photographs: list[Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    load = loading.load_member

    def load_failing(*arguments: Any) -> Member:
        member = load(*arguments)
        model = _Failing(member.model, lambda call, _: call > 3, GONE[0])
        return dataclasses.replace(member, model=model)

    out = tmp_path / "r.csv"
    command = ("classify", photographs[0].parent, "--ensemble", "pair", "--batch-size", "4")
    with monkeypatch.context() as patch:
        patch.setattr(loading, "load_member", load_failing)
        done = run(*command, "--out", out)
    assert done.code == 1
    assert done.sentence.startswith("The computing device has failed (CUDA error: unspecified")
    assert "Traceback" not in done.err
    assert [row["filename"] for row in read_table(out)] == [p.name for p in photographs[:12]]
    assert read_json(out.with_suffix(".json"))["is_complete"] is False

    assert run(*command, "--resume", out).code == 0
    assert [row["filename"] for row in read_table(out)] == [p.name for p in photographs]


def test_a_training_says_so_in_its_events_and_can_be_resumed(
    run: Callable[..., Done],
    eyes: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gradients, calls = Learner._gradients, 0

    def failing(self: Learner, *arguments: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls > 4:
            raise GONE[0]
        return gradients(self, *arguments)

    out = tmp_path / "run"
    options = ("--model", "tiny", "--input-size", "32", "--epochs", "3", "--batch-size", "4")
    monkeypatch.setattr(Learner, "_gradients", failing)
    done = run("train", "--data", eyes, *options, "--device", "cpu", "--out", out)
    assert done.code == 1
    assert done.sentence.startswith("The computing device has failed (CUDA error: unspecified")
    assert "Traceback" not in done.err
    left = read_run(out)
    assert (left.status, left.problem) == ("failed", done.sentence)
    assert [epoch.epoch for epoch in left.epochs] == [1]
    assert left.can_resume
