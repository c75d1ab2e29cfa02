"""Folders of classes, and of parts with classes, are read as they are named."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from made_datasets import touch

from fundus_gui.core.datasets import read_dataset, split_dataset
from fundus_gui.core.errors import DatasetError

posix_only = pytest.mark.skipif(os.name != "posix", reason="uses names that Windows forbids")


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


@posix_only
@pytest.mark.parametrize("name", [" amd", "amd ", "a\nmd"])
def test_class_names_that_no_table_gives_back_are_refused(tmp_path: Path, name: str) -> None:
    touch(tmp_path / name / "1.jpg", tmp_path / "normal" / "2.jpg")
    with pytest.raises(DatasetError, match="class names with unprintable characters or with spac"):
        read_dataset(tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has file names of any bytes")
def test_file_names_that_no_table_gives_back_are_refused(tmp_path: Path) -> None:
    latin_1 = os.fsdecode(b"caf\xe9.jpg")
    touch(tmp_path / "amd" / latin_1, tmp_path / "normal" / "2.jpg")
    with pytest.raises(DatasetError, match=r"file names that are not UTF-8: 'caf.*\.jpg'"):
        read_dataset(tmp_path)


@pytest.mark.parametrize("validation", ["val", "valid", "Validation"])
def test_part_folders_hold_class_folders(tmp_path: Path, validation: str) -> None:
    names = [
        "train/amd/1.jpg",
        "train/normal/1.jpg",
        f"{validation}/amd/1.jpg",
        "test/normal/1.jpg",
    ]
    touch(*(tmp_path / name for name in names))
    data = read_dataset(tmp_path)
    found = [image.path.relative_to(tmp_path).as_posix() for image in data.images]
    assert found == names
    assert [image.part for image in data.images] == ["train", "train", "val", "test"]
    # Nothing is known of patients: every file is its own, whatever the files are called.
    assert {image.patient_id for image in data.images} == set(names)


def test_a_manifest_goes_before_folders(tmp_path: Path) -> None:
    touch(tmp_path / "train" / "1.jpg", tmp_path / "x" / "2.jpg")
    rows = "filename,label\ntrain/1.jpg,amd\nx/2.jpg,normal\n"
    (tmp_path / "labels.csv").write_text(rows, encoding="utf-8")
    assert read_dataset(tmp_path).class_names == ("amd", "normal")


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ([], "holds no images; at least 2 classes are needed"),
        (["1.jpg", "2.jpg"], "holds no images"),
        (["amd/1.jpg"], "holds 1 image of the class 'amd' alone"),
        (
            ["amd/1.jpg", "normal/notes.txt", "glaucoma/x.pdf"],
            r"has class folders without an image: 'glaucoma', 'normal'\.",
        ),
        (
            ["train/amd/1.jpg", "train/normal/2.jpg", "val/amd/x.txt"],
            r"has class folders without an image: 'val.amd'\.",
        ),
        (["train/amd/1.jpg", "val/amd/2.jpg"], "holds 2 images of the class 'amd' alone"),
        (
            ["train/amd/1.jpg", "train/normal/1.jpg", "holdout/amd/1.jpg"],
            r"mixes folders of parts with others: 'holdout', 'train'\. Use either",
        ),
        (
            ["train/amd/1.jpg", "val/normal/1.jpg", "valid/amd/1.jpg"],
            r"mixes folders of parts with others: 'train', 'val', 'valid'\.",
        ),
        (
            ["amd/1.jpg", "normal/1.jpg", "stray.jpg"],
            r"has images beside its class folders: 'stray\.jpg'\. Move them",
        ),
        (
            ["train/amd/1.jpg", "train/normal/1.jpg", "val/amd/1.jpg", "val/2.jpg"],
            r"val has images beside its class folders: '2\.jpg'\.",
        ),
    ],
)
def test_folders_that_cannot_be_understood_are_refused(
    tmp_path: Path, files: list[str], sentence: str
) -> None:
    touch(*(tmp_path / name for name in files))
    with pytest.raises(DatasetError, match=sentence):
        read_dataset(tmp_path)


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    touch(tmp_path / "file")
    with pytest.raises(DatasetError, match=r"There is no folder .*nothing\."):
        read_dataset(tmp_path / "nothing")
    with pytest.raises(DatasetError, match=r"file is a file\."):
        read_dataset(tmp_path / "file")


@posix_only
def test_a_class_name_that_cannot_be_shown_is_refused(tmp_path: Path) -> None:
    touch(tmp_path / "amd" / "1.jpg", tmp_path / "nor\nmal" / "1.jpg")
    with pytest.raises(DatasetError, match=r"class names with unprintable .*: 'nor\\nmal'\."):
        read_dataset(tmp_path)


def test_the_real_photographs_can_be_read(fundus_data: Path) -> None:
    folder = next(path.parent for path in sorted(fundus_data.glob("**/labels.csv")))
    split = split_dataset(read_dataset(folder))
    assert len(split.part("val")) > 0.1 * len(split.part("train"))
