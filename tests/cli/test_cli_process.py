"""The command line as a process of its own: its terminal, its interruption, its exit code."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from tiny_photographs import write_photographs
from tiny_weights import write_tiny_weights

posix_only = pytest.mark.skipif(os.name != "posix", reason="uses POSIX terminals and signals")

PATIENCE_SECONDS = 120


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a user's folder with the tiny models in it."""
    home = tmp_path_factory.mktemp("home")
    write_tiny_weights(home / "weights")
    return home


def start(home: Path, *arguments: str | Path, **options: object) -> subprocess.Popen[str]:
    settings = {"PYTHONUTF8": "1", "TERM": "xterm", "OMP_NUM_THREADS": "1"}
    environment = {**os.environ, **settings, "FUNDUS_GUI_HOME": str(home)}
    command = [sys.executable, "-m", "fundus_gui", *map(str, arguments)]
    return subprocess.Popen(command, env=environment, text=True, **options)  # type: ignore[call-overload,no-any-return]


def read_to_end(terminal: int) -> str:
    shown = b""
    with suppress(OSError):  # Linux says so when the other side is closed
        while some := os.read(terminal, 4096):
            shown += some
    os.close(terminal)
    return shown.decode()


@posix_only
def test_on_a_terminal_a_bar_shows_progress_and_the_table_stays_clean(
    home: Path, tmp_path: Path
) -> None:
    import pty

    write_photographs(tmp_path, 5)
    (tmp_path / "empty.jpg").touch()
    ours, theirs = pty.openpty()
    options = {"stdout": subprocess.PIPE, "stderr": theirs}
    with start(home, "classify", tmp_path, "--ensemble", "pair", **options) as process:
        os.close(theirs)
        shown = read_to_end(ours)
        out, _ = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 3
    assert "Classifying on CPU (" in shown
    assert "━" in shown
    assert "6/6" in shown
    assert "1 failed" in shown
    assert "\x1b" not in out
    assert "5 classified, 1 could not be read:" in out


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Let started programs hear Ctrl-C even where the tests run in the background without it."""
    earlier = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, earlier)


@posix_only
@pytest.mark.usefixtures("interruptible")
def test_interrupted_it_stops_at_once_and_keeps_its_rows(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    (first,) = write_photographs(folder, 1)
    for number in range(1, 3000):
        os.link(first, folder / f"{number}.png")
    out = tmp_path / "r.csv"
    arguments = ["classify", folder, "--ensemble", "pair", "--out", out]
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with start(home, *arguments, "--batch-size", 4, "--workers", 1, **options) as process:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not (out.exists() and out.read_bytes().count(b"\n") > 5):
            assert time.monotonic() < deadline
            assert process.poll() is None, process.communicate()
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 130
    assert err.endswith("fundus-gui: stopped.\n")
    assert "Traceback" not in err
    with out.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert 5 <= len(rows) < 3000
    assert all(row["status"] == "ok" and row["image_sha256"] for row in rows)
    record = json.loads(out.with_suffix(".json").read_text(encoding="utf-8"))
    assert record["is_complete"] is False
    # The signal may come when a row is written and not yet counted.
    assert len(rows) - record["classified"] in {0, 1}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there is a screen")
def test_without_a_screen_the_window_says_so_in_one_line(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    with start(home, stderr=subprocess.PIPE) as process:
        _, said = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 1
    assert said.startswith("fundus-gui: there is no screen")
    assert said.count("\n") == 1
