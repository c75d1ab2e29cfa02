"""How soon the window is there, beside a bare one and one that imports the networks first.

    python benchmarks/startup.py [--rounds N] [--platform offscreen|xcb|...]

Each start is a process of its own. They take turns, so that a busy machine slows all, and the first
round, in which files get into memory, does not count. Seconds are from the start of the process to
the first painting; processor time is that of the process up to then. The longest pause is the time
that the window stands still afterwards while the program imports the networks in a thread.
"""

from __future__ import annotations

import argparse
import importlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow

_TICK_MS = 2


class Start(NamedTuple):
    """What one process tells; all in seconds."""

    shown: float
    processor: float
    longest_pause: float


# In the processes that are started ----------------------------------------------------------------


class Watch(QObject):
    """Notes when a window is first painted and how long its thread then stands still at most."""

    def __init__(self, window: QMainWindow, is_done: Callable[[], bool]) -> None:
        """Watch until `is_done`."""
        super().__init__(window)
        self._is_done = is_done
        self.painted = self.processor = self.longest_pause = 0.0
        self._last = 0.0
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._tick)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Note the first painting."""
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self._begin)  # when the painting is done
        return False

    def _begin(self) -> None:
        self.painted = self._last = time.perf_counter()
        self.processor = time.process_time()
        self._timer.start(_TICK_MS)

    def _tick(self) -> None:
        now = time.perf_counter()
        self.longest_pause = max(self.longest_pause, now - self._last)
        self._last = now
        if self._is_done():
            self._timer.stop()
            QApplication.exit()


def start_bare() -> Watch:
    """Show a window of PySide6 and nothing else."""
    app = QApplication([])
    window = QMainWindow()
    watch = Watch(window, lambda: True)
    window.show()
    app.exec()
    return watch


def start_with_networks() -> Watch:
    """Import the networks, then show a window."""
    for name in ("torch", "torchvision", "timm", "matplotlib.backends.backend_qtagg"):
        importlib.import_module(name)
    return start_bare()


def start_program() -> Watch:
    """Show the program's window as `fundus_gui.gui.app.main` does."""
    from fundus_gui.core.catalogue import read_catalogue
    from fundus_gui.gui.app import create_application
    from fundus_gui.gui.jobs import Engine
    from fundus_gui.gui.main_window import MainWindow
    from fundus_gui.gui.warm_up import WarmUp

    with tempfile.TemporaryDirectory() as folder:
        app = create_application([])
        catalogue = read_catalogue()
        window = MainWindow(catalogue, Engine(catalogue).classify, Path(folder) / "settings.json")
        warm_up = WarmUp(window)
        watch = Watch(window, lambda: warm_up.is_done)
        window.show()
        app.exec()
        window.close()
    return watch


_STARTS = {
    "bare PySide6 window": start_bare,
    "this program": start_program,
    "window after torch, torchvision, timm, matplotlib": start_with_networks,
}


# In the process that measures ---------------------------------------------------------------------


def measured(name: str, environment: dict[str, str]) -> Start:
    """Start one process and return what it tells."""
    began = time.perf_counter()  # the same clock in all processes
    done = subprocess.run(
        [sys.executable, __file__, "--start", name],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    painted, processor, longest_pause = map(float, done.stdout.split())
    return Start(painted - began, processor, longest_pause)


def main() -> None:
    """Measure, or be one of the measured processes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--platform", default="offscreen", help="of Qt; default %(default)s")
    parser.add_argument("--start", choices=_STARTS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.start is not None:
        watch = _STARTS[options.start]()
        print(watch.painted, watch.processor, watch.longest_pause)
        return
    from measuring import print_table, ratio  # whose imports no start is to pay for

    environment = {**os.environ, "QT_QPA_PLATFORM": options.platform}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # nobody compiles at every start
    rounds = [
        {name: measured(name, environment) for name in _STARTS} for _ in range(options.rounds + 1)
    ]
    starts = {name: [each[name] for each in rounds[1:]] for name in _STARTS}
    bare = [start.shown for start in starts["bare PySide6 window"]]
    print_table(
        ("start", "shown (s)", "processor (s)", "times as long as bare", "longest pause (s)"),
        (
            (
                name,
                f"{statistics.median(start.shown for start in found):.2f}",
                f"{statistics.median(start.processor for start in found):.2f}",
                str(ratio(bare, [start.shown for start in found])),
                f"{statistics.median(start.longest_pause for start in found):.2f}",
            )
            for name, found in starts.items()
        ),
    )


if __name__ == "__main__":
    main()
