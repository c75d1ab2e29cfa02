"""What is thought of labels is shown at once and written in a thread."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fundus_gui.core.assessments.marks import Mark, Marks
from fundus_gui.gui.evaluation.second_opinions import SecondOpinions

MARK = Mark(filename="a.jpg", label="amd", verdict="wrong")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "odir"
    folder.mkdir()
    return folder


@pytest.fixture
def opinions(qtbot: QtBot, folder: Path) -> Iterator[SecondOpinions]:
    made = SecondOpinions()
    with qtbot.waitSignal(made.loaded):
        made.show_folder(folder)
    yield made
    made.close_thread()


def wait(qtbot: QtBot, opinions: SecondOpinions) -> None:
    qtbot.waitUntil(lambda: not opinions.busy)


def test_an_opinion_is_shown_at_once_and_then_on_the_disk(
    qtbot: QtBot, opinions: SecondOpinions, folder: Path
) -> None:
    opinions.put(MARK)
    shown = opinions.mark_of("a.jpg")
    assert shown is not None
    assert shown.date
    wait(qtbot, opinions)
    assert Marks(folder).read() == {"a.jpg": shown}
    opinions.remove("a.jpg")
    assert opinions.mark_of("a.jpg") is None
    wait(qtbot, opinions)
    assert Marks(folder).read() == {}


def test_many_opinions_in_a_row_are_all_written(
    qtbot: QtBot, opinions: SecondOpinions, folder: Path
) -> None:
    names = {f"{number}.jpg" for number in range(30)}
    for name in names:
        opinions.put(replace(MARK, filename=name))
    wait(qtbot, opinions)
    assert set(Marks(folder).read()) == names
    assert all(opinions.mark_of(name) for name in names)


def test_what_another_window_wrote_comes_with_the_next_saving(
    qtbot: QtBot, opinions: SecondOpinions, folder: Path
) -> None:
    Marks(folder).put(replace(MARK, filename="b.jpg"))
    opinions.put(MARK)
    wait(qtbot, opinions)
    assert opinions.mark_of("b.jpg") is not None
    assert set(Marks(folder).read()) == {"a.jpg", "b.jpg"}


def test_what_cannot_be_written_is_told_kept_and_written_later(
    qtbot: QtBot, opinions: SecondOpinions, folder: Path
) -> None:
    lock = Marks(folder).file.with_name(f".{Marks(folder).file.name}.lock")
    lock.mkdir()  # so that the lock cannot be made
    opinions.put(MARK)
    qtbot.waitUntil(lambda: "cannot be saved" in opinions.problem)
    assert opinions.mark_of("a.jpg") is not None
    wait(qtbot, opinions)
    lock.rmdir()
    opinions.save()
    wait(qtbot, opinions)
    assert opinions.problem == ""
    assert set(Marks(folder).read()) == {"a.jpg"}


def test_a_damaged_table_is_told_and_left_alone(qtbot: QtBot, folder: Path) -> None:
    file = Marks(folder).file
    file.write_text("scribbled over", encoding="utf-8")
    opinions = SecondOpinions()
    opinions.show_folder(folder)
    opinions.put(MARK)
    qtbot.waitUntil(lambda: "mend it" in opinions.problem)
    wait(qtbot, opinions)
    opinions.close_thread()
    assert file.read_text(encoding="utf-8") == "scribbled over"
    assert opinions.mark_of("a.jpg") is not None


def test_another_folder_has_its_own_opinions(
    qtbot: QtBot, opinions: SecondOpinions, folder: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    Marks(other).put(replace(MARK, filename="c.jpg"))
    opinions.put(MARK)
    opinions.show_folder(other)  # while the first may not be written yet
    assert opinions.mark_of("a.jpg") is None
    qtbot.waitUntil(lambda: opinions.mark_of("c.jpg") is not None)
    wait(qtbot, opinions)
    assert set(Marks(folder).read()) == {"a.jpg"}


def test_closing_writes_what_is_not_written_yet(qapp: QApplication, folder: Path) -> None:
    opinions = SecondOpinions(qapp)
    opinions.show_folder(folder)
    for number in range(5):
        opinions.put(replace(MARK, filename=f"{number}.jpg"))
    opinions.close_thread()
    assert len(Marks(folder).read()) == 5
