"""The command line as a process of its own, to be killed, starved or pulled the rug from under."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from command_runs import Done

PATIENCE_SECONDS = 300  # on a machine that does much else


def environment(home: Path) -> dict[str, str]:
    """Return the variables of a process whose user has `home`."""
    settings = {"PYTHONUTF8": "1", "TERM": "dumb", "OMP_NUM_THREADS": "1"}
    return {**os.environ, **settings, "FUNDUS_GUI_HOME": str(home)}


def command(*arguments: str | Path) -> list[str]:
    """Return what starts the program."""
    return [sys.executable, "-m", "fundus_gui", *map(str, arguments)]


def start(home: Path, *arguments: str | Path, **options: Any) -> subprocess.Popen[str]:
    """Start a command; what it says is piped."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    started: subprocess.Popen[str] = subprocess.Popen(
        command(*arguments), env=environment(home), text=True, **(pipes | options)
    )
    return started


def finish(process: subprocess.Popen[str]) -> Done:
    """Wait for the end of a command."""
    out, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert "Traceback" not in err, err
    return Done(process.returncode, out, err)


def without_privileges() -> list[str] | None:
    """Return what makes a command obey permissions, also where the tests are run by root.

    None where root cannot give its privilege away.
    """
    if os.geteuid() != 0:
        return []
    privileges = "-dac_override,-dac_read_search"
    words = ["setpriv", f"--bounding-set={privileges}", f"--inh-caps={privileges}"]
    if shutil.which(words[0]) is None:
        return None
    works = subprocess.run([*words, "true"], capture_output=True, check=False).returncode == 0
    return words if works else None
