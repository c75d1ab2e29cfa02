"""What the program can say when something goes wrong, read from its source."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from documentation.markdown import plain
from fundus_gui.core import errors

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGE = ROOT / "fundus_gui"
GAP = "…"  # stands for what is known only when it happens
_FEWEST_LETTERS = 8


@dataclass(frozen=True, slots=True)
class Sentence:
    """One way in which an error is raised.

    Attributes:
        family: name of the error's class.
        text: with gaps for values.
        place: module that raises it, for people.
    """

    family: str
    text: str
    place: str


def families() -> dict[str, type[errors.FundusError]]:
    """Return every class of errors by name, the root first."""
    return {
        name: kind
        for name, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, errors.FundusError)
    }


def sentences(package: Path = PACKAGE) -> list[Sentence]:
    """Return what is written where an error is made, sorted, each once."""
    trees = dict(_trees(package))
    known = _with_subclasses(families(), trees.values())
    found = {
        Sentence(known[name], text, path.relative_to(package.parent).as_posix())
        for path, tree in trees.items()
        for name, text in _made(tree, known)
    }
    return sorted(found, key=lambda sentence: (sentence.family, sentence.text.lower()))


def all_texts(package: Path = PACKAGE) -> list[str]:
    """Return every text of the source with its gaps, to look quotations up in."""
    return [
        text
        for _, tree in _trees(package)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant | ast.JoinedStr) and (text := _text(node))
    ]


def sentences_list() -> str:
    """Return all sentences under the headings of their families."""
    parts, found = [], sentences()
    for family in families():
        texts = dict.fromkeys(s.text for s in found if s.family == family)
        if texts:
            parts.append(f"### All of {family}\n\n" + "\n".join(f"- {plain(t)}" for t in texts))
    return "\n\n".join(parts)


def _trees(package: Path) -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(package.rglob("*.py")):
        yield path, ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def _with_subclasses(public: Mapping[str, object], trees: Iterable[ast.Module]) -> dict[str, str]:
    """Return the names of error classes with the public family that each belongs to."""
    known = {name: name for name in public}
    classes = [n for tree in trees for n in ast.walk(tree) if isinstance(n, ast.ClassDef)]
    for node in classes:
        for parent in node.bases:
            if isinstance(parent, ast.Name) and parent.id in known:
                known.setdefault(node.name, known[parent.id])
    return known


def _made(tree: ast.Module, known: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield class and text of each error that a module makes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            name = node.func.id
            texts = [text for argument in node.args if (text := _text(argument))]
            if name == errors.UnknownNameError.__name__ and texts:
                yield name, f"There is no {texts[0]} named '{GAP}'. {GAP}"
            elif name in known and texts and len(texts[-1]) >= _FEWEST_LETTERS:
                yield name, texts[-1]


def _text(node: ast.expr) -> str:
    """Return a literal text with gaps in place of its values; empty for anything else."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(value) or GAP for value in node.values)
    if isinstance(node, ast.IfExp):
        return _text(node.body)
    return ""
