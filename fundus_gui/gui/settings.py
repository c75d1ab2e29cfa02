"""What the window remembers between two starts, in one INI file of the user's data folder."""

from __future__ import annotations

import base64
import binascii
import dataclasses
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

from PySide6.QtCore import QSettings

from fundus_gui.core.aside import put_aside
from fundus_gui.core.paths import user_data_dir

RECENT_COUNT = 7
SETTINGS_FILE = "settings.ini"


@dataclass(frozen=True, slots=True, kw_only=True)
class AppSettings:
    """The user's choices and the window's layout.

    Attributes:
        auto_run: classify as soon as photographs are opened or models chosen.
        fast: compute in bfloat16 or float16 where the device gains speed by that.
        pseudonyms: whether these stand for names in exports.
        grid: thumbnails as a grid instead of a list.
        sorted_bars: classes of the chart by probability instead of in fixed order.
        sort_column: by which the photographs are sorted, a column's name.
        sort_descending: whether from large to small.
        ensemble: name of the chosen ensemble, empty for the default or for `models`.
        models: freely chosen models.
        recent: files and folders opened last, newest first.
        last_folder: where the file dialogs open.
        geometry: of the window, as Qt saves it.
        splitter: of the Classify page's three parts, as Qt saves it.
        page: the page that was shown last, classify, train or evaluate.
        train_splitter: of the Train page's two parts, as Qt saves it.
        evaluate_splitter: of the Evaluate page's two parts, as Qt saves it.
        language: of the window, as `language.LANGUAGES` names it; empty is the system's.
        recent_data: folders of labelled photographs that were evaluated on, newest first.
    """

    auto_run: bool = True
    fast: bool = False
    pseudonyms: bool = False
    grid: bool = False
    sorted_bars: bool = True
    sort_column: str = "file"
    sort_descending: bool = False
    ensemble: str = ""
    models: tuple[str, ...] = ()
    recent: tuple[str, ...] = ()
    last_folder: str = ""
    geometry: bytes = b""
    splitter: bytes = b""
    page: str = "classify"
    train_splitter: bytes = b""
    evaluate_splitter: bytes = b""
    language: str = ""
    recent_data: tuple[str, ...] = ()

    def with_recent(self, path: Path) -> Self:
        """Return the settings with the path first among the recent ones."""
        others = (known for known in self.recent if known != str(path))
        folder = path if path.is_dir() else path.parent
        return replace(self, recent=(str(path), *others)[:RECENT_COUNT], last_folder=str(folder))


def settings_path() -> Path:
    """Return where the settings are kept."""
    return user_data_dir() / SETTINGS_FILE


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(_text(item) for item in json.loads(_text(value)))


def _truth(value: Any) -> bool:
    return {"true": True, "false": False}[_text(value)]


def _bytes(value: Any) -> bytes:
    return base64.b64decode(_text(value), validate=True)


_READERS: dict[type, Callable[[Any], Any]] = {
    bool: _truth,
    str: _text,
    tuple: _texts,
    bytes: _bytes,
}


def load_settings(path: Path) -> AppSettings:
    """Read the settings; what is missing or damaged has its default value."""
    return _read(path)[0]


def put_damaged_aside(path: Path) -> Path | None:
    """Keep a settings file of which something cannot be read from being overwritten.

    Returns:
        Where it is now; None for a sound one, for none, and for one that cannot be moved.
    """
    return None if _read(path)[1] else put_aside(path)


def _read(path: Path) -> tuple[AppSettings, bool]:
    """Return what can be read, and whether that is all that is there."""
    stored = QSettings(str(path), QSettings.Format.IniFormat)
    defaults = AppSettings()
    values, damaged = {}, []
    for field in dataclasses.fields(AppSettings):
        if not stored.contains(field.name):
            continue
        read = _READERS[type(getattr(defaults, field.name))]
        try:
            values[field.name] = read(stored.value(field.name))
        except (KeyError, TypeError, ValueError, RecursionError, binascii.Error):
            damaged.append(field.name)
    is_sound = not damaged and stored.status() != QSettings.Status.FormatError
    return AppSettings(**values), is_sound and (bool(values) or not _holds_anything(path))


def _holds_anything(path: Path) -> bool:
    try:
        return path.stat().st_size > 0
    except OSError:
        return False


def save_settings(settings: AppSettings, path: Path) -> None:
    """Write the settings; a folder that cannot be written is not worth a complaint."""
    stored = QSettings(str(path), QSettings.Format.IniFormat)
    for field in dataclasses.fields(AppSettings):
        stored.setValue(field.name, _as_text(getattr(settings, field.name)))
    stored.sync()


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, tuple):
        return json.dumps(value)
    return str(value)
