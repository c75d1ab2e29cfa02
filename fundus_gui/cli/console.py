"""Where the command line prints: results to standard output, progress and errors beside it."""

from rich.console import Console

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)
