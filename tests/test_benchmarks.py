"""The benchmarks run as the README says and print one table; what they share measures rightly."""

from __future__ import annotations

import math
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from PIL import Image
from tiny_photographs import write_photographs

from fundus_gui.core.images import read_photograph

BENCHMARKS = Path(__file__).resolve().parent.parent / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))  # as when a script in it is run

import measuring  # noqa: E402


def sleeping(seconds: float) -> measuring.Play:
    """Make a contestant that knows how long it works without using the processor."""

    def play() -> float:
        time.sleep(seconds)
        return seconds

    return play


def failing() -> measuring.Play:
    raise SystemExit(1)


def table_of(script: str, *options: str) -> list[list[str]]:
    """Run a benchmark in one thread and return the cells below the headings."""
    done = subprocess.run(
        [sys.executable, str(BENCHMARKS / script), *options],
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines = [line for line in done.stdout.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert {len(row) for row in cells} == {len(cells[0])}
    return cells[2:]


@pytest.fixture
def tiny_photographs(tmp_path: Path) -> Path:
    folder = tmp_path / "photographs"
    write_photographs(folder, 3)
    return folder


def test_a_ratio_is_taken_within_each_round() -> None:
    # Rounds of 1, 2 and 4 times the load, in which the other takes 2, 3 and 2.5 times as long.
    ratio = measuring.ratio([1, 2, 4], [2, 6, 10])
    assert (ratio.median, ratio.low, ratio.high) == (2.5, 2, 3)
    assert str(ratio) == "2.50 (2.00 – 3.00)"


def test_contestants_take_turns_and_the_first_does_not_count() -> None:
    turns = measuring.race({"long": partial(sleeping, 0.2), "short": partial(sleeping, 0)}, 2)
    assert list(turns) == ["long", "short"]
    for name, seconds in (("long", 0.2), ("short", 0)):
        assert len(turns[name]) == 2
        for turn in turns[name]:
            assert turn.seconds >= turn.networks_seconds == seconds
            assert 0 <= turn.cpu_seconds < math.inf
    assert turns["long"][0].cpu_seconds < 0.2  # sleeping is no work


def test_a_contestant_that_ends_early_is_named() -> None:
    with pytest.raises(RuntimeError, match="'broken' ended before it was measured"):
        measuring.race({"broken": failing}, 1)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not tell the peak")
def test_the_peak_of_memory_grows_with_what_was_held() -> None:
    before = measuring.peak_memory()
    held = b"x" * (before + 50_000_000)
    assert measuring.peak_memory() >= before + len(held) // 2


def test_small_drawings_are_of_256_pixels_and_repeat_only_when_they_must(tmp_path: Path) -> None:
    paths = measuring.draw_photographs(tmp_path, 18, small=True)
    pictures = [read_photograph(path) for path in paths]
    assert {picture.pixels.shape for picture in pictures} == {(256, 256, 3)}
    assert len({picture.sha256 for picture in pictures}) == 16


def test_of_a_large_folder_photographs_are_taken_evenly(tmp_path: Path) -> None:
    everything = write_photographs(tmp_path, 9)
    Image.new("RGB", (8, 8)).save(tmp_path / "other.tif")  # not all contestants read it
    assert measuring.photographs(tmp_path, tmp_path, 3) == everything[::3]
    assert measuring.photographs(tmp_path, tmp_path, 99) == everything


def test_without_photographs_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="no JPEG or PNG photographs"):
        measuring.photographs(tmp_path, tmp_path, 3)


def test_the_machine_is_described(capsys: pytest.CaptureFixture[str]) -> None:
    def rows() -> Iterator[tuple[str, ...]]:
        yield "1", "2"

    measuring.print_table(("a", "b"), rows())
    lines = capsys.readouterr().out.splitlines()
    assert lines[:4] == ["| a | b |", "| --- | --- |", "| 1 | 2 |", ""]
    assert "torch" in lines[4]


@pytest.mark.slow
def test_decode_compares_both_ways_to_read(tiny_photographs: Path) -> None:
    (row,) = table_of("decode.py", "--images", str(tiny_photographs), "--rounds", "1")
    assert row[:2] == ["full size", "3"]
    assert row[6:] == ["0.000", "0", "100.0%", "0.0000"]  # nothing is left out of a small file


@pytest.mark.slow
def test_classify_measures_speed_memory_and_agreement(tiny_photographs: Path) -> None:
    tiny = ["--models", "tiny", "--size", "32", "--count", "2", "--small", "2", "--threads", "1"]
    images = ["--images", str(tiny_photographs), "--memory", "1,2", "--rounds", "1"]
    rows = {row[0]: row[1:] for row in table_of("classify.py", *tiny, *images)}
    assert {name.split(":")[0] for name in rows if "script" in name} == {"exact", "fast"}
    assert any("networks alone, 2 photographs of 256 px" in name for name in rows)
    assert "exact: matrix products of as many operations" in rows
    assert float(rows["exact: furthest from plain fp32, 3 photographs"][0]) < 1e-4
    assert rows["exact: same class as plain fp32, 3 photographs"][0] == "100.00%"


@pytest.mark.slow
def test_large_folder_measures_a_window_with_many_rows() -> None:
    rows = {row[0]: row[1:] for row in table_of("large_folder.py", "--count", "300")}
    assert rows["all 300 rows after"][0].endswith(" s")
    assert "list: filter by no filter (300 rows)" in rows
    assert "grid: sort by confidence" in rows
    assert "bytes a row" in rows["memory, every row with a result of two models"][0]


@pytest.mark.slow
def test_window_measures_one_photograph_in_the_window(tiny_photographs: Path) -> None:
    tiny = ["--models", "tiny", "--size", "32", "--count", "2", "--rounds", "1"]
    rows = table_of("window.py", "--images", str(tiny_photographs), *tiny)
    assert [row[0] for row in rows] == ["exact", "fast"]
    assert all(float(row[1]) > 0 < float(row[2]) for row in rows)
