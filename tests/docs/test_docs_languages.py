"""The guide in another language says all that the English one says, in the program's own words."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest
from documentation.guide import LANGUAGES, PAGES, kept, page_of
from documentation.pages import NAVIGATION
from markdown_it import MarkdownIt
from markdown_it.token import Token

from fundus_gui.gui.language import LANGUAGES as SPOKEN

TRANSLATIONS = Path(__file__).resolve().parents[2] / "resources" / "translations"
OTHERS = [language for language in LANGUAGES if language != "en"]
GAP = "…"
COMMENT_OF_CODE = re.compile(r"  +.*")


def tokens_of(name: str, language: str) -> list[Token]:
    reader = MarkdownIt("commonmark").enable("table")
    return reader.parse(kept(page_of(name, language).read_text(encoding="utf-8")))


def structure(tokens: list[Token]) -> list[str]:
    """Return headings, lists, tables and code in their order."""
    return [token.tag or token.type for token in tokens if token.type != "inline"]


def commands(tokens: list[Token]) -> list[list[str]]:
    fences = (token.content for token in tokens if token.type == "fence")
    return [[COMMENT_OF_CODE.sub("", line) for line in text.splitlines()] for text in fences]


def destinations(tokens: list[Token]) -> list[str]:
    """Return the pages that a page leads to, wherever they lie."""
    links = (child.attrs.get("href") for token in tokens for child in token.children or ())
    return sorted(Path(str(link).partition("#")[0]).name for link in links if link)


def quotations(language: str) -> Iterator[str]:
    """Yield the first cells of the tables of the page of errors."""
    page = page_of("errors", language).read_text(encoding="utf-8")
    for row in re.findall(r"^\| (.+?) \| .+ \|$", page, re.MULTILINE):
        if row not in ("sentence", "句子", "---"):
            yield row


def test_the_guide_speaks_every_language_of_the_window() -> None:
    assert LANGUAGES.keys() == SPOKEN.keys()


@pytest.mark.parametrize("language", OTHERS)
def test_every_heading_of_the_contents_is_translated(language: str) -> None:
    captions = {caption for caption, names in NAVIGATION.items() if {*names} & {*PAGES}}
    assert captions | {"Guide", "Contents"} == LANGUAGES[language].keys()


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("name", PAGES)
def test_a_translated_page_lacks_no_section_row_or_command(name: str, language: str) -> None:
    english, other = tokens_of(name, "en"), tokens_of(name, language)
    assert structure(other) == structure(english)
    assert commands(other) == commands(english)
    assert destinations(other) == destinations(english)


def test_no_markup_is_left_in_the_guide(guide: dict[str, str]) -> None:
    for name, text in guide.items():
        prose = re.sub(r"<(code|pre|style)[^>]*>.*?</\1>", "", text, flags=re.DOTALL)
        assert re.findall(r"\*|`|\]\(", prose) == [], name


@pytest.mark.parametrize("language", OTHERS)
def test_quoted_errors_are_the_window_s_or_the_terminal_s(language: str) -> None:
    known = json.loads((TRANSLATIONS / f"sentences_{language}.json").read_text(encoding="utf-8"))
    texts = [re.sub(r"\{\d*\}", GAP, text) for text in known.values()]
    unknown = [
        quoted
        for quoted in set(quotations(language)) - set(quotations("en"))
        if not any(
            re.search(".*".join(re.escape(part.strip()) for part in quoted.split(GAP)), text)
            for text in texts
        )
    ]
    assert unknown == []


@pytest.mark.parametrize("language", OTHERS)
def test_commands_of_the_menus_are_called_as_in_the_window(language: str) -> None:
    tree = ET.parse(TRANSLATIONS / f"fundus_gui_{language}.ts")
    words = {
        re.sub(r"\(&\w\)|&|…", "", message.findtext("translation") or "")
        for message in tree.iter("message")
    }
    for name in PAGES:
        text = page_of(name, language).read_text(encoding="utf-8")
        for path in re.findall(r"(?<!\*)\*([^*\n]+ ▸ [^*\n]+)\*(?!\*)", text):
            if "CSV" not in path:  # Excel's
                assert set(path.split(" ▸ ")) <= words, path
