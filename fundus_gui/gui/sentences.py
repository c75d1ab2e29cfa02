"""Core's sentences in the user's language; core itself, its files and its log speak English.

A sentence is found again by its template: the text of the source with `{}` for what was filled in.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from PySide6.QtCore import QLocale

from fundus_gui.core.paths import resources_dir

_LETTERS_AT_LEAST = 8  # of a template with places, lest it fits what it does not mean
_SENTENCE_END = re.compile(r"(?<=[.!?]) +(?=[A-Z0-9'])")


@dataclass(frozen=True, slots=True)
class _Template:
    pattern: re.Pattern[str]
    translation: str
    letters: int


def spoken(text: str) -> str:
    """Return sentences of the core in the language of the window; what is unknown stays English."""
    language = QLocale().name()
    known = _read(language)
    return text if not known else _translated(language, text)


def sentences_file(language: str) -> Path:
    """Return the file of translations by template, {template: translation}."""
    return resources_dir() / "translations" / f"sentences_{language}.json"


@cache
def _read(language: str) -> dict[str, str]:
    file = sentences_file(language)
    if not file.is_file():
        return {}
    content: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return content


@cache
def _templates(language: str) -> tuple[_Template, ...]:
    found = []
    for source, translation in _read(language).items():
        words = source.split("{}")
        letters = sum(map(str.isalpha, source))
        if len(words) > 1 and letters >= _LETTERS_AT_LEAST:
            pattern = re.compile("(.*?)".join(map(re.escape, words)), re.DOTALL)
            found.append(_Template(pattern, translation, letters))
    return tuple(sorted(found, key=lambda template: -template.letters))


@lru_cache(maxsize=1024)
def _translated(language: str, text: str) -> str:
    whole = _as_one(language, text)
    if whole is not None:
        return whole
    parts = _SENTENCE_END.split(text)
    if len(parts) == 1:
        return text
    return "".join(_as_one(language, part) or f"{part} " for part in parts).rstrip()


def _as_one(language: str, text: str) -> str | None:
    exact = _read(language).get(text)
    if exact is not None:
        return exact
    if not any(map(str.isalpha, text)):
        return None
    for template in _templates(language):
        match = template.pattern.fullmatch(text)
        if match is not None:
            filled = (_translated(language, value or "") for value in match.groups())
            return template.translation.format(*filled)
    return None
