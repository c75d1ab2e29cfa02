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
