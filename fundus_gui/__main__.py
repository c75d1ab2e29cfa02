"""Start the program: the window without arguments, the command line with some."""

from __future__ import annotations

import multiprocessing
import sys


def main() -> int:
    """Run and return the exit code."""
    multiprocessing.freeze_support()
    arguments = sys.argv[1:]
    if not arguments or arguments[0] == "gui":
        from fundus_gui.gui.app import main as open_window

        return open_window(arguments[1:])
    from fundus_gui.cli import main as run_command

    return run_command(arguments)


if __name__ == "__main__":
    sys.exit(main())
