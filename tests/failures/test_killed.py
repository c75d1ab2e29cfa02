"""Killed with SIGKILL at random moments: nothing is torn, and what goes on ends as if never killed.

The moments are drawn with a seed and spread over the whole run, from the start of the program on.
"""

from __future__ import annotations

import csv
import os
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch
from killer import Nursery, nursery
from tiny_photographs import photograph
from tiny_results import names_in, read_json, read_table
from tiny_weights import CLASS_NAMES, write_tiny_weights

from fundus_gui.core.checkpoints import load_checkpoint
from fundus_gui.core.runs import read_run

pytestmark = pytest.mark.skipif(os.name != "posix", reason="SIGKILL is a signal of POSIX")

PHOTOGRAPHS = 160
KILLS = 20
QUICK = 3
_numbers = random.Random(20261122)
MOMENTS = sorted(_numbers.random() for _ in range(KILLS))  # shares of the run
QUICK_MOMENTS = MOMENTS[1 :: KILLS // QUICK][:QUICK]
VARYING = {"seconds", "row_hash"}  # the hash of a row seals its seconds too

Row = dict[str, str]


def some_and_all(name: str) -> pytest.MarkDecorator:
    """Give a few of the moments to every test run and all of them to the slow one."""
    few = [pytest.param(moment, id=f"{moment:.3f}") for moment in QUICK_MOMENTS]
    slow = [
        pytest.param(moment, id=f"{moment:.3f}", marks=pytest.mark.slow)
        for moment in MOMENTS
        if moment not in QUICK_MOMENTS
    ]
    return pytest.mark.parametrize(name, [*few, *slow])


@pytest.fixture(scope="module")
def kindergarten(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    folder = tmp_path_factory.mktemp("home")
    write_tiny_weights(folder / "weights")
    with nursery(folder, folder / "said.log") as commands:
        yield commands


# Batches ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a tree of photographs, some of them broken, some the same as others."""
    top = tmp_path_factory.mktemp("tree")
    for number in range(PHOTOGRAPHS):
        below = top / f"patient {number // 20}"
        below.mkdir(exist_ok=True)
        path = below / f"{number}.png"
        if number % 25 == 24:
            path.write_bytes(b"no photograph")
        else:
            photograph(number % 60).save(path)
    return top


def arguments(folder: Path, out: Path) -> tuple[str | Path, ...]:
    slowly = ("--batch-size", "4", "--workers", "1", "--device", "cpu")
    return ("classify", folder, "--ensemble", "pair", *slowly, "--resume", out)


@pytest.fixture(scope="module")
def whole(kindergarten: Nursery, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the table of a run that nobody disturbed."""
    out = tmp_path_factory.mktemp("whole") / "r.csv"
    code = kindergarten.warm_up(*arguments(folder, out))
    assert code == 3, kindergarten.said()  # some are broken
    return out


def lasting(rows: list[Row]) -> list[Row]:
    return [{name: cell for name, cell in row.items() if name not in VARYING} for row in rows]


def whole_rows(path: Path) -> list[Row]:
    """Return the rows before the last end of a line."""
    content = path.read_bytes() if path.exists() else b""
    complete = content[: content.rfind(b"\r\n") + 2].decode("utf-8-sig")
    return list(csv.DictReader(complete.splitlines(keepends=True)))


def has_written(path: Path, size: float) -> Callable[[], bool]:
    return lambda: path.exists() and path.stat().st_size >= size


@some_and_all("moment")
def test_a_batch_that_was_killed_is_completed_as_if_it_never_was(
    kindergarten: Nursery, folder: Path, whole: Path, tmp_path: Path, moment: float
) -> None:
    out = tmp_path / "r.csv"
    enough = has_written(out, moment * whole.stat().st_size)
    expected = lasting(read_table(whole))

    code = kindergarten.kill(enough, *arguments(folder, out))
    rows = whole_rows(out)
    assert code == -9, kindergarten.said()
    assert lasting(rows) == expected[: len(rows)]
    assert len(rows) >= int(moment * PHOTOGRAPHS) - 25

    assert kindergarten.run(*arguments(folder, out)) == 3, kindergarten.said()
    assert lasting(read_table(out)) == expected
    record = read_json(out.with_suffix(".json"))
    assert record["is_complete"]
    assert (record["classified"], record["failed"]) == (PHOTOGRAPHS - 6, 6)
    assert names_in(tmp_path) == {"r.csv", "r.json"}


def test_a_batch_that_is_killed_again_and_again_is_completed_in_the_end(
    kindergarten: Nursery, folder: Path, whole: Path, tmp_path: Path
) -> None:
    out = tmp_path / "r.csv"
    for share in (0.0, 0.2, 0.2, 0.5, 0.9):
        enough = has_written(out, share * whole.stat().st_size)
        kindergarten.kill(enough, *arguments(folder, out))
    assert kindergarten.run(*arguments(folder, out)) == 3, kindergarten.said()
    assert lasting(read_table(out)) == lasting(read_table(whole))


@pytest.mark.parametrize("seconds", [0.0, 0.02, 0.05, 0.1])
def test_killed_at_its_very_start_it_begins_anew(
    kindergarten: Nursery, folder: Path, whole: Path, tmp_path: Path, seconds: float
) -> None:
    out = tmp_path / "r.csv"
    until = time.monotonic() + seconds
    kindergarten.kill(lambda: time.monotonic() >= until, *arguments(folder, out))
    assert kindergarten.run(*arguments(folder, out)) == 3, kindergarten.said()
    assert lasting(read_table(out)) == lasting(read_table(whole))


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_killed_export_leaves_nothing_behind_once_it_is_done_again(
    kindergarten: Nursery, folder: Path, tmp_path: Path, suffix: str
) -> None:
    out = tmp_path / f"r{suffix}"
    command = [*arguments(folder, out)[:-2], "--out", out]
    kindergarten.kill(has_written(tmp_path / "r.json", 1), *command)
    for path in (out, out.with_suffix(".json")):
        path.unlink(missing_ok=True)
    assert kindergarten.run(*command) == 3, kindergarten.said()
    assert names_in(tmp_path) == {out.name, "r.json"}


# Training -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def training(tmp_path_factory: pytest.TempPathFactory) -> tuple[str | Path, ...]:
    """Return a command that trains, and that saves its state after every update."""
    top = tmp_path_factory.mktemp("labelled")
    colours = ((210, 80, 60), (60, 200, 90), (60, 90, 200))
    for label, colour in zip(CLASS_NAMES, colours, strict=True):
        (top / label).mkdir()
        for number in range(10):
            photograph(100 * number + len(label), colour).save(top / label / f"{number}.png")
    options = {
        "model": "tiny", "input-size": 32, "epochs": 3, "batch-size": 4, "device": "cpu",
        "state-minutes": 0, "seed": 3, "validation-fraction": 0.2, "workers": 0,
    }  # fmt: skip
    words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    return ("train", "--data", top, *words, "--deterministic")


@pytest.fixture(scope="module")
def trained(
    kindergarten: Nursery,
    training: tuple[str | Path, ...],
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """Return a run that nobody disturbed."""
    out = tmp_path_factory.mktemp("trained") / "run"
    assert kindergarten.warm_up(*training, "--out", out) == 0, kindergarten.said()
    return out


@some_and_all("moment")
def test_a_training_that_was_killed_ends_with_the_same_bits(
    kindergarten: Nursery,
    training: tuple[str | Path, ...],
    trained: Path,
    tmp_path: Path,
    moment: float,
) -> None:
    out = tmp_path / "run"
    size = moment * (trained / "events.jsonl").stat().st_size
    kindergarten.kill(has_written(out / "events.jsonl", size), *training, "--out", out)
    for weights in out.glob("*.safetensors"):
        load_checkpoint(weights)
    run = read_run(out)
    assert run.can_resume == (run.status == "failed" and run.folder.state_file.exists())
    if run.can_resume:
        assert kindergarten.run("train", "--resume", out) == 0, kindergarten.said()
    elif run.status != "finished":
        return  # no state was saved yet
    assert [epoch.epoch for epoch in read_run(out).epochs] == [1, 2, 3]
    for name in ("best.safetensors", "last.safetensors"):
        ours = load_checkpoint(out / name).model.state_dict()
        theirs = load_checkpoint(trained / name).model.state_dict()
        assert all(torch.equal(ours[tensor], theirs[tensor]) for tensor in theirs), name
    assert not list(out.rglob("*.tmp"))
