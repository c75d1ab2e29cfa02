"""Gathers the licences of everything that a bundle brings along.

python -m bundling.notices ROOT BUNDLE FILE    run by the Python of the build environment
"""

from __future__ import annotations

import re
import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

from bundling.contents import EXCLUDED_MODULES
from bundling.licences import declared, unfit_packages

_LICENCE_FILE = re.compile(r"(licen[cs]e|copying|notice|authors)", re.IGNORECASE)
_LINE = "=" * 100
_QT = (
    "Qt and PySide6 are used under the GNU Lesser General Public License, version 3. Their "
    "libraries lie in _internal/PySide6 and _internal/shiboken6 as files of their own, which may "
    "be replaced by others of the same interface; their source is published by The Qt Company."
)
_PYINSTALLER = (
    "The executables contain PyInstaller's start-up code (GNU General Public License, version 2 "
    "or later), whose exception allows to distribute it with programs under any licence."
)


def third_parties(root: Path) -> list[Distribution]:
    """Return the program's dependencies, theirs and so on, by name."""
    with (root / "pyproject.toml").open("rb") as file:
        waiting = [Requirement(text) for text in tomllib.load(file)["project"]["dependencies"]]
    found: dict[str, Distribution] = {}
    seen: set[str] = set()
    while waiting:
        requirement = waiting.pop()
        wanted = f"{requirement.name}{sorted(requirement.extras)}"
        if wanted in seen or requirement.name.replace("-", "_") in EXCLUDED_MODULES:
            continue
        seen.add(wanted)
        try:
            package = distribution(requirement.name)
        except PackageNotFoundError:  # for another system
            continue
        found[requirement.name.lower().replace("_", "-")] = package
        waiting += _requirements(package, requirement.extras)
    return [found[name] for name in sorted(found)]


def _requirements(package: Distribution, extras: Iterable[str]) -> Iterator[Requirement]:
    """Yield what a package needs on this system, with what was asked for in brackets."""
    for requirement in map(Requirement, package.requires or ()):
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": name}) for name in ("", *extras)):
            yield requirement


def _of_distribution(package: Distribution) -> Iterator[str]:
    name = package.metadata["Name"]
    yield _heading(f"{name} {package.version}", declared(package) or "see below")
    for file in package.files or ():
        if ".dist-info" in file.parts[0] and _LICENCE_FILE.search(file.name):
            path = Path(str(package.locate_file(file)))
            text = path.read_text(encoding="utf-8", errors="replace").strip()
            yield f"--- {file.name}\n\n{text}\n"


def _of_python() -> Iterator[str]:
    yield _heading(f"Python {sys.version.split()[0]}", "Python Software Foundation License")
    licence = Path(sysconfig.get_paths()["stdlib"]) / "LICENSE.txt"
    if licence.is_file():
        yield licence.read_text(encoding="utf-8").strip() + "\n"


def system_libraries(bundle: Path) -> dict[str, Path]:
    """Return the libraries of the build machine that went into the bundle, by Debian package.

    Each with the package's copyright file; empty on other systems.
    """
    names = [path.name for path in (bundle / "_internal").glob("lib*.so*")]
    owners: dict[str, Path] = {}
    for name in names:
        try:
            said = subprocess.run(
                ["dpkg", "-S", f"*/{name}"], check=False, capture_output=True, encoding="utf-8"
            )
        except OSError:
            return {}
        if said.returncode == 0:
            package = said.stdout.partition(":")[0]
            owners[package] = Path("/usr/share/doc") / package / "copyright"
    return owners


def notices(root: Path, bundle: Path) -> Iterator[str]:
    """Yield the parts of the file."""
    yield "Everything below is part of this bundle, under the licences that are named.\n"
    yield f"{_QT}\n\n{_PYINSTALLER}\n"
    yield from _of_python()
    for package in third_parties(root):
        yield from _of_distribution(package)
    for name, file in sorted(system_libraries(bundle).items()):
        yield _heading(f"{name} (libraries of the build machine)", "see below")
        if file.is_file():
            yield file.read_text(encoding="utf-8", errors="replace").strip() + "\n"


def _heading(name: str, licence: str) -> str:
    return f"{_LINE}\n{name}\n{licence}\n{_LINE}\n"


def main(arguments: Sequence[str]) -> None:
    """Write the file.

    Raises:
        SystemExit: something inside may not be passed on.
    """
    root, bundle, out = map(Path, arguments)
    if unfit := list(unfit_packages(third_parties(root))):
        sys.exit(f"bundling.notices: may not be passed on: {', '.join(unfit)}")
    out.write_text("\n".join(notices(root, bundle)), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
