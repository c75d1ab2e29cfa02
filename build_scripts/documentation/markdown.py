"""Small pieces of Markdown, safe for what programs say: pipes, brackets and line breaks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

_MARKED = re.compile(r"<!-- generated:(\w+) -->.*?<!-- end -->", re.DOTALL)
_CODE = re.compile(r"(`[^`]+`|(?<![\w-])--[a-z][\w-]*)")


def plain(text: str) -> str:
    """Return text that no Markdown reader takes for markup, on one line."""
    return _escaped(" ".join(text.split()))


def _escaped(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>|~])", r"\\\1", text)


def prose(text: str) -> str:
    """Return the text of a docstring or a help, in which code and options stand as code."""
    parts = _CODE.split(text)
    return "".join(
        code(part.strip("`")) if number % 2 else _escaped(part) for number, part in enumerate(parts)
    )


def code(text: str) -> str:
    """Return text as code, fit for the cell of a table."""
    escaped = text.replace("|", r"\|")
    return f"`` {escaped} ``" if "`" in text else f"`{escaped}`"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; the cells are Markdown already."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def filled(page: str, parts: Mapping[str, str]) -> str:
    """Put text between `<!-- generated:NAME -->` and `<!-- end -->`.

    Raises:
        KeyError: the page asks for a part that does not exist.
    """
    return _MARKED.sub(lambda mark: parts[mark[1]].strip(), page)
