"""The pages hang together: every link leads somewhere, and what is kept is up to date."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import pytest
from documentation.guide import PAGES, slug
from documentation.layers import core_layers, for_page, layers_svg
from documentation.pages import NAVIGATION, PARTS, page_names, source
from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).resolve().parents[2]
WRITTEN = (*sorted((ROOT / "docs").rglob("*.md")), ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md")
HAND_WRITTEN = [path.relative_to(ROOT).as_posix() for path in WRITTEN]
RENEW = "run: python build_scripts/docs.py --kept"


def tokens_of(path: Path) -> list[Token]:
    reader = MarkdownIt("commonmark").enable("table")
    return reader.parse(path.read_text(encoding="utf-8"))


def targets(path: Path) -> Iterator[str]:
    for token in tokens_of(path):
        for child in token.children or ():
            target = child.attrs.get("href") or child.attrs.get("src")
            if target is not None:
                yield str(target)


@functools.cache
def anchors(path: Path) -> set[str]:
    tokens = tokens_of(path)
    titles = (t.content for before, t in pairwise(tokens) if before.type == "heading_open")
    return {slug(re.sub(r"[`*\\]", "", title)) for title in titles}


def dead_links(path: Path) -> list[str]:
    dead = []
    for target in targets(path):
        if target.startswith(("https://", "http://", "mailto:")):
            continue
        place, _, anchor = target.partition("#")
        page = path.parent / place if place else path
        anchor = unquote(anchor)
        if not page.exists() or (anchor and anchor not in anchors(page)):
            dead.append(target)
    return dead


@pytest.mark.parametrize("name", ["index", *page_names()])
def test_links_and_pictures_of_a_built_page_lead_somewhere(name: str, staged: Path) -> None:
    assert dead_links(staged / f"{name}.md") == []


@pytest.mark.parametrize("place", HAND_WRITTEN)
def test_links_work_in_the_project_too(place: str) -> None:
    path = ROOT / place
    generated = {"commands.md"}  # whose headings come with what is generated
    dead = [t for t in dead_links(path) if t.partition("#")[0].removeprefix("../") not in generated]
    assert dead == []


def test_every_page_is_in_the_navigation() -> None:
    written = {path.stem for path in (ROOT / "docs").glob("*.md")} - {"index"}
    assert written <= set(page_names())


def test_no_page_is_in_the_navigation_twice() -> None:
    names = list(page_names())
    assert len(names) == len(set(names))


@pytest.mark.parametrize("name", ["index", *page_names()])
def test_every_page_has_one_title_before_all_else(name: str) -> None:
    path = ROOT / "docs" / "index.md" if name == "index" else source(name)
    headings = [t for t in tokens_of(path) if t.type == "heading_open"]
    assert [t.tag for t in headings].count("h1") == 1
    assert headings[0].tag == "h1"


def test_everything_that_can_be_generated_is_shown_somewhere() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "docs").glob("*.md"))
    assert set(re.findall(r"<!-- generated:(\w+) -->", text)) == PARTS.keys()


def test_nothing_stays_to_be_generated(staged: Path) -> None:
    for name in ("index", *page_names()):
        if name != "model-card":  # whose figures another script has filled in
            assert "<!-- generated:" not in (staged / f"{name}.md").read_text(encoding="utf-8")


# What is kept in the project ----------------------------------------------------------------------


def test_the_guide_in_the_program_is_that_of_the_documentation(
    language: str, guide: dict[str, str]
) -> None:
    folder = ROOT / "resources" / "guide" / language
    kept = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*")}
    assert kept == guide, RENEW


def test_the_picture_of_the_layers_is_that_of_the_import_rules() -> None:
    assert (ROOT / "docs" / "layers.svg").read_text(encoding="utf-8") == layers_svg(), RENEW


def test_the_guide_is_small_and_needs_nothing_else(guide: dict[str, str]) -> None:
    assert sum(len(text.encode()) for text in guide.values()) < 200_000
    for name, text in guide.items():
        assert not re.search(r"<(img|script|link|iframe)\b|url\(|@import", text), name


@pytest.mark.parametrize("name", ["index.html", *(f"{page}.html" for page in PAGES)])
def test_links_of_the_guide_lead_to_the_guide(name: str, guide: dict[str, str]) -> None:
    for href in re.findall(r'href="([^"]+)"', guide[name]):
        if not href.startswith("https://"):
            page, _, anchor = unquote(href).partition("#")
            assert page in guide
            assert not anchor or f'<a name="{anchor}">' in guide[page], href


def test_the_contents_of_the_guide_name_every_page_of_it(guide: dict[str, str]) -> None:
    index = guide["index.html"]
    assert all(f'href="{page}.html"' in index for page in PAGES)
    assert set(PAGES) <= {name for names in NAVIGATION.values() for name in names}


def test_the_picture_shows_every_module_of_the_core() -> None:
    core = ROOT / "fundus_gui" / "core"
    modules = {p.stem for p in core.iterdir() if p.suffix == ".py" or (p / "__init__.py").exists()}
    shown = {name for layer in core_layers() for name in layer}
    assert shown == modules - {"__init__"}
    assert all(f">{name}</text>" in layers_svg() for name in shown)


def test_the_picture_in_a_page_follows_the_theme_of_the_page() -> None:
    picture = for_page(layers_svg())
    assert "body[data-theme='dark'] .layers text" in picture
    assert "\n" not in picture  # an empty line would end the HTML in the middle of Markdown
