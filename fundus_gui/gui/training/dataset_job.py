"""What the Train page wants to know of a folder before anything is trained, found in a thread."""

from __future__ import annotations

import time
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from fundus_gui.core.datasets import (
    Dataset,
    Duplicates,
    ImageHashes,
    LabelledImage,
    find_duplicates,
    find_patient_pattern,
    hash_images,
    join_duplicates,
    read_dataset,
)
from fundus_gui.core.runs import Notice, Preparing, TrainConfig
from fundus_gui.core.runs.data import prepare_dataset

_REPORT_SECONDS = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSurvey:
    """What is known of labelled photographs so far.

    Attributes:
        dataset: in parts once they could be made.
        patients: how many there are, as far as file names or table tell.
        knows_patients: whether a table tells patients apart.
        pattern: a regular expression that would tell them apart by file name, empty where no
            convention fits.
        notices: sentences to be read before training.
        is_split: whether the images are in parts.
        duplicates: None until photographs were compared.
        moved: images that changed their part so that no duplicates are in two.
        unreadable: images that cannot be read; None until they were compared.
    """

    dataset: Dataset
    patients: int
    knows_patients: bool = False
    pattern: str = ""
    notices: tuple[str, ...] = ()
    is_split: bool = False
    duplicates: Duplicates | None = None
    moved: int = 0
    unreadable: tuple[Path, ...] = ()


class Surveyor:
    """Surveys one folder, again and again as settings change; hashes every image once.

    Used by one thread at a time.
    """

    def __init__(self) -> None:
        self._hashes: dict[Path, ImageHashes | None] = {}

    def survey(self, config: TrainConfig) -> Generator[Preparing | DataSurvey, None, None]:
        """Yield what is known as soon as it is: classes, then parts, then duplicates.

        Raises:
            DatasetError: the data cannot be trained on.
        """
        yield Preparing(stage="reading")
        dataset = read_dataset(Path(config.data))
        found = _first_look(dataset)
        yield found
        found = yield from _split(found, config)
        yield found
        if config.duplicates != "ignore":
            yield from self._hash(found.dataset.images)
            yield _compared(found, self._hashes)

    def _hash(self, images: Sequence[LabelledImage]) -> Generator[Preparing, None, None]:
        missing = [image for image in images if image.path not in self._hashes]
        known, told = len(images) - len(missing), 0.0
        for done, (image, hashes) in enumerate(hash_images(missing), start=known + 1):
            self._hashes[image.path] = hashes
            if time.monotonic() - told > _REPORT_SECONDS:
                told = time.monotonic()
                yield Preparing(stage="comparing", done=done, total=len(images))


def _first_look(dataset: Dataset) -> DataSurvey:
    patients = _patients(dataset)
    is_known = patients < len(dataset.images)
    names = [image.path.name for image in dataset.images]
    pattern = None if is_known else find_patient_pattern(names)
    return DataSurvey(
        dataset=dataset, patients=patients, knows_patients=is_known, pattern=pattern or ""
    )


def _split(found: DataSurvey, config: TrainConfig) -> Generator[Preparing, None, DataSurvey]:
    """Split as a training would, without looking for duplicates."""
    preparing = prepare_dataset(config.changed(duplicates="ignore"))
    notices = []
    while True:
        try:
            event = next(preparing)
        except StopIteration as end:
            dataset, _ = end.value
            break
        if isinstance(event, Notice):
            notices.append(event.text)
        else:
            yield event
    return replace(
        found,
        dataset=dataset,
        patients=_patients(dataset),
        notices=tuple(notices),
        is_split=True,
    )


def _compared(found: DataSurvey, hashes: Mapping[Path, ImageHashes | None]) -> DataSurvey:
    images = found.dataset.images
    known = {i.path: h for i in images if (h := hashes[i.path]) is not None}
    duplicates = find_duplicates(found.dataset, known)
    dataset, moved = join_duplicates(found.dataset, duplicates)
    return replace(
        found,
        dataset=dataset,
        duplicates=duplicates,
        moved=moved,
        unreadable=tuple(image.path for image in images if image.path not in known),
    )


def _patients(dataset: Dataset) -> int:
    return len({image.patient_id for image in dataset.images})
