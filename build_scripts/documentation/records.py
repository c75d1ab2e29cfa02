"""Tables of the fields of records, from their own docstrings, so that nothing is said twice."""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Iterable
from typing import Any

from documentation.markdown import code, prose, table

_ENTRY = re.compile(r"^(?P<names>\w+(?:, \w+)*): (?P<text>.+)$")


def fields_table(record: type[Any]) -> str:
    """Return name, default and meaning of each field of a dataclass.

    Raises:
        LookupError: the docstring's `Attributes:` leave a field out.
    """
    meanings = attributes(record)
    rows = []
    for field in dataclasses.fields(record):
        if field.name not in meanings:
            raise LookupError(f"{record.__name__}.{field.name} has no line in the docstring.")
        rows.append((code(field.name), _default(field), prose(meanings[field.name])))
    return table(("name", "default", "meaning"), rows)


def attributes(record: type[Any]) -> dict[str, str]:
    """Return what the `Attributes:` section of a class says of each name."""
    _, _, section = (inspect.getdoc(record) or "").partition("Attributes:\n")
    meanings: dict[str, str] = {}
    names: list[str] = []
    for line in section.splitlines():
        entry = _ENTRY.match(line.strip()) if _depth(line) == 4 else None
        if entry:
            names = entry["names"].split(", ")
            meanings |= dict.fromkeys(names, entry["text"])
        elif line.strip():
            meanings |= {name: f"{meanings[name]} {line.strip()}" for name in names}
    return {name: _sentence(text) for name, text in meanings.items()}


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]


def _default(field: dataclasses.Field[Any]) -> str:
    if field.default_factory is not dataclasses.MISSING:
        return "empty"
    if field.default is dataclasses.MISSING:
        return "required"
    if field.default in ("", None):
        return "none" if field.default is None else "empty"
    value = field.default
    return code(", ".join(map(str, value)) if isinstance(value, tuple) else str(value))


def described(records: Iterable[type[Any]]) -> str:
    """Return the names of records with the first sentence of each docstring and the fields."""
    rows = []
    for record in records:
        first = (inspect.getdoc(record) or "").split("\n\n")[0]
        names = ", ".join(code(field.name) for field in dataclasses.fields(record))
        rows.append((code(record.__name__), prose(first), names))
    return table(("event", "what happened", "with"), rows)
