"""`fundus-gui gui`: the window, with files and folders opened."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fundus_gui.cli.invocation import Invocation


def gui(
    context: typer.Context,
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="PATH", help="Photographs and folders to open."),
    ] = None,
) -> None:
    """Open the window, with photographs if any are given."""
    invocation: Invocation = context.obj
    raise typer.Exit(invocation.open_window(paths or []))
