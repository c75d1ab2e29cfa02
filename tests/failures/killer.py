"""Runs commands in processes that can be killed, many in a minute: torch is imported only once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from command_line import PATIENCE_SECONDS, environment

_NURSERY = """
import json, os, signal, sys
import torch
import fundus_gui.core.export, fundus_gui.core.inference, fundus_gui.core.training
from fundus_gui import __main__
from fundus_gui.core import inference

predict = inference.predict_images

def stopping_after(rows):
    def predict_and_stop(*arguments, **options):
        for number, result in enumerate(predict(*arguments, **options)):
            if number == rows:
                os.kill(os.getpid(), signal.SIGSTOP)
            yield result
    return predict_and_stop

torch.set_num_threads(1)
answers = os.fdopen(os.dup(1), "w")
said = os.open(sys.argv[1], os.O_CREAT | os.O_WRONLY | os.O_APPEND)
os.dup2(said, 1)
os.dup2(said, 2)
print("ready", file=answers, flush=True)
for line in sys.stdin:
    arguments, is_forked, rows = json.loads(line)
    sys.argv = ["fundus-gui", *arguments]
    child = os.fork() if is_forked else 0
    if child == 0:
        if rows is not None:
            inference.predict_images = stopping_after(rows)
        try:
            code = __main__.main()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
        if is_forked:
            os._exit(code)
        print(code, file=answers, flush=True)
        continue
    print(child, file=answers, flush=True)
    _, status = os.waitpid(child, 0)
    print(os.waitstatus_to_exitcode(status), file=answers, flush=True)
"""


class Nursery:
    """A process that forks one child for each command.

    What `warm_up` has run is imported, so that the children need not import it again.
    """

    def __init__(self, requests: IO[str], answers: IO[str], log: Path) -> None:
        self._requests, self._answers = requests, answers
        self.log = log
        self._answer()  # ready

    def warm_up(self, *arguments: str | Path) -> int:
        """Run a command without a child of its own and return its exit code."""
        self._ask(arguments, is_forked=False)
        return int(self._answer())

    def run(self, *arguments: str | Path) -> int:
        """Run a command to its end and return its exit code."""
        self._begin(*arguments)
        return int(self._answer())

    def kill(self, when: Callable[[], bool], *arguments: str | Path) -> int:
        """Run a command and kill it with SIGKILL as soon as `when` says so.

        Returns:
            Its exit code: that of the signal, or its own when it was over before.
        """
        return self.disturb(when, lambda child: os.kill(child, signal.SIGKILL), *arguments)

    def disturb(
        self, when: Callable[[], bool], how: Callable[[int], None], *arguments: str | Path
    ) -> int:
        """Run a command, do something to its process as soon as `when` says so, and wait."""
        child = self._begin(*arguments)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not when() and time.monotonic() < deadline and self._is_running(child):
            time.sleep(0.001)
        if self._is_running(child):
            how(child)
        return int(self._answer())

    def pause(self, after: int, meanwhile: Callable[[], object], *arguments: str | Path) -> int:
        """Run a command, stop it after some rows, do something, and let it go on to its end."""
        child = self._begin(*arguments, stopping_after=after)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not _state(child).startswith("T"):
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.01)
        meanwhile()
        os.kill(child, signal.SIGCONT)
        return int(self._answer())

    def said(self) -> str:
        """Return what the commands have printed so far."""
        return self.log.read_text(encoding="utf-8") if self.log.exists() else ""

    def _begin(self, *arguments: str | Path, stopping_after: int | None = None) -> int:
        """Start a command and return the number of its process."""
        self._ask(arguments, is_forked=True, stopping_after=stopping_after)
        return int(self._answer())

    def _ask(
        self,
        arguments: tuple[str | Path, ...],
        *,
        is_forked: bool,
        stopping_after: int | None = None,
    ) -> None:
        request = [[*map(str, arguments)], is_forked, stopping_after]
        self._requests.write(json.dumps(request) + "\n")
        self._requests.flush()

    def _answer(self) -> str:
        line = self._answers.readline()
        assert line, self.said()
        return line.strip()

    @staticmethod
    def _is_running(child: int) -> bool:
        """Return whether the process is there: the nursery waits for it, so it is no zombie."""
        try:
            os.kill(child, 0)
        except ProcessLookupError:
            return False
        return True


def _state(process: int) -> str:
    """Return what the system says of a process: T for a stopped one."""
    asked = ["ps", "-o", "state=", "-p", str(process)]
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()


@contextmanager
def nursery(home: Path, log: Path, by: Sequence[str] = ()) -> Iterator[Nursery]:
    """Start a nursery, `by` another command if given, for the user who has `home`.

    What its commands print comes into `log`.
    """
    process = subprocess.Popen(
        [*by, sys.executable, "-c", _NURSERY, str(log)],
        env=environment(home),
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield Nursery(process.stdin, process.stdout, log)
        process.stdin.close()
