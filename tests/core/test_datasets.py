"""Labelled photographs are read as they are named, and no patient lands on two sides."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fundus_gui.core.datasets import (
    Dataset,
    LabelledImage,
    check_parts,
    read_dataset,
    with_validation,
)
from fundus_gui.core.errors import DatasetError

posix_only = pytest.mark.skipif(os.name != "posix", reason="uses names that Windows forbids")


def touch(*paths: Path) -> None:
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def write_manifest(folder: Path, *rows: str, encoding: str = "utf-8") -> None:
    (folder / "labels.csv").write_bytes("\n".join(rows).encode(encoding))


def dataset(images: Sequence[tuple[str, str, str | None]]) -> Dataset:
    """Make a data set of (label, patient, part), one file each."""
    return Dataset(
        "made up",
        tuple(
            LabelledImage(path=Path(f"{n}.jpg"), label=label, patient_id=patient, part=part)  # type: ignore[arg-type]
            for n, (label, patient, part) in enumerate(images)
        ),
    )


# Reading a manifest -------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_manifest_names_files_labels_patients_sides_and_parts(
    tmp_path: Path, encoding: str
) -> None:
    touch(tmp_path / "images" / "a.jpg", tmp_path / "b.jpg", tmp_path / "sub" / "左.jpg")
    write_manifest(
        tmp_path,
        "filename,age,label,patient_id,laterality,split",
        "a.jpg,61,amd, 7 ,OD,train",
        "b.jpg,,normal,,,",
        "sub/左.jpg,,青光眼,8,OS,test",
        encoding=encoding,
    )
    data = read_dataset(tmp_path)
    assert data.name == tmp_path.name
    assert data.folder == tmp_path
    assert data.class_names == ("amd", "normal", "青光眼")
    assert data.counts() == {"amd": 1, "normal": 1, "青光眼": 1}
    first, second, third = data.images
    assert first == LabelledImage(
        path=tmp_path / "images" / "a.jpg",
        label="amd",
        patient_id="7",
        laterality="OD",
        part="train",
    )
    assert (second.path, second.patient_id, second.part) == (tmp_path / "b.jpg", "b.jpg", None)
    assert (third.path, third.part) == (tmp_path / "sub" / "左.jpg", "test")


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (["filename,class", "a.jpg,amd"], r"labels\.csv needs the column\(s\) label\."),
        (["file;label"], r"needs the column\(s\) filename, label\."),
        ([""], r"needs the column\(s\) filename, label\."),
        (["filename,label"], r"holds 0 images of 0 class\(es\)"),
        (["filename,label", "a.jpg,amd", "b.jpg,amd"], r"holds 2 images of 1 class\(es\)"),
        (["filename,label", "a.jpg,amd", "c.jpg,amd"], r"row 3: there is no file 'c\.jpg'\."),
        (["filename,label", "", "", "c.jpg,amd"], r"row 4: there is no file 'c\.jpg'\."),
        (["filename,label", ",amd"], r"row 2: there is no file ''\."),
        (["filename,label", "a.jpg, "], r"row 2: 'a\.jpg' has no label\."),
        (["filename,label", "a.jpg"], r"row 2: 'a\.jpg' has no label\."),
        (
            ["filename,label,split", "a.jpg,amd,train", "b.jpg,normal,validation"],
            r"row 3: split must be train, val, test or empty, not 'validation'\.",
        ),
        (
            ["filename,label", "a.jpg,amd", "./a.jpg,normal"],
            r"labels\.csv names a\.jpg more than once\.",
        ),
        (["filename,label", 'a.jpg,"two\nlines"', "b.jpg,normal"], "unprintable characters"),
        (["filename,label", '"a.jpg,amd', *["x" * 99] * 99], r"there is no file 'a\.jpg,amd"),
        (["filename,label", "x" * 200_000], r"labels\.csv cannot be read: field larger than"),
        (
            ["filename,label,patient_id,split", "a.jpg,amd,7,train", "b.jpg,normal,7,test"],
            "patient '7' is in the parts train and test",
        ),
    ],
)
def test_a_wrong_manifest_is_refused_with_its_place(
    tmp_path: Path, rows: list[str], sentence: str
) -> None:
    touch(tmp_path / "a.jpg", tmp_path / "b.jpg")
    write_manifest(tmp_path, *rows)
    with pytest.raises(DatasetError, match=sentence) as caught:
        read_dataset(tmp_path)
    assert len(str(caught.value)) < 600


def test_a_manifest_in_another_encoding_is_refused_with_advice(tmp_path: Path) -> None:
    touch(tmp_path / "a.jpg")
    write_manifest(tmp_path, "filename,label", "a.jpg,青光眼", encoding="gbk")
    with pytest.raises(DatasetError, match="is not UTF-8; save it as CSV in UTF-8"):
        read_dataset(tmp_path)


# Reading class folders ----------------------------------------------------------------------------


def test_class_folders_name_the_classes(tmp_path: Path) -> None:
    touch(*(tmp_path / name for name in ("normal/2.jpg", "normal/10.jpg", "amd/deep/1.PNG")))
    touch(tmp_path / "normal" / "notes.txt", tmp_path / "readme.md", tmp_path / ".cache" / "x.jpg")
    data = read_dataset(tmp_path)
    assert data.class_names == ("amd", "normal")
    assert [image.path.relative_to(tmp_path).as_posix() for image in data.images] == [
        "amd/deep/1.PNG",
        "normal/2.jpg",
        "normal/10.jpg",
    ]
    assert [image.part for image in data.images] == [None] * 3


def test_part_folders_hold_class_folders(tmp_path: Path) -> None:
    names = ["train/amd/1.jpg", "train/normal/1.jpg", "val/amd/1.jpg", "test/normal/1.jpg"]
    touch(*(tmp_path / name for name in names))
    data = read_dataset(tmp_path)
    for part in ("train", "val", "test"):
        found = [image.path.relative_to(tmp_path).as_posix() for image in data.part(part)]
        assert found == [name for name in names if name.startswith(part)]
    # Nothing is known of patients: every file is its own, whatever the files are called.
    assert {image.patient_id for image in data.images} == set(names)


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ([], r"holds 0 images of 0 class\(es\); at least 2 classes are needed"),
        (["1.jpg", "2.jpg"], r"holds 0 images of 0 class\(es\)"),
        (["amd/1.jpg"], r"holds 1 images of 1 class\(es\)"),
        (["amd/1.jpg", "normal/notes.txt"], r"The class folder .*normal holds no image\."),
        (["train/amd/1.jpg", "val/amd/2.jpg"], r"holds 2 images of 1 class\(es\)"),
    ],
)
def test_folders_that_hold_no_two_classes_are_refused(
    tmp_path: Path, files: list[str], sentence: str
) -> None:
    touch(*(tmp_path / name for name in files))
    with pytest.raises(DatasetError, match=sentence):
        read_dataset(tmp_path)


@pytest.mark.parametrize("name", ["nothing", "file"])
def test_a_folder_that_is_none_is_refused(tmp_path: Path, name: str) -> None:
    touch(tmp_path / "file")
    with pytest.raises(DatasetError, match=f"There is no folder .*{name}"):
        read_dataset(tmp_path / name)


@posix_only
def test_a_class_name_that_cannot_be_shown_is_refused(tmp_path: Path) -> None:
    touch(tmp_path / "amd" / "1.jpg", tmp_path / "nor\nmal" / "1.jpg")
    with pytest.raises(DatasetError, match=r"the class name 'nor\\nmal' has unprintable"):
        read_dataset(tmp_path)


# Setting aside a validation part ------------------------------------------------------------------


patients = st.lists(
    st.tuples(st.sampled_from("abc"), st.integers(1, 3)), min_size=60, max_size=120
)  # (label, number of photographs)


def of_patients(drawn: Sequence[tuple[str, int]], part: str | None = None) -> Dataset:
    return dataset(
        [(label, str(n), part) for n, (label, count) in enumerate(drawn) for _ in range(count)]
    )


def patients_in(data: Dataset, part: str) -> set[str]:
    return {image.patient_id for image in data.part(part)}  # type: ignore[arg-type]


@settings(max_examples=25, deadline=None)
@given(drawn=patients, seed=st.integers(0, 100), fraction=st.sampled_from([0.1, 0.15, 0.25, 0.5]))
def test_no_patient_is_on_both_sides_and_no_image_is_lost(
    drawn: list[tuple[str, int]], seed: int, fraction: float
) -> None:
    data = of_patients(drawn)
    if min(data.counts().values()) < 20 or len(data.counts()) < 3:
        return
    split = with_validation(data, fraction=fraction, seed=seed)
    assert not patients_in(split, "train") & patients_in(split, "val")
    assert [image.path for image in split.images] == [image.path for image in data.images]
    assert len(split.part("train")) + len(split.part("val")) == len(data.images)
    assert {image.label for image in split.part("val")} == {"a", "b", "c"}


def test_the_classes_are_shared_out_evenly() -> None:
    data = dataset([("ab"[n % 10 == 0], str(n), None) for n in range(400)])
    counts = Counter(image.label for image in with_validation(data, fraction=0.25).part("val"))
    assert counts == {"a": 90, "b": 10}


def test_the_seed_decides() -> None:
    data = of_patients([("ab"[n % 2], 2) for n in range(60)])
    once, again, other = (with_validation(data, seed=seed) for seed in (1, 1, 2))
    assert once == again
    assert patients_in(once, "val") != patients_in(other, "val")


def test_a_class_of_few_patients_still_comes_into_both_parts() -> None:
    common = [("a", str(n), None) for n in range(70)]
    rare = [("b", f"rare {n % 2}", None) for n in range(8)]  # 2 patients, 7 folds
    for seed in range(10):
        split = with_validation(dataset(common + rare), seed=seed)
        assert {image.label for image in split.part("val")} == {"a", "b"}


def test_given_parts_stay_as_they_are_and_the_rest_trains() -> None:
    given_parts = [("a", "1", "train"), ("b", "2", "val"), ("a", "3", "val"), ("b", "4", "test")]
    split = with_validation(dataset([*given_parts, ("b", "5", None), ("a", "6", None)]))
    assert patients_in(split, "train") == {"1", "5", "6"}
    assert patients_in(split, "val") == {"2", "3"}
    assert patients_in(split, "test") == {"4"}


def test_a_test_part_is_never_validated_on() -> None:
    images = [("ab"[n % 2], str(n), "test" if n < 20 else "train") for n in range(80)]
    split = with_validation(dataset(images))
    assert patients_in(split, "test") == {str(n) for n in range(20)}
    assert split.part("val")


@pytest.mark.parametrize(
    ("images", "sentence"),
    [
        (
            [("a", str(n), None) for n in range(9)] + [("b", "x", None)] * 3,
            r"The class 'b' has 3 image\(s\); at least 7 are needed to set 15% aside",
        ),
        (
            [("a", str(n), None) for n in range(20)] + [("b", "one", None)] * 9,
            r"The (train|val) part of made up has no image of b; add images of more patients",
        ),
        ([("a", "1", "test"), ("b", "2", "test")], "The train part .* has no image of a, b;"),
        ([("a", "1", "train"), ("b", "2", "val")], "The train part .* has no image of b;"),
        (
            [("a", "1", "train"), ("b", "2", "train"), ("a", "3", "val")],
            "The val part .* has no image of b;",
        ),
        (
            [("a", "1", None), ("b", "2", None), ("a", "1", "val"), ("b", "3", "val")],
            "patient '1' is in the parts train and val",
        ),
    ],
)
def test_data_that_cannot_be_divided_is_refused(
    images: list[tuple[str, str, str | None]], sentence: str
) -> None:
    with pytest.raises(DatasetError, match=sentence):
        with_validation(dataset(images))


def test_parts_with_every_class_pass_the_check() -> None:
    check_parts(dataset([(label, f"{label}{p}", p) for label in "ab" for p in ("train", "val")]))


def test_many_absent_classes_are_counted_not_listed() -> None:
    images = [(f"class {n}", str(n), "train") for n in range(9)] + [("class 0", "v", "val")]
    with pytest.raises(
        DatasetError, match="class 1, class 2, class 3, class 4, class 5 and 3 more"
    ):
        check_parts(dataset(images))


def test_the_real_photographs_can_be_read(fundus_data: Path) -> None:
    folder = next(path.parent for path in sorted(fundus_data.glob("**/labels.csv")))
    split = with_validation(read_dataset(folder))
    assert len(split.part("val")) > 0.1 * len(split.part("train"))
