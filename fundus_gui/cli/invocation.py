"""What a command knows of how the program was started; it travels as typer's context object."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


class OpenWindow(Protocol):
    """Shows the window and returns the exit code."""

    def __call__(
        self, paths: Sequence[Path], *, demo: bool = False, show_names: bool = False
    ) -> int:
        """Open files and folders, with `demo` in conference mode."""


@dataclass(frozen=True, slots=True)
class Invocation:
    """The command as typed, and what shows the window with files and folders opened."""

    command: str
    open_window: OpenWindow
