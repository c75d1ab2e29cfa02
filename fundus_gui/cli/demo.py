"""`fundus-gui demo`: the window in conference mode."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fundus_gui.cli.invocation import Invocation


def demo(
    context: typer.Context,
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="PATH", help="Photographs and folders to show; else the synthetic samples."
        ),
    ] = None,
    names: Annotated[
        bool, typer.Option("--names", help="Let the audience see the names of the files.")
    ] = False,
) -> None:
    """Show photographs and their votes over the whole screen, round and round.

    Any key or touch hands the window over to a visitor; after a minute without a touch the show
    begins again. F11 ends it. Nothing that visitors choose is remembered.
    """
    invocation: Invocation = context.obj
    raise typer.Exit(invocation.open_window(paths or [], demo=True, show_names=names))
