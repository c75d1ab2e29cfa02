from __future__ import annotations

import csv
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from made_runs import answers, epochs, started, step
from PIL import Image

from fundus_gui import RESEARCH_USE_ONLY
from fundus_gui.core.errors import ExportError
from fundus_gui.core.reports.run_report import write_run_report
from fundus_gui.core.runs import Notice, Run, RunFolder, TrainConfig, read_run

CLASSES = ("amd", "diabetic_retinopathy", "<b>normal</b>")
PATHS = [f"images/{number}.jpg" for number in range(60)]


def made_run(folder: Path) -> Run:
    run = RunFolder(folder)
    run.create(
        TrainConfig(
            data=str(folder.parent / "my photographs"),
            model="tiny",
            epochs=3,
            model_arguments={"width": 8},
        )
    )
    run.append_event(Notice(text="Something <i>to note</i>."))
    run.append_event(started(CLASSES))
    for event in (step(1, 2), *epochs([0.6, 0.9, 0.8])):
        run.append_event(event)
    return read_run(folder)


def write(run: Run) -> None:
    probabilities, labels = answers(len(CLASSES))
    write_run_report(run, probabilities, labels, PATHS)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a run with its report, for reading only."""
    path = tmp_path_factory.mktemp("runs") / "first & best"
    write(made_run(path))
    return path


@pytest.fixture(scope="module")
def page(folder: Path) -> str:
    return (folder / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["curves", "confusion_matrix", "roc"])
def test_figures_are_there_as_png_and_svg(folder: Path, name: str) -> None:
    with Image.open(folder / f"{name}.png") as picture:
        assert min(picture.size) > 500
        assert picture.convert("L").getextrema()[0] < 100  # something is drawn
    root = ET.parse(folder / f"{name}.svg").getroot()
    assert root.tag.endswith("svg")


def test_tables_are_there(folder: Path) -> None:
    def rows(name: str) -> list[dict[str, str]]:
        with (folder / name).open(encoding="utf-8-sig", newline="") as stream:
            return list(csv.DictReader(stream))

    predictions = rows("validation_predictions.csv")
    assert [row["filename"] for row in predictions] == PATHS
    assert {f"prob_{name}" for name in CLASSES} < predictions[0].keys()
    assert [row["class"] for row in rows("classification_report.csv")][:3] == list(CLASSES)


def test_the_page_needs_nothing_else(page: str) -> None:
    assert not re.search(r'(?:src|srcset|href)="(?!data:image/svg\+xml;base64,)', page)
    assert "<script" not in page
    assert not re.search(r"https?://", page)
    assert "default-src 'none'" in page


def test_the_page_tells_what_was_trained_and_how_it_ended(page: str) -> None:
    for text in (
        RESEARCH_USE_ONLY,
        "tiny, 5.5 million parameters",
        "2, with a macro-AUC of 0.900 in validation",
        "3 of 3 in 0:00:37",
        "2026-11-22 10:00 UTC",
        "CPU (1 thread)",
        "Diabetic retinopathy",
        "<td>AMD</td>",
        "60 photographs",
        "Python",
    ):
        assert text in page


def test_the_page_tells_settings_that_differ_and_only_those(page: str) -> None:
    settings = re.findall(r'<tr class="setting"><td><code>(\w+)</code>', page)
    assert settings == ["data", "model", "model_arguments", "epochs"]
    assert "width = 8" in page


def test_the_page_names_folders_but_not_where_they_are(page: str, folder: Path) -> None:
    assert "my photographs" in page
    assert str(folder.parent) not in page


def test_names_and_notices_are_text_and_never_markup(page: str) -> None:
    assert "first &amp; best" in page
    assert "Something &lt;i&gt;to note&lt;/i&gt;." in page
    assert "&lt;b&gt;normal&lt;/b&gt;" in page
    assert "<i>" not in page
    assert "<b>" not in page


def test_tags_of_the_page_are_closed_in_order(page: str) -> None:
    body = re.sub(r"<!DOCTYPE[^>]*>|<style>.*?</style>", "", page, flags=re.DOTALL)
    body = re.sub(r"<(meta|img|source)\b([^>]*)>", r"<\1\2/>", body)
    assert ET.fromstring(body).tag == "html"


def test_a_report_replaces_that_of_an_earlier_end(tmp_path: Path) -> None:
    run = made_run(tmp_path / "run")
    (tmp_path / "run" / "report.html").write_text("old")
    write(run)
    assert RESEARCH_USE_ONLY in (tmp_path / "run" / "report.html").read_text(encoding="utf-8")
    assert not list(run.folder.path.glob(".*"))


def test_what_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    run = made_run(tmp_path / "run")
    (tmp_path / "run" / "curves.svg").mkdir()
    with pytest.raises(ExportError, match=re.escape(f"{tmp_path / 'run'} cannot be written")):
        write(run)
