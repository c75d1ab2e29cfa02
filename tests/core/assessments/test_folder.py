"""An evaluation written to a folder is the same when it is read back; a damaged one is refused."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tiny_assessments import assessment

from fundus_gui.core.assessments import Assessment, JudgedPart
from fundus_gui.core.assessments.folder import (
    find_assessments,
    free_name,
    read_assessment,
    write_assessment,
    writing_steps,
)
from fundus_gui.core.errors import DatasetError, ExportError
from fundus_gui.core.results import UnreadableImage


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Assessment:
    return assessment(tmp_path_factory.mktemp("eyes"))


@pytest.fixture(scope="module")
def written(made: Assessment, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("evaluations") / made.name
    write_assessment(made, folder)
    return folder


def assert_same_part(part: JudgedPart | None, other: JudgedPart | None) -> None:
    assert part is not None
    assert other is not None
    for field in ("source", "images", "image_sha256", "unreadable"):
        assert getattr(part, field) == getattr(other, field)
    mine, others = part.predictions, other.predictions
    np.testing.assert_array_equal(mine.probabilities, others.probabilities)
    np.testing.assert_array_equal(mine.labels, others.labels)
    assert (mine.patients, dict(mine.columns)) == (others.patients, dict(others.columns))


def test_what_is_read_is_what_was_written_to_the_last_bit(made: Assessment, written: Path) -> None:
    found = read_assessment(written)
    compared = ("date", "report", "leaks", "warnings", "weights_sha256", "licences", "device")
    for field in ("name", *compared, "number_format"):
        assert getattr(found, field) == getattr(made, field)
    assert_same_part(found.judged, made.judged)
    assert_same_part(found.tuning, made.tuning)
    np.testing.assert_array_equal(found.votes, made.votes)


def test_text_that_a_spreadsheet_would_run_is_defused_and_comes_back(tmp_path: Path) -> None:
    made = assessment(tmp_path, has_tuning=False, images=20)
    first = made.judged.images[0]
    hostile = replace(
        first,
        patient_id='=HYPERLINK("x")',
        extra={**first.extra, "sex": "'=1", "age": "-2,\n@x"},
    )
    judged = replace(
        made.judged,
        images=(hostile, *made.judged.images[1:]),
        unreadable=(UnreadableImage(tmp_path / "+a.png", "=1+1"),),
        predictions=replace(made.judged.predictions, columns={}, patients=()),
    )
    write_assessment(replace(made, judged=judged), tmp_path / "kept")
    kept = read_assessment(tmp_path / "kept")
    assert kept.tuning is None
    assert not list((tmp_path / "kept").glob("tuning*"))
    found = kept.judged
    assert found.images == judged.images
    assert found.unreadable == judged.unreadable
    for name in ("predictions.csv", "unreadable.csv"):
        text = (tmp_path / "kept" / name).read_text(encoding="utf-8-sig")
        cells = [cell for row in csv.reader(text.splitlines()) for cell in row]
        assert not [cell for cell in cells if cell[:1] in "=+@" and cell]


def test_the_predictions_are_a_table_for_statisticians(made: Assessment, written: Path) -> None:
    text = (written / "predictions.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(text.splitlines()))
    assert len(rows) == made.report.images
    classes = made.report.class_names
    for row, vote, image in zip(rows, made.votes, made.judged.images, strict=True):
        assert [float(row[f"prob_{name}"]) for name in classes] == vote.tolist()
        assert (row["answer"], row["label"]) == (classes[vote.argmax()], image.label)
        assert row["filename"] == image.path.name


def test_photographs_that_a_model_knows_are_listed(made: Assessment, written: Path) -> None:
    text = (written / "leaks.csv").read_text(encoding="utf-8-sig")
    listed = [(row["model"], row["filename"]) for row in csv.DictReader(text.splitlines())]
    assert listed == [(name, path.name) for name, paths in made.leaks.items() for path in paths]
    assert listed


def test_every_table_is_written_and_what_is_not_known_is_empty(
    made: Assessment, written: Path
) -> None:
    with (written / "tables" / "models.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = {(row["model"], row["figure"]): row["value"] for row in csv.DictReader(stream)}
    figure = made.report.vote.figures["balanced_accuracy"]
    assert float(rows["pair", "balanced_accuracy"]) == figure.value
    assert not [path for path in written.glob("tables/*.csv") if "nan" in path.read_text()]
    assert (written / "report.html").is_file()


def test_an_existing_folder_is_not_written_into(made: Assessment, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    with pytest.raises(ExportError, match="exists already"):
        write_assessment(made, tmp_path / "mine")
    assert not list((tmp_path / "mine").iterdir())


def test_nothing_is_left_behind_where_it_cannot_be_written(
    made: Assessment, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ExportError, match="cannot be written"):
        write_assessment(made, tmp_path / "file" / "kept")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_nothing_is_left_behind_when_the_writing_is_stopped(
    made: Assessment, tmp_path: Path
) -> None:
    steps = writing_steps(made, tmp_path / "kept")
    assert [next(steps), next(steps)] == ["confusion_matrix", "roc"]
    steps.close()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / "assessment.json").unlink(),
        lambda folder: (folder / "assessment.json").write_text("[]"),
        lambda folder: (folder / "assessment.json").write_text('{"format_version": 99}'),
        lambda folder: (folder / "report.json").write_text("{"),
        lambda folder: (folder / "predictions.csv").write_text(""),
        lambda folder: (folder / "predictions.csv").write_text("a,b\n1,2\n"),
        lambda folder: _cut_last_line(folder / "predictions.csv"),
        lambda folder: _without_last_row(folder / "tuning_predictions.csv", "answer"),
        lambda folder: (folder / "unreadable.csv").write_text("filename\na\n"),
    ],
)
def test_a_damaged_folder_is_refused_in_one_sentence(
    damage: Callable[[Path], object], written: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(written, tmp_path / "kept")
    damage(folder)
    with pytest.raises(DatasetError, match=r"^The evaluation in .* cannot be read \(.*\)\.$"):
        read_assessment(folder)


def _cut_last_line(path: Path) -> None:
    path.write_text(path.read_text(encoding="utf-8")[:-40], encoding="utf-8")


def _without_last_row(path: Path, column: str) -> None:
    text = path.read_text(encoding="utf-8").replace(f",{column}\n", ",other\n", 1)
    path.write_text(text, encoding="utf-8")


def _copy(written: Path, folder: Path, **changed: object) -> Path:
    """Copy an evaluation, with other values in its record."""
    path = shutil.copytree(written, folder) / "assessment.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changed))
    return folder


def test_evaluations_are_listed_newest_first_and_others_passed_over(
    made: Assessment, written: Path, tmp_path: Path
) -> None:
    _copy(written, tmp_path / "older", date="2025-01-01T00:00:00+00:00")
    _copy(written, tmp_path / "newer")
    _copy(written, tmp_path / ".newer.1.new")
    for name, text in (("foreign", "{}"), ("damaged", "{")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "assessment.json").write_text(text)
    found = find_assessments(tmp_path)
    assert [summary.name for summary in found] == ["newer", "older"]
    figures = made.report.vote.figures
    assert found[0].balanced_accuracy == figures["balanced_accuracy"].value
    assert (found[0].images, found[0].ensemble) == (60, "Pair")
    assert find_assessments(tmp_path / "missing") == []


def test_a_figure_that_cannot_be_known_is_listed_as_such(written: Path, tmp_path: Path) -> None:
    figures = {"balanced_accuracy": 0.5, "macro_auc": None, "log_loss": 1.0}
    _copy(written, tmp_path / "kept", figures=figures)
    (summary,) = find_assessments(tmp_path)
    assert np.isnan(summary.macro_auc)


@pytest.mark.parametrize(
    ("name", "free"),
    [
        ("pair on odir, test", "pair on odir, test"),
        ("taken", "taken 3"),
        ("a/b: <c>", "a-b- -c-"),
        ("../..", "-"),
        ("...", "evaluation"),
        ("x" * 300, "x" * 100),
    ],
)
def test_a_free_name_is_a_new_folder_of_any_system(name: str, free: str, tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken 2").touch()
    assert free_name(name, tmp_path) == free
