"""What the tests of real clusters share: a program to start, two nodes, and what they leave."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from on_clusters import BATCH_SIZE, Start
from tiny_photographs import write_broken_files, write_photographs
from tiny_weights import write_tiny_weights


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the user's own folder, with two tiny models in it."""
    home = tmp_path_factory.mktemp("home")
    write_tiny_weights(home / "weights")
    return home


@pytest.fixture(scope="module")
def eyes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return photographs, good and broken, and one whose name is no text."""
    eyes = tmp_path_factory.mktemp("eyes")
    originals = write_photographs(eyes, 40)
    write_broken_files(eyes / "broken")
    os.link(originals[0], os.fsencode(eyes) + b"/n\xe9.png")
    return eyes


@pytest.fixture(scope="module")
def environment(home: Path) -> dict[str, str]:
    """Return what the program and the cluster see: few threads, no test's own settings."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}
    return ours | {"FUNDUS_GUI_HOME": str(home), "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": ""}


@pytest.fixture
def start(environment: dict[str, str]) -> Iterator[Start]:
    """Return what starts `fundus-gui classify` with the tiny models, as a process of its own."""
    started = []

    def start_command(*arguments: str | Path) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "fundus_gui", "classify", *map(str, arguments)]
        fixed = ["--ensemble", "pair", "--batch-size", str(BATCH_SIZE), "--workers", "1"]
        process = subprocess.Popen(
            [*command, *fixed],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        )
        started.append(process)
        return process

    yield start_command
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def cluster(environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """Start two nodes; the process obeys lines, and its `args` end with the address."""
    program = Path(__file__).with_name("two_nodes.py")
    with subprocess.Popen(
        [sys.executable, str(program)],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    ) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()
        process.wait(60)
