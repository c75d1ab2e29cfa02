"""What a settings record says of its fields; command line, form and checks are built from it."""

from __future__ import annotations

import dataclasses
import math
import tomllib
import types
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from fundus_gui.core.errors import ConfigError

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One field of a settings record.

    Attributes:
        name: of the field.
        kind: bool, int, float or str (also for choices); dict for free NAME=VALUE pairs.
        default: the field's.
        text: one or two sentences for help and tooltip.
        group: heading under which the form shows it.
        is_advanced: whether the form hides it at first.
        is_optional: whether None, "as the network or program finds best", is allowed.
        least, most: smallest and largest value; None is no limit.
        choices: the words allowed; empty is any.
    """

    name: str
    kind: type
    default: Any
    text: str
    group: str
    is_advanced: bool
    is_optional: bool
    least: float | None
    most: float | None
    choices: tuple[str, ...]

    def range_text(self) -> str:
        """Return the range for people, e.g. "0 to 1", or an empty text."""
        if self.choices:
            return ", ".join(self.choices)
        if self.least is not None and self.most is not None:
            return f"{_plain(self.least)} to {_plain(self.most)}"
        if self.least is not None:
            return f"{_plain(self.least)} or more"
        return ""

    def check(self, value: Any) -> None:
        """Raise ConfigError unless the field may have this value."""
        if value is None and self.is_optional:
            return
        if not _is_of_kind(value, self.kind):
            word = {bool: "true or false", int: "a whole number", float: "a number", str: "a text"}
            raise ConfigError(
                f"{self.name} must be {word.get(self.kind, 'a table')}, not {value!r}."
            )
        if self.choices and value not in self.choices:
            raise ConfigError(f"{self.name} must be one of {self.range_text()}, not '{value}'.")
        too_small = self.least is not None and not value >= self.least
        if too_small or (self.most is not None and not value <= self.most):
            raise ConfigError(f"{self.name} must be {self.range_text()}, not {value}.")
        if self.kind is float and math.isnan(value):
            raise ConfigError(f"{self.name} must be a number, not {value}.")


def _plain(limit: float) -> str:
    """Return a limit without an exponent as long as it is a whole number."""
    return f"{limit:.0f}" if float(limit).is_integer() else f"{limit:g}"


def _is_of_kind(value: Any, kind: type) -> bool:
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, kind)


def setting(
    default: Value,
    text: str,
    *,
    group: str,
    least: float | None = None,
    most: float | None = None,
    is_advanced: bool = True,
) -> Value:
    """Declare a field of a settings record; see `Setting`."""
    facts = {
        "text": text,
        "group": group,
        "least": least,
        "most": most,
        "is_advanced": is_advanced,
    }
    if isinstance(default, dict):
        declared: Value = dataclasses.field(default_factory=dict, metadata=facts)  # type: ignore[assignment]
    else:
        declared = dataclasses.field(default=default, metadata=facts)
    return declared


def settings_of(record: type) -> dict[str, Setting]:
    """Return the settings of a record class by name, in the order of its fields."""
    hints = get_type_hints(record)
    return {
        field.name: _described(field, hints[field.name]) for field in dataclasses.fields(record)
    }


def _described(field: dataclasses.Field[Any], hint: Any) -> Setting:
    is_optional = get_origin(hint) in (Union, types.UnionType)
    if is_optional:
        hint = next(part for part in get_args(hint) if part is not type(None))
    is_choice = get_origin(hint) is Literal
    origin = get_origin(hint) or hint
    is_simple = origin in (bool, int, float, str)
    return Setting(
        name=field.name,
        kind=str if is_choice else origin if is_simple else dict,
        default={} if field.default is dataclasses.MISSING else field.default,
        is_optional=is_optional,
        choices=get_args(hint) if is_choice else (),
        **field.metadata,
    )


def read_settings(path: Path) -> dict[str, Any]:
    """Read the settings that a TOML file names; they are checked when a config is made of them.

    Raises:
        ConfigError: the file cannot be read or is not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path} cannot be read ({error.strerror}).") from error
    except (ValueError, RecursionError) as error:  # also an integer too long, tables too deep
        raise ConfigError(f"{path} is not a settings file in TOML: {error}.") from error
