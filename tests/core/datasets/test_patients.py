"""Patients are told apart by file names only where a convention fits and somebody agreed."""

from __future__ import annotations

from pathlib import Path

import pytest

from fundus_gui.core.datasets import Dataset, LabelledImage, find_patient_pattern, with_patients
from fundus_gui.core.errors import DatasetError


def named(*names: str) -> Dataset:
    return Dataset(
        "named",
        tuple(LabelledImage(path=Path("amd") / n, label="amd", patient_id=n) for n in names),
    )


def patients(data: Dataset) -> list[str]:
    return [image.patient_id for image in data.images]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["12_left.jpg", "12_right.jpg", "7_left.jpg"], ["12", "12", "7"]),
        (["a_12-Left.png", "a_12-RIGHT.png", "b_12-left.png"], ["a_12", "a_12", "b_12"]),
        (["RET002OD.jpg", "RET002OS.jpg", "RET4OS.jpg"], ["RET002", "RET002", "RET4"]),
        (["3_OD_1.jpg", "3_OD_2.jpg", "4_os_1.jpg"], ["3", "3", "4"]),
        (["N-1-L.jpg", "N-1-R.jpg", "N-2-L.jpg"], ["N-1", "N-1", "N-2"]),
        (["8_R1.jpg", "8_L1.jpg", "9_R2.jpg"], ["8", "8", "9"]),
        (["OD_31.jpg", "OS_31.jpg", "OD_32.jpg"], ["31", "31", "32"]),
        (["P012_1.jpg", "P012_2.jpg", "P013_1.jpg"], ["P012", "P012", "P013"]),
        (["12.1.jpg", "12.2.jpg", "13.1.jpg"], ["12", "12", "13"]),
    ],
)
def test_known_conventions_are_found(names: list[str], expected: list[str]) -> None:
    pattern = find_patient_pattern(names)
    assert pattern is not None
    assert patients(with_patients(named(*names), pattern)) == expected


@pytest.mark.parametrize(
    "names",
    [
        [],
        ["12_left.jpg"],
        ["1.jpg", "2.jpg", "3.jpg"],
        ["01_dr.jpg", "01_h.jpg", "02_dr.jpg"],  # the numbers start anew in each class
        ["1_left.jpg", "2_left.jpg", "3_right.jpg"],  # nobody is there twice
        ["1_left.jpg", "1_right.jpg", *(f"other{n}.jpg" for n in range(9))],
        [f"img2021_{n:04}.jpg" for n in range(200)],  # a year, not a patient
        ["20051020_43808_0100_PP.tif", "20051020_43832_0100_PP.tif"],  # Messidor
        ["code_1a.jpg", "code_1b.jpg"],
    ],
)
def test_names_without_a_convention_have_no_pattern(names: list[str]) -> None:
    assert find_patient_pattern(names) is None


def test_a_few_names_may_be_otherwise() -> None:
    names = [f"{n}_{eye}.jpg" for n in range(50) for eye in ("left", "right")]
    assert find_patient_pattern([*names, "calibration.jpg"]) is not None


@pytest.mark.parametrize("pattern", [r"(\d+)_(left|right)", r"^(?:(\w)-)?(?P<patient>\d+)_"])
def test_the_first_or_the_named_group_is_the_patient(pattern: str) -> None:
    found = with_patients(named("12_left.jpg", "12_right.jpg", "unlike.jpg"), pattern)
    assert patients(found) == ["12", "12", "unlike.jpg"]


@pytest.mark.parametrize("pattern", [r"()_left", r"(x)?_left"])
def test_an_empty_group_names_nobody(pattern: str) -> None:
    assert patients(with_patients(named("1_left.jpg"), pattern)) == ["1_left.jpg"]


@pytest.mark.parametrize(
    ("pattern", "sentence"),
    [
        (r"(\d+", r"The patient pattern '\(\\d\+' cannot be read: missing \)"),
        (r"\d+_left", r"has no group\. Put what names the patient into parentheses, as in"),
    ],
)
def test_a_pattern_that_names_no_patient_is_refused(pattern: str, sentence: str) -> None:
    with pytest.raises(DatasetError, match=sentence):
        with_patients(named("1_left.jpg"), pattern)
