"""Reads and writes `ensembles.toml`, in which a folder of weights names its ensembles."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import tomli_w

from fundus_gui.core import atomic
from fundus_gui.core.catalogue.spec import EnsembleSpec
from fundus_gui.core.errors import EnsembleError

ENSEMBLES_FILE = "ensembles.toml"


def read_entries(folder: Path) -> dict[str, Any]:
    """Return the folder's ensembles as they were parsed, by name; empty without a file.

    Raises:
        EnsembleError: the file cannot be read.
    """
    return _entries(_parsed(_text(folder / ENSEMBLES_FILE)))


def write_ensemble(spec: EnsembleSpec, folder: Path, *, overwrite: bool = False) -> Path:
    """Add an ensemble to the folder's `ensembles.toml` and return that file.

    Other ensembles stay as they are. A new one is appended, which keeps the comments of a file
    that was edited by hand; to overwrite one the file is written anew, without comments.

    Raises:
        EnsembleError: the name is taken, or the file cannot be read or written.
    """
    path = folder / ENSEMBLES_FILE
    try:
        with atomic.changing(path):
            atomic.write_bytes(path, _with_entry(path, spec, overwrite).encode())
    except OSError as error:
        raise EnsembleError(f"{path} cannot be written ({error.strerror}).") from error
    return path


def _with_entry(path: Path, spec: EnsembleSpec, overwrite: bool) -> str:
    """Return the file's text with the ensemble in it."""
    text = _text(path)
    document = _parsed(text)
    entries = _entries(document)
    is_new = spec.name not in entries
    if not (is_new or overwrite):
        raise EnsembleError(
            f"There is already an ensemble '{spec.name}' in {path}. Choose another name, or allow "
            "that it is overwritten."
        )
    written = {"ensembles": {spec.name: spec.to_table()}}
    appended = f"{text.rstrip()}\n\n{tomli_w.dumps(written)}".lstrip()
    if is_new and _is_toml(appended):
        return appended
    document["ensembles"] = entries | written["ensembles"]
    return tomli_w.dumps(document)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8") if path.is_file() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(error) from error


def _parsed(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # also an integer too long, tables too deep
        raise _unreadable(error) from error


def _unreadable(error: Exception) -> EnsembleError:
    return EnsembleError(f"{ENSEMBLES_FILE} cannot be read: {error}.")


def _entries(document: dict[str, Any]) -> dict[str, Any]:
    entries = document.get("ensembles", {})
    if not isinstance(entries, dict):
        raise EnsembleError(f"{ENSEMBLES_FILE} holds no tables [ensembles.NAME].")
    return entries


def _is_toml(text: str) -> bool:
    try:
        tomllib.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
