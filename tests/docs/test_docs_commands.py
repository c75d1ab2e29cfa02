"""Every command that the documentation shows can be typed: it exists, and so do its options."""

from __future__ import annotations

import functools
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from documentation.commands import command_reference, commands

from fundus_gui.cli.app import app

ROOT = Path(__file__).resolve().parents[2]
PAGES = (*sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md", ROOT / "CONTRIBUTING.md")
PROGRAM = re.compile(r"^(?:fundus-gui|.* -m fundus_gui|\S*/fundus-gui) (?P<words>.+)$")
CODE = re.compile(r"`(fundus-gui [^`\n]+)`")
# A person puts something in their place; the rest of the line can be checked all the same.
LEFT_OUT = {"...", "…", "COMMAND"}


def lines_of(text: str) -> Iterator[str]:
    """Yield what stands in fenced blocks, continued lines joined, and in the text as code."""
    for block in re.findall(r"^```(?:sh|text)?\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        yield from block.replace("\\\n", " ").splitlines()
    yield from CODE.findall(re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))


def shown_commands() -> list[tuple[str, str]]:
    found = {
        (path.name, re.split(r"\s{2,}(?![-\s])|\s+#\s|\s&$", match["words"])[0].strip())
        for path in PAGES
        for line in lines_of(path.read_text(encoding="utf-8"))
        if (match := PROGRAM.match(line.strip()))
    }
    return sorted(found)


@functools.cache
def program() -> Any:
    return typer.main.get_command(app)


def parse(words: list[str]) -> None:
    """Parse as the program does, and run nothing."""
    command = program()
    context = command.make_context("fundus-gui", [], resilient_parsing=True)
    while hasattr(command, "list_commands") and words and not words[0].startswith("-"):
        name, *words = words
        inner = command.get_command(context, name)
        assert inner is not None, f"there is no command {name}"
        command = inner
        if hasattr(command, "list_commands"):
            context = command.make_context(name, [], parent=context, resilient_parsing=True)
    if not answers_at_once(command, context, words):
        assert not hasattr(command, "list_commands") or not words, words
        command.make_context(command.name, words, parent=context)


def answers_at_once(command: Any, context: Any, words: list[str]) -> bool:
    """Tell whether one of the options, such as --help, takes the place of all others."""
    eager = [parameter for parameter in command.get_params(context) if parameter.is_eager]
    return any(word in parameter.opts for parameter in eager for word in words)


def test_the_documentation_shows_commands() -> None:
    assert len(shown_commands()) > 50


@pytest.mark.parametrize(("page", "line"), shown_commands())
def test_a_command_that_is_shown_can_be_typed(page: str, line: str) -> None:
    words = [word for word in shlex.split(line) if word not in LEFT_OUT]
    is_whole = len(words) > 2 and not any(word.isupper() for word in shlex.split(line))
    try:
        parse(words)
    except Exception as error:  # Typer's own copy of Click has no public names
        is_missing = type(error).__name__ == "MissingParameter"
        if is_missing and not is_whole:
            return  # `fundus-gui fuse`, or with FILE for some file: it is named, not shown
        raise AssertionError(f"{page}: fundus-gui {line}: {error}") from error


@pytest.mark.parametrize(
    "line", ["no-such-command", "classify --no-such-option x", "models nothing"]
)
def test_what_cannot_be_typed_is_noticed(line: str) -> None:
    with pytest.raises(Exception, match=r"(?i)no such|there is no|nothing"):
        parse(line.split())


def test_the_reference_names_every_option() -> None:
    text = command_reference().replace("\\|", "|")
    for name, command, context in commands():
        assert f"## {name}\n" in text
        section = text.split(f"## {name}\n")[1].split("\n## ")[0]
        for parameter in command.get_params(context):
            if parameter.name != "help":
                names = parameter.opts if parameter.param_type_name == "option" else []
                assert all(option in section for option in names), (name, names)


def test_the_reference_shows_words_of_the_help_without_brackets() -> None:
    assert "\\[default" not in command_reference()
