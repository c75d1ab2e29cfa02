"""Real Ray clusters: the same rows as on one machine, whatever dies on the way."""

from __future__ import annotations

import os
import platform
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import pytest
from on_clusters import (
    PART_SIZE,
    SECONDS,
    Start,
    ended,
    manifest,
    on_ray,
    rows_of_parts,
    rows_on_one_machine,
)
from tiny_photographs import write_broken_files, write_photographs

pytestmark = [
    pytest.mark.skipif(find_spec("ray") is None, reason="Ray is not installed."),
    pytest.mark.skipif(os.name != "posix", reason="kills processes as POSIX systems do"),
]


@pytest.fixture(scope="module")
def many_eyes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return so many that something can happen while they are classified."""
    eyes = tmp_path_factory.mktemp("many_eyes")
    originals = write_photographs(eyes / "0", 30)
    write_broken_files(eyes / "0")
    for number in range(1, 20):
        (eyes / f"{number}").mkdir()
        for original in originals:
            os.link(original, eyes / f"{number}" / original.name)
    return eyes


def tell(cluster: subprocess.Popen[str], line: str) -> None:
    assert cluster.stdin is not None
    assert cluster.stdout is not None
    print(line, file=cluster.stdin, flush=True)
    assert cluster.stdout.readline() == "done\n"


def wait_for_parts(out: Path, number: int, running: subprocess.Popen[str]) -> None:
    """Wait until so many parts are there, and the command still at work on others."""
    deadline = time.monotonic() + SECONDS
    while len(list(out.glob("part-*.parquet"))) < number:
        assert time.monotonic() < deadline, "no part came"
        time.sleep(0.02)
        assert running.poll() is None, running.communicate()[0]


def a_worker(home: Path) -> int:
    """Return a process that is at work on a part, of the cluster that has this home."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                title = (folder / "cmdline").read_bytes()
                environment = (folder / "environ").read_bytes()
            except OSError:
                continue
            is_working = title.startswith(b"ray::MapWorker(MapBatches(PartWorker)).submit")
            if is_working and f"FUNDUS_GUI_HOME={home}".encode() in environment:
                return int(folder.name)
    pytest.fail("no worker came")


@pytest.mark.timeout(3 * SECONDS)
def test_rows_are_those_of_one_machine_and_a_finished_folder_stays_as_it_is(
    start: Start, eyes: Path, tmp_path: Path
) -> None:
    out = tmp_path / "results"
    ended(start(*on_ray(eyes, out)), 3)
    assert rows_of_parts(out) == rows_on_one_machine(start, eyes, tmp_path / "one.parquet")
    made = manifest(out)
    assert made["is_complete"] is True
    assert made["classified"] + made["failed"] == made["photographs"]
    files = {path: path.stat().st_mtime_ns for path in out.iterdir()}
    assert "done before" in ended(start(*on_ray(eyes, out)), 3)
    assert {path: path.stat().st_mtime_ns for path in out.iterdir()} == files


@pytest.mark.slow
@pytest.mark.timeout(4 * SECONDS)
def test_a_killed_worker_and_a_lost_node_cost_no_row(
    cluster: subprocess.Popen[str], start: Start, home: Path, many_eyes: Path, tmp_path: Path
) -> None:
    assert cluster.stdout is not None
    address = cluster.stdout.readline().strip()
    expected = rows_on_one_machine(start, many_eyes, tmp_path / "one.parquet")
    out = tmp_path / "results"
    running = start(*on_ray(many_eyes, out, address))
    wait_for_parts(out, 2, running)
    os.kill(a_worker(home), signal.SIGKILL)
    wait_for_parts(out, 6, running)
    tell(cluster, "remove")
    ended(running, 3)
    assert rows_of_parts(out) == expected


@pytest.mark.slow
@pytest.mark.timeout(5 * SECONDS)
def test_an_interrupted_and_a_killed_command_are_resumed_part_by_part(
    cluster: subprocess.Popen[str], start: Start, many_eyes: Path, tmp_path: Path
) -> None:
    assert cluster.stdout is not None
    address = cluster.stdout.readline().strip()
    out = tmp_path / "results"
    first = start(*on_ray(many_eyes, out, address))
    wait_for_parts(out, 2, first)
    first.send_signal(signal.SIGINT)
    assert "stopped" in ended(first, 130)
    made = manifest(out)
    assert made["is_complete"] is False
    assert 0 < len(made["parts"]) == len(list(out.glob("part-*")))
    kept = {part["name"]: part["sha256"] for part in made["parts"]}

    second = start(*on_ray(many_eyes, out, address))
    wait_for_parts(out, len(kept) + 2, second)
    second.kill()
    second.wait()

    assert "done before" in ended(start(*on_ray(many_eyes, out, address)), 3)
    now = {part["name"]: part["sha256"] for part in manifest(out)["parts"]}
    assert kept.items() <= now.items()
    assert rows_of_parts(out) == rows_on_one_machine(start, many_eyes, tmp_path / "one.parquet")


@pytest.mark.slow
@pytest.mark.timeout(3 * SECONDS)
def test_a_part_that_kills_its_workers_is_given_up_and_all_others_are_done(
    environment: dict[str, str], eyes: Path, tmp_path: Path
) -> None:
    program = Path(__file__).with_name("deadly_part.py")
    done = subprocess.run(
        [sys.executable, str(program), str(eyes), str(tmp_path / "results"), str(PART_SIZE)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=2 * SECONDS,
    )
    assert "Given up" in done.stdout, done.stderr
    assert "at it: part-000002.parquet. All other parts are done" in done.stdout
    made = manifest(tmp_path / "results")
    assert made["is_complete"] is False
    assert made["photographs"] - made["classified"] - made["failed"] == PART_SIZE


@pytest.mark.slow
@pytest.mark.timeout(SECONDS)
def test_a_cluster_that_is_not_there_is_one_sentence(
    start: Start, eyes: Path, tmp_path: Path
) -> None:
    said = ended(start(*on_ray(eyes, tmp_path / "results", "127.0.0.1:1")), 1)
    assert said.count("fundus-gui: No Ray cluster answers at 127.0.0.1:1") == 1
    assert "Traceback" not in said
    assert manifest(tmp_path / "results")["is_complete"] is False


@pytest.mark.slow
@pytest.mark.timeout(3 * SECONDS)
def test_hashed_names_tell_nothing_and_are_continued(start: Start, tmp_path: Path) -> None:
    eyes, out = tmp_path / "Mueller", tmp_path / "results"
    write_photographs(eyes / "Anna", 3)
    write_broken_files(eyes / "Anna")
    command = [*on_ray(eyes, out), "--paths", "hashed"]
    ended(start(*command), 3)
    write_photographs(eyes / "Berta", 1)
    assert "Since the last time 1 photograph came." in ended(start(*command), 3)
    told = (out / "manifest.json").read_text("utf-8") + repr(rows_of_parts(out))
    names = [path.name for path in eyes.rglob("*.*")]
    for word in ("Mueller", "Anna", "Berta", str(tmp_path), platform.node(), *names):
        assert word not in told
