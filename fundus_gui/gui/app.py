"""Starts the program: application, log, window or conference mode."""

from __future__ import annotations

import logging
import signal
import sys
from collections.abc import Sequence
from logging.handlers import RotatingFileHandler
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtGui import QIcon

from fundus_gui import __version__
from fundus_gui.core.paths import resources_dir, user_data_dir
from fundus_gui.gui.application import Application
from fundus_gui.gui.diagnostics import LOG_FILE
from fundus_gui.gui.program import Program
from fundus_gui.gui.settings import (
    SETTINGS_FILE,
    AppSettings,
    load_settings,
    save_settings,
    settings_path,
)
from fundus_gui.gui.widgets.palette import use_legible_colours


def main(paths: Sequence[Path] = (), *, demo: bool = False, show_names: bool = False) -> int:
    """Show the window, open the paths in it, and return when it is closed.

    Args:
        demo: begin in conference mode; nothing that visitors choose is remembered then.
        show_names: of files, to the audience.

    Returns:
        The exit code.
    """
    _log_to_file(user_data_dir())
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl+C in the terminal, which Qt would hold up
    app = create_application(sys.argv)
    if not demo:
        program = Program(app, settings_path())
        app.files_opened.connect(program.open_files)
        program.window.show()
        program.window.open_paths(paths)
        return app.exec()
    with TemporaryDirectory(prefix="fundus-gui-demo-") as folder:
        forgotten = Path(folder) / SETTINGS_FILE
        save_settings(AppSettings(language=load_settings(settings_path()).language), forgotten)
        program = Program(app, forgotten)
        program.conference.start(paths, show_names=show_names)
        return app.exec()


def create_application(arguments: Sequence[str]) -> Application:
    """Make the application; Fusion looks alike everywhere and follows light and dark."""
    app = Application(list(arguments))
    app.setApplicationName("fundus_gui")
    app.setDesktopFileName("org.fundus_gui.FundusClassifier")  # its icon, under Wayland
    app.setApplicationVersion(__version__)
    app.setStyle("Fusion")
    use_legible_colours(app)
    app.setWindowIcon(QIcon(str(resources_dir() / "icons" / "fundus.svg")))
    return app


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
