"""Tables of figures with their intervals below them, as `evaluate` and `fuse` print them."""

from __future__ import annotations

import math
import re

from rich import box
from rich.table import Column, Table

from fundus_gui.cli.console import out, printable
from fundus_gui.core.evaluation import Interval

_NARROW = 100  # columns of a terminal; in fewer, long names would squeeze the figures


def figure_table(first: str, *others: str) -> Table:
    """Return an empty table of names and figures.

    Args:
        first: heading of the names.
        others: headings of the figures.
    """
    columns = (Column(heading, justify="right", no_wrap=True) for heading in others)
    return Table(
        Column(folded(first), overflow="fold"),
        *columns,
        box=box.SIMPLE_HEAD,
        padding=(0, 0 if out.width < _NARROW else 1, 0, 0),
        leading=1,
    )


def folded(name: str, most: int = 13) -> str:
    """Break a name into lines of `most` letters where its words end, if the terminal is narrow."""
    lines = [""]
    for word in re.findall(r"[^\s_+-]+[\s_+-]*|[\s_+-]+", printable(name)):
        if out.width < _NARROW and lines[-1] and len(lines[-1] + word.rstrip()) > most:
            lines.append("")
        lines[-1] += word
    return "\n".join(line.rstrip() for line in lines)


def with_interval(found: Interval, sign: str = "") -> str:
    """Write a figure, and below it its interval if it has one.

    Args:
        found: the figure.
        sign: "+" for a difference.
    """
    value, low, high = (_number(number, sign) for number in (found.value, found.low, found.high))
    between = " to " if sign else "–"  # not between two signs
    return value if math.isnan(found.low) else f"{value}\n{low}{between}{high}"


def _number(value: float, sign: str) -> str:
    return "–" if math.isnan(value) else f"{value:{sign}.3f}"
