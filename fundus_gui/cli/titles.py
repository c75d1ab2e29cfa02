"""`fundus-gui models titles`: what a model's classes are called in a language."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from fundus_gui.cli.console import out, printable
from fundus_gui.core.catalogue import read_catalogue
from fundus_gui.core.class_titles import known_titles
from fundus_gui.core.errors import ConfigError, EnsembleError
from fundus_gui.core.paths import user_weights_dir


def titles(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of an installed model.")],
    language: Annotated[str, typer.Argument(metavar="LANGUAGE", help="en or zh_CN.")],
    words: Annotated[
        list[str], typer.Argument(metavar="TITLE...", help="One for each class, in their order.")
    ],
) -> None:
    """Write into a model's card what its classes are called in a language.

    The window shows these titles; tables of results, folders and commands keep the names.
    """
    from fundus_gui.core.checkpoints import copy_with_card

    if language not in known_titles():
        languages = " or ".join(known_titles())
        raise ConfigError(f"The window does not speak '{language}'. Name {languages}.")
    installed = read_catalogue().model(name)
    if installed.path.parent != user_weights_dir():
        raise EnsembleError(
            f"'{name}' came with the program and stays as it is. Titles can be given to models of "
            "your own."
        )
    card = replace(
        installed.card, class_titles={**installed.card.class_titles, language: tuple(words)}
    )
    copy_with_card(installed.path, installed.path, card)
    for class_name, title in zip(card.class_names, words, strict=True):
        out.print(printable(f"{class_name}: {title}"), soft_wrap=True)
