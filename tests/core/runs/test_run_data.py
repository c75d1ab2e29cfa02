"""From a folder to parts: what is said of it, and what a resumed run makes sure of."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tiny_photographs import photograph

from fundus_gui.core import atomic
from fundus_gui.core.datasets import Dataset, read_split, split_table
from fundus_gui.core.errors import ConfigError, DatasetError
from fundus_gui.core.runs import Notice, Preparing, TrainConfig
from fundus_gui.core.runs.data import prepare_dataset, record_hashes, verify_dataset


@pytest.fixture
def eyes(tmp_path: Path) -> Path:
    """Return class folders of photographs that all differ."""
    folder = tmp_path / "eyes"
    for number in range(16):
        path = folder / ("amd" if number % 2 else "normal") / f"{number:02}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        photograph(number).save(path)
    return folder


Prepare = Callable[..., tuple[Dataset, list[str]]]


@pytest.fixture
def prepare(eyes: Path) -> Prepare:
    def prepare(**settings: object) -> tuple[Dataset, list[str]]:
        notices, events = [], prepare_dataset(TrainConfig().changed(data=str(eyes), **settings))
        while True:
            try:
                event = next(events)
            except StopIteration as stop:
                data, hashes = stop.value
                return record_hashes(data, hashes), notices
            if isinstance(event, Notice):
                notices.append(event.text)

    return prepare


def test_data_without_a_name_is_said() -> None:
    with pytest.raises(ConfigError, match="No data is named"):
        next(prepare_dataset(TrainConfig()))


def test_photographs_that_differ_are_split_without_a_word(prepare: Prepare) -> None:
    data, notices = prepare(validation_fraction=0.25)
    assert notices == []
    assert (len(data.part("train")), len(data.part("val"))) == (12, 4)


@pytest.mark.parametrize("seed", range(4))
def test_copies_count_as_one_patient(eyes: Path, prepare: Prepare, seed: int) -> None:
    for number in range(3):
        shutil.copy(eyes / "amd" / "01.png", eyes / "amd" / f"copy {number}.png")
    data, notices = prepare(validation_fraction=0.25, seed=seed)
    copies = [i for i in data.images if i.path.name.startswith(("01", "copy"))]
    assert len(copies) == 4
    assert len({image.patient_id for image in copies}) == 1
    assert len({image.part for image in copies}) == 1
    assert len(notices) == 1
    assert "1 group of exact copies" in notices[0]
    assert notices[0].endswith("No group is divided.")


def test_copies_in_two_parts_go_into_the_training_part_and_are_counted(
    eyes: Path, prepare: Prepare
) -> None:
    rows = ["filename,label,split"]
    for path in sorted(eyes.rglob("*.png")):
        part = "val" if path.stem in ("00", "01") else "train"
        rows.append(f"{path.relative_to(eyes).as_posix()},{path.parent.name},{part}")
    shutil.copy(eyes / "amd" / "03.png", eyes / "amd" / "copy.png")
    rows.append("amd/copy.png,amd,val")
    (eyes / "labels.csv").write_text("\n".join(rows), encoding="utf-8")
    data, (notice,) = prepare()
    assert {i.part for i in data.images if i.path.stem in ("03", "copy")} == {"train"}
    assert "1 is in more than one part" in notice
    assert "1 photograph was moved into the training part" in notice


def test_copies_are_refused_on_request(eyes: Path, prepare: Prepare) -> None:
    shutil.copy(eyes / "amd" / "01.png", eyes / "amd" / "copy.png")
    with pytest.raises(DatasetError, match=r"1 group of exact copies.*choose --duplicates join"):
        prepare(duplicates="refuse")


def test_copies_that_are_ignored_are_not_looked_for(eyes: Path, prepare: Prepare) -> None:
    shutil.copy(eyes / "amd" / "01.png", eyes / "amd" / "copy.png")
    data, notices = prepare(duplicates="ignore")
    assert notices == []
    assert not any(image.extra for image in data.images)


@pytest.mark.parametrize(("more", "is_told"), [(60, False), (80, True)])
def test_unequal_classes_are_told(eyes: Path, prepare: Prepare, more: int, is_told: bool) -> None:
    for number in range(more):
        photograph(100 + number).save(eyes / "normal" / f"{100 + number}.png")
    _, notices = prepare(duplicates="ignore", validation_fraction=0.1)
    assert ["The classes are unequal" in notice for notice in notices] == [True] * is_told


# Going on -----------------------------------------------------------------------------------------


@pytest.fixture
def verify(eyes: Path, prepare: Prepare, tmp_path: Path) -> Callable[[], list[str]]:
    """Return what says whether the data is still that of a run that begins now."""
    data, _ = prepare()
    table = tmp_path / "split.csv"
    atomic.write_bytes(table, split_table(data).encode())

    def verify() -> list[str]:
        config = TrainConfig(data=str(eyes))
        events = list(verify_dataset(config, read_split(eyes, table)))
        assert Preparing(stage="comparing", done=16, total=16) in events
        return [event.text for event in events if isinstance(event, Notice)]

    return verify


def test_unchanged_data_goes_on_without_a_word(verify: Callable[[], list[str]]) -> None:
    assert verify() == []


def test_another_photograph_under_the_same_name_is_refused(
    eyes: Path, verify: Callable[[], list[str]]
) -> None:
    photograph(99).save(eyes / "amd" / "01.png")
    with pytest.raises(DatasetError, match=r"photographs have changed: 01\.png\. Put the old ones"):
        verify()


def test_a_photograph_that_is_gone_or_in_another_class_is_named(
    eyes: Path, verify: Callable[[], list[str]]
) -> None:
    (eyes / "amd" / "01.png").rename(eyes / "normal" / "01.png")
    with pytest.raises(DatasetError, match=r"names files that do not exist: 'amd/01\.png'"):
        verify()


def test_another_label_in_the_table_is_told(eyes: Path, verify: Callable[[], list[str]]) -> None:
    rows = [
        f"{path.relative_to(eyes).as_posix()},{'normal' if path.stem == '01' else path.parent.name}"
        for path in eyes.rglob("*.png")
    ]
    (eyes / "labels.csv").write_text("\n".join(["filename,label", *rows]), encoding="utf-8")
    (notice,) = verify()
    assert notice.startswith("labels.csv has changed since the run began: 01.png.")
