"""From the folder that a config names to photographs in parts, ready to be trained on."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Generator
from pathlib import Path

from fundus_gui.core.datasets import (
    Dataset,
    Duplicates,
    ImageHashes,
    check_parts,
    find_duplicates,
    hash_images,
    join_duplicates,
    join_patients,
    read_dataset,
    split_dataset,
    with_patients,
)
from fundus_gui.core.errors import ConfigError, DatasetError
from fundus_gui.core.runs.config import TrainConfig
from fundus_gui.core.runs.events import Notice, Preparing

_IMBALANCED = 10  # largest class to smallest
_REPORT_SECONDS = 0.1


def prepare_dataset(
    config: TrainConfig,
) -> Generator[Preparing | Notice, None, tuple[Dataset, dict[Path, ImageHashes]]]:
    """Read the data, tell patients apart, keep duplicates together, split.

    Returns:
        The data, every image in a part, and the hashes of the images (empty when duplicates are
        ignored).

    Raises:
        DatasetError: the data cannot be trained on, or has duplicates that are refused.
        ConfigError: no folder is named.
    """
    if not config.data:
        raise ConfigError("No data is named. Give a folder of labelled photographs.")
    yield Preparing(stage="reading")
    dataset = read_dataset(Path(config.data))
    if config.patient_pattern:
        dataset = with_patients(dataset, config.patient_pattern)
    hashes: dict[Path, ImageHashes] = {}
    if config.duplicates != "ignore":
        hashes = yield from _hashes(dataset)
        dataset = yield from _answered(dataset, find_duplicates(dataset, hashes), config)
    dataset = split_dataset(
        dataset,
        validation_fraction=config.validation_fraction,
        folds=config.folds,
        fold=config.fold - 1,
        seed=config.seed,
    )
    check_parts(dataset)
    yield from _imbalance(dataset)
    return dataset, hashes


def _hashes(dataset: Dataset) -> Generator[Preparing, None, dict[Path, ImageHashes]]:
    hashes: dict[Path, ImageHashes] = {}
    total, told = len(dataset.images), 0.0
    for done, (image, found) in enumerate(hash_images(dataset.images), start=1):
        if found is not None:
            hashes[image.path] = found
        if done == total or time.monotonic() - told > _REPORT_SECONDS:
            told = time.monotonic()
            yield Preparing(stage="comparing", done=done, total=total)
    return hashes


def _answered(
    dataset: Dataset, duplicates: Duplicates, config: TrainConfig
) -> Generator[Notice, None, Dataset]:
    if not (duplicates.exact or duplicates.near):
        return dataset
    if config.duplicates == "refuse":
        raise DatasetError(
            f"{duplicates.sentence()} Remove them, or choose --duplicates join to keep each group "
            "in one part."
        )
    joined, moved = join_duplicates(dataset, duplicates)
    consequence = f" {moved} photograph(s) were moved into the training part." if moved else ""
    yield Notice(text=f"{duplicates.sentence()} No group is divided.{consequence}")
    return join_patients(joined, duplicates)


def _imbalance(dataset: Dataset) -> Generator[Notice, None, None]:
    counts = Counter(image.label for image in dataset.part("train"))
    (most, many), (least, few) = counts.most_common()[0], counts.most_common()[-1]
    if many > _IMBALANCED * few:
        yield Notice(
            text=f"The classes are unequal: {many} training photographs of {most}, {few} of "
            f"{least}. Look at the sensitivity of each class, not only at the accuracy."
        )
