"""What can be told of a bundle without running it."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from bundling.contents import EXCLUDED_MODULES
from bundling.findings import Finding
from bundling.toolchain import Flavour

MOST_BYTES: dict[Flavour, tuple[int, int]] = {
    "cpu": (920_000_000, 320_000_000),
    "cuda": (4_400_000_000, 2_600_000_000),
}
"""On disk and packed."""
GLIBC_FLOOR = (2, 35)

# What PyInstaller may miss: parts of libraries that are asked for on other systems or never.
_ALLOWED_IMPORTS = frozenset(
    {
        "scipy.special._cdflib",  # until SciPy 1.13
        "torchvision._C",  # asked for under the names of other versions: `contents` names them
        "torchvision.image",
    }
)
_ALLOWED_LIBRARIES = (
    "libcu",  # CUDA, by torchvision's own library, which a test bundle leaves out
    "libc10_cuda",
    "libtorch_cuda",
    "libnv",
)
_HIDDEN_IMPORT = re.compile(r"Hidden import ['\"]?([\w.]+)['\"]? not found")
_LIBRARY = re.compile(r"Library not found: could not resolve '([^']+)', dependency of '([^']+)'")
_GLIBC = re.compile(rb"GLIBC_(\d+)\.(\d+)")


def missed(log: str) -> list[str]:
    """Return what PyInstaller warned of not having found, without what is to stay out."""
    unwanted = tuple(f"{module}." for module in EXCLUDED_MODULES)
    found = set(_HIDDEN_IMPORT.findall(log)) - _ALLOWED_IMPORTS
    imports = {module for module in found if not f"{module}.".startswith(unwanted)}
    libraries = {
        f"{library} (for {Path(user).name})"
        for library, user in _LIBRARY.findall(log)
        if not library.startswith(_ALLOWED_LIBRARIES)
    }
    return sorted(imports | libraries)


def files_of(folder: Path) -> Iterator[Path]:
    """Yield the files of a bundle that are no links."""
    return (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def glibc_version(folder: Path) -> tuple[int, int]:
    """Return the newest version of the GNU C library that a library of the bundle asks for."""
    versions = {(0, 0)}
    for path in files_of(folder):
        with path.open("rb") as file:
            if file.read(4) == b"\x7fELF":
                found = _GLIBC.findall(path.read_bytes())
                versions |= {(int(major), int(minor)) for major, minor in found}
    return max(versions)


def names_inside(folder: Path, names: Sequence[str]) -> list[str]:
    """Return the files that hold one of the names, of people or folders, as they are."""
    wanted = [name.encode() for name in names]
    return sorted(
        str(path.relative_to(folder))
        for path in files_of(folder)
        for content in [path.read_bytes()]
        if any(name in content for name in wanted)
    )


def size_findings(folder: Path, archive: Path, flavour: Flavour) -> list[Finding]:
    """Compare the sizes with what a person is ready to download."""
    most, most_packed = MOST_BYTES[flavour]
    size = sum(path.stat().st_size for path in files_of(folder))
    count = sum(1 for _ in files_of(folder))
    packed = archive.stat().st_size
    return [
        Finding(
            "B8 size on disk",
            f"≤ {most / 1e6:.0f} MB",
            f"{size / 1e6:.0f} MB, {count} files",
            size <= most,
        ),
        Finding(
            "B8 size of the download",
            f"≤ {most_packed / 1e6:.0f} MB",
            f"{packed / 1e6:.0f} MB ({archive.suffix[1:]})",
            packed <= most_packed,
        ),
    ]


def glibc_finding(folder: Path) -> Finding:
    """Compare what the bundle asks of the C library with what README.txt says."""
    needed = glibc_version(folder)
    as_text = "{}.{}".format
    return Finding(
        "B9 glibc", f"≤ {as_text(*GLIBC_FLOOR)}", as_text(*needed), needed <= GLIBC_FLOOR
    )


def desktop_findings(folder: Path) -> Iterator[Finding]:
    """Have the files for the desktop validated by the tools that define them."""
    share = folder / "share"
    for program, arguments, pattern in (
        ("desktop-file-validate", [], "applications/*.desktop"),
        ("appstreamcli", ["validate", "--no-net"], "metainfo/*.xml"),
    ):
        check = f"B12 {program}"
        if shutil.which(program) is None:
            yield Finding(check, "0 errors", "the tool is not installed", None)
            continue
        (file,) = share.glob(pattern)
        done = subprocess.run(
            [program, *arguments, str(file)], check=False, capture_output=True, encoding="utf-8"
        )
        said = " ".join((done.stdout + done.stderr).split())
        yield Finding(check, "0 errors", said or "nothing to say", done.returncode == 0)
