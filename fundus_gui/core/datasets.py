"""Labelled photographs: read from class folders or `labels.csv`, split without sharing patients."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, get_args

import numpy as np
from sklearn.model_selection import StratifiedGroupKFold

from fundus_gui.core.errors import DatasetError
from fundus_gui.core.images import find_images

Part = Literal["train", "val", "test"]
MANIFEST = "labels.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledImage:
    """One photograph with what is known of it; `patient_id` defaults to the file itself."""

    path: Path
    label: str
    patient_id: str
    laterality: str = ""
    part: Part | None = None


@dataclass(frozen=True, slots=True)
class Dataset:
    """Labelled photographs and the sorted names of their classes."""

    name: str
    images: tuple[LabelledImage, ...]

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


def read_dataset(folder: Path) -> Dataset:
    """Read a folder with `labels.csv`, or a folder of class folders (also below train/val/test).

    Raises:
        DatasetError: there is neither, or what there is contradicts itself.
    """
    if not folder.is_dir():
        raise DatasetError(f"There is no folder {folder}.")
    if (folder / MANIFEST).is_file():
        images = _read_manifest(folder / MANIFEST)
    else:
        images = _read_class_folders(folder)
    dataset = Dataset(folder.resolve().name, tuple(images))
    if len(dataset.class_names) < 2:
        raise DatasetError(
            f"{folder} holds {len(images)} images of {len(dataset.class_names)} class(es); at "
            f"least 2 classes are needed, as class folders or as rows of {MANIFEST}."
        )
    return dataset


def _read_manifest(path: Path) -> list[LabelledImage]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DatasetError(f"{path} cannot be read: {error}.") from error
    missing = {"filename", "label"} - set(rows[0] if rows else ())
    if missing:
        raise DatasetError(f"{path} needs the column(s) {', '.join(sorted(missing))}.")
    images = [_image_of_row(path, number, row) for number, row in enumerate(rows, start=2)]
    doubled = [p.name for p, n in Counter(image.path for image in images).items() if n > 1]
    if doubled:
        raise DatasetError(f"{path} names {_some(doubled)} more than once.")
    return images


def _image_of_row(manifest: Path, number: int, row: dict[str, str]) -> LabelledImage:
    name, label = (row["filename"] or "").strip(), (row["label"] or "").strip()
    folders = (manifest.parent, manifest.parent / "images")
    path = next((f / name for f in folders if name and (f / name).is_file()), None)
    if path is None:
        raise DatasetError(f"{manifest}, row {number}: there is no file '{name}'.")
    if not label:
        raise DatasetError(f"{manifest}, row {number}: '{name}' has no label.")
    part = (row.get("split") or "").strip() or None
    if part is not None and part not in get_args(Part):
        raise DatasetError(
            f"{manifest}, row {number}: split must be train, val, test or empty, not '{part}'."
        )
    return LabelledImage(
        path=path,
        label=label,
        patient_id=(row.get("patient_id") or "").strip() or name,
        laterality=(row.get("laterality") or "").strip(),
        part=part,  # type: ignore[arg-type]  # checked above
    )


def _read_class_folders(folder: Path) -> list[LabelledImage]:
    parts: list[Part] = [part for part in get_args(Part) if (folder / part).is_dir()]
    roots: list[tuple[Path, Part | None]] = [(folder / part, part) for part in parts]
    images = []
    for root, part in roots or [(folder, None)]:
        for class_folder in sorted(entry for entry in root.iterdir() if entry.is_dir()):
            found = list(find_images([class_folder]))
            if not found:
                raise DatasetError(f"The class folder {class_folder} holds no image.")
            images += [
                LabelledImage(path=p, label=class_folder.name, patient_id=str(p), part=part)
                for p in found
            ]
    return images


def _some(names: Sequence[str], most: int = 5) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def with_validation(dataset: Dataset, *, fraction: float = 0.15, seed: int = 0) -> Dataset:
    """Return the data set with a validation part, carved from `train` when it has none.

    The carving is stratified by class and keeps a patient's images together; images without a
    part count as `train`.

    Raises:
        DatasetError: a class has too few patients to be in both parts.
    """
    images = [replace(image, part=image.part or "train") for image in dataset.images]
    if not any(image.part == "val" for image in images):
        train = [index for index, image in enumerate(images) if image.part == "train"]
        for index in _validation_fold([images[i] for i in train], fraction, seed):
            images[train[index]] = replace(images[train[index]], part="val")
    completed = Dataset(dataset.name, tuple(images))
    for part in ("train", "val"):
        present = {image.label for image in completed.part(part)}
        absent = [name for name in completed.class_names if name not in present]
        if absent:
            raise DatasetError(
                f"The {part} part of {dataset.name} has no image of {_some(absent)}; "
                "add images of more patients."
            )
    return completed


def _validation_fold(images: Sequence[LabelledImage], fraction: float, seed: int) -> Iterable[int]:
    labels = [image.label for image in images]
    groups = [image.patient_id for image in images]
    folds = max(2, round(1 / fraction))
    if min(Counter(labels).values()) < folds:
        rarest, count = Counter(labels).most_common()[-1]
        raise DatasetError(
            f"The class '{rarest}' has {count} image(s); at least {folds} are needed to set "
            f"{fraction:.0%} aside for validation."
        )
    splitter = StratifiedGroupKFold(folds, shuffle=True, random_state=seed)
    _, chosen = next(splitter.split(np.zeros(len(images)), labels, groups))
    return (int(index) for index in chosen)
