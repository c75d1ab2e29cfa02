"""How `fundus-gui classify` is started on a cluster, and the rows that it leaves."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

SECONDS = 900  # that a busy machine may take
PART_SIZE, BATCH_SIZE = 8, 4
VARYING = {"seconds", "row_hash"}  # a chain holds the seconds, and begins anew in each part

Start = Callable[..., subprocess.Popen[str]]


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
    """Return the rows of tables without what differs from run to run."""
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
