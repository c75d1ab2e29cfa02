"""A manifest is read as it is written, refused with its rows, and can be written again."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from made_datasets import touch

from fundus_gui.core.datasets import (
    Dataset,
    LabelledImage,
    read_dataset,
    read_split,
    split_dataset,
    split_table,
)
from fundus_gui.core.errors import DatasetError


def write_manifest(folder: Path, *rows: str, encoding: str = "utf-8") -> None:
    (folder / "labels.csv").write_bytes("\n".join(rows).encode(encoding))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_it_names_files_labels_patients_sides_parts_and_more(tmp_path: Path, encoding: str) -> None:
    touch(tmp_path / "images" / "a.jpg", tmp_path / "b.jpg", tmp_path / "sub" / "左.jpg")
    write_manifest(
        tmp_path,
        "filename, age,label,patient_id,laterality,split",
        "a.jpg, 61 ,amd, 7 ,OD,train",
        "b.jpg,,normal,,,",
        "",
        "sub/左.jpg,,青光眼,8,OS,test,,",
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
        extra={"age": "61"},
    )
    assert (second.path, second.patient_id, second.part) == (tmp_path / "b.jpg", "b.jpg", None)
    assert (third.path, third.part) == (tmp_path / "sub" / "左.jpg", "test")


@pytest.mark.parametrize("name", ["val", "valid", "validation", "Validation"])
def test_the_validation_part_may_have_other_names(tmp_path: Path, name: str) -> None:
    touch(tmp_path / "a.jpg", tmp_path / "b.jpg")
    write_manifest(tmp_path, "filename,label,split", "a.jpg,amd,train", f"b.jpg,normal,{name}")
    assert [image.path.name for image in read_dataset(tmp_path).part("val")] == ["b.jpg"]


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (["filename,class", "a.jpg,amd"], r"separated by commas; it lacks label\."),
        (["file;label"], r"labels\.csv needs the columns filename and label, separated"),
        ([""], r"by commas; it lacks filename, label\."),
        (["filename,label"], r"holds no images"),
        (["filename,label", "a.jpg,amd", "b.jpg,amd"], r"holds 2 images of the class 'amd' alone"),
        (
            ["filename,label", "a.jpg,amd", "c.jpg,amd"],
            r"labels\.csv names files that do not exist: 'c\.jpg' \(row 3\)\.",
        ),
        (
            ["filename,label", *(f"x{n}.jpg,amd" for n in range(12))],
            r"'x0\.jpg' \(row 2\), 'x1\.jpg' \(row 3\), .*'x4\.jpg' \(row 6\) and 7 more\.",
        ),
        (["filename,label", "", "", "c.jpg,amd"], r"'c\.jpg' \(row 4\)"),
        (["filename,label", ",amd"], r"do not exist: '' \(row 2\)"),
        (["filename,label", "a\0.jpg,amd"], r"do not exist: 'a.?\.jpg' \(row 2\)|NUL"),
        (["filename,label", "a.jpg, "], r"has rows without a label: 'a\.jpg' \(row 2\)\."),
        (["filename,label", "a.jpg"], r"has rows without a label: 'a\.jpg' \(row 2\)\."),
        (
            ["filename,label,split", "a.jpg,amd,train", "b.jpg,normal,holdout"],
            r"has a split other than train, val, test or empty: 'b\.jpg' \(row 3\)\.",
        ),
        (
            ["filename,label", "a.jpg,amd", "b.jpg,amd", "./a.jpg,normal"],
            r"names files more than once: 'a\.jpg' \(row 2\), '\./a\.jpg' \(row 4\)\.",
        ),
        (
            ["filename,label", "a.jpg,amd", "b.jpg,normal,7"],
            "more cells than column names in row 3",
        ),
        (["filename,label", 'a.jpg,"two\nlines"', "b.jpg,normal"], "unprintable characters"),
        (["filename,label", '"a.jpg,amd', *["x" * 99] * 99], r"do not exist: 'a\.jpg,amd"),
        (["filename,label", "x" * 200_000], r"labels\.csv cannot be read: field larger than"),
        (
            ["filename,label,patient_id,split", "a.jpg,amd,7,train", "b.jpg,normal,7,test"],
            r"patients in more than one part: '7' \(test and train\)\.",
        ),
    ],
)
def test_a_wrong_manifest_is_refused_with_its_rows(
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


# Written again ------------------------------------------------------------------------------------


def test_a_split_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    data = tmp_path / "data"
    names = [f"{label}/{n}, left.jpg" for label in ("amd", "正常") for n in range(8)]
    touch(*(data / name for name in names))
    split = split_dataset(read_dataset(data))
    images = [
        dataclasses.replace(image, laterality="OS", extra={"age": str(n)} if n % 2 else {"sex": ""})
        for n, image in enumerate(split.images)
    ]
    split = dataclasses.replace(split, images=tuple(images))
    (tmp_path / "split.csv").write_text(split_table(split), encoding="utf-8-sig")

    again = read_split(data, tmp_path / "split.csv")

    columns = {"age": "", "sex": ""}
    expected = [dataclasses.replace(i, extra={**columns, **i.extra}) for i in split.images]
    assert again == dataclasses.replace(split, images=tuple(expected))
    assert split_table(again).replace("age,sex", "sex,age").count("\n") == len(names) + 1


def test_the_table_names_files_below_the_folder() -> None:
    inside = LabelledImage(path=Path("data/a/1.jpg"), label="a", patient_id="p", part="train")
    outside = LabelledImage(path=Path("other/2.jpg"), label="b", patient_id="q", extra={"age": "7"})
    assert split_table(Dataset("data", (inside, outside), Path("data"))).splitlines() == [
        "filename,label,patient_id,laterality,split,age",
        "a/1.jpg,a,p,,train,",
        "other/2.jpg,b,q,,,7",
    ]


def test_a_split_that_is_missing_or_of_other_data_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"split\.csv cannot be read: No such file"):
        read_split(tmp_path, tmp_path / "split.csv")
    (tmp_path / "split.csv").write_text("filename,label\ngone.jpg,amd\n", encoding="utf-8")
    with pytest.raises(DatasetError, match=r"split\.csv names files that do not exist"):
        read_split(tmp_path, tmp_path / "split.csv")
