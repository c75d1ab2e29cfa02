"""The photographs of a gallery can be read, opened and marked, thousands of them too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from tiny_assessments import assessment

from fundus_gui.core.assessments.answers import Answers
from fundus_gui.gui.evaluation.gallery import Gallery
from fundus_gui.gui.evaluation.gallery_model import Role
from fundus_gui.gui.evaluation.opinion_form import OpinionDialog
from fundus_gui.gui.evaluation.second_opinions import SecondOpinions


@pytest.fixture
def opinions(qapp: QApplication, tmp_path: Path) -> Iterator[SecondOpinions]:
    made = SecondOpinions(qapp)
    made.show_folder(tmp_path / "odir")
    yield made
    made.close_thread()


@pytest.fixture
def answers(tmp_path: Path) -> Answers:
    return Answers(assessment(tmp_path / "odir", has_tuning=False, drawn=True))


@pytest.fixture
def gallery(qtbot: QtBot, opinions: SecondOpinions, answers: Answers) -> Iterator[Gallery]:
    shown = Gallery(opinions)
    qtbot.addWidget(shown)
    shown.resize(600, 500)
    shown.show()
    shown.show_photographs(answers, answers.mistakes().tolist(), "Mistakes", select=True)
    yield shown
    shown.close_thread()


def test_photographs_keep_their_order_and_say_what_was_answered(
    gallery: Gallery, answers: Answers
) -> None:
    wrong = answers.mistakes().tolist()
    assert gallery.numbers() == tuple(wrong)
    assert gallery.title.text() == f"Mistakes: {len(wrong)} photographs"
    first = gallery.model.index(0)
    label, answer, name = first.data(Role.LINES)
    tooltip = first.data(Qt.ItemDataRole.ToolTipRole)
    assert answer.startswith("→ ")
    assert name == f"{answers.confidence(wrong[0]):.0%} · test_{wrong[0]}.png"
    assert f"Label: {label}" in tooltip
    assert f"Answer: {answer[2:]}" in tooltip
    assert "sex: " in tooltip


def test_thumbnails_come_without_waiting_for_them(qtbot: QtBot, gallery: Gallery) -> None:
    with qtbot.waitSignal(gallery.model.thumbnails.made):
        pass
    assert not gallery.grab().isNull()


def test_enter_and_double_click_open_a_photograph(
    qtbot: QtBot, gallery: Gallery, answers: Answers
) -> None:
    paths = [answers.images[number].path for number in gallery.numbers()]
    with qtbot.waitSignal(gallery.photograph_requested) as opened:
        qtbot.keyClick(gallery.list, Qt.Key.Key_Return)
    assert opened.args == [paths[0]]
    place = gallery.list.visualRect(gallery.model.index(1)).center()
    qtbot.mouseClick(gallery.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    with qtbot.waitSignal(gallery.photograph_requested) as opened:
        qtbot.mouseDClick(gallery.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert opened.args == [paths[1]]


def test_w_asks_for_an_opinion_and_keeps_it(
    qtbot: QtBot, gallery: Gallery, answers: Answers, opinions: SecondOpinions
) -> None:
    number = gallery.numbers()[0]
    gallery.list.setFocus()
    qtbot.keyClick(gallery.list, Qt.Key.Key_W)
    dialog = gallery.findChild(OpinionDialog)
    assert isinstance(dialog, OpinionDialog)
    assert dialog.form.wrong.isChecked()
    dialog.form.suggestion.setCurrentIndex(dialog.form.suggestion.findData("normal"))
    dialog.form.note.setText(" blurred ")
    dialog.accept()
    mark = gallery.model.index(0).data(Role.MARK)
    assert mark == opinions.mark_of(answers.filename(number))
    assert (mark.verdict, mark.suggested_label, mark.note) == ("wrong", "normal", "blurred")
    assert "rather Normal. blurred" in gallery.model.index(0).data(Qt.ItemDataRole.ToolTipRole)
    assert not gallery.grab().isNull()
    gallery.remove_mark.trigger()
    assert gallery.model.index(0).data(Role.MARK) is None


def test_several_photographs_are_marked_together(
    gallery: Gallery, answers: Answers, opinions: SecondOpinions
) -> None:
    gallery.list.selectAll()
    dialog = gallery.ask_opinion()
    assert dialog is not None
    dialog.accept()
    assert all(opinions.mark_of(answers.filename(n)) for n in gallery.numbers())


def test_a_cancelled_question_marks_nothing(gallery: Gallery) -> None:
    dialog = gallery.ask_opinion()
    assert dialog is not None
    dialog.reject()
    assert gallery.model.index(0).data(Role.MARK) is None


def test_the_folder_of_a_photograph_is_opened(
    gallery: Gallery, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(
        QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()) or True
    )
    gallery.show_in_folder.trigger()
    assert opened == [(tmp_path / "odir").as_posix()]


def test_only_a_mark_can_be_removed(gallery: Gallery) -> None:
    assert not gallery.remove_mark.isEnabled()
    dialog = gallery.ask_opinion()
    assert dialog is not None
    dialog.accept()
    assert gallery.remove_mark.isEnabled()
    gallery.list.setCurrentIndex(gallery.model.index(1))
    assert not gallery.remove_mark.isEnabled()


def test_a_sentence_takes_the_place_of_photographs(gallery: Gallery, answers: Answers) -> None:
    gallery.show_photographs(answers, [], "Mistakes")
    assert gallery.numbers() == ()
    gallery.show_message("Click a cell.")
    assert gallery.model.answers is None
    assert gallery.ask_opinion() is None


def test_what_could_not_be_saved_is_said_with_a_way_to_try_again(
    qtbot: QtBot, gallery: Gallery, opinions: SecondOpinions, tmp_path: Path
) -> None:
    table = tmp_path / "odir.second_opinions.csv"
    qtbot.waitUntil(lambda: not opinions.busy)
    table.write_text("scribbled over", encoding="utf-8")
    opinions.save()
    qtbot.waitUntil(gallery.notice.isVisible)
    assert str(table) in gallery.notice.text.text()
    qtbot.waitUntil(lambda: not opinions.busy)
    table.unlink()
    gallery.notice.retry.click()
    qtbot.waitUntil(lambda: not gallery.notice.isVisible())


def test_of_thousands_of_photographs_only_those_in_view_are_read(
    qtbot: QtBot, opinions: SecondOpinions, tmp_path: Path
) -> None:
    many = Answers(assessment(tmp_path / "many", images=4000, has_tuning=False))
    gallery = Gallery(opinions)
    qtbot.addWidget(gallery)
    gallery.resize(600, 500)
    gallery.show()
    gallery.show_photographs(many, range(4000), "All")
    with qtbot.waitSignal(gallery.model.thumbnails.made):
        pass
    qtbot.wait(200)
    assert 0 < len(gallery.model.thumbnails) < 100
    gallery.close_thread()
