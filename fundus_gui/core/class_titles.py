"""What classes are called for people, by language; weights, tables and folders keep the names."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache

from fundus_gui.core.paths import resources_dir

Titles = Mapping[str, Mapping[str, str]]
"""Title by name of the class by language (`en`, `zh_CN`)."""

_LONGEST_ABBREVIATION = 3  # letters, as in AMD


def class_title(name: str, language: str = "en", own: Titles | None = None) -> str:
    """Return the display name of a class.

    Args:
        own: titles that go before the known ones, e.g. those of model cards.
    """
    for titles in (own or {}, known_titles()):
        found = titles.get(language, {}).get(name)
        if found:
            return found
    spaced = name.replace("_", " ").strip()
    is_abbreviation = spaced.islower() and len(spaced) <= _LONGEST_ABBREVIATION
    return spaced.upper() if is_abbreviation else spaced[:1].upper() + spaced[1:]


@cache
def known_titles() -> Titles:
    """Return the titles that the program brings."""
    text = (resources_dir() / "class_titles.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def titles_of(class_names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the known titles for a model card: by language, in the order of the classes."""
    return {
        language: tuple(class_title(name, language) for name in class_names)
        for language, known in known_titles().items()
        if known.keys() >= set(class_names)
    }
