"""A word becomes a device that is really there, or a sentence."""

from __future__ import annotations

import pytest
import torch

from fundus_gui.core.devices import device_name, is_out_of_memory, resolve_device
from fundus_gui.core.errors import DeviceError

no_cuda = pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a CUDA device")
no_mps = pytest.mark.skipif(torch.backends.mps.is_available(), reason="this machine has MPS")
cuda = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device")


def test_auto_finds_a_device_that_computes() -> None:
    device = resolve_device("auto")
    assert resolve_device() == device
    assert torch.ones(2, device=device).sum().item() == 2


def test_the_cpu_is_always_there() -> None:
    assert resolve_device("cpu") == torch.device("cpu")
    assert device_name(torch.device("cpu")).startswith(f"CPU ({torch.get_num_threads()} thread")


@pytest.mark.parametrize(
    "word",
    [
        "", "gpu", "CPU", "cpu:0", "cpu:", "cuda:", "cuda:x", "cuda:-1", "cuda:0:1", "cuda: 0",
        "cuda:²", "cuda:٣", "cuda:1.5", "mps:0", "meta", "auto:0", " cpu", "cuda:99999999999999999",
    ],
)  # fmt: skip
def test_an_unknown_word_names_the_known_ones(word: str) -> None:
    with pytest.raises(DeviceError) as caught:
        resolve_device(word)
    assert str(caught.value) == (
        f"There is no device '{word}'. Use auto, cpu, cuda, cuda:0, cuda:1, ... or mps."
    )


@no_cuda
@pytest.mark.parametrize("word", ["cuda", "cuda:0", "cuda:7"])
def test_cuda_where_there_is_none_is_refused_rather_than_replaced(word: str) -> None:
    with pytest.raises(DeviceError, match=f"'{word}' was asked for, but there is no CUDA device"):
        resolve_device(word)


@no_mps
def test_mps_where_there_is_none_is_refused_rather_than_replaced() -> None:
    with pytest.raises(DeviceError, match="'mps' was asked for, but this is not an Apple GPU"):
        resolve_device("mps")


@cuda
def test_cuda_devices_are_counted_and_named() -> None:
    assert resolve_device("cuda") == torch.device("cuda")
    assert resolve_device("cuda:0") == torch.device("cuda", 0)
    assert device_name(resolve_device("cuda")) == torch.cuda.get_device_name(0)
    count = torch.cuda.device_count()
    with pytest.raises(DeviceError, match=r"there is only (one|[0-9]+) CUDA device"):
        resolve_device(f"cuda:{count}")


def test_lack_of_memory_is_told_from_other_errors() -> None:
    with pytest.raises(RuntimeError) as caught:
        torch.empty(2**60, dtype=torch.uint8)
    assert is_out_of_memory(caught.value)
    assert is_out_of_memory(torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"))
    assert is_out_of_memory(MemoryError())
    assert is_out_of_memory(RuntimeError("MPS backend out of memory (MPS allocated: 9 GB)"))
    assert is_out_of_memory(RuntimeError("cuDNN error: CUDNN_STATUS_ALLOC_FAILED"))
    assert not is_out_of_memory(RuntimeError("shapes cannot be multiplied"))
    assert not is_out_of_memory(ValueError("out of memory"))
