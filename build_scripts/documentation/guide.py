"""The guide inside the program: some pages of the documentation as small HTML, without pictures.

Written for Qt's rich text, which knows a part of HTML 4; a browser shows it just as well. Pages in
another language lie in a folder of its name within `docs`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from documentation.pages import DOCS, NAVIGATION, source

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

LANGUAGES: Mapping[str, Mapping[str, str]] = {
    "en": {},
    "zh_CN": {
        "Guide": "指南",
        "Contents": "目录",
        "Begin": "开始",
        "How to": "使用方法",
        "Look up": "查阅",
        "Understand": "原理",
    },
}
"""The words between the pages by language, where they differ from the English ones."""

_ELSEWHERE = re.compile(r"<!-- not in the guide -->.*?<!-- in the guide again -->\n?", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->\n?", re.DOTALL)
# No colours: they come from the window, or from the browser, light or dark.
_HEAD = """\
<!DOCTYPE html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark">
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
_FOOT = '<hr>\n<p><a href="index.html">{contents}</a></p>\n'
_END = "</body></html>\n"


def page_of(name: str, language: str) -> Path:
    """Return the Markdown file of a page of the guide."""
    return source(name) if language == "en" else DOCS / language / f"{name}.md"


def guide(language: str = "en") -> dict[str, str]:
    """Return the texts of the guide's files by name."""
    pages = {
        f"{name}.html": _page(page_of(name, language).read_text(encoding="utf-8"), language)
        for name in PAGES
    }
    return {"index.html": _index(language), **pages}


def write_guide(folder: Path) -> None:
    """Write the guide, a folder for each language, and take away what does not belong to it."""
    for language in LANGUAGES:
        own = folder / language
        own.mkdir(parents=True, exist_ok=True)
        texts = guide(language)
        for path in own.glob("*.html"):
            if path.name not in texts:
                path.unlink()
        for name, text in texts.items():
            (own / name).write_text(text, encoding="utf-8", newline="\n")


def kept(markdown: str) -> str:
    """Return what of a page belongs to the guide."""
    return _COMMENT.sub("", _ELSEWHERE.sub("", markdown))


def title(markdown: str) -> str:
    """Return the text of a page's first heading."""
    return next(line[2:] for line in markdown.splitlines() if line.startswith("# "))


def slug(heading: str) -> str:
    """Return the anchor of a heading, as GitHub and MyST make it."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower().replace(" ", "-"))


def _index(language: str) -> str:
    lines = [f"<h1>{_word('Guide', language)}</h1>"]
    for caption, names in NAVIGATION.items():
        chosen = [name for name in names if name in PAGES]
        if chosen:
            links = "\n".join(_entry(name, language) for name in chosen)
            lines.append(f"<h2>{_word(caption, language)}</h2>\n<ul>\n{links}\n</ul>")
    head = _HEAD.format(language=_tag(language), title=_word("Guide", language))
    return head + "\n".join(lines) + "\n" + _END


def _word(english: str, language: str) -> str:
    return LANGUAGES[language].get(english, english)


def _tag(language: str) -> str:
    """Return the language as HTML names it."""
    return language.replace("_", "-")


def _entry(name: str, language: str) -> str:
    text = title(page_of(name, language).read_text(encoding="utf-8"))
    return f'<li><a href="{name}.html">{escape(text)}</a></li>'


def _page(markdown: str, language: str) -> str:
    reader = MarkdownIt("commonmark").enable("table")
    tokens = reader.parse(kept(markdown))
    tokens = list(_without_pictures(tokens))
    for heading, inline in pairwise(tokens):
        if heading.type == "heading_open":
            name = Token("html_inline", "", 0, content=f'<a name="{slug(inline.content)}"></a>')
            inline.children = [name, *(inline.children or ())]
    for token in tokens:
        if token.children:
            token.children = list(_with_reachable_links(token.children))
    body: str = reader.renderer.render(tokens, reader.options, {})
    head = _HEAD.format(language=_tag(language), title=escape(title(markdown)))
    return head + body + _FOOT.format(contents=_word("Contents", language)) + _END


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
