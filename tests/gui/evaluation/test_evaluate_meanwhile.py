"""What is asked about one evaluation is done to that one, whatever is shown by then."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from fakes import AnsweringDialogs
from PySide6.QtCore import QFile, QLocale
from PySide6.QtWidgets import QInputDialog, QLabel, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from fundus_gui.core.assessments import Assessment
from fundus_gui.core.assessments.folder import evaluations_dir
from fundus_gui.gui.actions import Actions
from fundus_gui.gui.evaluate_page import EvaluatePage
from fundus_gui.gui.evaluation import result_pane

Keep = Callable[..., Path]
PATIENCE_MS = 30_000


@pytest.fixture
def _chinese() -> Iterator[None]:
    before = QLocale()
    QLocale.setDefault(QLocale("zh_CN"))
    yield
    QLocale.setDefault(before)


def list_all(page: EvaluatePage, qtbot: QtBot, count: int) -> None:
    page.library.look()
    qtbot.waitUntil(lambda: page.list.view.count() == count, timeout=PATIENCE_MS)


def show(page: EvaluatePage, qtbot: QtBot, folder: Path) -> None:
    page.list.select(folder)
    qtbot.waitUntil(lambda: page.result.folder == folder, timeout=PATIENCE_MS)


def test_the_evaluation_is_renamed_for_which_the_name_was_asked(
    page: EvaluatePage, qtbot: QtBot, keep: Keep
) -> None:
    asked, other = keep("asked"), keep("other")
    list_all(page, qtbot, 2)
    page.list.select(asked)
    page.list.rename.trigger()
    page.list.select(other)
    dialog = page.list.findChild(QInputDialog)
    dialog.setTextValue("new")
    dialog.accept()
    qtbot.waitUntil((evaluations_dir() / "new").exists, timeout=PATIENCE_MS)
    assert (asked.exists(), other.exists()) == (False, True)


def test_the_evaluation_is_thrown_away_of_which_it_was_asked(
    page: EvaluatePage, qtbot: QtBot, keep: Keep, monkeypatch: pytest.MonkeyPatch
) -> None:
    def trash(path: str) -> bool:
        shutil.rmtree(path)
        return True

    monkeypatch.setattr(QFile, "moveToTrash", trash)
    asked, other = keep("asked"), keep("other")
    list_all(page, qtbot, 2)
    page.list.select(asked)
    page.list.delete.trigger()
    page.list.select(other)
    page.list.findChild(QMessageBox).accept()
    qtbot.waitUntil(lambda: page.list.view.count() == 1, timeout=PATIENCE_MS)
    assert (asked.exists(), other.exists()) == (False, True)


def test_the_report_is_that_of_the_evaluation_for_which_the_file_was_asked(
    page: EvaluatePage, qtbot: QtBot, keep: Keep, dialogs: AnsweringDialogs, actions: Actions,
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def save(shown: Assessment, path: Path, *, has_pseudonyms: bool) -> Generator[str, None, None]:
        del has_pseudonyms
        yield "Writing…"
        path.write_text(shown.name, encoding="utf-8")

    def answer(_parent: QWidget, _title: str, suggested: Path, _filters: str) -> Path:
        show(page, qtbot, other)  # an evaluation comes to its end while the dialog is open
        return tmp_path / suggested.name

    monkeypatch.setattr(result_pane, "save_pdf", save)
    monkeypatch.setattr(dialogs, "save_as", answer)
    asked, other = keep("asked"), keep("other")
    list_all(page, qtbot, 2)
    show(page, qtbot, asked)
    with qtbot.waitSignals([page.message, page.message], timeout=PATIENCE_MS):
        actions.save_pdf.trigger()  # says that it begins, and that it is done
    assert (tmp_path / "asked.pdf").read_text(encoding="utf-8") == "asked"


def test_what_cannot_be_read_is_not_told_where_nobody_waits_for_it_any_more(
    page: EvaluatePage, qtbot: QtBot, keep: Keep
) -> None:
    damaged = keep("damaged")
    (damaged / "report.json").write_text("{", encoding="utf-8")
    list_all(page, qtbot, 1)
    page.list.select(damaged)
    assert page.right.currentWidget() is page.notice
    page.set_up()
    qtbot.waitUntil(lambda: not page._load.busy, timeout=PATIENCE_MS)
    assert page.right.currentWidget() is page.setup


def test_an_evaluation_that_is_awaited_is_not_shown_once_another_was_chosen(
    page: EvaluatePage, qtbot: QtBot, keep: Keep
) -> None:
    chosen = keep("chosen")
    list_all(page, qtbot, 1)
    page.list.select(evaluations_dir() / "late")
    page.list.view.item(0).setSelected(True)
    keep("late")
    list_all(page, qtbot, 2)
    assert page.list.folders() == (chosen,)


def test_an_evaluation_that_is_gone_is_not_shown_while_another_is_awaited(
    page: EvaluatePage, qtbot: QtBot, keep: Keep
) -> None:
    gone = keep("gone")
    list_all(page, qtbot, 1)
    show(page, qtbot, gone)
    page.list.select(evaluations_dir() / "late")
    shutil.rmtree(gone)
    list_all(page, qtbot, 0)
    assert page.right.currentWidget() is page.setup


@pytest.mark.usefixtures("_chinese")
def test_why_one_cannot_be_read_is_said_in_the_language_of_the_window(
    page: EvaluatePage, qtbot: QtBot, keep: Keep
) -> None:
    damaged = keep("damaged")
    (damaged / "report.json").write_text("{", encoding="utf-8")
    list_all(page, qtbot, 1)
    page.list.select(damaged)
    qtbot.waitUntil(lambda: "无法读取" in page.notice.text(), timeout=PATIENCE_MS)


@pytest.mark.usefixtures("_chinese")
def test_warnings_of_compared_evaluations_are_said_in_the_language_of_the_window(
    page: EvaluatePage, qtbot: QtBot, keep: Keep
) -> None:
    both = keep("one"), keep("other", 5)
    record = both[0] / "assessment.json"
    content = json.loads(record.read_text(encoding="utf-8"))
    found = "cnn was trained on 1 of these 60 photographs (1 exact, 0 near)"
    content["warnings"] = [f"{found}, so figures on them flatter it."]
    record.write_text(json.dumps(content), encoding="utf-8")
    list_all(page, qtbot, 2)
    page.list.select(*both)
    qtbot.waitUntil(lambda: page.right.currentWidget() is page.comparison, timeout=PATIENCE_MS)
    told = [label.text() for label in page.comparison.notices.findChildren(QLabel)]
    (warning,) = (text for text in told if text.startswith("one: "))
    assert "照片" in warning
