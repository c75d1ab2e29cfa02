"""Options made from what a settings record says of its fields, so that nothing is said twice."""

from __future__ import annotations

import inspect
import tomllib
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal, TypeVar

import typer
from typer.core import TyperCommand

from fundus_gui.core.runs import Setting

Command = TypeVar("Command", bound=Callable[..., Any])

_METAVARS: Mapping[type, str] = {int: "N", float: "X", str: "TEXT", dict: "NAME=VALUE"}


def with_options(settings: Mapping[str, Setting]) -> Callable[[Command], Command]:
    """Put an option for each setting in the place of a command's `**settings`.

    An option that is not given arrives as None; see `given_settings`.
    """

    def decorated(command: Command) -> Command:
        own = inspect.signature(command, eval_str=True)
        *named, _ = own.parameters.values()
        parameters = [*named, *(_parameter(setting) for setting in settings.values())]
        command.__signature__ = own.replace(parameters=parameters)  # type: ignore[attr-defined]
        return command

    return decorated


def _parameter(setting: Setting) -> inspect.Parameter:
    option = typer.Option(
        _names(setting),
        metavar=None if setting.choices else _METAVARS.get(setting.kind),
        help=_help(setting),
        show_default=False,
        rich_help_panel=setting.group,
    )
    return inspect.Parameter(
        setting.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[_annotation(setting), option],
    )


def _names(setting: Setting) -> str:
    if setting.kind is dict:  # one pair at a time
        return "--" + setting.name.removesuffix("s").replace("_", "-")
    name = setting.name.replace("_", "-")
    return f"--{name}/--no-{name}" if setting.kind is bool else f"--{name}"


def _annotation(setting: Setting) -> Any:
    if setting.kind is dict:
        return list[str] | None
    if setting.choices:
        return Literal[setting.choices] | None
    return setting.kind | None


def _help(setting: Setting) -> str:
    facts = [] if setting.choices else [setting.range_text()]
    if setting.kind is bool:
        facts.append(f"default: {'yes' if setting.default else 'no'}")
    elif setting.kind is float and setting.default is not None:
        facts.append(f"default: {setting.default:g}")
    elif setting.default not in (None, "", {}):
        facts.append(f"default: {setting.default}")
    known = "; ".join(fact for fact in facts if fact)
    text = setting.text + (" May be repeated." if setting.kind is dict else "")
    return f"{text}  [{known}]" if known else text


def given_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was given of the options that `with_options` made, by the setting's name.

    Raises:
        typer.BadParameter: a NAME=VALUE pair is none.
    """
    given = {name: value for name, value in settings.items() if value is not None}
    return {
        name: dict(map(_pair, value)) if isinstance(value, list) else value
        for name, value in given.items()
        if value != []
    }


def _pair(text: str) -> tuple[str, Any]:
    """Read NAME=VALUE; the value as in TOML, a bare word as text."""
    name, separator, value = text.partition("=")
    if not name or not separator:
        raise typer.BadParameter(f"NAME=VALUE is needed, not '{text}'")
    try:
        return name, tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        return name, value


class GroupedCommand(TyperCommand):
    """A command whose help shows its options under their headings."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write a section for each heading, in the order of their first options."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            row = parameter.get_help_record(ctx)
            if row is not None:
                sections.setdefault(
                    getattr(parameter, "rich_help_panel", None) or "Options", []
                ).append(row)
        for heading, rows in sections.items():
            with formatter.section(heading):
                formatter.write_dl(rows)
