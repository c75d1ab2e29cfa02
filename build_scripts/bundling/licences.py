"""Whether everything in a bundle may be passed on under this program's licence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from importlib.metadata import Distribution
from pathlib import Path

_COPYLEFT = re.compile(r"(?<!L)GPL|GNU (Affero )?General Public", re.IGNORECASE)

# Libraries of the build machine, by name or pattern without `.so`. Those under the GNU General
# Public License alone, such as readline, may not go in.
SYSTEM_LIBRARIES = {
    "libX11": "MIT",
    "libX11-xcb": "MIT",
    "libbrotlicommon": "MIT",
    "libbrotlidec": "MIT",
    "libbz2": "bzip2-1.0.6",
    "libcap": "BSD-3-Clause OR GPL-2.0-only",
    "libcrypto": "Apache-2.0",
    "libdbus-1": "AFL-2.1 OR GPL-2.0-or-later",
    "libffi": "MIT",
    "libfontconfig": "HPND-sell-variant",
    "libfreetype": "FTL OR GPL-2.0-or-later",
    "libgcrypt": "LGPL-2.1-or-later",
    "libglib-2.0": "LGPL-2.1-or-later",
    "libgpg-error": "LGPL-2.1-or-later",
    "libgthread-2.0": "LGPL-2.1-or-later",
    "liblz4": "BSD-2-Clause",
    "liblzma": "0BSD",
    "libpcre2-8": "BSD-3-Clause",
    "libpng16": "libpng-2.0",
    "libpython3*": "PSF-2.0",
    "libquadmath": "LGPL-2.0-or-later",
    "libssl": "Apache-2.0",
    "libsystemd": "LGPL-2.1-or-later",
    "libuuid": "BSD-3-Clause",
    "libxcb-*": "MIT",
    "libxkbcommon": "MIT",
    "libxkbcommon-x11": "MIT",
    "libz": "Zlib",
    "libzstd": "BSD-3-Clause OR GPL-2.0-only",
}


def declared(package: Distribution) -> str:
    """Return how a package names its licence, empty if only its files tell.

    The field `License` often holds a whole text, whose first line names nothing: it comes last.
    """
    about = package.metadata.json
    classifiers = (text for text in about.get("classifier", ()) if text.startswith("License ::"))
    named = "; ".join(text.rpartition(":: ")[2] for text in classifiers)
    first_line = str(about.get("license", "")).strip().partition("\n")[0]
    return str(about.get("license_expression") or named or first_line)


def is_permitted(licence: str) -> bool:
    """Return whether one of the licences to choose from, joined by OR, is no GPL or AGPL.

    Exceptions for libraries of compilers (WITH) and the Lesser GPL are no hindrance. Where there
    are brackets or nothing is named, somebody has to look.
    """
    choices = [licence] if "(" in licence else licence.split(" OR ")
    return bool(licence) and any(
        all(" WITH " in part or not _COPYLEFT.search(part) for part in choice.split(" AND "))
        for choice in choices
    )


def unfit_packages(packages: Iterable[Distribution]) -> Iterator[str]:
    """Yield the packages that may not be passed on, each with its licence.

    One that only names others (`cuda-toolkit`) has nothing to pass on.
    """
    for package in packages:
        licence = declared(package)
        has_files = any(".dist-info" not in file.parts[0] for file in package.files or ())
        if has_files and not is_permitted(licence):
            yield f"{package.metadata['Name']} ({licence})"


def unknown_libraries(bundle: Path) -> list[str]:
    """Return the libraries of the build machine whose licence nobody has looked at."""
    brought = (
        path.name for path in (bundle / "_internal").glob("lib*.so*") if not path.is_symlink()
    )
    found = (name for name in brought if not _is_known(name.partition(".so")[0]))
    return sorted(found)


def _is_known(library: str) -> bool:
    return any(fnmatchcase(library, pattern) for pattern in SYSTEM_LIBRARIES)
