"""The commands together, and the one place where the command line shows errors."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import Annotated

import typer

from fundus_gui import RESEARCH_USE_ONLY, __version__
from fundus_gui.cli.calibrate import calibrate
from fundus_gui.cli.classify import classify
from fundus_gui.cli.console import err, never_fail_on_letters, out, printable
from fundus_gui.cli.demo import demo
from fundus_gui.cli.doctor import doctor
from fundus_gui.cli.evaluate import evaluate
from fundus_gui.cli.fuse import fuse
from fundus_gui.cli.gui import gui
from fundus_gui.cli.invocation import Invocation, OpenWindow
from fundus_gui.cli.models import models_app
from fundus_gui.cli.samples import samples
from fundus_gui.cli.settings_options import GroupedCommand
from fundus_gui.cli.train import train
from fundus_gui.cli.verify import verify
from fundus_gui.core.errors import FundusError

_STOPPED = 130  # typer's code for Ctrl-C, as in a shell

app = typer.Typer(
    name="fundus-gui",
    help=f"Classify colour fundus photographs. {RESEARCH_USE_ONLY}",
    epilog="Without a command the window opens. Exit codes: 0 done, 1 an error, 2 wrong usage, "
    "3 done but some files failed, 130 stopped with Ctrl-C.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command()(gui)
app.command()(demo)
app.command()(classify)
app.command()(verify)
app.command(cls=GroupedCommand)(train)
app.command()(evaluate)
app.command()(fuse)
app.command()(calibrate)
app.add_typer(models_app, name="models")
app.command()(samples)
app.command()(doctor)


def main(arguments: Sequence[str], open_window: OpenWindow) -> int:
    """Run one command and return the exit code.

    Args:
        arguments: without the program's name.
        open_window: shows the window with the given files and folders opened.
    """
    never_fail_on_letters()
    invocation = Invocation(shlex.join(["fundus-gui", *arguments]), open_window)
    try:
        app(list(arguments), prog_name="fundus-gui", obj=invocation)
    except FundusError as error:
        err.print(f"fundus-gui: {printable(str(error))}", style="red", soft_wrap=True)
        return 1
    except SystemExit as finished:  # typer has printed usage errors itself
        code = int(finished.code or 0)
        if code == _STOPPED:
            err.print("fundus-gui: stopped.")
        return code
    return 0


def _show_version(wanted: bool) -> None:
    if wanted:
        out.print(f"fundus-gui {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=False)
def _global_options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    pass
