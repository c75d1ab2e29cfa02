"""Bring the window's translations up to date.

python build_scripts/translations.py update     take new texts over into the .ts files
python build_scripts/translations.py release    compile them to the .qm files that the window reads

Between the two the new texts are translated, in Qt Linguist (`pyside6-linguist FILE.ts`) or in the
file itself. Core's sentences, which the window shows as they come, stand in the .json files.
Run it with the Python of `.venv`, whose PySide6 brings Qt's tools.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
TRANSLATIONS = ROOT / "resources" / "translations"
CORE = ROOT / "fundus_gui" / "core"
# Their words go into files, onto a terminal or nowhere.
_UNSHOWN = (
    "reports",
    "synthetic",
    "distributed",
    "models",
    "conversion/layouts.py",
    "acceleration",
)
_WORDS_AT_LEAST, _LETTERS_AT_LEAST = 3, 9


class Message(NamedTuple):
    """A text of the window and what it is called in another language; empty when unfinished."""

    context: str
    source: str
    translation: str


def read_messages(path: Path) -> list[Message]:
    """Return all texts of a .ts file."""
    messages = []
    for context in ET.parse(path).getroot().iter("context"):
        for message in context.iter("message"):
            found = message.find("translation")
            finished = found is not None and found.get("type") is None
            messages.append(
                Message(
                    context.findtext("name", ""),
                    message.findtext("source", ""),
                    (found.text or "") if found is not None and finished else "",
                )
            )
    return messages


def update(path: Path) -> None:
    """Take the texts of the window over: new ones unfinished, vanished ones dropped."""
    sources = sorted((ROOT / "fundus_gui" / "gui").rglob("*.py"))
    names = [str(source.relative_to(ROOT)) for source in sources]
    options = ["-no-obsolete", "-locations", "none", "-silent"]
    _qt_tool("pyside6-lupdate", *options, *names, "-ts", str(path))


def core_sentences() -> list[str]:
    """Return the sentences of the core that the window may show, `{}` for what is filled in."""
    found: dict[str, None] = {}
    for path in sorted(CORE.rglob("*.py")):
        if not path.relative_to(CORE).as_posix().startswith(_UNSHOWN):
            found |= dict.fromkeys(_sentences(ast.parse(path.read_text(encoding="utf-8"))))
    return list(found)


def _sentences(tree: ast.Module) -> Iterator[str]:
    unshown: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):  # docstrings
            unshown.add(node.value)
        if isinstance(node, ast.JoinedStr):
            unshown.update(ast.walk(node))
            unshown.discard(node)
        if isinstance(node, ast.AnnAssign | ast.arg) and node.annotation is not None:
            unshown.update(ast.walk(node.annotation))
    for node in ast.walk(tree):
        if node in unshown:
            continue
        text = _template(node)
        if (
            len(text.split()) >= _WORDS_AT_LEAST
            and sum(map(str.isalpha, text)) >= _LETTERS_AT_LEAST
        ):
            yield text


def _template(node: ast.AST) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values
        )
    return ""


def untranslated(path: Path) -> list[str]:
    """Return the sentences of the core that a .json file lacks."""
    known = json.loads(path.read_text(encoding="utf-8"))
    return [sentence for sentence in core_sentences() if sentence not in known]


def release(path: Path, compiled: Path) -> None:
    """Compile a .ts file."""
    _qt_tool("pyside6-lrelease", "-silent", str(path), "-qm", str(compiled))


def _qt_tool(name: str, *arguments: str) -> None:
    folders = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))
    program = shutil.which(name, path=folders)
    if program is None:
        raise SystemExit(f"{name} was not found: run this with the Python of .venv.")
    subprocess.run([program, *arguments], cwd=ROOT, check=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("task", choices=("update", "release"))
    task = parser.parse_args(arguments).task
    for path in sorted(TRANSLATIONS.glob("*.ts")):
        if task == "update":
            update(path)
        else:
            release(path, path.with_suffix(".qm"))
        messages = read_messages(path)
        unfinished = [message for message in messages if not message.translation]
        print(f"{path.name}: {len(messages)} texts, {len(unfinished)} not translated")
        for message in unfinished:
            print(f"  {message.context}: {message.source!r}")
    for path in sorted(TRANSLATIONS.glob("*.json")):
        missing = untranslated(path)
        print(f"{path.name}: {len(missing)} of {len(core_sentences())} sentences not translated")
        for sentence in missing:
            print(f"  {sentence!r}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
