"""The engine: one record per photograph, in order, with the numbers a plain computation gives."""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image
from tiny_photographs import write_broken_files, write_photographs
from tiny_weights import write_tiny_model
from torch import Tensor, nn

from fundus_gui.core.catalogue import read_catalogue
from fundus_gui.core.ensemble import Ensemble, load_ensemble
from fundus_gui.core.errors import ConfigError, DeviceError
from fundus_gui.core.images import load_image
from fundus_gui.core.inference import predict_images
from fundus_gui.core.preprocessing import FieldOfView, Preprocessing
from fundus_gui.core.results import ImageResult, Prediction, UnreadableImage


@pytest.fixture(scope="module")
def ensemble(tiny_weights: Path) -> Ensemble:
    catalogue = read_catalogue([tiny_weights])
    return load_ensemble(catalogue.ensemble("pair"), catalogue, device="cpu")


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_photographs(tmp_path_factory.mktemp("good"), 20)


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("broken")
    return [*write_broken_files(folder), folder / "vanished.png"]


def numbers(results: list[ImageResult]) -> NDArray[np.float64]:
    """Return (N, M, K)."""
    assert all(isinstance(result, Prediction) for result in results), results
    return np.array([r.member_probabilities for r in results if isinstance(r, Prediction)])


def with_models(ensemble: Ensemble, *models: nn.Module) -> Ensemble:
    members = zip(ensemble.members, models, strict=True)
    return Ensemble(ensemble.spec, tuple(dataclasses.replace(m, model=new) for m, new in members))


def decoding_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("decode")]


# Records ------------------------------------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_every_path_gets_one_record_in_order_whatever_is_broken(
    ensemble: Ensemble, good: list[Path], broken: list[Path], data: st.DataObject
) -> None:
    # A path may come twice, and a batch may hold nothing but broken files.
    paths = data.draw(st.lists(st.sampled_from(good + broken), max_size=30))
    batch_size = data.draw(st.integers(1, 8))
    workers = data.draw(st.integers(1, 4))
    results = list(predict_images(ensemble, paths, batch_size=batch_size, workers=workers))
    assert [result.path for result in results] == paths
    assert [isinstance(r, Prediction) for r in results] == [path in good for path in paths]
    for result in results:
        assert result.seconds >= 0
        if isinstance(result, UnreadableImage):
            assert len(result.error) > 10


def test_a_record_tells_of_file_classes_members_and_conversions(
    ensemble: Ensemble, tmp_path: Path
) -> None:
    path = tmp_path / "grey.png"
    Image.linear_gradient("L").save(path)
    (result,) = predict_images(ensemble, [path])
    assert isinstance(result, Prediction)
    assert result.class_names == ("amd", "glaucoma", "normal")
    assert result.member_names == ("tiny_a", "tiny_b")
    assert result.weights == pytest.approx((0.6, 0.4))
    assert result.image_sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert result.warnings == ("greyscale, without colour",)


def test_no_paths_give_no_records(ensemble: Ensemble) -> None:
    assert list(predict_images(ensemble, [])) == []


@pytest.mark.parametrize("wrong", [{"batch_size": 0}, {"workers": 0}, {"batch_size": -3}])
def test_batches_and_threads_of_less_than_one_are_refused_at_once(
    ensemble: Ensemble, wrong: dict[str, int]
) -> None:
    with pytest.raises(ConfigError, match="at least 1"):
        predict_images(ensemble, [], **wrong)


# Numbers ------------------------------------------------------------------------------------------


def test_numbers_are_those_of_a_plain_computation(ensemble: Ensemble, good: list[Path]) -> None:
    results = list(predict_images(ensemble, good[:5]))
    for path, result in zip(good, results, strict=False):
        expected = []
        for member in ensemble.members:
            inputs = torch.from_numpy(member.card.preprocessing.apply(load_image(path)))[None]
            with torch.no_grad():
                logits = member.model(inputs)[0].double()
            odds = (logits / member.card.temperature).exp()
            expected.append((odds / odds.sum()).tolist())
        assert isinstance(result, Prediction)
        np.testing.assert_allclose(result.member_probabilities, expected, atol=1e-6)
        first, second = np.array(expected)
        np.testing.assert_allclose(result.probabilities, 0.6 * first + 0.4 * second, atol=1e-6)


@pytest.mark.parametrize(("batch_size", "workers"), [(1, 4), (3, 1), (3, 4), (16, 1), (64, 2)])
def test_numbers_do_not_depend_on_batches_or_threads(
    ensemble: Ensemble, good: list[Path], batch_size: int, workers: int
) -> None:
    one_by_one = list(predict_images(ensemble, good, batch_size=1, workers=1))
    results = list(predict_images(ensemble, good, batch_size=batch_size, workers=workers))
    np.testing.assert_allclose(numbers(results), numbers(one_by_one), atol=1e-6)


def test_a_temperature_softens_the_probabilities(tmp_path: Path, good: list[Path]) -> None:
    write_tiny_model(tmp_path / "plain.safetensors")
    write_tiny_model(tmp_path / "soft.safetensors", temperature=2.0)
    catalogue = read_catalogue([tmp_path])
    pair = load_ensemble(catalogue.of_models(["plain", "soft"]), catalogue, device="cpu")
    for plain, soft in numbers(list(predict_images(pair, good))):
        rooted = np.sqrt(plain)
        np.testing.assert_allclose(soft, rooted / rooted.sum(), atol=1e-6)


class Counted(Preprocessing):
    """Notes the threads that call it."""

    __slots__ = ()
    calls: list[str] = []  # noqa: RUF012 - shared on purpose

    def view(
        self, pixels: NDArray[np.uint8], field: FieldOfView | None = None
    ) -> NDArray[np.uint8]:
        self.calls.append(threading.current_thread().name)
        return super().view(pixels, field)


@pytest.mark.parametrize(("sizes", "calls_per_image"), [((32, 32), 1), ((32, 48), 2)])
def test_each_distinct_preprocessing_is_done_once_per_image_off_the_main_thread(
    ensemble: Ensemble, good: list[Path], sizes: tuple[int, int], calls_per_image: int
) -> None:
    cards = [
        dataclasses.replace(member.card, preprocessing=Counted(size=size))
        for member, size in zip(ensemble.members, sizes, strict=True)
    ]
    members = zip(ensemble.members, cards, strict=True)
    counted = Ensemble(
        ensemble.spec, tuple(dataclasses.replace(member, card=card) for member, card in members)
    )
    Counted.calls.clear()
    assert len(list(predict_images(counted, good))) == len(good)
    assert len(Counted.calls) == calls_per_image * len(good)
    assert all(name.startswith("decode") for name in Counted.calls)


class _NoNumbersForBright(nn.Module):
    """Answers NaN for pictures whose mean is above a level."""

    def __init__(self, model: nn.Module, level: float) -> None:
        super().__init__()
        self.model, self.level = model, level

    def forward(self, inputs: Tensor) -> Tensor:
        logits: Tensor = self.model(inputs)
        return logits.masked_fill(inputs.mean(dim=(1, 2, 3))[:, None] > self.level, torch.nan)


def test_an_answer_that_is_no_number_is_a_failed_row_and_the_others_stay(
    ensemble: Ensemble, good: list[Path]
) -> None:
    first, second = ensemble.members
    brightness = [float(second.card.preprocessing.apply(load_image(p)).mean()) for p in good]
    level = float(np.median(brightness))
    sick = with_models(ensemble, first.model, _NoNumbersForBright(second.model, level))
    for result, bright in zip(predict_images(sick, good), brightness, strict=True):
        assert isinstance(result, UnreadableImage) == (bright > level)
        if isinstance(result, UnreadableImage):
            assert result.error == "the model tiny_b gave no finite probabilities for it"
            assert result.image_sha256


# Laziness and leaving -----------------------------------------------------------------------------


def test_paths_are_read_only_a_few_batches_ahead(ensemble: Ensemble, good: list[Path]) -> None:
    taken = 0

    def endless() -> Iterator[Path]:
        nonlocal taken
        for path in itertools.cycle(good):
            taken += 1
            yield path

    results = predict_images(ensemble, endless(), batch_size=4, workers=2)
    assert taken == 0
    for done in range(1, 41):
        assert isinstance(next(results), Prediction)
        assert taken <= done + 4 * 4
    results.close()


def test_leaving_early_ends_the_decoding_threads(ensemble: Ensemble, good: list[Path]) -> None:
    results = predict_images(ensemble, itertools.cycle(good), batch_size=2, workers=3)
    next(results)
    assert decoding_threads()
    results.close()
    assert not decoding_threads()


def test_an_error_ends_the_decoding_threads(ensemble: Ensemble, good: list[Path]) -> None:
    class _Broken(nn.Module):
        def forward(self, _: Tensor) -> Tensor:
            raise RuntimeError("shapes do not fit")

    sick = with_models(ensemble, _Broken(), _Broken())
    with pytest.raises(RuntimeError, match="shapes do not fit") as caught:
        next(predict_images(sick, itertools.cycle(good)))
    assert not decoding_threads()  # although the error's frames are still alive
    assert caught.value.__traceback__ is not None


def test_the_consumer_keeps_its_own_gradient_mode(ensemble: Ensemble, good: list[Path]) -> None:
    for _ in predict_images(ensemble, good[:5], batch_size=2):
        assert torch.is_grad_enabled()
        assert not torch.is_inference_mode_enabled()
        assert torch.ones(1, requires_grad=True).mul(2).requires_grad


# Memory and devices -------------------------------------------------------------------------------


class _Cramped(nn.Module):
    """Has room for only `most` pictures at once."""

    def __init__(self, model: nn.Module, most: int, error: Exception) -> None:
        super().__init__()
        self.model, self.most, self.error = model, most, error
        self.asked: list[int] = []

    def forward(self, inputs: Tensor) -> Tensor:
        self.asked.append(len(inputs))
        if len(inputs) > self.most:
            raise self.error
        logits: Tensor = self.model(inputs)
        return logits


OUT_OF_MEMORY = [
    torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB."),
    RuntimeError("MPS backend out of memory (MPS allocated: 9.0 GB)"),
    RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried"),
    RuntimeError("[enforce fail] DefaultCPUAllocator: not enough memory: you tried to"),
    RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
    MemoryError(),
]


@pytest.mark.parametrize("error", OUT_OF_MEMORY, ids=lambda error: str(error)[:24] or "numpy")
def test_every_way_to_run_out_of_memory_is_known(
    ensemble: Ensemble, good: list[Path], error: Exception
) -> None:
    models = [_Cramped(member.model, 4, error) for member in ensemble.members]
    cramped = with_models(ensemble, *models)
    assert len(numbers(list(predict_images(cramped, good, batch_size=16)))) == len(good)


@pytest.mark.parametrize("most", [1, 2, 3, 5, 8])
def test_too_little_memory_halves_the_batch_and_loses_no_row(
    ensemble: Ensemble, good: list[Path], broken: list[Path], most: int
) -> None:
    paths = [path for pair in zip(good, itertools.cycle(broken), strict=False) for path in pair]
    first, second = ensemble.members
    model = _Cramped(second.model, most, OUT_OF_MEMORY[0])
    cramped = with_models(ensemble, first.model, model)
    results = list(predict_images(cramped, paths, batch_size=16))
    assert [result.path for result in results] == paths
    readable: list[ImageResult] = [r for r in results if isinstance(r, Prediction)]
    assert [r.path for r in readable] == good
    np.testing.assert_allclose(
        numbers(readable), numbers(list(predict_images(ensemble, good))), atol=1e-6
    )
    refused = [asked for asked in model.asked if asked > most]
    assert len(refused) <= 4  # 16, 8, 4, 2: what did not fit once is not tried again
    assert sum(model.asked) - sum(refused) == len(good)


def test_a_device_too_small_for_one_image_is_an_error_with_advice(
    ensemble: Ensemble, good: list[Path]
) -> None:
    models = [_Cramped(member.model, 0, OUT_OF_MEMORY[0]) for member in ensemble.members]
    with pytest.raises(DeviceError, match=r"CPU .* too little free memory for even one image\. "):
        list(predict_images(with_models(ensemble, *models), good))


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a CUDA device")
@pytest.mark.parametrize("device", ["cuda", "cuda:1"])
def test_an_absent_device_is_never_replaced_silently(tiny_weights: Path, device: str) -> None:
    catalogue = read_catalogue([tiny_weights])
    with pytest.raises(DeviceError, match=f"'{device}' was asked for, but there is no CUDA device"):
        load_ensemble(catalogue.ensemble("pair"), catalogue, device=device)
