"""The records of labelled photographs: one image, and the data set that it belongs to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Part = Literal["train", "val", "test"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledImage:
    """One photograph with what is known of it.

    Attributes:
        path: the file.
        label: name of its class.
        patient_id: the file's own name where nothing is known of patients.
        laterality: OD, OS or empty.
        part: None until the data set is split.
        extra: further columns of `labels.csv`.
    """

    path: Path
    label: str
    patient_id: str
    laterality: str = ""
    part: Part | None = None
    extra: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Dataset:
    """Labelled photographs with the sorted names of their classes.

    Attributes:
        name: of the folder.
        images: all of them.
        folder: where they were read from.
    """

    name: str
    images: tuple[LabelledImage, ...]
    folder: Path = Path()

    @property
    def class_names(self) -> tuple[str, ...]:
        """Class names in alphabetical order."""
        return tuple(sorted({image.label for image in self.images}))

    def part(self, part: Part) -> tuple[LabelledImage, ...]:
        """Return the images of one part."""
        return tuple(image for image in self.images if image.part == part)

    def counts(self) -> dict[str, int]:
        """Return the number of images of each class."""
        found = Counter(image.label for image in self.images)
        return {name: found[name] for name in self.class_names}


def shortened(names: Sequence[str], most: int = 5) -> str:
    """Join names for a sentence, counting instead of naming those beyond `most`."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(name[:200] for name in names[:most]) + more
