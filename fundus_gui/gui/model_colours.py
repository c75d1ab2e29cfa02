"""One colour per model, the same in every chart, distinguishable for colour-blind people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from fundus_gui.core.catalogue import InstalledModel
from fundus_gui.gui.labels import class_title
from fundus_gui.gui.widgets.appearance import Appearance

# M. Okabe, K. Ito: Color Universal Design (2008), without black, which is the text's.
OKABE_ITO = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442")


def model_colours(names: Iterable[str]) -> dict[str, str]:
    """Give each model the colour of its position; after seven they repeat."""
    return {name: OKABE_ITO[i % len(OKABE_ITO)] for i, name in enumerate(names)}


def appearance_of(models: Mapping[str, InstalledModel], others: Iterable[str] = ()) -> Appearance:
    """Return how models look on every page: the installed ones first, then others by name."""
    titles = {name: model.title for name, model in models.items()}
    return Appearance(class_title, titles, model_colours(dict.fromkeys((*models, *others))))
