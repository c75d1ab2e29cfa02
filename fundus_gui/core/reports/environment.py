"""What computed a run, in words that may be published: no user, no host and no folder is named."""

from __future__ import annotations

import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from fundus_gui import __version__

PACKAGES = (
    "torch",
    "torchvision",
    "timm",
    "lightning-fabric",
    "filelock",
    "safetensors",
    "Pillow",
    "pydicom",
    "ImageHash",
    "numpy",
    "scipy",
    "scikit-learn",
    "matplotlib",
    "jinja2",
    "pyarrow",
    "typer",
    "rich",
    "tomli-w",
    "PySide6-Essentials",
)


def environment_text() -> str:
    """Return program, Python, system, processor, GPUs and the packages' versions, a line each.

    GPUs are named where torch is loaded already. Of what a frozen bundle keeps no metadata, no
    line is written.
    """
    facts = {
        "fundus-gui": __version__,
        "Python": f"{platform.python_version()} ({platform.python_implementation()})",
        "System": platform.platform(),
        "CPU": f"{_processor()}, {os.cpu_count()} threads",
        **_accelerators(),
        **_versions(),
    }
    width = max(map(len, facts))
    return "".join(f"{name:<{width}}  {fact}\n" for name, fact in facts.items())


def _processor() -> str:
    """Return the processor's name; Linux alone tells it in a file only."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, "") or platform.processor() or platform.machine()


def _accelerators() -> dict[str, str]:
    torch = sys.modules.get("torch")
    if torch is None or not torch.cuda.is_available():
        return {}
    names = (torch.cuda.get_device_name(index) for index in range(torch.cuda.device_count()))
    return {
        **{f"GPU {index}": name for index, name in enumerate(names)},
        "CUDA": str(torch.version.cuda),
        "cuDNN": str(torch.backends.cudnn.version()),
    }


def _versions() -> dict[str, str]:
    found = {}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
