"""A report as one JSON object and back, so that evaluations can be kept and set side by side."""

from __future__ import annotations

import dataclasses
import functools
import json
import math
from collections.abc import Mapping
from types import UnionType
from typing import Any, Literal, cast, get_args, get_origin, get_type_hints

from fundus_gui.core.errors import ConfigError
from fundus_gui.core.evaluation.records import EvaluationReport

FORMAT_VERSION = 1


def report_to_json(report: EvaluationReport) -> str:
    """Return one JSON object; what is not a number is null."""
    values = {"format_version": FORMAT_VERSION, **dataclasses.asdict(report)}
    return json.dumps(_without_nan(values), ensure_ascii=False, allow_nan=False)


def report_from_json(text: str) -> EvaluationReport:
    """Read what `report_to_json` wrote.

    Raises:
        ConfigError: it is not a report of this version of the program.
    """
    try:
        values = json.loads(text)
        version = values.pop("format_version")
        if version != FORMAT_VERSION:
            raise ConfigError(f"The evaluation has format {version!r}, not {FORMAT_VERSION}.")
        report: EvaluationReport = _read(EvaluationReport, values)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ConfigError(f"The evaluation cannot be read ({error}).") from error
    return report


def _without_nan(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Mapping):
        return {key: _without_nan(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(item) for item in value]
    return value


@functools.cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _read(kind: Any, value: Any) -> Any:
    """Build a value of an annotated type from its JSON form."""
    if dataclasses.is_dataclass(kind):
        hints = _hints(cast("type", kind))  # which takes long to find out
        return kind(**{name: _read(hints[name], item) for name, item in value.items()})  # type: ignore[operator]
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is tuple:
        return tuple(_read(arguments[0], item) for item in value)
    if origin is Mapping:
        return {key: _read(arguments[1], item) for key, item in value.items()}
    if origin is UnionType:  # of a record and None
        return None if value is None else _read(arguments[0], value)
    if kind is float:
        return math.nan if value is None else float(value)
    expected = tuple(map(type, arguments)) if origin is Literal else kind
    if not isinstance(value, expected):
        raise TypeError(f"{value!r} is not what belongs there")
    return value
