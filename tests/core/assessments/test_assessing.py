"""Labelled photographs are evaluated step by step, and what would flatter a model is said."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Generator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tiny_photographs import photograph

from fundus_gui.core.assessments import Assessment, ClassifyRecord, DataPart, JudgedPart
from fundus_gui.core.assessments.assessing import (
    AssessmentRequest,
    Progress,
    assess,
    default_part,
    judge,
    read_part,
)
from fundus_gui.core.cards import ModelCard
from fundus_gui.core.catalogue import Catalogue, EnsembleSpec, InstalledModel
from fundus_gui.core.datasets import LabelledImage, hash_images
from fundus_gui.core.errors import ConfigError, DatasetError, UnknownNameError
from fundus_gui.core.evaluation import Bootstrap, EvaluationSettings
from fundus_gui.core.preprocessing import Preprocessing
from fundus_gui.core.results import ImageResult, ModelsReady, Prediction, UnreadableImage

CLASSES = ("amd", "glaucoma", "normal")
SPEC = EnsembleSpec(name="pair", members=("cnn", "vit"), weights=(0.6, 0.4))
FAST = EvaluationSettings(bootstrap=Bootstrap(replicates=20), coverage=0.5)
PER_PART = 18


def write_data(
    folder: Path, columns: Sequence[str] = ("age",), *, parts: bool = True, first: int = 0
) -> Path:
    """Draw photographs of two classes, two of each patient; the second half is the test part."""
    (folder / "images").mkdir(parents=True)
    with (folder / "labels.csv").open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("filename", "label", "patient_id", "laterality", "split", *columns))
        for number in range(2 * PER_PART):
            name, patient = f"{number:02}.png", f"p{(first + number) // 2}"
            photograph(first + number).save(folder / "images" / name)
            part = ("val", "test")[number // PER_PART] if parts else ""
            known = (name, CLASSES[2 * (number // 2 % 2)], patient, ("OD", "OS")[number % 2], part)
            writer.writerow((*known, *(str(30 + number) for _ in columns)))
    return folder


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_data(tmp_path_factory.mktemp("eyes") / "eyes")


def catalogue(**hashes: Sequence[str]) -> Catalogue:
    """Install two models, trained on images with these hashes."""
    models = {
        name: InstalledModel(
            name,
            Path(f"{name}.safetensors"),
            ModelCard(
                architecture="tiny",
                class_names=CLASSES,
                preprocessing=Preprocessing(size=32),
                training={"image_hashes": list(hashes.get(name, ("0" * 16,)))},
            ),
        )
        for name in SPEC.members
    }
    return Catalogue(models, {})


class Engine:
    """Answers by the files' names, without a network."""

    def __init__(self, broken: Sequence[str] = ()) -> None:
        self.broken = broken
        self.closed = 0

    def __call__(
        self, spec: EnsembleSpec, paths: Sequence[Path]
    ) -> Generator[ClassifyRecord, None, None]:
        try:
            yield ModelsReady("Test device", dict.fromkeys(spec.members, "ab" * 32))
            for path in paths:
                yield self._result(spec, path)
        finally:
            self.closed += 1

    def _result(self, spec: EnsembleSpec, path: Path) -> ImageResult:
        if path.name in self.broken:
            return UnreadableImage(path, "the file is empty")
        random = np.random.default_rng(int(path.stem))
        probabilities = random.dirichlet((1, 1, 1), size=len(spec.members))
        return Prediction(
            path=path,
            class_names=CLASSES,
            member_names=spec.members,
            weights=spec.weights,
            member_probabilities=tuple(map(tuple, probabilities.tolist())),
            image_sha256=f"{int(path.stem):064x}",
            seconds=0.0,
        )


def request(data: Path, **changed: Any) -> AssessmentRequest:
    judged = DataPart(folder=data, part="test")
    return replace(AssessmentRequest(judged=judged, spec=SPEC, settings=FAST), **changed)


def run(
    wanted: AssessmentRequest,
    engine: Engine | None = None,
    installed: Catalogue | None = None,
) -> tuple[list[Progress], Assessment]:
    *progress, last = assess(wanted, installed or catalogue(), engine or Engine())
    assert isinstance(last, Assessment)
    assert all(isinstance(record, Progress) for record in progress)
    return progress, last  # type: ignore[return-value]


def hash_of(data: Path, name: str) -> str:
    image = LabelledImage(path=data / "images" / name, label="normal", patient_id="")
    ((_, found),) = hash_images([image])
    assert found is not None
    return f"{found.sha256[:16]}:{found.perceptual}"


def test_the_last_record_is_the_evaluation_of_the_part(data: Path) -> None:
    progress, made = run(request(data, tuning=DataPart(folder=data, part="val")))
    assert made.name == "pair on eyes, test"
    assert made.device == "Test device"
    assert made.weights_sha256 == dict.fromkeys(SPEC.members, "ab" * 32)
    assert [image.path.name for image in made.judged.images] == [f"{n}.png" for n in range(18, 36)]
    assert made.judged.image_sha256[0] == f"{18:064x}"
    assert (made.report.images, made.report.patients) == (PER_PART, PER_PART // 2)
    assert made.report.fitted is not None
    assert made.report.fitted.images == PER_PART
    assert {group.column for group in made.report.subgroups} == {"laterality", "age"}
    assert not made.warnings
    stages = list(dict.fromkeys(record.stage for record in progress))
    assert stages == ["reading", "hashing", "loading", "classifying", "measuring"]
    assert Progress("hashing", 2 * PER_PART, 2 * PER_PART) in progress
    assert Progress("classifying", PER_PART, PER_PART, "eyes, test") in progress


def test_the_members_probabilities_are_those_of_the_engine(data: Path) -> None:
    _, made = run(request(data))
    predictions = made.judged.predictions
    for column, image in enumerate(made.judged.images):
        random = np.random.default_rng(int(image.path.stem))
        expected = random.dirichlet((1, 1, 1), size=2)
        np.testing.assert_array_equal(predictions.probabilities[:, column], expected)
        assert CLASSES[predictions.labels[column]] == image.label


def test_what_a_model_was_trained_on_is_told_first(data: Path) -> None:
    installed = catalogue(cnn=[hash_of(data, "20.png")], vit=())
    _, made = run(request(data), Engine(broken=["22.png"]), installed)
    assert made.leaks == {"cnn": (data.resolve() / "images" / "20.png",)}
    first, second, third = made.warnings
    assert first.startswith("cnn was trained on 1 of these 18 photographs")
    assert second.startswith("vit does not say")
    assert third.startswith("1 of the 18 photographs of eyes, test could not be classified")


def test_near_copies_are_found_unless_only_bytes_are_compared(data: Path) -> None:
    sha256, _, looks = hash_of(data, "20.png").partition(":")
    installed = catalogue(cnn=[f"{'1' * 16}:{looks}"])
    _, made = run(request(data), installed=installed)
    assert [path.name for path in made.leaks["cnn"]] == ["20.png"]
    _, made = run(request(data, near_duplicates=False), installed=installed)
    assert not made.leaks
    installed = catalogue(cnn=[f"{sha256}:"])
    _, made = run(request(data, near_duplicates=False), installed=installed)
    assert [path.name for path in made.leaks["cnn"]] == ["20.png"]


def test_a_leak_into_the_other_part_is_told_too(data: Path) -> None:
    installed = catalogue(cnn=[hash_of(data, "03.png")])
    _, made = run(request(data, tuning=DataPart(folder=data, part="val")), installed=installed)
    assert not made.leaks
    assert len(made.warnings) == 1
    assert "fitted on: cnn was trained on 1 of these 18" in made.warnings[0]


def test_copies_and_patients_in_both_parts_are_told(data: Path, tmp_path: Path) -> None:
    other = write_data(tmp_path / "other", first=100)
    shutil.copy(data / "images" / "21.png", other / "images" / "05.png")
    table = (other / "labels.csv").read_text()
    (other / "labels.csv").write_text(table.replace(",p53,", ",p10,"))
    _, made = run(request(data, tuning=DataPart(folder=other, part="val")))
    copies, patients = made.warnings
    assert copies.startswith("1 photograph has exact or near copies in the part")
    assert patients.startswith("1 patient is also in the part")


def test_a_part_is_not_measured_on_what_it_was_fitted_on(data: Path) -> None:
    for tuning in (DataPart(folder=data, part="test"), DataPart(folder=data)):
        engine = Engine()
        with pytest.raises(DatasetError, match="18 photographs are both to measure on"):
            run(request(data, tuning=tuning), engine)
        assert not engine.closed


def test_unreadable_photographs_are_kept_aside_and_told(data: Path) -> None:
    _, made = run(request(data), Engine(broken=["19.png", "30.png"]))
    assert [found.path.name for found in made.judged.unreadable] == ["19.png", "30.png"]
    assert len(made.judged.images) == len(made.judged.predictions.labels) == PER_PART - 2
    (warning,) = made.warnings
    assert warning.startswith("2 of the 18 photographs of eyes, test could not be classified")
    assert warning.endswith("and are in no figure; a table says which and why.")


def test_a_part_of_which_nothing_can_be_read_is_refused(data: Path) -> None:
    engine = Engine(broken=[f"{number:02}.png" for number in range(36)])
    with pytest.raises(DatasetError, match=r"None of the 18 photographs of eyes, test could"):
        run(request(data), engine)


def test_closing_the_generator_cancels_the_engine(data: Path) -> None:
    engine = Engine()
    records = assess(request(data), catalogue(), engine)
    for record in records:
        if isinstance(record, Progress) and (record.stage, record.done) == ("classifying", 3):
            break
    records.close()
    assert engine.closed == 1


def test_a_part_that_is_missing_is_answered_with_those_there_are(data: Path) -> None:
    assert len(read_part(DataPart(folder=data, part="val"), CLASSES)) == PER_PART
    there = r"has no part 'train', but 'val' \(photographs: 18\) and 'test' \(photographs: 18\)"
    with pytest.raises(DatasetError, match=there):
        read_part(DataPart(folder=data, part="train"), CLASSES)


def test_data_without_parts_is_measured_whole_or_by_the_split_of_a_run(
    data: Path, tmp_path: Path
) -> None:
    whole = write_data(tmp_path / "whole", parts=False)
    assert default_part(data).part == "test"
    assert default_part(whole).part is None
    assert len(read_part(default_part(whole), CLASSES)) == 2 * PER_PART
    with pytest.raises(DatasetError, match="is not divided into parts"):
        read_part(DataPart(folder=whole, part="test"), CLASSES)
    split = data / "labels.csv"
    by_run = DataPart(folder=whole, part="val", split=split)
    assert [image.path.name for image in read_part(by_run, CLASSES)][-1] == "17.png"
    assert default_part(whole, split).part == "test"


def test_what_a_run_added_to_its_split_is_no_subgroup(tmp_path: Path) -> None:
    columns = ("age", "image_sha256", "perceptual_hash")
    data = write_data(tmp_path / "eyes", columns)
    images = read_part(DataPart(folder=data, split=data / "labels.csv"), CLASSES)
    assert {tuple(image.extra) for image in images} == {("age",)}


def test_classes_that_the_models_do_not_know_are_named(data: Path) -> None:
    with pytest.raises(DatasetError, match=r"do not know: normal\. They know amd, glaucoma\."):
        read_part(DataPart(folder=data), ("amd", "glaucoma"))


def test_wrong_settings_are_refused_before_a_photograph_is_read(data: Path) -> None:
    engine = Engine()
    settings = replace(FAST, class_order=("normal", "amd"))
    with pytest.raises(ConfigError, match="The order of the classes"):
        next(assess(request(data, settings=settings), catalogue(), engine))
    with pytest.raises(UnknownNameError):
        next(assess(request(data), Catalogue({}, {}), engine))


def test_patients_that_are_only_file_names_count_as_unknown(tmp_path: Path) -> None:
    for number in range(12):
        folder = tmp_path / "eyes" / CLASSES[number % 2]
        folder.mkdir(parents=True, exist_ok=True)
        photograph(number).save(folder / f"{number}.png")
    _, made = run(request(tmp_path / "eyes", judged=DataPart(folder=tmp_path / "eyes")))
    assert made.judged.predictions.patients == ()
    assert not made.judged.predictions.columns
    assert any("Nothing is known of patients" in note for note in made.report.notes)


def _returned(records: Generator[Progress, None, JudgedPart]) -> JudgedPart:
    while True:
        try:
            next(records)
        except StopIteration as end:
            part: JudgedPart = end.value
            return part


def test_a_part_can_be_judged_by_itself(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(data.parent)
    part = DataPart(folder=Path("eyes"), part="val")
    judged = _returned(judge(part, SPEC, CLASSES, Engine()))
    assert judged.source == replace(part, folder=data.resolve())
    assert len(judged.images) == PER_PART
    assert all(image.path.is_absolute() for image in judged.images)
