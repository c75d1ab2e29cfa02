"""The window is closed at random instants of whatever it does: it ends well and leaves nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import PATIENCE_SECONDS, environment
from tiny_photographs import write_photographs

from fundus_gui.core.assessments.folder import find_assessments, read_assessment

HARMLESS = "This plugin does not support propagateSizeHints()"
PHASES = ["list", "load", "classify", "export", "evaluate"]
EACH = 20
QUICK = 4


def close_windows(
    phase: str, count: int, home: Path, photographs: Path, out: Path
) -> subprocess.CompletedProcess[str]:
    script = Path(__file__).with_name("closing_windows.py")
    arguments = [phase, str(count), str(len(phase)), str(photographs), str(out)]
    return subprocess.run(
        [sys.executable, str(script), *arguments],
        env=environment(home) | {"QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
        timeout=5 * PATIENCE_SECONDS,
    )


def children(process: str) -> list[str]:
    """Return the processes of this machine that name `process` on their command line."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if process in words and int(folder.name) != os.getpid():
            found.append(words)
    return found


@pytest.mark.parametrize(
    "count", [pytest.param(QUICK, id="few"), pytest.param(EACH, id="many", marks=pytest.mark.slow)]
)
@pytest.mark.parametrize("phase", PHASES)
def test_closed_at_any_instant_the_program_ends_well_and_leaves_nothing(
    phase: str, count: int, home: Path, eyes: Path, tmp_path: Path
) -> None:
    folder = eyes if phase == "evaluate" else tmp_path / "eyes"
    if phase != "evaluate":
        (first,) = write_photographs(folder, 1)
        for number in range(1, 2000 if phase == "list" else 120):
            os.link(first, folder / f"{number}.png")
    # The tiny models instead of the shipped ones, which take long.
    (home / "settings.ini").write_text('[General]\nmodels="[\\"tiny_a\\"]"\n', encoding="utf-8")
    out = tmp_path / "r.csv"
    done = close_windows(phase, count, home, folder, out)
    said = [line for line in done.stderr.splitlines() if line != HARMLESS]
    assert said == []
    assert done.returncode == 0
    assert json.loads(done.stdout) == {"closed": count, "found": []}
    stray = [path for path in tmp_path.rglob(".*") if path.suffix in {".tmp", ".new", ".partial"}]
    assert stray == []
    for kept in find_assessments(home / "evaluations"):
        read_assessment(kept.folder)
    if sys.platform.startswith("linux"):
        assert children(str(tmp_path)) == []
