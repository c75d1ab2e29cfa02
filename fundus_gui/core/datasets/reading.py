"""From a folder to a data set: by its `labels.csv`, or by the names of its class folders."""

from __future__ import annotations

from pathlib import Path

from fundus_gui.core.datasets.labelled import Dataset, LabelledImage, Part, shortened
from fundus_gui.core.datasets.manifest import MANIFEST, PART_NAMES, read_manifest
from fundus_gui.core.datasets.patients import refuse_divided_patients
from fundus_gui.core.errors import DatasetError
from fundus_gui.core.images import find_images
from fundus_gui.core.one_or_many import one_or_many


def read_dataset(folder: Path) -> Dataset:
    """Read a folder with `labels.csv`, or a folder of class folders (also below train/val/test).

    A `labels.csv` goes before folders. Part folders may be called `valid` or `validation`. Files
    that are no images and hidden folders are passed over.

    Raises:
        DatasetError: there is neither, or what there is contradicts itself.
    """
    if not folder.is_dir():
        if folder.exists():
            raise DatasetError(f"{folder} is a file. Choose the folder that holds the photographs.")
        raise DatasetError(f"There is no folder {folder}.")
    table = folder / MANIFEST
    try:
        images = read_manifest(table, folder) if table.is_file() else _read_folders(folder)
    except OSError as error:
        raise DatasetError(f"{folder} cannot be read: {error}.") from error
    dataset = Dataset(folder.resolve().name, images, folder)
    classes = dataset.class_names
    if len(classes) < 2:
        what = one_or_many(len(images), "image")
        only = f"{len(images)} {what} of the class '{classes[0]}' alone" if classes else "no images"
        raise DatasetError(
            f"{folder} holds {only}; at least 2 classes are needed, as class folders or as rows of "
            f"{MANIFEST}."
        )
    _refuse_unwritable_names(dataset)
    refuse_divided_patients(dataset)
    return dataset


def _refuse_unwritable_names(dataset: Dataset) -> None:
    """Refuse names that `split.csv` could not give back."""
    classes = [repr(n) for n in dataset.class_names if not n.isprintable() or n != n.strip()]
    if classes:
        raise DatasetError(
            f"{dataset.folder} has class names with unprintable characters or with spaces around "
            f"them: {shortened(classes)}."
        )
    files = [repr(i.path.name) for i in dataset.images if not _is_unicode(i.path)]
    if files:
        raise DatasetError(
            f"{dataset.folder} has file names that are not UTF-8: {shortened(files)}. Rename them."
        )


def _is_unicode(path: Path) -> bool:
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return False
    return True


def _read_folders(folder: Path) -> tuple[LabelledImage, ...]:
    """Read class folders; what is not known of patients is left to the files' own names."""
    found = {
        class_folder: (part, list(find_images([class_folder])))
        for part_folder, part in _part_folders(folder)
        for class_folder in _subfolders(part_folder)
    }
    empty = [f"'{path.relative_to(folder)}'" for path, (_, files) in found.items() if not files]
    if empty:
        raise DatasetError(f"{folder} has class folders without an image: {shortened(empty)}.")
    return tuple(
        LabelledImage(
            path=file,
            label=class_folder.name,
            patient_id=file.relative_to(folder).as_posix(),
            part=part,
        )
        for class_folder, (part, files) in found.items()
        for file in files
    )


def _part_folders(folder: Path) -> list[tuple[Path, Part | None]]:
    """Return the folders that hold class folders, with their parts."""
    subfolders = _subfolders(folder)
    parts = [(path, PART_NAMES.get(path.name.lower())) for path in subfolders]
    named = [part for _, part in parts if part is not None]
    if not named:
        _refuse_loose_images(folder, subfolders)
        return [(folder, None)]
    if len(named) < len(parts) or len(set(named)) < len(named):
        names = shortened([f"'{path.name}'" for path in subfolders])
        raise DatasetError(
            f"{folder} mixes folders of parts with others: {names}. Use either class folders, or "
            "train, val and test with class folders in each."
        )
    for path, _ in parts:
        _refuse_loose_images(path, _subfolders(path))
    order: list[Part | None] = ["train", "val", "test"]
    return sorted(parts, key=lambda found: order.index(found[1]))


def _subfolders(folder: Path) -> list[Path]:
    return sorted(e for e in folder.iterdir() if e.is_dir() and not e.name.startswith("."))


def _refuse_loose_images(folder: Path, class_folders: list[Path]) -> None:
    """Refuse images whose class nobody knows."""
    loose = [f"'{p.name}'" for p in find_images([folder], recursive=False) if not p.is_dir()]
    if loose and class_folders:
        raise DatasetError(
            f"{folder} has images beside its class folders: {shortened(loose)}. Move them into "
            "the folder of their class."
        )
