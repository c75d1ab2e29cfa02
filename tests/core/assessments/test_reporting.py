from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from tiny_assessments import assessment

from fundus_gui import RESEARCH_USE_ONLY
from fundus_gui.core.assessments.records import DataPart
from fundus_gui.core.assessments.reporting import report_content, write_evaluation_report
from fundus_gui.core.errors import ExportError

PICTURES = ("confusion_matrix", "precision_recall", "referral", "reliability", "roc")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of an evaluation with its report, for reading only."""
    path = tmp_path_factory.mktemp("evaluations") / "pair on test"
    path.mkdir()
    made = replace(assessment(path.parent / "odir"), licences={"cnn": "CC BY 4.0"})
    assert tuple(sorted(write_evaluation_report(made, path))) == PICTURES
    return path


def test_the_page_and_its_pictures_are_written(folder: Path) -> None:
    written = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    pictures = {f"figures/{name}.svg" for name in PICTURES}
    assert written == {"report.html", *pictures}
    for name in PICTURES:
        assert ET.parse(folder / "figures" / f"{name}.svg").getroot().tag.endswith("svg")


def test_the_page_holds_its_pictures_for_light_and_dark(folder: Path) -> None:
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert RESEARCH_USE_ONLY in page
    assert "CC BY 4.0" in page
    addresses = re.findall(r'(?:src|srcset)="data:image/svg\+xml;base64,([^"]+)"', page)
    assert len(set(addresses)) == 2 * len(PICTURES)


def test_folders_are_named_but_not_where_they_are(folder: Path) -> None:
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "odir, test" in page
    assert str(folder.parent) not in page


def test_leaks_are_named_as_in_the_data_set(tmp_path: Path) -> None:
    content = report_content(assessment(tmp_path / "odir"))
    assert content.leaks == {"cnn": ("test_0.png",)}
    assert content.unreadable == 1


def test_the_command_makes_the_evaluation_again(tmp_path: Path) -> None:
    made = assessment(tmp_path / "my photographs")
    assert report_content(made).command == (
        "fundus-gui evaluate --data 'my photographs' --part test --tune-on val --ensemble pair "
        "--coverage 0.8 --referral-error 0.3 --replicates 50 --precision fast"
    )
    of_a_run = DataPart(
        folder=tmp_path / "odir", part="test", split=tmp_path / "runs" / "split.csv"
    )
    split = replace(made, judged=replace(made.judged, source=of_a_run), tuning=None)
    assert "--data odir --part test --split split.csv" in report_content(split).command


def test_what_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "figures").write_text("in the way")
    with pytest.raises(ExportError, match=re.escape(f"cannot be written to {tmp_path}")):
        list(write_evaluation_report(assessment(tmp_path / "odir"), tmp_path))
