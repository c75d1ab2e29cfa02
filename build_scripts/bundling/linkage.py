"""Which libraries of the system a bundle for Linux needs, since it does not bring them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from bundling.findings import Finding
from bundling.inspection import files_of

# What every system with a screen has. The drivers of its graphics card are linked to these, so
# that others from the build machine might not fit them.
_EXPECTED = frozenset(
    {
        "ld-linux-x86-64.so.2",
        "ld-linux-aarch64.so.1",
        "libEGL.so.1",
        "libGL.so.1",
        "libGLX.so.0",
        "libOpenGL.so.0",
        "libc.so.6",
        "libcuda.so.1",  # NVIDIA's driver
        "libdl.so.2",
        "libexpat.so.1",
        "libgcc_s.so.1",
        "libm.so.6",
        "libpthread.so.0",
        "librt.so.1",
        "libstdc++.so.6",
        "libutil.so.1",
        "libwayland-client.so.0",
        "libwayland-cursor.so.0",
        "libwayland-egl.so.1",
        "libxcb.so.1",
    }
)
_NEEDED = re.compile(r"\(NEEDED\).*\[(.+)\]")


def wanted_of_system(folder: Path) -> dict[str, str]:
    """Return the libraries that are wanted and not there, each with one file that wants it."""
    brought = {path.name for path in folder.rglob("*.so*")}
    wanted: dict[str, str] = {}
    for path in files_of(folder):
        with path.open("rb") as file:
            if file.read(4) != b"\x7fELF":
                continue
        done = subprocess.run(
            ["readelf", "--dynamic", "--wide", str(path)],
            check=True,
            capture_output=True,
            encoding="utf-8",
            env={**os.environ, "LC_ALL": "C"},
        )
        for name in _NEEDED.findall(done.stdout):
            if name not in brought:
                wanted.setdefault(name, path.name)
    return wanted


def linkage_finding(folder: Path) -> Finding:
    """Compare what a bundle wants of the system with what every system has."""
    check, goal = "B13 libraries of the system", "those of every desktop"
    if shutil.which("readelf") is None:
        return Finding(check, goal, "readelf is not installed", None)
    wanted = wanted_of_system(folder)
    strange = [f"{name} (for {wanted[name]})" for name in sorted(wanted.keys() - _EXPECTED)]
    said = ", ".join(strange) or f"{len(wanted)}, all of them expected"
    return Finding(check, goal, said, not strange)
