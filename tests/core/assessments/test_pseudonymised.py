"""An evaluation that is passed on names no photograph, no patient and no folder of the user's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tiny_assessments import assessment

from fundus_gui.core.assessments import Assessment, JudgedPart
from fundus_gui.core.assessments.folder import read_assessment, write_assessment
from fundus_gui.core.assessments.marks import Mark, Marks
from fundus_gui.core.assessments.pseudonymised import NOT_TOLD, pseudonymised
from fundus_gui.core.errors import ExportError
from fundus_gui.core.export import Pseudonyms

OURS = Pseudonyms(b"k" * 32)
TOKENS = ("IMAGETOKEN", "PATIENTTOKEN", "FOLDERTOKEN", "REMARKTOKEN", "BROKENTOKEN", "AGETOKEN")


def planted(part: JudgedPart) -> JudgedPart:
    images = tuple(
        replace(
            image,
            path=image.path.with_name(f"IMAGETOKEN {image.path.name}"),
            patient_id=f"PATIENTTOKEN {image.patient_id}",
            extra={**image.extra, "AGETOKEN": f"REMARKTOKEN {number}"},
        )
        for number, image in enumerate(part.images)
    )
    patients = tuple(image.patient_id for image in images)
    broken = replace(
        part.unreadable[0],
        path=part.source.folder / "BROKENTOKEN.png",
        error=f"the file {part.source.folder / 'BROKENTOKEN.png'} is empty",
    )
    return replace(
        part,
        images=images,
        unreadable=(broken,),
        predictions=replace(part.predictions, patients=patients),
    )


@pytest.fixture(scope="module")
def named() -> Assessment:
    made = assessment(Path("/FOLDERTOKEN/eyes"))
    assert made.tuning is not None
    judged = planted(made.judged)
    leaks = {"cnn": (judged.images[0].path,)}
    return replace(made, judged=judged, tuning=planted(made.tuning), leaks=leaks)


@pytest.fixture(scope="module")
def passed_on(named: Assessment, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the evaluation with pseudonyms, report and all."""
    folder = tmp_path_factory.mktemp("out") / "passed on"
    write_assessment(pseudonymised(named, OURS), folder)
    return folder


def told(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        yield from (f"{token} in {path}" for token in TOKENS if token.encode() in content)


def test_no_file_tells_a_name(passed_on: Path) -> None:
    assert list(told(passed_on)) == []
    for name in ("report.html", "predictions.csv", "tuning_predictions.csv", "leaks.csv"):
        assert (passed_on / name).is_file()
    assert "--paths hashed" in (passed_on / "report.html").read_text(encoding="utf-8")


def test_with_names_all_files_would_tell_them(named: Assessment, tmp_path: Path) -> None:
    write_assessment(named, tmp_path / "kept")
    assert len({line.partition(" ")[0] for line in told(tmp_path / "kept")}) == len(TOKENS)


def test_it_is_read_again_with_the_same_figures(named: Assessment, passed_on: Path) -> None:
    read = read_assessment(passed_on)
    np.testing.assert_array_equal(read.votes, named.votes)
    assert read.report.patients == named.report.patients
    assert read.pseudonym_key == OURS.key_id
    image = read.judged.images[3]
    inside = named.judged.images[3].path.relative_to("/FOLDERTOKEN/eyes").as_posix()
    assert image.path.name == OURS.of(inside)
    assert image.patient_id == OURS.of(named.judged.images[3].patient_id)
    assert set(image.extra) == {"sex"}  # compared as groups
    assert read.leaks == {"cnn": (read.judged.images[0].path,)}
    record = json.loads((passed_on / "assessment.json").read_text(encoding="utf-8"))
    assert record["paths"] == "hashed"
    assert record["judged"]["folder"] == str(NOT_TOLD / "eyes")


def test_whose_patients_are_not_known_stays_without(named: Assessment) -> None:
    images = tuple(replace(i, patient_id=i.path.name) for i in named.judged.images)
    judged = replace(named.judged, images=images)
    made = pseudonymised(replace(named, judged=judged), OURS)
    assert made.judged.predictions.patients == ()


def test_pseudonyms_are_not_made_of_pseudonyms(named: Assessment) -> None:
    once = pseudonymised(named, OURS)
    assert pseudonymised(once, Pseudonyms(b"x" * 32)) is once


def test_a_second_opinion_on_it_makes_no_folder(
    named: Assessment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    there = tmp_path / "not told" / "eyes"  # of somebody else
    there.mkdir(parents=True)
    marks = Marks(pseudonymised(named, OURS).judged.source.folder)
    assert marks.read() == {}
    with pytest.raises(ExportError, match="its folder is not there"):
        marks.put(Mark(filename="a", label="amd", verdict="wrong"))
    assert list(there.iterdir()) == []
