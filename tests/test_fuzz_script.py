"""The fuzzing script: it tries, counts, keeps what fails, and says so in one table."""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = ROOT / "build_scripts" / "fuzz.py"

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("atheris") is None,
    reason="atheris is not installed; it exists for Linux on x86-64",
)

# A reader that bears neither an X nor a Y, in place of the program's own.
FRAGILE = """
import sys
sys.path.append(sys.argv.pop(1))
from fuzzing import reader, readers

def read(content):
    if b"X" in content:
        raise ValueError("an X")
    if b"Y" in content:
        raise KeyError("a Y")

seeds = (b"sound", b"soundX", b"soundY")
readers.READERS = {"fragile": lambda folder: reader.Reader(seeds, read)}
from fuzzing.target import main
main()
"""

# A reader that never comes back from what is not sound, deep in code that no signal interrupts.
# libFuzzer counts what its parent held, too: no limit.
RUN = ("300", "-rss_limit_mb=0")

HANGING = """
import sys
sys.path.append(sys.argv.pop(1))
from fuzzing import reader, readers

def read(content):
    if content not in (b"", b"sound"):
        sum(range(10 ** 12))

readers.READERS = {"hanging": lambda folder: reader.Reader((b"sound",), read)}
from fuzzing.target import main
main()
"""


def test_readers_bear_what_atheris_makes_of_sound_files(tmp_path: Path) -> None:
    readers = ["--reader", "photographs", "--reader", "ensembles.toml"]
    done = subprocess.run(
        [sys.executable, SCRIPT, "--inputs", "600", "--out", str(tmp_path), *readers],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].startswith("| reader | inputs | read | seconds | failures |")
    assert [re.split(r" *\| *", line)[1] for line in lines[2:]] == [
        *("photographs", "ensembles.toml", "**all**")
    ]
    for line in lines[2:4]:
        assert re.match(r"\| \S+ \| 300 \| \d+ \| \d+ \| 0 \| \d+ \| \d+ \|", line)


def test_a_later_run_goes_on_where_an_earlier_one_ended(tmp_path: Path) -> None:
    words = ["--inputs", "20", "--out", str(tmp_path), "--reader", "results.csv"]
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, SCRIPT, *words], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert "| results.csv | 20 |" in done.stdout


def test_inputs_that_fail_are_kept_once_with_what_they_caused(tmp_path: Path) -> None:
    folder = tmp_path / "fragile"
    subprocess.run(
        [sys.executable, "-c", FRAGILE, str(SCRIPT.parent), "fragile", str(folder), *RUN],
        env=os.environ | {"PYTHONPATH": str(SCRIPT.parent)},
        capture_output=True,
        check=False,
    )
    tally = json.loads((folder / "tally.json").read_text())
    assert tally["inputs"] == 300
    assert sorted(kind.split()[0] for kind in tally["failures"]) == ["KeyError", "ValueError"]
    kept = {path.name: path.read_bytes() for path in (folder / "failures").iterdir()}
    inputs = [content for name, content in kept.items() if not name.endswith(".txt")]
    assert len(inputs) == 2
    assert any(b"X" in content for content in inputs)
    assert any("ValueError: an X" in content.decode() for content in kept.values())


def test_an_input_that_takes_too_long_ends_the_process_and_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(SCRIPT.parent))
    fuzz = importlib.import_module("fuzz")
    folder = tmp_path / "hanging"
    done = subprocess.run(
        [sys.executable, "-c", HANGING, str(SCRIPT.parent), "hanging", str(folder), *RUN],
        env=os.environ | {"PYTHONPATH": str(SCRIPT.parent)},
        capture_output=True,
        check=False,
    )
    assert done.returncode == -signal.SIGPROF
    fuzz.keep_hang(folder)
    (kept,) = (path for path in (folder / "failures").iterdir() if path.suffix != ".txt")
    assert kept.read_bytes() not in (b"", b"sound")
    assert kept.with_suffix(".txt").read_text() == "took too long\n"
