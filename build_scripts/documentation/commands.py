"""Every command with every option, as the command line itself defines them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import typer

from documentation.markdown import code, plain, prose, table
from fundus_gui.cli.app import app

# Typer carries its own copy of Click, whose classes are no public names.
Command = Any
Context = Any

_FACTS = re.compile(r"\s\s\[(?P<facts>.+)\]$")
_AT_LEAST = re.compile(r"x>=(?=\d)")
_NO_HEADING = "Options"


def commands() -> Iterator[tuple[str, Command, Context]]:
    """Yield each command that can be typed, by its full name, groups before their members."""
    root = typer.main.get_command(app)
    context = root.make_context("fundus-gui", [], resilient_parsing=True)
    yield from _below("fundus-gui", root, context)


def _below(name: str, group: Command, context: Context) -> Iterator[tuple[str, Command, Context]]:
    for word in group.list_commands(context):
        command = group.get_command(context, word)
        inner = command.make_context(word, [], parent=context, resilient_parsing=True)
        yield f"{name} {word}", command, inner
        if hasattr(command, "list_commands"):
            yield from _below(f"{name} {word}", command, inner)


def command_reference() -> str:
    """Return a section for each command."""
    return "\n\n".join(_section(*found) for found in commands())


def _section(name: str, command: Command, context: Context) -> str:
    usage = context.get_usage().removeprefix("Usage: ").replace("{", "").replace("}", "")
    said = "\n\n".join(prose(" ".join(p.split())) for p in (command.help or "").split("\n\n"))
    parts = [f"## {name}", said, f"```text\n{' '.join(usage.split())}\n```"]
    for heading, rows in _options(command, context).items():
        if heading != _NO_HEADING:
            parts.append(f"### {name.removeprefix('fundus-gui ')}: {heading.lower()}")
        parts.append(table(("option", "meaning", "values, default"), rows))
    return "\n\n".join(parts)


def _options(command: Command, context: Context) -> dict[str, list[tuple[str, str, str]]]:
    """Return name, meaning and range of each option under its heading."""
    sections: dict[str, list[tuple[str, str, str]]] = {}
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record is None or parameter.name == "help":
            continue
        names, text = record
        if parameter.param_type_name == "argument":
            names = names.split(" <")[0]
        facts = _FACTS.search(text)
        meaning = text[: facts.start()] if facts else text
        heading = getattr(parameter, "rich_help_panel", None) or _NO_HEADING
        row = (code(names), prose(meaning), _readable(facts["facts"]) if facts else "")
        sections.setdefault(heading, []).append(row)
    return sections


def _readable(facts: str) -> str:
    """Return what the help has in brackets as words."""
    return plain(_AT_LEAST.sub("at least ", facts.replace("]  [", "; ").replace("] [", "; ")))
