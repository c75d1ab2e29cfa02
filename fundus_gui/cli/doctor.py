"""`fundus-gui doctor`: what is here, and does it compute what it should."""

from __future__ import annotations

import platform
import sys
from importlib.metadata import PackageNotFoundError, version

from fundus_gui import __version__
from fundus_gui.cli import options
from fundus_gui.cli.console import err, out, printable
from fundus_gui.core.catalogue import read_catalogue
from fundus_gui.core.errors import FundusError
from fundus_gui.core.paths import user_weights_dir

_PACKAGES = (
    *("torch", "torchvision", "timm", "safetensors", "Pillow", "numpy", "PySide6-Essentials"),
    "openvino",  # optional
)


def doctor(device: options.Device = "auto") -> None:
    """Check that everything is here and computes what it should.

    Prints versions, device and the folder for own weights. Every shipped model classifies a
    sample photograph whose probabilities are stored with its weights; the figures must agree.
    """
    from fundus_gui.core.devices import device_name, resolve_device
    from fundus_gui.core.selfcheck import check_golden

    out.print(f"fundus-gui {__version__}, Python {platform.python_version()} ({sys.platform})")
    out.print(", ".join(f"{name} {_version(name)}" for name in _PACKAGES), soft_wrap=True)
    out.print(f"device: {device_name(resolve_device(device))}")
    out.print(printable(f"own weights: {user_weights_dir()}"), soft_wrap=True)
    catalogue = read_catalogue()
    problems = list(catalogue.refused)
    for name in catalogue.models:
        check = check_golden(name, catalogue, device=device)
        if check.problem:
            problems.append(f"{name}: {check.problem}")
        elif check.difference is None:
            out.print(f"{name}: loads; its card holds no golden image", soft_wrap=True)
        else:
            out.print(
                f"{name}: golden image reproduced, largest difference {check.difference:.1e} "
                f"({check.device})",
                soft_wrap=True,
            )
    if not catalogue.models:
        problems.append("No weights are installed.")
    for problem in problems:
        err.print(printable(problem), style="red", soft_wrap=True)
    if problems:
        raise FundusError(
            "One check failed." if len(problems) == 1 else f"{len(problems)} checks failed."
        )
    out.print("All is well.")


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"
