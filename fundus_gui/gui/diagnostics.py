"""What somebody who helps needs to know of this installation; of paths only what errors named."""

from __future__ import annotations

import dataclasses
from collections.abc import Generator
from pathlib import Path

from PySide6.QtCore import qVersion
from PySide6.QtGui import QGuiApplication

from fundus_gui.core import atomic
from fundus_gui.core.catalogue import Catalogue
from fundus_gui.core.errors import ExportError
from fundus_gui.gui.settings import AppSettings

LOG_FILE = "fundus-gui.log"
LINES_AT_MOST = 400
_UNTOLD = frozenset({"recent", "recent_data", "last_folder", "geometry"})


def facts_of_the_window(catalogue: Catalogue, settings: AppSettings) -> str:
    """Return screen, models and settings as lines; to be called in the window's thread."""
    screens = (
        f"{screen.size().width()} x {screen.size().height()}, scale {screen.devicePixelRatio():g}"
        for screen in QGuiApplication.screens()
    )
    style = QGuiApplication.styleHints().colorScheme().name
    told = {
        field.name: getattr(settings, field.name)
        for field in dataclasses.fields(settings)
        if field.name not in _UNTOLD and not isinstance(getattr(settings, field.name), bytes)
    }
    return "\n".join(
        (
            f"Qt {qVersion()}, platform {QGuiApplication.platformName()}, {style}",
            f"Screens: {'; '.join(screens)}",
            f"Models: {', '.join(catalogue.models) or 'none'}",
            f"Ensembles: {', '.join(catalogue.ensembles) or 'none'}",
            f"Refused weights: {len(catalogue.refused)}",
            *(f"Setting {name}: {value}" for name, value in told.items()),
        )
    )


def write_diagnostics(facts: str, log: Path, out: Path) -> Generator[Path, None, None]:
    """Write versions, `facts` and the end of the log to a text file, then yield its path.

    Paths of the user's home are shortened to `~`.

    Raises:
        ExportError: it cannot be written.
    """
    from fundus_gui.core.reports.environment import environment_text

    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-LINES_AT_MOST:]
    except OSError:
        lines = ["(no warning was ever written)"]
    parts = (environment_text().rstrip(), facts, "Log:\n" + "\n".join(lines))
    text = "\n\n".join(parts).replace(str(Path.home()), "~") + "\n"
    try:
        atomic.write_bytes(out, text.encode())
    except OSError as error:
        raise ExportError(
            f"{out} cannot be written ({error.strerror}). Choose another folder."
        ) from error
    yield out
