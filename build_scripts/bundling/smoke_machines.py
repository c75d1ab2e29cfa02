"""Starts the bundle on machines that differ: old processor, odd screens, a home to read only."""

from __future__ import annotations

import dataclasses
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bundling.findings import Finding
from bundling.isolation import Isolation
from bundling.screen import Screen
from bundling.smoke import PATIENCE_SECONDS, SAMPLES, TITLE, Workplace, end_of

# As on a processor with SSE4.2 and nothing later, which is all that the wheels ask for.
_OLD_PROCESSOR = {
    "ATEN_CPU_CAPABILITY": "default",
    "ARROW_USER_SIMD_LEVEL": "NONE",
    "ONEDNN_MAX_CPU_ISA": "SSE41",
    "MKL_ENABLE_INSTRUCTIONS": "SSE4_2",
    "OPENBLAS_CORETYPE": "Nehalem",
}
_WAYLAND_SECONDS = 10.0


def check_machines(work: Workplace, screen: Screen) -> Iterator[Finding]:
    """Start it in each of these places."""
    old = work.run("doctor", "--device", "cpu", variables=_OLD_PROCESSOR)
    yield Finding(
        "processor without AVX (by settings of the libraries)",
        "doctor: exit 0",
        f"exit {old.code}, {old.seconds:.0f} s, “{old.last_line}”",
        old.code == 0,
    )
    yield from _read_only_home(work, screen)
    yield _opens(work, screen, "screen of double density", {"QT_SCALE_FACTOR": "2"})
    yield _opens(work, screen, "without OpenGL", {"QT_XCB_GL_INTEGRATION": "none"})
    yield _two_at_once(work, screen)
    yield _wayland(work)


def _read_only_home(work: Workplace, screen: Screen) -> Iterator[Finding]:
    check = "home that can only be read"
    usual = work.isolation
    if not usual.prefix:
        yield Finding(check, "exit 0", usual.describe(), None)
        return
    strict = dataclasses.replace(usual, read_only=(*usual.read_only, usual.home))
    arguments = ("classify", str(work.bundle / SAMPLES), "--device", "cpu")
    ran = work.run(*arguments, isolation=strict)
    yield Finding(
        f"{check}: classifies", "exit 0", f"exit {ran.code}, “{ran.last_line}”", ran.code == 0
    )
    yield _opens(work, screen, check, {}, strict)


def _opens(
    work: Workplace,
    screen: Screen,
    check: str,
    variables: Mapping[str, str],
    isolation: Isolation | None = None,
) -> Finding:
    """Tell whether a window comes and can be closed."""
    process = work.start_window(variables={**screen.variables, **variables}, isolation=isolation)
    shown = screen.find(TITLE, PATIENCE_SECONDS, process)
    time.sleep(1)
    screen.press("ctrl+q")
    code = end_of(process)
    said = f"{'shown' if shown else 'not shown'}, exit {code}"
    return Finding(f"{check}: window", "shown, exit 0", said, bool(shown) and code == 0)


def _two_at_once(work: Workplace, screen: Screen) -> Finding:
    """Start two windows at the same time, and close one after the other."""
    both = [work.start_window(variables=screen.variables) for _ in range(2)]
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (shown := screen.count(TITLE)) < len(both) and time.monotonic() < deadline:
        time.sleep(0.1)
    time.sleep(1)
    for _ in both:
        screen.press("ctrl+q")
        time.sleep(1)
    codes = [end_of(process) for process in both]
    good = shown == len(both) and codes == [0, 0]
    return Finding("two at the same time", "2 windows, exit 0", f"{shown}, exit {codes}", good)


def _wayland(work: Workplace) -> Finding:
    """Start the window under a compositor without X11, and see that it stays."""
    check, goal = "Wayland", "runs until it is ended"
    if shutil.which("weston") is None:
        return Finding(check, goal, "weston is not installed", None)
    with _compositor() as folder:
        variables = {"XDG_RUNTIME_DIR": str(folder), "WAYLAND_DISPLAY": "fundus"}
        process = work.start_window(variables={**variables, "QT_QPA_PLATFORM": "wayland"})
        time.sleep(_WAYLAND_SECONDS)
        runs = process.poll() is None
        process.terminate()
        end_of(process)
    return Finding(check, goal, "runs" if runs else f"exit {process.returncode}", runs)


@contextmanager
def _compositor() -> Iterator[Path]:
    """Yield the folder of the socket of a compositor without a screen."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["weston", "--backend=headless-backend.so", "--socket=fundus", "--idle-time=0"]
        process = subprocess.Popen(
            command,
            env={**os.environ, "XDG_RUNTIME_DIR": folder},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            deadline = time.monotonic() + _WAYLAND_SECONDS
            while not Path(folder, "fundus").exists() and time.monotonic() < deadline:
                time.sleep(0.1)
            yield Path(folder)
        finally:
            process.terminate()
            process.wait()
