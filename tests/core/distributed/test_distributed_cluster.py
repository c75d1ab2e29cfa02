"""Real Ray clusters: the same rows as on one machine, whatever dies on the way."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from tiny_photographs import write_broken_files, write_photographs
from tiny_weights import write_tiny_weights

pytestmark = [
    pytest.mark.skipif(find_spec("ray") is None, reason="Ray is not installed."),
    pytest.mark.skipif(os.name != "posix", reason="kills processes as POSIX systems do"),
]

SECONDS = 500  # that a busy machine may take
PART_SIZE, BATCH_SIZE = 8, 4
VARYING = {"seconds", "row_hash"}  # a chain holds the seconds, and begins anew in each part


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


Start = Callable[..., subprocess.Popen[str]]


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


def tell(cluster: subprocess.Popen[str], line: str) -> None:
    assert cluster.stdin is not None
    assert cluster.stdout is not None
    print(line, file=cluster.stdin, flush=True)
    assert cluster.stdout.readline() == "done\n"


def on_ray(eyes: Path | str, out: Path, address: str | None = None) -> list[str | Path]:
    where = [] if address is None else ["--address", address]
    parts = ["--part-size", str(PART_SIZE)]
    return [eyes, "--engine", "ray", *where, "--out", out, *parts]


def ended(process: subprocess.Popen[str], code: int) -> str:
    said, _ = process.communicate(timeout=SECONDS)
    assert process.returncode == code, said
    return said


def rows_on_one_machine(start: Start, eyes: Path, out: Path) -> list[dict[str, Any]]:
    ended(start(eyes, "--out", out), 3)
    return rows(out)


def rows(*tables: Path) -> list[dict[str, Any]]:
    return [
        {name: cell for name, cell in row.items() if name not in VARYING}
        for table in tables
        for row in pq.read_table(table).to_pylist()
    ]


def manifest(out: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((out / "manifest.json").read_bytes())
    return content


def rows_of_parts(out: Path) -> list[dict[str, Any]]:
    """Return the rows of the parts that the manifest names; no other file may lie there."""
    named = [part["name"] for part in manifest(out)["parts"]]
    assert sorted(path.name for path in out.iterdir()) == ["manifest.json", *named]
    return rows(*(out / name for name in named))


def wait_for_parts(out: Path, number: int) -> None:
    deadline = time.monotonic() + SECONDS
    while len(list(out.glob("part-*.parquet"))) < number:
        assert time.monotonic() < deadline, "no part came"
        time.sleep(0.02)


def workers() -> list[int]:
    """Return the processes that classify now, of any run of this user."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            title = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if title.startswith(b"ray::MapWorker(MapBatches(PartWorker))"):
            found.append(int(folder.name))
    return found
