"""Looks for names in the archive of compiled modules, which is compressed in the bundle.

python -m bundling.modules EXECUTABLE NAME...    needs PyInstaller; prints the modules that hold one
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence


def modules_with(executable: str, names: Sequence[str]) -> Iterator[str]:
    """Yield the modules whose code holds one of the names."""
    from PyInstaller.archive.readers import CArchiveReader

    wanted = [name.encode() for name in names]
    program = CArchiveReader(executable)
    for entry in program.toc:
        if entry.endswith(".pyz"):
            archive = program.open_embedded_archive(entry)
            for module in archive.toc:
                code = archive.extract(module, raw=True)
                if code and any(name in code for name in wanted):
                    yield module


if __name__ == "__main__":
    print(*modules_with(sys.argv[1], sys.argv[2:]), sep="\n")
