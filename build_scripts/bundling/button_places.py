"""Tells where the window's controls stand on the screen, as a person sees them.

python -m bundling.button_places FOLDER    prints places and how many seconds it took to read the
                                           labelled photographs in FOLDER, as JSON

The same window is laid out from the source tree on the same screen, so that the smoke test knows
where to click in the packaged one however the pages change.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QElapsedTimer, QEventLoop, QPoint, QTimer
from PySide6.QtWidgets import QWidget

_LONGEST_MS = 300_000


def main(folder: Path) -> None:
    """Print what can be clicked and where, from the upper left corner of the window."""
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))
    from fundus_gui.core.catalogue import read_catalogue
    from fundus_gui.gui.app import create_application
    from fundus_gui.gui.jobs import Engine
    from fundus_gui.gui.main_window import MainWindow

    create_application(sys.argv[:1])
    catalogue = read_catalogue()
    with tempfile.TemporaryDirectory() as own:
        window = MainWindow(catalogue, Engine(catalogue).classify, Path(own) / "settings.ini")

        def place(widget: QWidget) -> tuple[int, int]:
            at = widget.mapTo(window, QPoint(min(40, widget.width() // 2), widget.height() // 2))
            return at.x(), at.y()

        window.show()
        _wait(window.isActiveWindow)
        samples = window.commands.open_samples.text()
        buttons = {button.text(): button for button in window.page.welcome.buttons}
        places = {"samples": place(buttons[samples])}
        window.show_page("train")
        setup = window.train_page.setup
        window.open_data(folder)
        clock = QElapsedTimer()
        clock.start()
        _wait(lambda: not setup.data.is_reading())
        seconds = clock.elapsed() / 1000
        for name in ("model", "epochs"):
            places[name] = place(setup.recipe.editor(name).control)
        places["start"] = place(setup.bar.start)
        window.close()
    print(json.dumps([places, seconds]))


def _wait(is_true: Callable[[], bool]) -> None:
    clock = QElapsedTimer()
    clock.start()
    while not is_true() and clock.elapsed() < _LONGEST_MS:
        _let_work()
    _let_work()  # for what is laid out behind it


def _let_work() -> None:
    loop = QEventLoop()
    QTimer.singleShot(500, loop.quit)
    loop.exec()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
