"""Which photographs are learnt from, chosen by and tested on: whole patients, every class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from fundus_gui.core.datasets.labelled import Dataset, LabelledImage, Part, shortened
from fundus_gui.core.datasets.patients import refuse_divided_patients
from fundus_gui.core.errors import ConfigError, DatasetError


class _Share(NamedTuple):
    part: Part
    fraction: float


def split_dataset(
    dataset: Dataset,
    *,
    validation_fraction: float = 0.15,
    test_fraction: float = 0.0,
    folds: int = 0,
    fold: int = 0,
    seed: int = 0,
) -> Dataset:
    """Return the data set with every image in a part.

    What has a part keeps it, and an image without one joins its patient's others or is shared
    out, stratified by class. `val` and `test` are taken out of `train` where the data has none.
    With folds, `val` is the given fold of all that is not `test`, whatever was `val` before. The
    same patients and settings give the same split in whatever order the images come, and the
    same `test` for every fold.

    Args:
        dataset: with or without parts.
        validation_fraction: of all images that are shared out; of no account with folds.
        test_fraction: of all images that are shared out.
        folds: 0, or at least 2.
        fold: 0 to folds - 1.
        seed: another seed, other patients.

    Raises:
        ConfigError: a fraction or a fold is out of its range.
        DatasetError: a class has too few patients, or a patient is in two parts.
    """
    _check_settings(validation_fraction, test_fraction, folds, fold)
    refuse_divided_patients(dataset)
    parts = _given_parts(dataset, join_val=folds > 0)
    present = set(parts.values())
    test = 0.0 if "test" in present else test_fraction
    validation = 0.0 if "val" in present else validation_fraction
    shares = _fold_shares(folds, fold, 1 - test) if folds else _holdout_shares(validation, test)
    shared = [image for image in dataset.images if parts[image.patient_id] == "train"]
    _refuse_small_classes(shared, least=len(shares))
    if test:
        shares.append(_Share("test", test))
    parts |= _share_out(shared, shares, seed)
    images = tuple(replace(image, part=parts[image.patient_id]) for image in dataset.images)
    split = replace(dataset, images=images)
    check_parts(split)
    return split


def check_parts(dataset: Dataset) -> None:
    """Refuse data that cannot be trained and validated on.

    Raises:
        DatasetError: the `train` or the `val` part lacks a class, or a patient is in two parts.
    """
    refuse_divided_patients(dataset)
    for part in ("train", "val"):
        present = {image.label for image in dataset.part(part)}
        absent = [name for name in dataset.class_names if name not in present]
        if absent:
            raise DatasetError(
                f"The {part} part of {dataset.name} has no image of {shortened(absent)}; "
                "add images of more patients."
            )


def _check_settings(validation: float, test: float, folds: int, fold: int) -> None:
    if not (0 < validation < 1 and 0 <= test < 1 and (folds or validation + test < 1)):
        raise ConfigError(
            "The fractions for validation and test must be above 0 and leave something to train "
            f"on, not {validation:g} and {test:g}."
        )
    if folds != 0 and not (folds >= 2 and 0 <= fold < folds):
        raise ConfigError(
            f"There must be at least 2 folds, numbered from 0; there is no fold {fold} of {folds}."
        )


def _holdout_shares(validation: float, test: float) -> list[_Share]:
    shares = [_Share("train", 1 - validation - test)]
    return [*shares, _Share("val", validation)] if validation else shares


def _fold_shares(folds: int, fold: int, fraction: float) -> list[_Share]:
    each = fraction / folds
    return [_Share("val" if index == fold else "train", each) for index in range(folds)]


def _given_parts(dataset: Dataset, *, join_val: bool) -> dict[str, Part]:
    """Return the part of every patient, `train` where none is given."""
    parts: dict[str, Part] = {image.patient_id: "train" for image in dataset.images}
    for image in dataset.images:
        if image.part is not None and not (join_val and image.part == "val"):
            parts[image.patient_id] = image.part
    return parts


def _refuse_small_classes(images: Sequence[LabelledImage], least: int) -> None:
    """Refuse classes that cannot be in each of `least` shares."""
    of_class: dict[str, list[LabelledImage]] = {}
    for image in images:
        of_class.setdefault(image.label, []).append(image)
    small = []
    for label, found in sorted(of_class.items()):
        patients = len({image.patient_id for image in found})
        if patients < least:
            files = shortened([image.path.name for image in found], most=3)
            small.append(f"'{label}' has {patients} ({files})")
    if small:
        raise DatasetError(
            f"The images cannot be shared out, since each class needs {least} patients: "
            f"{shortened(small)}. Add images of more patients, or leave the class out."
        )


def _share_out(
    images: Sequence[LabelledImage], shares: Sequence[_Share], seed: int
) -> dict[str, Part]:
    """Give each patient to a share: iterative stratification with patients of several images.

    The rarest class comes first; each of its patients, those with most images before the others,
    goes where its images are wanting most, and the last ones where there are none yet (after
    Sechidis, Tsoumakas & Vlahavas, ECML PKDD 2011). Unlike folds put together, this meets any
    fraction and leaves no share without a class that has patients enough.
    """
    patients = sorted({image.patient_id for image in images})
    classes = sorted({image.label for image in images})
    row = {patient: index for index, patient in enumerate(patients)}
    counts = np.zeros((len(patients), len(classes)), np.int64)
    for image in images:
        counts[row[image.patient_id], classes.index(image.label)] += 1
    order = np.random.default_rng(seed).permutation(len(patients))
    order = order[np.argsort(-counts[order].sum(axis=1), kind="stable")]
    wanting = np.outer(
        [share.fraction for share in shares], counts.sum(axis=0)
    )  # (shares, classes)
    has = np.zeros(wanting.shape, bool)
    given: dict[str, Part] = {}
    while len(order):
        left = (counts[order] > 0).sum(axis=0)
        rarest = int(np.where(left > 0, left, len(order) + 1).argmin())
        of_class = order[counts[order, rarest] > 0]
        for number, patient in enumerate(of_class):
            without = np.flatnonzero(~has[:, rarest])
            if len(of_class) - number <= len(without):
                share = int(without[0])
            else:
                share = max(
                    range(len(shares)), key=lambda s: (wanting[s, rarest], wanting[s].sum())
                )
            given[patients[patient]] = shares[share].part
            wanting[share] -= counts[patient]
            has[share] |= counts[patient] > 0
        order = order[counts[order, rarest] == 0]
    return given
