"""A screen of its own, and hands that click and type on it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from bundling.toolchain import BuildError

SIZE = (1920, 1200)
_TOOLS = ("Xvfb", "xdotool", "openbox")
_CLASS = "fundus_gui"
_POLL_SECONDS = 0.02
_HUMAN_SECONDS = 0.3
_SETTLED_SECONDS = 2.0


class Screen:
    """An X server without a monitor, with a window manager, until the `with` block ends."""

    def __init__(self) -> None:
        missing = [tool for tool in _TOOLS if shutil.which(tool) is None]
        if missing:
            raise BuildError(
                f"The smoke test needs {', '.join(missing)}: sudo apt-get install xvfb xdotool "
                "openbox."
            )
        self._stack = ExitStack()
        self.display = ""

    def __enter__(self) -> Self:
        reading, writing = os.pipe()
        width, height = SIZE
        server = ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{width}x{height}x24"]
        self._start([*server, "-nolisten", "tcp"], pass_fds=(writing,))
        os.close(writing)
        with os.fdopen(reading) as file:
            number = file.readline().strip()
        if not number:
            self._stack.close()
            raise BuildError("Xvfb does not start; what it says to `Xvfb :99` tells why.")
        self.display = f":{number}"
        self._start(["openbox"])
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def variables(self) -> dict[str, str]:
        """What a program needs in its environment to be shown here."""
        return {"DISPLAY": self.display}

    def find(
        self, title: str, seconds: float, program: subprocess.Popen[bytes] | None = None
    ) -> str:
        """Wait for a window whose title holds a text, as long as the program runs.

        Returns:
            Its number, empty if none came.
        """
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if found := self._with_title(title):
                return found
            if program is not None and program.poll() is not None:
                break
            time.sleep(_POLL_SECONDS)
        return ""

    def settle(self, window: str) -> None:
        """Wait until the window manager has put a new window where it stays."""
        before, place = "", "unknown"
        while place != before:
            time.sleep(_SETTLED_SECONDS)
            before, place = place, self._do("getwindowgeometry", window)
        self._do("windowactivate", "--sync", window)

    def is_gone(self, title: str, seconds: float) -> bool:
        """Wait until no window has such a title."""
        deadline = time.monotonic() + seconds
        while self._with_title(title):
            if time.monotonic() > deadline:
                return False
            time.sleep(_POLL_SECONDS)
        return True

    def click(self, window: str, point: Sequence[int]) -> None:
        """Click into a window, at a place from its upper left corner."""
        x, y = map(str, point)
        self._do("mousemove", "--window", window, x, y, "click", "1")
        time.sleep(_HUMAN_SECONDS)

    def press(self, *keys: str) -> None:
        """Press keys one after the other, in the window that has the focus."""
        for key in keys:
            self._do("key", "--clearmodifiers", key)
            time.sleep(_HUMAN_SECONDS)

    def type(self, text: str) -> None:
        """Type a text."""
        self._do("type", "--clearmodifiers", "--delay", "20", text)
        time.sleep(_HUMAN_SECONDS)

    def picture(self, file: Path) -> None:
        """Save what is to be seen, where ImageMagick is installed."""
        if shutil.which("import"):
            command = ["import", "-display", self.display, "-window", "root", str(file)]
            subprocess.run(command, check=False, capture_output=True)

    def count(self, title: str) -> int:
        """Return how many windows have such a title."""
        return sum(1 for _ in self._all_with_title(title))

    def size(self, window: str) -> tuple[int, int]:
        """Return width and height of a window, zero of one that is gone."""
        told = self._do("getwindowgeometry", "--shell", window)
        width, height = (re.search(rf"^{name}=(\d+)$", told, re.M) for name in ("WIDTH", "HEIGHT"))
        return (int(width[1]), int(height[1])) if width and height else (0, 0)

    def _with_title(self, title: str) -> str:
        return next(self._all_with_title(title), "")

    def _all_with_title(self, title: str) -> Iterator[str]:
        """Yield the visible windows of the program, whose titles Qt tells in Unicode only."""
        for window in self._do("search", "--onlyvisible", "--class", _CLASS).split():
            if title in self._do("getwindowname", window):
                yield window

    def _start(self, command: Sequence[str], pass_fds: Sequence[int] = ()) -> None:
        process = subprocess.Popen(
            command,
            env=self._variables(),
            pass_fds=pass_fds,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._stack.callback(process.wait)
        self._stack.callback(process.terminate)

    def _do(self, *arguments: str) -> str:
        command = ["xdotool", *arguments]
        done = subprocess.run(
            command, check=False, capture_output=True, encoding="utf-8", env=self._variables()
        )
        return done.stdout.strip()

    def _variables(self) -> dict[str, str]:
        return {**os.environ, **self.variables}
