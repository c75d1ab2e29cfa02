from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from labelled import class_folders, eyes

from fundus_gui.core.errors import DatasetError
from fundus_gui.core.runs import Preparing, TrainConfig
from fundus_gui.gui.training import dataset_job
from fundus_gui.gui.training.dataset_job import DataSurvey, Surveyor


def surveys(surveyor: Surveyor, config: TrainConfig) -> list[DataSurvey]:
    return [record for record in surveyor.survey(config) if isinstance(record, DataSurvey)]


def test_classes_come_first_then_parts_then_duplicates(tmp_path: Path) -> None:
    folder = class_folders(tmp_path / "data", glaucoma=8, normal=8)
    classes, parts, compared = surveys(Surveyor(), TrainConfig(data=str(folder)))
    assert classes.dataset.counts() == {"glaucoma": 8, "normal": 8}
    assert not classes.is_split
    assert {image.part for image in parts.dataset.images} == {"train", "val"}
    assert parts.duplicates is None
    assert compared.duplicates is not None
    assert not compared.duplicates.exact
    assert compared.unreadable == ()


def test_copies_in_two_parts_are_found_and_moved_together(tmp_path: Path) -> None:
    folder = class_folders(tmp_path / "data", glaucoma=8, normal=8)
    first = sorted((folder / "normal").iterdir())[0]
    for number in range(4):
        shutil.copy(first, folder / "normal" / f"copy{number}.png")
    config = TrainConfig(data=str(folder), validation_fraction=0.4)
    found = surveys(Surveyor(), config)[-1]
    assert found.duplicates is not None
    assert [len(group) for group in found.duplicates.exact] == [5]
    assert found.moved > 0


def test_files_that_are_no_photographs_are_named(tmp_path: Path) -> None:
    folder = class_folders(tmp_path / "data", glaucoma=6, normal=6)
    broken = folder / "normal" / "broken.png"
    broken.write_bytes(b"no picture")
    assert surveys(Surveyor(), TrainConfig(data=str(folder)))[-1].unreadable == (broken,)


def test_unequal_classes_are_remarked(tmp_path: Path) -> None:
    folder = class_folders(tmp_path / "data", glaucoma=3, normal=60)
    config = TrainConfig(data=str(folder), duplicates="ignore")
    found = surveys(Surveyor(), config)
    assert len(found) == 2  # nothing was compared
    assert "unequal" in found[-1].notices[0]


def test_a_pattern_of_patients_is_proposed_but_not_applied(tmp_path: Path) -> None:
    folder = eyes(tmp_path / "data")
    proposed = surveys(Surveyor(), TrainConfig(data=str(folder)))[-1]
    assert proposed.pattern
    assert proposed.patients == 16
    config = TrainConfig(data=str(folder), patient_pattern=proposed.pattern)
    assert surveys(Surveyor(), config)[-1].patients == 8


def test_patients_in_a_table_need_no_pattern(tmp_path: Path) -> None:
    folder = eyes(tmp_path / "data")
    rows = [
        f"{path.relative_to(folder).as_posix()},{path.parent.name},{path.stem.split('_')[0]}"
        for path in sorted(folder.rglob("*.png"))
    ]
    (folder / "labels.csv").write_text("\n".join(["filename,label,patient_id", *rows]))
    found = surveys(Surveyor(), TrainConfig(data=str(folder)))[-1]
    assert found.knows_patients
    assert (found.patients, found.pattern) == (8, "")


def test_another_split_hashes_nothing_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = class_folders(tmp_path / "data", glaucoma=8, normal=8)
    surveyor = Surveyor()
    list(surveyor.survey(TrainConfig(data=str(folder))))
    hashed: list[int] = []
    monkeypatch.setattr(dataset_job, "hash_images", lambda images: hashed.append(len(images)) or ())
    found = surveys(surveyor, TrainConfig(data=str(folder), seed=1))
    assert hashed == [0]
    assert found[-1].duplicates is not None


def test_progress_is_told_while_photographs_are_compared(tmp_path: Path) -> None:
    folder = class_folders(tmp_path / "data", glaucoma=6, normal=6)
    records = Surveyor().survey(TrainConfig(data=str(folder)))
    told = [r for r in records if isinstance(r, Preparing) and r.stage == "comparing"]
    assert told
    assert all(0 < report.done <= report.total == 12 for report in told)


def test_what_is_found_stays_told_when_the_parts_cannot_be_made(tmp_path: Path) -> None:
    folder = class_folders(tmp_path / "data", glaucoma=1, normal=8)
    told = []
    with pytest.raises(DatasetError, match="glaucoma"):
        told.extend(Surveyor().survey(TrainConfig(data=str(folder))))
    # pytest.raises lets `extend` keep what came before the error
    assert any(isinstance(record, DataSurvey) for record in told)
