"""Where the sources lie, and the scripts beside the package, which are not installed."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = ROOT / "build_scripts"


def script(name: str, folder: str = "build_scripts") -> ModuleType:
    """Import a script as Python does when it is run, e.g. `bundling.packing`."""
    path = str(ROOT / folder)
    if path not in sys.path:
        sys.path.append(path)
    return importlib.import_module(name)
