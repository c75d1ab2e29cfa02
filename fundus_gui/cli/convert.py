"""`fundus-gui models convert`: make an installed model of a weights file from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich import box
from rich.table import Column, Table

from fundus_gui.cli.console import out as console
from fundus_gui.cli.console import printable
from fundus_gui.core.cards import read_card
from fundus_gui.core.one_or_many import one_or_many

if TYPE_CHECKING:
    from fundus_gui.core.conversion import ConversionReport

_FIRST = 10  # names that are printed of each group


def _print_presets(wanted: bool) -> None:
    if not wanted:
        return
    from fundus_gui.core.conversion import presets

    name = Column("preset", no_wrap=True)
    table = Table(name, "what the file is", "licence of the weights", box=box.SIMPLE_HEAD)
    for preset in presets().values():
        table.add_row(preset.name, preset.title, preset.terms)
    table.add_row("ARCHITECTURE", "any network with our names, timm:NAME too", "")
    console.print(table)
    raise typer.Exit


def convert(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Weights: .safetensors, .pth, .pt or .tar.")
    ],
    kind: Annotated[
        str,
        typer.Option(
            "--as", metavar="PRESET", help="What the file is, e.g. torchvision_efficientnet_v2_s."
        ),
    ],
    classes: Annotated[
        str,
        typer.Option(metavar="A,B,...", help="Names of the classes, in the order of the outputs."),
    ],
    out: Annotated[
        str | None, typer.Option(metavar="NAME", help="Name of the new model.  [default: FILE's]")
    ] = None,
    input_size: Annotated[
        int | None,
        typer.Option(metavar="PX", help="Height and width of the input.  [default: as published]"),
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", help="Name every tensor.")] = False,
    _presets: Annotated[
        bool,
        typer.Option(
            "--presets", callback=_print_presets, is_eager=True, help="List the presets and exit."
        ),
    ] = False,
) -> None:
    """Install a weights file from elsewhere as a model.

    No code in the file is run. A file that lacks more than a little of the network is refused, and
    nothing is overwritten.
    """
    from fundus_gui.core.conversion import convert as install
    from fundus_gui.core.conversion import find_preset

    names = [name.strip() for name in classes.split(",")]
    path, report = install(file, find_preset(kind), names, name=out, input_size=input_size)
    _print_report(report, most=None if verbose else _FIRST)
    card = read_card(path)
    console.print(printable(f"{path.stem} is installed ({path})."), soft_wrap=True)
    console.print(f"Licence of the weights: {card.licence}. {card.notes}".strip(), soft_wrap=True)


def _print_report(report: ConversionReport, most: int | None) -> None:
    share = f", {100 * report.backbone_share:.1f} % of the backbone"
    _print_names("Taken from the file", share, report.matched, most)
    _print_names("New", "", report.new, most)
    _print_names("Left in the file", "", report.dropped, most)


def _print_names(what: str, remark: str, names: Sequence[str], most: int | None) -> None:
    console.print(f"{what}: {len(names)} {one_or_many(len(names), 'tensor')}{remark}")
    for name in names[:most]:
        console.print(f"  {printable(name)}", soft_wrap=True)
    if len(names[:most]) < len(names):
        console.print(f"  and {len(names) - len(names[:most])} more (--verbose names all)")
