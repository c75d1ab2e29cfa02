"""Bring the window's translations up to date.

python build_scripts/translations.py update     take new texts over into the .ts files
python build_scripts/translations.py release    compile them to the .qm files that the window reads

Between the two the new texts are translated, in Qt Linguist (`pyside6-linguist FILE.ts`) or in the
file itself. Core's sentences, which the window shows as they come, stand in the .json files;
`qt_*.ts` hold what Qt's own translations lack.
Run it with the Python of `.venv`, whose PySide6 brings Qt's tools.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
TRANSLATIONS = ROOT / "resources" / "translations"
ENGLISH = TRANSLATIONS / "fundus_gui_en.ts"
CORE = ROOT / "fundus_gui" / "core"
GUI = ROOT / "fundus_gui" / "gui"
_LAUNCH = GUI / "training" / "launch.py"  # writes into the run why no training began
_ON_A_TERMINAL = ("distributed", "synthetic")  # what no command of the window does
# Their words go into files or nowhere; only the errors that they raise are shown.
_UNSHOWN = ("reports", "models", "conversion/layouts.py", "acceleration")
_PLURAL = re.compile(r"\((e?s)\)")
_WORDS_AT_LEAST, _LETTERS_AT_LEAST = 3, 9


class Message(NamedTuple):
    """A text of the window and what it is called in another language; empty when unfinished.

    Attributes:
        translation: of a counted text all its forms, a line each.
    """

    context: str
    source: str
    translation: str
    is_counted: bool = False


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
                    _text(found) if found is not None and finished else "",
                    message.get("numerus") == "yes",
                )
            )
    return messages


def _text(translation: ET.Element) -> str:
    forms = [form.text or "" for form in translation.iter("numerusform")]
    if not forms:
        return translation.text or ""
    return "\n".join(forms) if all(forms) else ""


def update(path: Path) -> None:
    """Take the texts of the window over: new ones unfinished, vanished ones dropped.

    In English only counted texts have a translation: their singular and plural.
    """
    sources = sorted((ROOT / "fundus_gui" / "gui").rglob("*.py"))
    names = [str(source.relative_to(ROOT)) for source in sources]
    options = ["-no-obsolete", "-locations", "none", "-silent"]
    if path.name == ENGLISH.name:
        options += ["-pluralonly", "-source-language", "en", "-target-language", "en"]
    _qt_tool("pyside6-lupdate", *options, *names, "-ts", str(path))
    if path.name == ENGLISH.name:
        _fill_english(path)


def _fill_english(path: Path) -> None:
    """Write singular and plural for the `(s)` or `(es)` of a source, unless somebody has."""
    tree = ET.parse(path)
    for message in tree.iter("message"):
        translation = message.find("translation")
        if translation is not None and translation.get("type") == "unfinished":
            one, many = translation.iter("numerusform")
            source = message.findtext("source", "")
            one.text, many.text = _PLURAL.sub("", source), _PLURAL.sub(r"\1", source)
            del translation.attrib["type"]
    tree.write(path, encoding="utf-8", xml_declaration=True)


def core_sentences() -> list[str]:
    """Return the sentences of the core that the window may show, `{}` for what is filled in."""
    found: dict[str, None] = {}
    for path in sorted(CORE.rglob("*.py")):
        name = path.relative_to(CORE).as_posix()
        if not name.startswith(_ON_A_TERMINAL):
            found |= dict.fromkeys(_shown(path, only_raised=name.startswith(_UNSHOWN)))
    for path in sorted(GUI.rglob("*.py")):  # whose other texts are Qt's to translate
        found |= dict.fromkeys(_shown(path, only_raised=path != _LAUNCH))
    return list(found)


def _shown(path: Path, *, only_raised: bool) -> Iterator[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for part in _raised(tree) if only_raised else [tree]:
        yield from _sentences(part)


def _raised(tree: ast.Module) -> list[ast.expr]:
    return [n.exc for n in ast.walk(tree) if isinstance(n, ast.Raise) and n.exc is not None]


def _sentences(tree: ast.AST) -> Iterator[str]:
    unshown: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):  # docstrings
            unshown.add(node.value)
        if isinstance(node, ast.JoinedStr):
            unshown.update(ast.walk(node))
            unshown.discard(node)
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("_log."):
            unshown.update(ast.walk(node))
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
        if task == "update" and path.name.startswith("fundus_gui_"):
            update(path)
        elif task == "release":
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
