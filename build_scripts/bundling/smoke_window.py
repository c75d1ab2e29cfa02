"""Clicks through the packaged window: samples, export, a training, the end."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from bundling.findings import Finding
from bundling.inspection import files_of
from bundling.screen import Screen
from bundling.smoke import PATIENCE_SECONDS, TITLE, Workplace, end_of, in_time, load, same_answers
from bundling.smoke_machines import check_machines
from bundling.smoke_tour import check_demo, check_guide, check_language
from bundling.toolchain import BuildError

_START_SECONDS = 2.0
_STARTS = 3
_NOTICED_SECONDS = 10.0  # until the window has seen that a training has ended
_SCRIPTS = Path(__file__).resolve().parent.parent

Places = Mapping[str, Sequence[int]]


def check_window(work: Workplace, python: str, pictures: Path) -> Iterator[Finding]:
    """Do it on a screen of its own.

    Args:
        work: where; photographs have been drawn there.
        python: of the build environment, which tells where the buttons are.
        pictures: folder for pictures of what was seen.
    """
    pictures.mkdir(parents=True, exist_ok=True)
    with Screen() as screen:
        places, reading_seconds = _places(work, python, screen.display)
        yield from _starts(work, screen)
        process = work.start_window(variables=screen.variables)
        window = screen.find(TITLE, PATIENCE_SECONDS, process)
        if not window:
            yield Finding("shows its window", "yes", f"exit {process.poll()}", passed=False)
            process.kill()
            return
        screen.settle(window)
        table = work.folder / "window.csv"
        _classify(screen, window, places, table)
        screen.picture(pictures / "classified.png")
        yield check_guide(screen, pictures)
        console = work.folder / "console.csv"
        yield same_answers("window and command line agree on the samples", table, console)
        _open_data(work, screen)
        time.sleep(5 + 2 * reading_seconds)
        yield _train(work, screen, window, places)
        screen.picture(pictures / "trained.png")
        yield from _end(work, screen, process)
        yield check_demo(work, screen, pictures)
        yield from check_machines(work, screen)
        yield check_language(work, screen, pictures)


def _places(work: Workplace, python: str, display: str) -> tuple[Places, float]:
    """Return where the controls stand, and how long it took to read the photographs."""
    home = work.folder / "layout"
    home.mkdir()
    done = subprocess.run(
        [python, "-m", "bundling.button_places", str(work.photographs)],
        check=False,
        cwd=_SCRIPTS,
        env={**os.environ, "DISPLAY": display, "HOME": str(home), "QT_QPA_PLATFORM": "xcb"},
        capture_output=True,
        encoding="utf-8",
    )
    if done.returncode:
        raise BuildError(f"the window cannot be laid out from the source: {done.stderr[-300:]}")
    places, seconds = json.loads(done.stdout)
    return places, seconds


def _starts(work: Workplace, screen: Screen) -> Iterator[Finding]:
    """Measure from the start to the window on the screen, and close it again."""
    seconds, codes = [], []
    _forget(work.bundle)
    for _ in range(_STARTS + 1):  # the first reads the files from the disk
        began = time.monotonic()
        process = work.start_window(variables=screen.variables)
        screen.find(TITLE, PATIENCE_SECONDS, process)
        seconds.append(time.monotonic() - began)
        time.sleep(1)
        screen.press("ctrl+q")
        codes.append(end_of(process))
    warm = statistics.median(seconds[1:])
    yield Finding(
        "B5 start to the first window, warm",
        f"≤ {_START_SECONDS:.0f} s",
        f"{warm:.2f} s (median of {_STARTS}; cold {seconds[0]:.1f} s; {load()})",
        in_time(warm, _START_SECONDS),
    )
    yield Finding(
        "closed while it loads", "exit 0", f"exit codes {codes}", codes == [0] * len(codes)
    )


def _forget(bundle: Path) -> None:
    """Have the system forget what it has read of the bundle's files."""
    for path in files_of(bundle):
        with path.open("rb") as file:
            os.fsync(file.fileno())
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _classify(screen: Screen, window: str, places: Places, table: Path) -> None:
    """Click on the samples and write the results to a table by the keyboard."""
    screen.click(window, places["samples"])
    deadline = time.monotonic() + PATIENCE_SECONDS
    dialog = ""
    while not dialog and time.monotonic() < deadline:
        screen.press("ctrl+e")  # nothing happens before all is classified
        dialog = screen.find("Export", 2)
    screen.type(str(table))
    screen.press("Return")
    _wait_for(table.is_file, 30)


def _open_data(work: Workplace, screen: Screen) -> None:
    """Choose the photographs on the second page."""
    screen.press("ctrl+2", "ctrl+d")
    screen.find("Open a folder", PATIENCE_SECONDS)
    screen.type(str(work.photographs))
    screen.press("Return")
    screen.is_gone("Open a folder", PATIENCE_SECONDS)


def _train(work: Workplace, screen: Screen, window: str, places: Places) -> Finding:
    """Train one epoch of the smallest network."""
    runs = work.isolation.home / ".local/share/fundus_gui/runs"
    for name, value in (("model", "tiny"), ("epochs", "1")):
        screen.click(window, places[name])
        screen.press("ctrl+a")
        screen.type(value)
        screen.press("Tab")
    began = time.monotonic()
    screen.click(window, places["start"])
    ended = _wait_for(lambda: _has_ended(runs), PATIENCE_SECONDS)
    seconds = time.monotonic() - began
    time.sleep(_NOTICED_SECONDS)
    done = ended and any(runs.glob("*/report.html"))
    configs = [file.read_text(encoding="utf-8") for file in runs.glob("*/config.toml")]
    as_set = any('model = "tiny"' in text and "epochs = 1\n" in text for text in configs)
    return Finding(
        "trains in the window, by a process of its own",
        "one epoch of tiny, report.html",
        f"{len(configs)} run, {'as set' if as_set else 'not as set'}, "
        f"{'report after' if done else 'no report after'} {seconds:.0f} s",
        done and as_set,
    )


def _has_ended(runs: Path) -> bool:
    events = (file.read_text(encoding="utf-8") for file in runs.glob("*/events.jsonl"))
    return any('"ending"' in text for text in events)


def _end(work: Workplace, screen: Screen, process: subprocess.Popen[bytes]) -> Iterator[Finding]:
    """Close the window; nothing may have been complained of."""
    screen.press("ctrl+q")
    code = end_of(process)
    yield Finding("closes", "exit 0", f"exit {code}", code == 0)
    logs = (
        work.window_log,
        work.isolation.home / ".local/share/fundus_gui/fundus-gui.log",
    )
    said = "".join(log.read_text(encoding="utf-8") for log in logs if log.is_file())
    yield Finding(
        "warnings and errors told", "none", said.strip()[-300:] or "none", not said.strip()
    )


def _wait_for(is_true: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not is_true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.2)
    return True
