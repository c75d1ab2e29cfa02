from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtGui import QPdfWriter
from pytestqt.qtbot import QtBot
from tiny_assessments import assessment

from fundus_gui import RESEARCH_USE_ONLY
from fundus_gui.core.assessments import Assessment
from fundus_gui.core.assessments.reporting import report_content
from fundus_gui.core.errors import ExportError
from fundus_gui.gui.evaluation.pdf import report_document, save_pdf
from fundus_gui.gui.worker import JobSlot


@pytest.fixture(scope="module")
def made() -> Assessment:
    return assessment(Path("odir"))


def test_a_thread_writes_pages_and_the_title(
    made: Assessment, tmp_path: Path, qtbot: QtBot
) -> None:
    slot, steps = JobSlot(), []
    slot.yielded.connect(steps.append)
    path = tmp_path / "report.pdf"
    with qtbot.waitSignal(slot.completed, timeout=120_000):
        slot.start(lambda: save_pdf(made, path))
    content = path.read_bytes()
    assert content.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type\s*/Page\b", content)) >= 8
    assert "pair on test".encode("utf-16-be") in content
    assert len(re.findall(rb"/Subtype\s*/Image", content)) >= 5
    assert [*tmp_path.iterdir()] == [path]
    assert len(steps) > 1


@pytest.mark.usefixtures("qapp")
def test_the_document_tells_what_the_page_tells(made: Assessment, tmp_path: Path) -> None:
    hostile = replace(made, name="<b>bold</b>")
    document = report_document(report_content(hostile), {}, QPdfWriter(str(tmp_path / "a.pdf")))
    text = document.toPlainText()
    for words in (
        "<b>bold</b>",
        RESEARCH_USE_ONLY,
        made.warnings[0],
        "CC-BY-4.0",
        "Members beside the vote",
        "TRIPOD+AI",
        "Written by fundus-gui",
    ):
        assert words in text


@pytest.mark.usefixtures("qapp")
def test_no_heading_stands_alone_at_the_foot_of_a_page(made: Assessment, tmp_path: Path) -> None:
    document = report_document(report_content(made), {}, QPdfWriter(str(tmp_path / "a.pdf")))
    height, place = document.pageSize().height(), document.documentLayout().blockBoundingRect
    block = document.begin()
    headings = 0
    while block.isValid():
        following = block.next()
        if block.blockFormat().headingLevel() and following.isValid():
            headings += 1
            last_line = place(following).bottom() - 1
            assert place(block).top() // height == last_line // height, block.text()
        block = following
    assert headings > 15


def test_a_pdf_that_cannot_be_written_is_a_sentence(made: Assessment, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    path = tmp_path / "file" / "report.pdf"
    with pytest.raises(ExportError, match=re.escape(f"cannot be written to {path}")):
        list(save_pdf(made, path))


def test_closing_the_job_leaves_nothing(made: Assessment, tmp_path: Path) -> None:
    job = save_pdf(made, tmp_path / "report.pdf")
    next(job)
    job.close()
    assert not list(tmp_path.iterdir())
