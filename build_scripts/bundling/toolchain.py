"""The virtual environment that a bundle is made from, one for each flavour."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Literal

Flavour = Literal["cpu", "cuda"]

TOOLS = ("pyinstaller==6.22.3", "pyinstaller-hooks-contrib==2026.9")
PINS: dict[Flavour, dict[str, str]] = {
    # On Linux the wheels without CUDA come from an index of their own, which pip must know.
    "cpu": {"torch": "2.13.0", "torchvision": "0.28.0"},
    "cuda": {},  # as constraints.txt says
}
_ONLY_WITH_CUDA = re.compile(r"(nvidia-|cuda-|triton\b)")
_NAME = re.compile(r"[\w-]+")

_FACTS = """
import importlib.util, json, torch
try:
    import torchvision.extension
    fits = torchvision.extension._has_ops()
except RuntimeError:  # torchvision names operators that its library does not bring
    fits = False
print(json.dumps([torch.__version__, torch.version.cuda, fits]))
"""


class BuildError(Exception):
    """A step of the build failed; the text says which, and what to do."""


def requirements(root: Path, flavour: Flavour) -> list[str]:
    """Return what goes into the environment."""
    with (root / "pyproject.toml").open("rb") as file:
        wanted: list[str] = tomllib.load(file)["project"]["dependencies"]
    return [*wanted, *(f"{name}=={version}" for name, version in PINS[flavour].items()), *TOOLS]


def constraints(root: Path, flavour: Flavour) -> str:
    """Return the versions that CI passed with, without those that the flavour replaces."""
    lines = (root / "constraints.txt").read_text(encoding="utf-8").splitlines()
    own = PINS[flavour]
    kept = (
        line
        for line in lines
        if (name := _NAME.match(line))
        and name[0].lower() not in own
        and not (own and _ONLY_WITH_CUDA.match(line))
    )
    return "".join(f"{line}\n" for line in kept)


class Toolchain:
    """A virtual environment with the program's libraries and PyInstaller."""

    def __init__(self, root: Path, flavour: Flavour) -> None:
        self._root, self._flavour = root, flavour
        self.folder = root / "build" / f"venv-{flavour}"
        inside = ("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")
        self.python = str(self.folder.joinpath(*inside))

    def make(self) -> None:
        """Make or refresh the environment unless it is as it should be.

        Raises:
            BuildError: something could not be installed.
        """
        wanted = requirements(self._root, self._flavour)
        allowed = constraints(self._root, self._flavour)
        current = hashlib.sha256(f"{wanted}{allowed}{sys.version_info[:2]}".encode()).hexdigest()
        stamp = self.folder / "installed"
        if stamp.is_file() and stamp.read_text(encoding="utf-8") == current:
            return
        self._run([sys.executable, "-m", "venv", str(self.folder)], "no environment can be made")
        file = self.folder / "constraints.txt"
        file.write_text(allowed, encoding="utf-8")
        pip = [self.python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        self._run([*pip, *wanted, "-c", str(file)], "not everything can be installed")
        stamp.write_text(current, encoding="utf-8")

    def torchvision_fits(self) -> bool:
        """Return whether torchvision's own library can be loaded beside this torch.

        Raises:
            BuildError: torch is of another flavour.
        """
        said = self._run([self.python, "-c", _FACTS], "torch cannot be imported")
        torch, cuda, fits = json.loads(said.splitlines()[-1])
        if (self._flavour == "cpu") == (cuda is not None):
            raise BuildError(
                f"torch {torch} is not of the flavour {self._flavour}. Let pip find the wheel of "
                "that flavour first (PIP_INDEX_URL or PIP_FIND_LINKS), and remove "
                f"{self.folder.name}."
            )
        return bool(fits)

    def _run(self, command: list[str], problem: str) -> str:
        done = subprocess.run(
            command, check=False, capture_output=True, encoding="utf-8", errors="replace"
        )
        if done.returncode:
            lines = (done.stderr or done.stdout).strip().splitlines() or ["it gave no reason"]
            raise BuildError(f"{problem}: {lines[-1]}")
        return done.stdout
