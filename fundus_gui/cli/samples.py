"""`fundus-gui samples`: draw synthetic photographs to try the program with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fundus_gui.cli.console import out


def samples(
    folder: Annotated[Path, typer.Argument(help="Folder to write into.")],
    per_class: Annotated[int, typer.Option(help="Photographs of each class.")] = 1,
    size: Annotated[int, typer.Option(help="Height in pixels, 512 to 3000.")] = 1024,
    class_folders: Annotated[bool, typer.Option(help="One folder per class.")] = False,
    seed: Annotated[int, typer.Option(help="Same seed, same pictures.")] = 0,
) -> None:
    """Draw synthetic fundus photographs (not of patients), with labels.csv."""
    from fundus_gui.core.synthetic import write_samples

    written = write_samples(
        folder, per_class=per_class, size=size, class_folders=class_folders, seed=seed
    )
    count = sum(1 for _ in written)
    out.print(f"{count} synthetic photographs and labels.csv are in {folder}.", soft_wrap=True)
