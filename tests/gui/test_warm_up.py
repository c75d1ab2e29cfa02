"""What takes seconds to import is imported while the window is there, and not before."""

from __future__ import annotations

import subprocess
import sys


def run_python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_pages_and_engine_are_imported_once_the_window_has_been_painted() -> None:
    said = run_python(
        "import gc, sys\n"
        "from PySide6.QtCore import QTimer\n"
        "from PySide6.QtWidgets import QApplication, QWidget\n"
        "from fundus_gui.gui.warm_up import WarmUp\n"
        "pages = {'fundus_gui.gui.train_page', 'fundus_gui.gui.evaluate_page'}\n"
        "slow = {'torch', 'matplotlib', *pages}\n"
        "app, window = QApplication([]), QWidget()\n"
        "warm_up = WarmUp(window)\n"
        "app.processEvents()\n"
        "print(slow & sys.modules.keys())\n"
        "window.show()\n"
        "timer = QTimer()\n"
        "timer.timeout.connect(lambda: warm_up.is_done and app.quit())\n"
        "timer.start(5)\n"
        "app.exec()\n"
        "print(slow <= sys.modules.keys(), gc.isenabled(), gc.get_freeze_count() > 100_000)\n"
        "import torch; print(float(torch.ones(2, 2).sum()))\n"
    )
    assert said.split("\n")[:3] == ["set()", "True True True", "4.0"]


def test_a_missing_library_is_left_to_whoever_needs_it() -> None:
    said = run_python(
        "import gc, sys\n"
        "sys.modules['torch'] = None\n"
        "from PySide6.QtWidgets import QApplication, QWidget\n"
        "from fundus_gui.gui.warm_up import WarmUp\n"
        "app, window = QApplication([]), QWidget()\n"
        "warm_up = WarmUp(window)\n"
        "window.show()\n"
        "while not warm_up.is_done: app.processEvents()\n"
        "print(gc.isenabled())\n"
    )
    assert said == "True\n"
