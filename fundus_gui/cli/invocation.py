"""What a command knows of how the program was started; it travels as typer's context object."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

OpenWindow = Callable[[Sequence[Path]], int]


@dataclass(frozen=True, slots=True)
class Invocation:
    """The command as typed, and what shows the window with files and folders opened."""

    command: str
    open_window: OpenWindow
