"""Starts the window: application, error hooks, log, installed weights."""

from __future__ import annotations

import logging
import signal
import sys
from collections.abc import Sequence
from functools import partial
from logging.handlers import RotatingFileHandler
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from fundus_gui import __version__
from fundus_gui.core.catalogue import read_catalogue
from fundus_gui.core.paths import resources_dir, user_data_dir
from fundus_gui.gui.diagnostics import LOG_FILE
from fundus_gui.gui.jobs import Engine
from fundus_gui.gui.main_window import MainWindow
from fundus_gui.gui.settings import put_damaged_aside, settings_path
from fundus_gui.gui.warm_up import WarmUp


def main(paths: Sequence[Path] = ()) -> int:
    """Show the window, open the paths in it, and return when it is closed.

    Returns:
        The exit code.
    """
    _log_to_file(user_data_dir())
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl+C in the terminal, which Qt would hold up
    app = create_application(sys.argv)
    catalogue = read_catalogue()
    engine = Engine(catalogue)
    window = MainWindow(catalogue, engine.classify, settings_path())
    if aside := put_damaged_aside(settings_path()):
        QTimer.singleShot(0, partial(_tell_of_settings, window, aside))
    window.catalogue_changed.connect(engine.use)
    engine.set_precision(window.page.precision)
    window.page.precision_changed.connect(engine.set_precision)
    window.errors.install_hooks()
    WarmUp(window)
    window.show()
    window.open_paths(paths)
    return app.exec()


def create_application(arguments: Sequence[str]) -> QApplication:
    """Make the application; Fusion looks alike everywhere and follows light and dark."""
    app = QApplication(list(arguments))
    app.setApplicationName("fundus_gui")
    app.setApplicationDisplayName(QCoreApplication.translate("Application", "Fundus classifier"))
    app.setApplicationVersion(__version__)
    app.setStyle("Fusion")
    app.setWindowIcon(QIcon(str(resources_dir() / "icons" / "fundus.svg")))
    return app


def _tell_of_settings(window: MainWindow, aside: Path) -> None:
    translate = QCoreApplication.translate
    window.errors.tell(
        translate("Application", "Settings put aside"),
        translate(
            "Application",
            "The settings file was damaged and is now {file}. What could be read of it is kept; "
            "everything else is as at the first start.",
        ).format(file=aside),
    )


def _log_to_file(folder: Path) -> None:
    """Keep warnings and errors for a report; without a place for them, do without."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(
            folder / LOG_FILE, maxBytes=1_000_000, backupCount=1, encoding="utf-8", delay=True
        )
    except OSError:
        return
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.getLogger().addHandler(handler)
