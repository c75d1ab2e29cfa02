"""One colour per model, the same in every chart, distinguishable for colour-blind people."""

from __future__ import annotations

from collections.abc import Iterable

# M. Okabe, K. Ito: Color Universal Design (2008), without black, which is the text's.
OKABE_ITO = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442")


def model_colours(names: Iterable[str]) -> dict[str, str]:
    """Give each model the colour of its position; after seven they repeat."""
    return {name: OKABE_ITO[i % len(OKABE_ITO)] for i, name in enumerate(names)}
