"""Runs a bundle where there is no Python, no source tree and no network."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Isolation:
    """How a program is started.

    Attributes:
        read_only: folders that may only be read, the bundle's first.
        home: the user's folder.
        hidden: folders that look empty.
        prefix: what gives the process a view of its own of files and network, empty where the
            system does not allow it.
    """

    read_only: tuple[Path, ...]
    home: Path
    hidden: tuple[Path, ...]
    prefix: tuple[str, ...]

    def command(self, arguments: Sequence[str], variables: Mapping[str, str]) -> list[str]:
        """Return the command that runs another with nothing but these variables set."""
        nowhere = self.home / "no programs"
        nowhere.mkdir(exist_ok=True)
        clean = [
            "env",
            "-i",
            f"PATH={nowhere}",
            f"HOME={self.home}",
            *(f"{name}={value}" for name, value in variables.items()),
            *arguments,
        ]
        if not self.prefix:
            return clean
        steps = [
            # processes of one training talk to each other through the loopback device
            "PATH=$PATH:/usr/sbin:/sbin ip link set lo up || true",
            *(f"mount -t tmpfs none {shlex.quote(str(folder))}" for folder in self.hidden),
            *(
                f"mount --bind {folder} {folder}; mount -o remount,ro,bind {folder}"
                for folder in map(shlex.quote, map(str, self.read_only))
            ),
            f"cd /; exec {shlex.join(clean)}",
        ]
        return [*self.prefix, "sh", "-ec", "\n".join(steps)]

    def holds(self) -> bool:
        """Try to get at what is kept away; return whether all of it is out of reach."""
        seen = " ".join(f"{shlex.quote(str(folder))}/*" for folder in self.hidden)
        attempts = (
            f"for file in {seen}; do test ! -e $file || exit 1; done\n"
            f"test ! -w {shlex.quote(str(self.read_only[0]))}\n"
            "if command -v python3 || command -v python; then exit 1; fi\n"
            # no network but the loopback device
            "while read line; do case $line in *lo:*) ;; *:*) exit 1;; esac; done"
            " < /proc/self/net/dev"
        )
        return _succeeds(self.command(["/bin/sh", "-ec", attempts], {}))

    def describe(self) -> str:
        """Return what is kept away, in words."""
        if not self.prefix:
            return "empty environment only: this system allows no namespaces"
        return "no network, no source tree, no Python on PATH, read-only bundle"


def isolate(bundle: Path, home: Path, root: Path) -> Isolation:
    """Return the strictest isolation that this system allows.

    Args:
        bundle: outside of `root`.
        home: made anew.
        root: of the source tree, hidden like the Python that runs this.
    """
    home.mkdir(parents=True)
    python = Path(sys.base_prefix)
    hidden = (root, *([] if python in (Path("/usr"), Path("/")) else [python]))
    own_view = ["unshare", "--mount", "--net"]
    for prefix in (own_view, [*own_view, "--map-root-user"]):
        if os.name == "posix" and _succeeds([*prefix, "mount", "-t", "tmpfs", "none", "/mnt"]):
            return Isolation((bundle,), home, hidden, tuple(prefix))
    return Isolation((bundle,), home, hidden, ())


def _succeeds(command: Sequence[str]) -> bool:
    try:
        return subprocess.run(command, check=False, capture_output=True).returncode == 0
    except OSError:
        return False
