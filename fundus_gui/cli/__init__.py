"""The command line: parse, call core, print. One file per command."""

from fundus_gui.cli.app import main

__all__ = ["main"]
