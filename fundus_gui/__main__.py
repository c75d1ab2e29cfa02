"""Start the program: the window without arguments, the command line with some."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Sequence
from pathlib import Path


def open_window(paths: Sequence[Path] = (), *, demo: bool = False, show_names: bool = False) -> int:
    """Show the window with the given files and folders opened, or say why it cannot be shown.

    Args:
        demo: in conference mode.
        show_names: of files, to the audience.
    """
    # Qt would end the process with an abort instead of an error.
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    if sys.platform.startswith("linux") and not any(os.environ.get(name) for name in names):
        return _refuse("there is no screen to show the window on")
    try:
        from PySide6 import QtWidgets  # noqa: F401 - its system libraries may be missing
    except ImportError as error:
        return _refuse(f"the window's libraries are incomplete ({error})")
    from fundus_gui.gui.app import main as show

    return show(paths, demo=demo, show_names=show_names)


def _refuse(reason: str) -> int:
    sys.stderr.write(
        f"fundus-gui: {reason}. `fundus-gui classify PATH...` works without a window; "
        "`build_scripts/dev.py run` installs what is missing.\n"
    )
    return 1


def main() -> int:
    """Run and return the exit code."""
    multiprocessing.freeze_support()
    arguments = sys.argv[1:]
    if not arguments:
        return open_window()
    from fundus_gui.cli import main as run_command

    return run_command(arguments, open_window)


if __name__ == "__main__":
    sys.exit(main())
