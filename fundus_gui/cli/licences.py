"""The terms of the weights, told wherever models or their answers are printed."""

from __future__ import annotations

from collections.abc import Mapping

from fundus_gui.cli.console import out, printable
from fundus_gui.core.cards import ModelCard, names_by_licence


def print_licences(cards: Mapping[str, ModelCard]) -> None:
    """Print a line for each licence; one that forbids commercial use stands out."""
    for licence, names in names_by_licence(cards).items():
        line = f"Licence of {', '.join(names)}: {licence or 'not stated'}"
        if cards[names[0]].is_non_commercial:
            out.print(printable(f"{line} (not for commercial use)"), style="bold", soft_wrap=True)
        else:
            out.print(printable(line), style="dim", soft_wrap=True)
