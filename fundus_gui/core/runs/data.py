"""From the folder that a config names to photographs in parts, and whether they are still those."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from fundus_gui.core.datasets import (
    MANIFEST,
    Dataset,
    Duplicates,
    ImageHashes,
    LabelledImage,
    check_parts,
    find_duplicates,
    hash_images,
    join_duplicates,
    join_patients,
    read_dataset,
    split_dataset,
    with_patients,
)
from fundus_gui.core.datasets.labelled import shortened
from fundus_gui.core.errors import ConfigError, DatasetError
from fundus_gui.core.one_or_many import one_or_many
from fundus_gui.core.runs.config import TrainConfig
from fundus_gui.core.runs.events import Notice, Preparing

SHA256, PERCEPTUAL = "image_sha256", "perceptual_hash"  # columns of split.csv

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
    consequence = ""
    if moved:
        were = one_or_many(moved, "photograph was", "photographs were")
        consequence = f" {moved} {were} moved into the training part."
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


def record_hashes(dataset: Dataset, hashes: Mapping[Path, ImageHashes]) -> Dataset:
    """Return the data with the hashes as further columns of `split.csv`."""
    images = []
    for image in dataset.images:
        known = hashes.get(image.path)
        more = {SHA256: known.sha256, PERCEPTUAL: known.perceptual} if known is not None else {}
        images.append(replace(image, extra={**image.extra, **more}))
    return replace(dataset, images=tuple(images))


def verify_dataset(
    config: TrainConfig, split: Dataset
) -> Generator[Preparing | Notice, None, None]:
    """Make sure that a run goes on with the photographs that it began with.

    Args:
        config: of the run.
        split: read from its `split.csv`, which knows the bytes where duplicates were looked for.

    Raises:
        DatasetError: a photograph is another one now.
    """
    altered = yield from _altered(split)
    if altered:
        raise DatasetError(
            f"The run cannot go on, since photographs have changed: {_names(altered)}. Put the "
            "old ones back, or start a new training."
        )
    relabelled = _relabelled(Path(config.data), split)
    if relabelled:
        yield Notice(
            text=f"{MANIFEST} has changed since the run began: {_names(relabelled)}. The run goes "
            "on with the labels that it began with; start a new training for the new ones."
        )


def _altered(split: Dataset) -> Generator[Preparing, None, list[LabelledImage]]:
    known = [image for image in split.images if image.extra.get(SHA256)]
    altered, told = [], 0.0
    for done, image in enumerate(known, start=1):
        if _sha256(image.path) != image.extra[SHA256]:
            altered.append(image)
        if done == len(known) or time.monotonic() - told > _REPORT_SECONDS:
            told = time.monotonic()
            yield Preparing(stage="comparing", done=done, total=len(known))
    return altered


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return ""


def _relabelled(folder: Path, split: Dataset) -> list[LabelledImage]:
    """Return what `labels.csv` calls otherwise now; a photograph in a class folder was moved."""
    if not (folder / MANIFEST).is_file():
        return []
    labels = {image.path: image.label for image in read_dataset(folder).images}
    return [image for image in split.images if labels.get(image.path) != image.label]


def _names(images: Sequence[LabelledImage]) -> str:
    return shortened([image.path.name for image in images])
