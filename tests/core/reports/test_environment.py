from __future__ import annotations

import getpass
import importlib.metadata
import platform
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest

from fundus_gui import __version__
from fundus_gui.core.reports import environment
from fundus_gui.core.reports.environment import PACKAGES, environment_text


def lines() -> dict[str, str]:
    pairs = (re.split(r" {2,}", line, maxsplit=1) for line in environment_text().splitlines())
    return dict(pairs)  # type: ignore[arg-type]


def test_program_python_and_packages_are_told() -> None:
    told = lines()
    assert told["fundus-gui"] == __version__
    assert told["Python"].startswith(platform.python_version())
    assert told["numpy"] == np.__version__
    assert "threads" in told["CPU"]


def test_neither_user_nor_host_nor_folder_is_told() -> None:
    text = environment_text()
    assert not re.search(rf"\b{re.escape(platform.node())}\b", text)
    assert not re.search(rf"\b{re.escape(getpass.getuser())}\b", text)
    assert "/" not in text


def test_every_dependency_is_told() -> None:
    root = Path(__file__).resolve().parents[3]
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = {re.split(r"[<>=!]", line)[0] for line in project["dependencies"]}
    assert set(PACKAGES) == names


def test_a_bundle_without_metadata_tells_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    def version(name: str) -> str:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(environment, "version", version)
    told = lines()
    assert "fundus-gui" in told
    assert not set(PACKAGES) & told.keys()


def test_where_torch_is_not_loaded_it_stays_so() -> None:
    code = (
        "import sys\n"
        "from fundus_gui.core.reports import environment, summary, tensorboard, run_report\n"
        "environment.environment_text()\n"
        "assert 'torch' not in sys.modules and 'matplotlib' not in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
