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


def read_dataset(folder: Path) -> Dataset:
    """Read a folder with `labels.csv`, or a folder of class folders (also below train/val/test).

    Raises:
        DatasetError: there is neither, or what there is contradicts itself.
    """
    if not folder.is_dir():
        raise DatasetError(f"There is no folder {folder}.")
    try:
        if (folder / MANIFEST).is_file():
            images = _read_manifest(folder / MANIFEST)
        else:
            images = _read_class_folders(folder)
    except OSError as error:
        raise DatasetError(f"{folder} cannot be read: {error}.") from error
    dataset = Dataset(folder.resolve().name, tuple(images), folder)
    if len(dataset.class_names) < 2:
        raise DatasetError(
            f"{folder} holds {len(images)} images of {len(dataset.class_names)} class(es); at "
            f"least 2 classes are needed, as class folders or as rows of {MANIFEST}."
        )
    for name in dataset.class_names:
        if not name.isprintable():
            raise DatasetError(f"{folder}: the class name {name!r} has unprintable characters.")
    _refuse_divided_patients(dataset)
    return dataset


def _refuse_divided_patients(dataset: Dataset) -> None:
    parts: dict[str, Part] = {}
    for image in dataset.images:
        part = image.part
        if part is not None and parts.setdefault(image.patient_id, part) != part:
            raise DatasetError(
                f"{dataset.name}: patient '{image.patient_id}' is in the parts "
                f"{parts[image.patient_id]} and {part}, so that a model would be measured on what "
                "it has learnt. Put all photographs of a patient into one part."
            )


def _read_manifest(path: Path) -> list[LabelledImage]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            missing = {"filename", "label"} - set(reader.fieldnames or ())
            rows = [(reader.line_num, row) for row in reader]
    except UnicodeDecodeError as error:
        raise DatasetError(f"{path} is not UTF-8; save it as CSV in UTF-8.") from error
    except csv.Error as error:
        raise DatasetError(f"{path} cannot be read: {error}.") from error
    if missing:
        raise DatasetError(f"{path} needs the column(s) {', '.join(sorted(missing))}.")
    images = [_image_of_row(path, number, row) for number, row in rows]
    doubled = [p.name for p, n in Counter(image.path for image in images).items() if n > 1]
    if doubled:
        raise DatasetError(f"{path} names {_some(doubled)} more than once.")
    return images


def _image_of_row(manifest: Path, number: int, row: dict[str, str]) -> LabelledImage:
    name, label = (row["filename"] or "").strip(), (row["label"] or "").strip()
    folders = (manifest.parent, manifest.parent / "images")
    path = next((f / name for f in folders if name and _is_file(f / name)), None)
    if path is None:
        raise DatasetError(f"{manifest}, row {number}: there is no file '{name[:200]}'.")
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


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name too long, as when a quote was not closed
        return False


def _read_class_folders(folder: Path) -> list[LabelledImage]:
    parts: list[Part] = [part for part in get_args(Part) if (folder / part).is_dir()]
    roots: list[tuple[Path, Part | None]] = [(folder / part, part) for part in parts]
    images = []
    for root, part in roots or [(folder, None)]:
        for class_folder in sorted(entry for entry in root.iterdir() if _is_class(entry)):
            found = list(find_images([class_folder]))
            if not found:
                raise DatasetError(f"The class folder {class_folder} holds no image.")
            images += [
                LabelledImage(
                    path=p,
                    label=class_folder.name,
                    patient_id=p.relative_to(folder).as_posix(),
                    part=part,
                )
                for p in found
            ]
    return images


def _is_class(entry: Path) -> bool:
    return entry.is_dir() and not entry.name.startswith(".")


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
    train = [index for index, image in enumerate(images) if image.part == "train"]
    if train and not any(image.part == "val" for image in images):
        for index in _validation_fold([images[i] for i in train], fraction, seed):
            images[train[index]] = replace(images[train[index]], part="val")
    completed = replace(dataset, images=tuple(images))
    check_parts(completed)
    return completed


def check_parts(dataset: Dataset) -> None:
    """Refuse data that cannot be trained and validated on.

    Raises:
        DatasetError: the `train` or the `val` part lacks a class, or a patient is in two parts.
    """
    _refuse_divided_patients(dataset)
    for part in ("train", "val"):
        present = {image.label for image in dataset.part(part)}
        absent = [name for name in dataset.class_names if name not in present]
        if absent:
            raise DatasetError(
                f"The {part} part of {dataset.name} has no image of {_some(absent)}; "
                "add images of more patients."
            )


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
    splits = list(splitter.split(np.zeros(len(images)), labels, groups))
    # A class of few patients is not in every fold: take the one that leaves most classes in both.
    _, chosen = max(splits, key=lambda s: sum(len({labels[i] for i in part}) for part in s))
    return (int(index) for index in chosen)
