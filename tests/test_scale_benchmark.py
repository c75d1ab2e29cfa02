"""The benchmark of many machines runs as the README says and prints one table."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from tiny_photographs import write_photographs

SCRIPT = Path(__file__).resolve().parent.parent / "benchmarks" / "scale.py"


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.skipif(find_spec("ray") is None, reason="Ray is not installed.")
def test_it_compares_workers_with_no_ray(tmp_path: Path) -> None:
    write_photographs(tmp_path, 3)
    tiny = ["--models", "tiny", "--size", "32", "--count", "24", "--part-size", "4"]
    once = ["--rounds", "1", "--workers", "1", "--images", str(tmp_path)]
    done = subprocess.run(
        [sys.executable, str(SCRIPT), *tiny, *once],
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines = [line for line in done.stdout.splitlines() if line.startswith("|")]
    names = [line.split("|")[1].strip() for line in lines]
    assert names == ["way", "---", "no Ray, 1 core", "Ray, 1 worker of 1 core"]
