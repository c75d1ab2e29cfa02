"""`fundus-gui models add`: a finished training becomes an installed model."""

from __future__ import annotations

from fundus_gui.cli import options
from fundus_gui.cli.console import out, printable
from fundus_gui.core.runs import add_to_library


def add(run: options.AddedRun, name: options.AddedName = None) -> None:
    """Install the best weights of a training run as a model."""
    file = add_to_library(run, name)
    out.print(printable(f"'{file.stem}' is installed, as {file}."), soft_wrap=True)
