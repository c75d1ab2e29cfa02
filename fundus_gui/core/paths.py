"""Where the program's own files lie: in a source tree, an installed wheel or a frozen bundle."""

from __future__ import annotations

import os
import sys
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def _shipped_dir(name: str) -> Path:
    bundle = getattr(sys, "_MEIPASS", None)
    if bundle is not None:
        return Path(bundle) / name
    installed = _PACKAGE / f"_{name}"
    return installed if installed.is_dir() else _PACKAGE.parent / name


def resources_dir() -> Path:
    """Return the folder of icons, translations and sample photographs."""
    return _shipped_dir("resources")


def samples_dir() -> Path:
    """Return the folder of synthetic sample photographs."""
    return resources_dir() / "samples"


def weights_dir() -> Path:
    """Return the folder of the shipped weights and `ensembles.toml`."""
    return _shipped_dir("weights")


def user_data_dir() -> Path:
    """Return the user's own folder for settings, logs and more (it may not exist yet)."""
    override = os.environ.get("FUNDUS_GUI_HOME")
    if override:
        return Path(override)
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local" / "share"))
    return base / "fundus_gui"


def cache_dir() -> Path:
    """Return the user's folder for what can be made again at any time (it may not exist yet)."""
    override = os.environ.get("FUNDUS_GUI_HOME")
    if override:
        return Path(override) / "cache"
    if sys.platform == "win32":
        return user_data_dir() / "cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "fundus_gui"
    return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "fundus_gui"


def user_weights_dir() -> Path:
    """Return the user's own folder for added weights and ensembles (it may not exist yet)."""
    return user_data_dir() / "weights"
