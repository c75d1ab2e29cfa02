"""Data sets that exist only by name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from fundus_gui.core.datasets import Dataset, LabelledImage


def touch(*paths: Path) -> None:
    """Make empty files and their folders."""
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def made_up(images: Sequence[tuple[str, str, str | None]]) -> Dataset:
    """Make a data set of (label, patient, part), one file each."""
    return Dataset(
        "made up",
        tuple(
            LabelledImage(path=Path(f"{n}.jpg"), label=label, patient_id=patient, part=part)  # type: ignore[arg-type]
            for n, (label, patient, part) in enumerate(images)
        ),
    )


def parts_of(data: Dataset) -> list[str | None]:
    """Return the part of every image."""
    return [image.part for image in data.images]
