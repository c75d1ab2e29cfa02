"""Start the program: the window without arguments, the command line with some."""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Sequence
from pathlib import Path


def open_window(paths: Sequence[Path] = ()) -> int:
    """Show the window with the given files and folders opened."""
    from fundus_gui.gui.app import main as show

    return show(paths)


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
