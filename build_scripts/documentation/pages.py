"""The pages of the documentation: their order, and a folder of them that a generator can read."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import get_args

from documentation import commands, layers, records, results, sentences
from documentation.markdown import filled
from fundus_gui.core.cards import ModelCard
from fundus_gui.core.catalogue import EnsembleSpec
from fundus_gui.core.decision import PredictionSets
from fundus_gui.core.preprocessing import Preprocessing
from fundus_gui.core.runs import Event

ROOT = Path(__file__).resolve().parent.parent.parent
DOCS = ROOT / "docs"

NAVIGATION: Mapping[str, tuple[str, ...]] = {
    "Begin": ("start",),
    "How to": (
        "classify",
        "large-folders",
        "demo",
        "train",
        "evaluate",
        "vote",
        "convert",
        "add-architecture",
        "scale-out",
        "package",
        "benchmarks",
    ),
    "Look up": (
        "commands",
        "results-format",
        "labels-format",
        "run-folder",
        "evaluation-folder",
        "weights-format",
        "ensembles-format",
        "networks",
        "errors",
        "glossary",
    ),
    "Understand": ("decision", "architecture", "model-card", "promises", "privacy"),
    "Project": ("contributing", "changelog"),
}

# Pages that lie elsewhere in the project, by the name they have in the documentation.
BORROWED: Mapping[str, str] = {
    "model-card": "weights/README.md",
    "contributing": "CONTRIBUTING.md",
    "changelog": "CHANGELOG.md",
}

PARTS: Mapping[str, Callable[[], str]] = {
    "commands": commands.command_reference,
    "columns": results.columns_table,
    "record": results.record_table,
    "chain": results.chain_definition,
    "card": lambda: records.fields_table(ModelCard),
    "preprocessing": lambda: records.fields_table(Preprocessing),
    "ensemble": lambda: records.fields_table(EnsembleSpec),
    "sets": lambda: records.fields_table(PredictionSets),
    "modules": layers.modules_table,
    "events": lambda: records.described(get_args(Event)),
    "sentences": sentences.sentences_list,
}

_PICTURE = re.compile(r"!\[(?P<text>[^\]]*)\]\((?P<path>[^)]+)\)")
_LINK_UP = re.compile(r"\]\((?:\.\./)?(?P<path>[\w./-]+\.md)(?P<anchor>#[\w-]+)?\)")


def page_names() -> Iterator[str]:
    """Yield the pages in the order of the navigation."""
    for names in NAVIGATION.values():
        yield from names


def source(name: str) -> Path:
    """Return the Markdown file of a page."""
    return ROOT / BORROWED[name] if name in BORROWED else DOCS / f"{name}.md"


def stage(folder: Path) -> None:
    """Write all that a generator needs into a new folder: pages filled in, pictures, settings."""
    folder.mkdir(parents=True)
    for path in (DOCS / "pictures", DOCS / "_static"):
        shutil.copytree(path, folder / path.name)
    shutil.copytree(ROOT / "weights" / "figures", folder / "figures")
    shutil.copy(DOCS / "conf.py", folder)
    _write(folder / "index.md", _page(DOCS / "index.md") + _contents())
    for name in page_names():
        _write(folder / f"{name}.md", _page(source(name)))


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _page(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    wanted = set(re.findall(r"<!-- generated:(\w+) -->", text)) & PARTS.keys()
    if wanted:
        text = filled(text, {name: PARTS[name]() for name in wanted})
    text = _LINK_UP.sub(_linked, text)
    return _PICTURE.sub(_in_both_themes, text)


def _linked(link: re.Match[str]) -> str:
    """Let a link to a page that was borrowed from elsewhere point to its copy."""
    borrowed = {path: name for name, path in BORROWED.items()}
    path = link["path"].removeprefix("../")
    target = f"{borrowed[path]}.md" if path in borrowed else path.removeprefix("docs/")
    return f"]({target}{link['anchor'] or ''})"


def _in_both_themes(picture: re.Match[str]) -> str:
    """Let a picture follow the page's theme where there is a dark one of it too."""
    text, path = picture["text"], picture["path"]
    if path == "layers.svg":
        return layers.for_page(layers.layers_svg())
    dark = path.replace("-light.", "-dark.")
    if dark == path or not (DOCS / dark).is_file():
        return picture[0]
    return f"![{text}]({path}){{.only-light}}\n![{text}]({dark}){{.only-dark}}"


def _contents() -> str:
    """Return what the generator needs to know of the order of the pages."""
    trees = (
        "```{toctree}\n:hidden:\n:caption: " + "\n".join((caption, "", *names)) + "\n```"
        for caption, names in NAVIGATION.items()
    )
    return "\n" + "\n\n".join(trees) + "\n"
