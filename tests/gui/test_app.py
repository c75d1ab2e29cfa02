from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tiny_weights import write_tiny_weights

from fundus_gui.gui.settings import SETTINGS_FILE, load_settings

QUITTING = """
import sys
from pathlib import Path
from fundus_gui.gui.app import main
from fundus_gui.gui.main_window import MainWindow

show = MainWindow.showEvent

def show_and_watch(window, event):
    show(window, event)
    window.page.classification.finished.connect(window.close)

MainWindow.showEvent = show_and_watch
sys.exit(main([Path(sys.argv[1])]))
"""


TELLING = """
import sys
from PySide6.QtCore import QTimer
from fundus_gui.gui.app import main
from fundus_gui.gui.error_dialog import ErrorReporter
from fundus_gui.gui.main_window import MainWindow

def tell(reporter, title, sentence):
    print(title, sentence, sep=": ")

show = MainWindow.showEvent

def show_and_close(window, event):
    show(window, event)
    QTimer.singleShot(300, window.close)

ErrorReporter.tell = tell
MainWindow.showEvent = show_and_close
sys.exit(main())
"""


def test_the_program_opens_classifies_closes_and_remembers(
    photographs: Callable[..., Path], tmp_path: Path
) -> None:
    home, folder = tmp_path / "home", photographs(3)
    write_tiny_weights(home / "weights")
    home.joinpath(SETTINGS_FILE).write_text(
        '[General]\nmodels="[\\"tiny_a\\"]"\n', encoding="utf-8"
    )
    done = subprocess.run(
        [sys.executable, "-c", QUITTING, str(folder)],
        env={**os.environ, "FUNDUS_GUI_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    noise = "This plugin does not support propagateSizeHints()"
    assert [line for line in done.stderr.splitlines() if line != noise] == []
    assert done.returncode == 0
    remembered = load_settings(home / SETTINGS_FILE)
    assert remembered.recent == (str(folder),)
    assert remembered.models == ("tiny_a",)


def test_damaged_settings_are_told_of_once(tmp_path: Path) -> None:
    settings = tmp_path / SETTINGS_FILE
    settings.write_bytes(b'[General]\nauto_run=perhaps\nrecent="[\\"/eyes\\"]"\n')

    def start() -> str:
        done = subprocess.run(
            [sys.executable, "-c", TELLING],
            env={**os.environ, "FUNDUS_GUI_HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    said = start()
    assert said.startswith("Settings put aside: The settings file was damaged and is now ")
    assert f"{SETTINGS_FILE}.broken-1" in said
    assert load_settings(settings).recent == ("/eyes",)  # what could be read was written again
    assert start() == ""
