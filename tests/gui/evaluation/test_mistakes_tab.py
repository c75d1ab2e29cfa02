"""The worst mistakes come first, and what is thought of their labels is saved at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from tiny_assessments import assessment

from fundus_gui.core.assessments import Assessment
from fundus_gui.core.assessments.answers import Answers
from fundus_gui.core.assessments.marks import Mark, Marks
from fundus_gui.gui.evaluation.mistakes_tab import MistakesTab

ALL, UNMARKED, MARKED = range(3)


@pytest.fixture
def made(tmp_path: Path) -> Assessment:
    return assessment(tmp_path / "odir", has_tuning=False, drawn=True)


@pytest.fixture
def tab(qtbot: QtBot, made: Assessment) -> Iterator[MistakesTab]:
    shown = MistakesTab()
    qtbot.addWidget(shown)
    shown.resize(1000, 640)
    shown.show()
    with qtbot.waitSignal(shown.opinions.loaded):
        shown.show_assessment(made)
    yield shown
    shown.close_thread()


def written(qtbot: QtBot, tab: MistakesTab, made: Assessment) -> dict[str, Mark]:
    qtbot.waitUntil(lambda: not tab.opinions.busy)
    return Marks(made.judged.source.folder).read()


def go_to(tab: MistakesTab, row: int) -> None:
    tab.gallery.list.setCurrentIndex(tab.gallery.model.index(row))


def test_the_worst_mistake_is_shown_large_with_the_vote_on_it(
    qtbot: QtBot, tab: MistakesTab, made: Assessment
) -> None:
    worst = int(Answers(made).mistakes()[0])
    assert tab.gallery.numbers() == tuple(Answers(made).mistakes())
    assert tab.preview.caption.text().startswith(f"test_{worst}.png · patient test patient")
    qtbot.waitUntil(lambda: not tab.preview.view.message())
    bars = tab.preview.bars.accessibleDescription()
    assert bars.count("label") == bars.count("answer") == 1
    assert not tab.grab().isNull()


def test_an_opinion_is_saved_with_each_step(
    qtbot: QtBot, tab: MistakesTab, made: Assessment
) -> None:
    name = f"test_{Answers(made).mistakes()[0]}.png"
    assert not tab.form.suggestion.isEnabled()
    tab.form.wrong.click()
    assert written(qtbot, tab, made)[name].verdict == "wrong"
    tab.form.suggestion.setCurrentIndex(2)
    tab.form.suggestion.activated.emit(2)
    tab.form.note.setText("blurred")
    tab.form.note.editingFinished.emit()
    mark = written(qtbot, tab, made)[name]
    assert (mark.suggested_label, mark.note) == ("diabetic_retinopathy", "blurred")
    assert mark.sha256 == f"{Answers(made).mistakes()[0]:064x}"
    tab.form.right.click()
    mark = written(qtbot, tab, made)[name]
    assert (mark.verdict, mark.suggested_label, mark.note) == ("right", "", "blurred")
    tab.remove.click()
    assert written(qtbot, tab, made) == {}
    assert not tab.form.right.isChecked()
    assert not tab.remove.isEnabled()


def test_a_note_in_the_making_survives_other_changes_and_the_closing(
    tab: MistakesTab, made: Assessment
) -> None:
    tab.form.wrong.click()
    tab.form.note.setText("half a sen")
    other = f"test_{tab.gallery.numbers()[1]}.png"
    tab.opinions.put(Mark(filename=other, label="amd", verdict="right"))
    assert tab.form.note.text() == "half a sen"
    tab.close_thread()
    marks = Marks(made.judged.source.folder).read()
    assert marks[f"test_{tab.gallery.numbers()[0]}.png"].note == "half a sen"


def test_each_photograph_has_its_own_opinion(
    qtbot: QtBot, tab: MistakesTab, made: Assessment
) -> None:
    tab.form.wrong.click()
    tab.form.note.setText("first")
    tab.form.note.editingFinished.emit()
    go_to(tab, 1)
    assert not tab.form.wrong.isChecked()
    assert tab.form.note.text() == ""
    tab.form.right.click()
    go_to(tab, 0)
    assert tab.form.wrong.isChecked()
    assert tab.form.note.text() == "first"
    assert len(written(qtbot, tab, made)) == 2


def test_photographs_are_filtered_by_class_and_by_mark(tab: MistakesTab, made: Assessment) -> None:
    mistakes = tab.gallery.numbers()
    tab.form.wrong.click()
    tab.kinds.setCurrentIndex(MARKED)
    assert tab.gallery.numbers() == mistakes[:1]
    tab.kinds.setCurrentIndex(UNMARKED)
    assert tab.gallery.numbers() == mistakes[1:]
    tab.kinds.setCurrentIndex(ALL)
    tab.classes.setCurrentIndex(3)
    assert tab.gallery.numbers() == tuple(n for n in mistakes if made.labels[n] == 2)


def test_a_photograph_that_is_marked_stays_until_the_filter_is_changed(tab: MistakesTab) -> None:
    tab.kinds.setCurrentIndex(UNMARKED)
    shown = tab.gallery.numbers()
    tab.form.wrong.click()
    assert tab.gallery.numbers() == shown


def test_a_marked_photograph_that_was_answered_rightly_is_found_too(
    tab: MistakesTab, made: Assessment
) -> None:
    right = int((Answers(made).answers == made.labels).nonzero()[0][0])
    label = made.judged.images[right].label
    tab.opinions.put(Mark(filename=f"test_{right}.png", label=label, verdict="wrong"))
    tab.kinds.setCurrentIndex(MARKED)
    assert tab.gallery.numbers() == (right,)


def test_opinions_of_an_earlier_day_are_shown(
    qtbot: QtBot, tab: MistakesTab, made: Assessment
) -> None:
    tab.form.wrong.click()
    written(qtbot, tab, made)
    later = MistakesTab()
    qtbot.addWidget(later)
    with qtbot.waitSignal(later.opinions.loaded):
        later.show_assessment(made)
    assert later.form.wrong.isChecked()
    later.close_thread()


def test_a_photograph_that_is_gone_is_said_to_be(
    qtbot: QtBot, tab: MistakesTab, made: Assessment
) -> None:
    made.judged.images[tab.gallery.numbers()[1]].path.unlink()
    go_to(tab, 1)
    qtbot.waitUntil(lambda: "test_" in tab.preview.view.message())


def test_without_an_evaluation_the_tab_says_what_to_do(tab: MistakesTab) -> None:
    tab.show_assessment(None)
    assert tab.empty.isVisible()
    assert tab.gallery.numbers() == ()
