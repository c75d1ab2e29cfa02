"""Which device computes: a word from the user becomes a torch device that is really there."""

from __future__ import annotations

import platform
import re
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from fundus_gui.core.errors import DeviceError
from fundus_gui.core.one_or_many import one_or_many


def resolve_device(name: str = "auto") -> torch.device:
    """Turn `auto`, `cpu`, `cuda`, `cuda:N` or `mps` into a device.

    `auto` takes CUDA, then Apple's MPS, then the CPU.

    Raises:
        DeviceError: the word is unknown, or there is no such device.
    """
    if name == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    if not re.fullmatch("cpu|mps|cuda(:[0-9]{1,3})?", name):
        raise DeviceError(
            f"There is no device '{name}'. Use auto, cpu, cuda, cuda:0, cuda:1, ... or mps."
        )
    kind, _, number = name.partition(":")
    if kind == "cuda":
        count = torch.cuda.device_count() if torch.cuda.is_available() else 0
        if int(number or 0) >= count:
            found = _cuda_devices(count)
            raise DeviceError(f"'{name}' was asked for, but there is {found}. Use cpu or auto.")
    if kind == "mps" and not torch.backends.mps.is_available():
        raise DeviceError("'mps' was asked for, but this is not an Apple GPU. Use cpu or auto.")
    return torch.device(kind, int(number)) if number else torch.device(kind)


def _cuda_devices(count: int) -> str:
    if count > 1:
        return f"only {count} CUDA devices"
    return "only one CUDA device" if count else "no CUDA device"


def fast_dtype(device: torch.device) -> torch.dtype:
    """Return what the device computes in where speed counts more than the last digits.

    That is float32 where the device gains nothing by less, such as a CPU without instructions
    for bfloat16.
    """
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
    if device.type == "cpu":
        abilities = torch.cpu.get_capabilities()
        has_kernel = hasattr(torch.ops.mkldnn, "_convolution_pointwise")
        if has_kernel and (abilities.get("avx512_bf16") or abilities.get("amx_bf16")):
            return torch.bfloat16
    return torch.float32


def is_out_of_memory(error: BaseException) -> bool:
    """Return whether torch, a CUDA library or numpy ran out of memory.

    Only PyTorch's own CUDA allocator has a type for it; the others raise a RuntimeError.
    """
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    text = str(error).lower()
    signs = ("out of memory", "defaultcpuallocator", "status_alloc_failed")
    return isinstance(error, RuntimeError) and any(sign in text for sign in signs)


def has_failed(error: BaseException) -> bool:
    """Return whether an accelerator fails or is gone; its process cannot use it any more."""
    if isinstance(error, torch.AcceleratorError):
        return True
    text = str(error).lower()
    signs = ("cuda error", "cudnn error", "cudnn_status", "cublas_status", "no cuda gpus", "driver")
    return isinstance(error, RuntimeError) and any(sign in text for sign in signs)


@contextmanager
def device_errors_told() -> Iterator[None]:
    """Turn what a failing or too small device raises into a sentence.

    Raises:
        DeviceError: instead of the library's error; any other passes.
    """
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        if is_out_of_memory(error):
            raise DeviceError(
                "The computing device has too little free memory. Close other programs, choose a "
                "smaller batch size, or use the CPU."
            ) from error
        if not has_failed(error):
            raise
        reason = str(error).strip().partition("\n")[0]
        raise DeviceError(
            f"The computing device has failed ({reason}). What was done before is kept. Start the "
            "program again, or use the CPU."
        ) from error


def device_name(device: torch.device) -> str:
    """Name a device for people, e.g. "NVIDIA H200" or "CPU (8 threads)"."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    if device.type == "mps":
        return f"Apple GPU ({platform.machine()})"
    threads = torch.get_num_threads()
    return f"CPU ({threads} {one_or_many(threads, 'thread')})"
