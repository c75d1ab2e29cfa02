"""The guide inside the program: some pages of the documentation as small HTML, without pictures.

Written for Qt's rich text, which knows a part of HTML 4; a browser shows it just as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from documentation.pages import NAVIGATION, source

PAGES = (
    "start",
    "classify",
    "large-folders",
    "demo",
    "train",
    "evaluate",
    "vote",
    "decision",
    "errors",
    "glossary",
    "privacy",
)

_ELSEWHERE = re.compile(r"<!-- not in the guide -->.*?<!-- in the guide again -->\n?", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->\n?", re.DOTALL)
# No colours: they come from the window, or from the browser, light or dark.
_HEAD = """\
<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
body {{ font-family: sans-serif; max-width: 46em; margin: 12px; }}
table {{ border-collapse: collapse; margin: 8px 0; }}
th {{ text-align: left; }}
td, th {{ padding: 4px 10px 4px 4px; vertical-align: top; }}
pre {{ margin: 8px 0 8px 16px; white-space: pre-wrap; }}
.formula {{ margin: 8px 0 8px 24px; }}
</style></head>
<body>
"""
_FOOT = '<hr>\n<p><a href="index.html">Contents</a></p>\n'
_END = "</body></html>\n"


def guide() -> dict[str, str]:
    """Return the texts of the guide's files by name."""
    pages = {f"{name}.html": _page(source(name).read_text(encoding="utf-8")) for name in PAGES}
    return {"index.html": _index(), **pages}


def write_guide(folder: Path) -> None:
    """Write the guide into a folder, and take away what does not belong to it any more."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = guide()
    for path in folder.glob("*.html"):
        if path.name not in texts:
            path.unlink()
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def title(markdown: str) -> str:
    """Return the text of a page's first heading."""
    return next(line[2:] for line in markdown.splitlines() if line.startswith("# "))


def slug(heading: str) -> str:
    """Return the anchor of a heading, as GitHub and MyST make it."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower().replace(" ", "-"))


def _index() -> str:
    lines = ["<h1>Guide</h1>"]
    for caption, names in NAVIGATION.items():
        chosen = [name for name in names if name in PAGES]
        if chosen:
            links = "\n".join(map(_entry, chosen))
            lines.append(f"<h2>{caption}</h2>\n<ul>\n{links}\n</ul>")
    return _HEAD.format(title="Guide") + "\n".join(lines) + "\n" + _END


def _entry(name: str) -> str:
    text = title(source(name).read_text(encoding="utf-8"))
    return f'<li><a href="{name}.html">{escape(text)}</a></li>'


def _page(markdown: str) -> str:
    reader = MarkdownIt("commonmark").enable("table")
    tokens = reader.parse(_COMMENT.sub("", _ELSEWHERE.sub("", markdown)))
    tokens = list(_without_pictures(tokens))
    for heading, inline in pairwise(tokens):
        if heading.type == "heading_open":
            name = Token("html_inline", "", 0, content=f'<a name="{slug(inline.content)}"></a>')
            inline.children = [name, *(inline.children or ())]
    for token in tokens:
        if token.children:
            token.children = list(_with_reachable_links(token.children))
    body: str = reader.renderer.render(tokens, reader.options, {})
    return _HEAD.format(title=escape(title(markdown))) + body + _FOOT + _END


def _without_pictures(tokens: Sequence[Token]) -> Iterator[Token]:
    """Leave out the paragraphs that hold nothing but a picture."""
    skipped = 0
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        if token.type == "paragraph_open" and following and _is_picture(following):
            skipped = 3
        if skipped:
            skipped -= 1
        else:
            yield token


def _is_picture(token: Token) -> bool:
    return bool(token.children) and all(child.type == "image" for child in token.children or ())


def _with_reachable_links(tokens: Sequence[Token]) -> Iterator[Token]:
    """Point links to the guide's own pages; of those to other pages keep the words."""
    is_kept = True
    for token in tokens:
        if token.type == "link_open":
            target = _target(str(token.attrs["href"]))
            is_kept = target is not None
            if target is not None:
                token.attrs["href"] = target
        if is_kept or token.type not in ("link_open", "link_close"):
            yield token


def _target(href: str) -> str | None:
    if href.startswith(("https://", "#")):
        return href
    page, _, anchor = href.partition("#")
    name = page.removesuffix(".md")
    return f"{name}.html" + (f"#{anchor}" if anchor else "") if name in PAGES else None
