"""Who a photograph is of: patients told apart by file names, and kept in one part."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePath

from fundus_gui.core.datasets.labelled import Dataset, LabelledImage, shortened
from fundus_gui.core.errors import DatasetError

# What stands before the eye, or before the number of the picture, names the patient.
_CONVENTIONS = (
    r"(?i)^(?P<patient>.+?)[-_. ]?(?<![a-z])(?:left|right)(?![a-z])",  # 12_left (EyePACS, ODIR)
    r"(?i)^(?P<patient>.+?)[-_. ]?(?<![a-z])(?:od|os)(?![a-z])",  # RET012OD (PAPILA), 12_OS_2
    r"(?i)^(?P<patient>.+?)[-_. ](?:l|r)(?![a-z])",  # N-12-L (RIM-ONE), 12_R1
    r"(?i)^(?:left|right|od|os|l|r)[-_. ](?P<patient>[^.]+)",  # OD_12
    r"^(?P<patient>[A-Za-z]*[0-9]+)[-_.][0-9]+\.[A-Za-z]+$",  # P012_1.jpg, 12.2.jpg (mBRSET)
)
_ENOUGH_MATCHES = 0.95
_MOST_PHOTOGRAPHS = 10  # of a patient on average: beyond, it is a year or a series, not a person


def find_patient_pattern(names: Sequence[str]) -> str | None:
    """Return a regular expression whose group `patient` tells the patients of file names apart.

    To be shown for confirmation, since a naming convention is a guess.

    Args:
        names: file names without folders.

    Returns:
        None unless a known convention fits nearly all names and puts some of them together.
    """
    for pattern in _CONVENTIONS:
        matches = [match for name in names if (match := re.search(pattern, name))]
        patients = {match["patient"] for match in matches}
        fits = len(matches) >= max(2, _ENOUGH_MATCHES * len(names))
        if fits and len(patients) < len(matches) <= _MOST_PHOTOGRAPHS * len(patients):
            return pattern
    return None


def with_patients(dataset: Dataset, pattern: str) -> Dataset:
    r"""Return the data set with the patients that `pattern` finds in the file names.

    Args:
        dataset: any.
        pattern: a regular expression, sought anywhere in the name; its group named `patient`, or
            its first, is the patient, as in `(\d+)_(left|right)`. A name without a match keeps
            the patient that it has.

    Raises:
        DatasetError: it is no regular expression, or has no group.
    """
    try:
        expression = re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise DatasetError(f"The patient pattern '{pattern}' cannot be read: {error}.") from error
    if not expression.groups:
        raise DatasetError(
            f"The patient pattern '{pattern}' has no group. Put what names the patient into "
            r"parentheses, as in (\d+)_(?:left|right)."
        )
    group = "patient" if "patient" in expression.groupindex else 1

    def patient_of(image: LabelledImage) -> str:
        match = expression.search(PurePath(image.path).name)
        return (match[group] if match else None) or image.patient_id

    images = tuple(replace(image, patient_id=patient_of(image)) for image in dataset.images)
    return replace(dataset, images=images)


def refuse_divided_patients(dataset: Dataset) -> None:
    """Refuse a patient in two parts.

    Raises:
        DatasetError: naming the patients.
    """
    parts: dict[str, set[str]] = {}
    for image in dataset.images:
        if image.part is not None:
            parts.setdefault(image.patient_id, set()).add(image.part)
    divided = [
        f"'{patient}' ({' and '.join(sorted(found))})"
        for patient, found in parts.items()
        if len(found) > 1
    ]
    if divided:
        raise DatasetError(
            f"{dataset.name} has patients in more than one part: {shortened(divided)}. A model "
            "would be measured on what it has learnt. Put all photographs of a patient into one "
            "part."
        )
