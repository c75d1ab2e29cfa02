"""Where the command line prints: results to standard output, progress and errors beside it."""

import io
import sys

from rich.console import Console

# No markup and no emoji codes: what is printed are names of files, models and classes.
out = Console(highlight=False, markup=False, emoji=False)
err = Console(stderr=True, highlight=False, markup=False, emoji=False)


def never_fail_on_letters() -> None:
    """Show letters that a stream's encoding lacks as escapes, as on a Windows pipe."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def printable(text: str) -> str:
    """Show control characters and undecodable bytes of a file name as escapes."""
    shown = text.encode("utf-8", "backslashreplace").decode()
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in shown)
