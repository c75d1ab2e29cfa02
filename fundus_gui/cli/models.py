"""`fundus-gui models`: what is installed."""

from __future__ import annotations

from typing import Annotated

import typer
from rich import box
from rich.table import Column, Table

from fundus_gui.cli.console import err, out, printable
from fundus_gui.core.cards import ModelCard
from fundus_gui.core.catalogue import Catalogue, read_catalogue
from fundus_gui.core.paths import user_weights_dir

models_app = typer.Typer(
    help="List the installed models and ensembles, or show one.", no_args_is_help=False
)


@models_app.callback(invoke_without_command=True)
def models(context: typer.Context) -> None:
    """List the installed models and ensembles, or show one."""
    if context.invoked_subcommand is None:
        list_installed()


@models_app.command("list")
def list_installed() -> None:
    """List the installed models and ensembles."""
    catalogue = read_catalogue()
    table = _table("model", "architecture", "input", "classes", "validation")
    for model in catalogue.models.values():
        card = model.card
        table.add_row(
            printable(model.name),
            card.architecture,
            f"{card.preprocessing.size} px",
            printable(", ".join(card.class_names)),
            _figures(card),
        )
    if catalogue.models:
        out.print(table)
        _print_ensembles(catalogue)
    else:
        folder = user_weights_dir()
        out.print(f"No models are installed. Put weights (.safetensors) into {folder}.")
    for sentence in catalogue.refused:
        err.print(printable(sentence), style="red", soft_wrap=True)


def _table(*headers: str) -> Table:
    """Make a table that breaks long names rather than cut them off."""
    return Table(*(Column(header, overflow="fold") for header in headers), box=box.SIMPLE_HEAD)


def _figures(card: ModelCard) -> str:
    figures = card.metrics.get("validation", {})
    known = (("macro_auc", "AUC"), ("balanced_accuracy", "balanced accuracy"))
    return ", ".join(f"{name} {figures[key]:.3f}" for key, name in known if key in figures)


def _print_ensembles(catalogue: Catalogue) -> None:
    table = _table("ensemble", "members and weights", "weights from")
    for spec in catalogue.ensembles.values():
        voters = zip(spec.members, spec.weights, strict=True)
        members = ", ".join(f"{name} {weight:.2f}" for name, weight in voters)
        origin = f"{spec.method}; {spec.fitted_on}".strip("; ")
        table.add_row(printable(spec.name), printable(members), printable(origin))
    out.print(table)


@models_app.command("show")
def show(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of an installed model.")],
) -> None:
    """Print a model's card as JSON: classes, preprocessing, training, figures, licence."""
    out.print_json(read_catalogue().model(name).card.to_json(), ensure_ascii=False)
