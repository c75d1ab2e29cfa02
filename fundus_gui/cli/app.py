"""The commands together, and the one place where the command line shows errors."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from fundus_gui import RESEARCH_USE_ONLY, __version__
from fundus_gui.cli.classify import classify
from fundus_gui.cli.console import err, out
from fundus_gui.cli.doctor import doctor
from fundus_gui.cli.models import models_app
from fundus_gui.cli.samples import samples
from fundus_gui.cli.train import train
from fundus_gui.core.errors import FundusError

OpenWindow = Callable[[Sequence[Path]], int]

app = typer.Typer(
    name="fundus-gui",
    help=f"Classify colour fundus photographs. {RESEARCH_USE_ONLY}",
    epilog="Without a command the window opens. Exit codes: 0 done, 1 an error, 2 wrong usage, "
    "3 done but some files failed.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command()(classify)
app.command()(train)
app.add_typer(models_app, name="models")
app.command()(samples)
app.command()(doctor)


def main(arguments: Sequence[str], open_window: OpenWindow) -> int:
    """Run one command and return the exit code.

    Args:
        arguments: without the program's name.
        open_window: shows the window with the given files and folders opened.
    """
    command = shlex.join(["fundus-gui", *arguments])

    @app.command()
    def gui(
        paths: Annotated[list[Path] | None, typer.Argument(help="Photographs or folders.")] = None,
    ) -> None:
        """Open the window."""
        raise typer.Exit(open_window(paths or []))

    try:
        app(list(arguments), prog_name="fundus-gui", obj=command)
    except FundusError as error:
        err.print(f"fundus-gui: {error}", style="red", markup=False, soft_wrap=True)
        return 1
    except SystemExit as finished:  # typer has printed usage errors itself
        return int(finished.code or 0)
    return 0


def _show_version(wanted: bool) -> None:
    if wanted:
        out.print(f"fundus-gui {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=False)
def _global_options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    pass
