"""Opens real windows one after the other, closes each at a random instant, and tells what is left.

python closing_windows.py PHASE COUNT SEED PHOTOGRAPHS OUT   prints one JSON object
"""

from __future__ import annotations

import json
import os
import random
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEventLoop, QThread, QTimer
from PySide6.QtWidgets import QWidget

from fundus_gui.core.catalogue import read_catalogue
from fundus_gui.gui.app import create_application
from fundus_gui.gui.file_dialogs import FileDialogs
from fundus_gui.gui.jobs import Engine
from fundus_gui.gui.main_window import MainWindow
from fundus_gui.gui.settings import settings_path

LONGEST_MS = {"list": 150, "load": 400, "classify": 900, "export": 250, "evaluate": 2500}
PATIENCE_MS = 60_000


class Answers(FileDialogs):
    """Saves where it was told."""

    def __init__(self, out: Path) -> None:
        self.out = out

    def save_as(
        self, _parent: QWidget, _title: str, _suggested: Path, _filters: str
    ) -> Path | None:
        return self.out


class Trial:
    """One window that is closed after a while."""

    def __init__(self, phase: str, photographs: Path, out: Path) -> None:
        catalogue = read_catalogue()
        engine = Engine(catalogue, device="cpu")
        self.window = MainWindow(catalogue, engine.classify, settings_path(), dialogs=Answers(out))
        self.window.errors.install_hooks()
        self.window.page.classification.auto_run = phase != "list"
        self.window.show()
        self._photographs = photographs
        self._loop = QEventLoop()
        getattr(self, f"_{phase}")()

    def close_after(self, wait_ms: int) -> None:
        """Close the window and return when it is closed."""
        QTimer.singleShot(wait_ms, self._close)
        QTimer.singleShot(PATIENCE_MS, self._loop.quit)
        self._loop.exec()

    def _close(self) -> None:
        self.window.close()
        self._loop.quit()

    def _list(self) -> None:
        self.window.open_paths([self._photographs])

    _load = _classify = _list

    def _export(self) -> None:
        self.window.open_paths([self._photographs])
        self._until(self.window.page.classification.finished)
        self.window.page.export_all()

    def _evaluate(self) -> None:
        self.window.show_page("evaluate")
        page = self.window.evaluate_page
        page.setup.measures.replicates.setValue(20)
        page.open_data(self._photographs)
        waited = QTimer()
        waited.setInterval(5)
        waited.timeout.connect(lambda: page.setup.bar.start.isEnabled() and self._loop.quit())
        waited.start()
        self._loop.exec()
        waited.stop()
        page.setup.bar.start.click()

    def _until(self, signal: object) -> None:
        signal.connect(self._loop.quit)  # type: ignore[attr-defined]
        self._loop.exec()


def left_behind(window: QWidget) -> list[str]:
    """Return what should have ended with the window."""
    threads = [
        type(thread).__name__ for thread in window.findChildren(QThread) if thread.isRunning()
    ]
    threads += [thread.name for thread in threading.enumerate() if thread.name.startswith("decode")]
    return threads


def main(phase: str, count: int, seed: int, photographs: Path, out: Path) -> None:
    """Close `count` windows and print what was found."""
    app = create_application(sys.argv[:1])
    app.setQuitOnLastWindowClosed(False)
    random_ms: Callable[[], int] = lambda: moments.randrange(LONGEST_MS[phase])  # noqa: E731
    moments, found = random.Random(seed), []
    for _ in range(count):
        wait_ms = random_ms()
        trial = Trial(phase, photographs, out)
        trial.close_after(wait_ms)
        if trial.window.isVisible() or left_behind(trial.window):
            found.append((wait_ms, trial.window.isVisible(), left_behind(trial.window)))
        trial.window.deleteLater()
        app.processEvents()
        if phase == "export":
            complete = out.exists() and out.read_bytes().endswith(b"\r\n")
            found += [] if complete else [(wait_ms, "no table")]
    sys.stdout.write(json.dumps({"closed": count, "found": found}))


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]), Path(sys.argv[5]))
