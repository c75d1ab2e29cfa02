"""`fundus-gui models`: what is installed, and what can be built and trained."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer
from rich import box
from rich.table import Column, Table

from fundus_gui.cli.add import add
from fundus_gui.cli.console import err, out, printable
from fundus_gui.cli.convert import convert
from fundus_gui.cli.licences import print_licences
from fundus_gui.cli.titles import titles
from fundus_gui.core.cards import ModelCard
from fundus_gui.core.catalogue import Catalogue, EnsembleSpec, read_catalogue
from fundus_gui.core.errors import UnknownNameError
from fundus_gui.core.one_or_many import one_or_many
from fundus_gui.core.paths import user_weights_dir

if TYPE_CHECKING:
    from torch import nn

    from fundus_gui.core.models import Architecture

_PUBLISHED_CLASSES = 1000  # ImageNet's: the published numbers of parameters count them

models_app = typer.Typer(
    help="List the installed models and ensembles, or show one.", no_args_is_help=False
)
models_app.command()(add)
models_app.command()(convert)
models_app.command()(titles)


@models_app.callback(invoke_without_command=True)
def models(context: typer.Context) -> None:
    """List the installed models and ensembles, or show one."""
    if context.invoked_subcommand is None:
        _print_installed()


@models_app.command("list")
def list_installed(
    architectures: Annotated[
        bool,
        typer.Option("--architectures", help="List what can be built and trained instead."),
    ] = False,
) -> None:
    """List the installed models and ensembles."""
    if architectures:
        _print_architectures()
    else:
        _print_installed()


def _print_installed() -> None:
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
        print_licences({name: model.card for name, model in catalogue.models.items()})
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
    table = _table("ensemble", "members and weights", "weights from", "fitted besides")
    for spec in catalogue.ensembles.values():
        voters = zip(spec.members, spec.weights, strict=True)
        members = ", ".join(f"{name} {weight:.2f}" for name, weight in voters)
        origin = f"{spec.method}; {spec.fitted_on}".strip("; ")
        table.add_row(
            printable(spec.name), printable(members), printable(origin), _fitted_besides(spec)
        )
    out.print(table)


def _fitted_besides(spec: EnsembleSpec) -> str:
    """Say what the ensemble stores besides its weights."""
    decision = spec.decision
    sets, said = decision.prediction_sets, []
    if decision.rule == "entropy":
        said.append("weights by image")
    if decision.temperature != 1:
        said.append(f"calibrated, temperature {decision.temperature:.2f}")
    if sets is not None:
        said.append(f"sets for {100 * sets.coverage:.3g}%")
    if decision.referral is not None:
        said.append("referral")
    return ", ".join(said)


def _print_architectures() -> None:
    from fundus_gui.core import models

    table = _table("architecture", "parameters", "input", "attention")
    table.columns[0].no_wrap = True
    table.columns[1].justify = table.columns[2].justify = "right"
    with err.status("Counting parameters ..."):
        for name in models.list_models():
            architecture = models.find_architecture(name)
            table.add_row(
                name,
                f"{models.count_parameters(_without_numbers(name)):,}",
                f"{architecture.facts.size} px",
                architecture.attention,
            )
    out.print(table)
    out.print(
        f"Parameters with {_PUBLISHED_CLASSES} classes, input of the public weights, SE: "
        "squeeze-and-excitation. Any classification network of timm can be built and trained "
        "too, as timm:NAME.",
        soft_wrap=True,
    )


def _without_numbers(name: str) -> nn.Module:
    """Build a network that knows its shapes only."""
    import torch

    from fundus_gui.core.models import create_model

    with torch.device("meta"):
        return create_model(name, num_classes=_PUBLISHED_CLASSES)


@models_app.command("show")
def show(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME", help="Name of an installed model, ensemble or architecture."
        ),
    ],
    architecture: Annotated[
        bool,
        typer.Option("--architecture", help="Show the architecture, not the installed model."),
    ] = False,
) -> None:
    """Print an installed model's card or an ensemble as JSON, or what an architecture is.

    A card holds classes, preprocessing, training, figures and licence; an ensemble its members,
    weights, calibration, prediction sets and referral; of an architecture its source, its size and
    the public weights' licence are told.
    """
    catalogue = read_catalogue()
    if name in catalogue.models and not architecture:
        card = _without_hashes(catalogue.models[name].card)
        out.print_json(card.to_json(), ensure_ascii=False)
    elif name in catalogue.ensembles and not architecture:
        out.print_json(data=catalogue.ensembles[name].to_table(), ensure_ascii=False)
    else:
        known = [*catalogue.models, *catalogue.ensembles]
        _print_architecture(_architecture_or_model(name, known))


def _without_hashes(card: ModelCard) -> ModelCard:
    """Say how many training images' hashes there are in place of the thousands themselves."""
    hashes = card.training.get("image_hashes")
    if not hashes:
        return card
    return replace(
        card,
        training={
            **card.training,
            "image_hashes": f"of {len(hashes)} {one_or_many(len(hashes), 'image')}",
        },
    )


def _architecture_or_model(name: str, installed: list[str]) -> Architecture:
    """Find an architecture; where there is none, suggest a model too."""
    from fundus_gui.core.models import find_architecture, list_models

    try:
        return find_architecture(name)
    except UnknownNameError as error:
        known = dict.fromkeys((*installed, *list_models(), *error.known))
        raise UnknownNameError("model", name, known) from error


def _print_architecture(architecture: Architecture) -> None:
    from fundus_gui.core.models import count_macs, count_parameters

    model, facts = _without_numbers(architecture.name), architecture.facts
    table = Table(Column(style="bold"), Column(overflow="fold"), box=None, show_header=False)
    for label, text in (
        ("name", architecture.name),
        ("title", architecture.title),
        ("family", architecture.family),
        ("parameters", f"{count_parameters(model):,} with {_PUBLISHED_CLASSES} classes"),
        ("MACs", f"{count_macs(model, facts.size) / 1e9:.2f} G for one image"),
        ("input", f"{facts.size} x {facts.size} px, {facts.interpolation}"),
        ("mean, std", f"{_listed(facts.mean)}; {_listed(facts.std)}"),
        ("attention", architecture.attention),
        ("paper", architecture.paper),
        ("weights licence", architecture.weights_licence or "no public weights"),
    ):
        table.add_row(label, text)
    out.print(table)


def _listed(values: tuple[float, ...]) -> str:
    return ", ".join(f"{value:g}" for value in values)
