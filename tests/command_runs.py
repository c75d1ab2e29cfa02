"""Runs commands of the program inside the process of the test."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from fundus_gui import __main__
from fundus_gui.core import catalogue


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def sentence(self) -> str:
        """The one line of an error, which follows any lines of progress."""
        last = self.err.splitlines()[-1]
        assert last.startswith("fundus-gui: "), self.err
        return last.removeprefix("fundus-gui: ")


def command_runner(
    weights: Path, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Done]:
    """Return what runs a command, with these weights shipped, for the user who has `home`."""
    monkeypatch.setattr(catalogue.installed, "weights_dir", lambda: weights)
    monkeypatch.setenv("FUNDUS_GUI_HOME", str(home))
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)

    def run_command(*arguments: str | Path) -> Done:
        monkeypatch.setattr(sys, "argv", ["fundus-gui", *map(str, arguments)])
        capsys.readouterr()
        code = __main__.main()
        said = capsys.readouterr()
        return Done(code, said.out, said.err)

    return run_command
