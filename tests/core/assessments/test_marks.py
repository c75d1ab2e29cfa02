"""Second opinions lie beside the data, and nobody's rows are lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from fundus_gui.core.assessments.marks import Mark, Marks, filename_in
from fundus_gui.core.errors import DatasetError, ExportError, FundusError

MARK = Mark(
    filename="images/1_left.jpg",
    label="amd",
    verdict="wrong",
    suggested_label="normal",
    note='no drusen, "clean"\nsecond line',
    date="2026-11-22T10:00:00+00:00",
    sha256="ab" * 32,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "odir"
    folder.mkdir()
    return folder


def write(folder: Path, text: str) -> Path:
    file = Marks(folder).file
    file.write_text(text, encoding="utf-8")
    return file


def test_a_mark_comes_back_as_it_was_put_and_the_data_folder_stays_untouched(folder: Path) -> None:
    marks = Marks(folder)
    assert marks.read() == {}
    marks.put(MARK)
    assert marks.read() == {MARK.filename: MARK}
    assert marks.file == folder.parent / "odir.second_opinions.csv"
    assert list(folder.iterdir()) == []


def test_a_second_mark_of_a_photograph_takes_the_place_of_the_first(folder: Path) -> None:
    marks = Marks(folder)
    other = replace(MARK, filename="images/2_left.jpg")
    for mark in (MARK, other, replace(MARK, verdict="right", suggested_label="")):
        marks.put(mark)
    assert list(marks.read()) == [MARK.filename, other.filename]
    assert marks.read()[MARK.filename].verdict == "right"


def test_a_removed_mark_leaves_the_others(folder: Path) -> None:
    marks = Marks(folder)
    marks.put(MARK)
    marks.put(replace(MARK, filename="b.jpg"))
    marks.remove(MARK.filename)
    marks.remove("never marked.jpg")
    assert list(marks.read()) == ["b.jpg"]


def test_removing_where_there_are_no_marks_makes_no_file(folder: Path) -> None:
    Marks(folder).remove("a.jpg")
    assert not Marks(folder).file.exists()


def test_a_table_edited_by_hand_keeps_its_own_columns_and_cells(folder: Path) -> None:
    file = write(
        folder,
        "reviewer, verdict ,filename,score\nAnn, WRONG ,a.jpg,-5\n,,,\nBob,right,b.jpg,=1+1\n",
    )
    marks = Marks(folder)
    assert {name: mark.verdict for name, mark in marks.read().items()} == {
        "a.jpg": "wrong",
        "b.jpg": "right",
    }
    marks.put(replace(MARK, filename="b.jpg"))
    rows = file.read_text(encoding="utf-8-sig").splitlines()
    assert rows[0].startswith("reviewer,verdict,filename,score,label,")
    assert rows[1].startswith("Ann, WRONG ,a.jpg,-5,")
    assert rows[2].startswith("Bob,wrong,b.jpg,=1+1,amd,normal")


def test_text_that_a_spreadsheet_would_run_is_defused_and_comes_back(folder: Path) -> None:
    marks = Marks(folder)
    mark = replace(MARK, filename="=a.jpg", note="=HYPERLINK(1)")
    marks.put(mark)
    assert "'=HYPERLINK(1)" in marks.file.read_text(encoding="utf-8")
    assert marks.read() == {"=a.jpg": mark}
    marks.put(replace(mark, note="-"))
    assert marks.read()["=a.jpg"].note == "-"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "lacks the column filename and verdict"),
        ("filename;verdict\na.jpg;wrong\n", "lacks the column"),
        ("filename,verdict,verdict\na.jpg,wrong,wrong\n", "two columns of the same name"),
        ("filename,verdict\na.jpg,perhaps\n", "verdict other than right and wrong: 'a.jpg'"),
        ("filename,verdict\n,wrong\n", "rows without a filename"),
        ("filename,verdict\na.jpg,wrong\na.jpg,right\n", "more than once: 'a.jpg'"),
        ("filename,verdict\na.jpg,wrong,and more\n", "more cells than columns"),
        ('filename,verdict\n"a.jpg,wrong\n', "cannot be read as CSV"),
    ],
)
def test_a_damaged_table_is_refused_and_never_overwritten(
    folder: Path, text: str, complaint: str
) -> None:
    file = write(folder, text)
    marks = Marks(folder)
    for act in (marks.read, lambda: marks.put(MARK), lambda: marks.remove("a.jpg")):
        with pytest.raises(DatasetError, match=complaint):
            act()
    assert file.read_text(encoding="utf-8") == text


def test_a_table_that_is_not_utf_8_is_refused(folder: Path) -> None:
    Marks(folder).file.write_bytes(b"filename,verdict,note\na.jpg,wrong,\xe4\n")
    with pytest.raises(DatasetError, match="not UTF-8"):
        Marks(folder).read()


def test_windows_that_write_at_once_lose_nothing(folder: Path) -> None:
    names = [f"{number}.jpg" for number in range(40)]

    def put(name: str) -> None:
        Marks(folder).put(replace(MARK, filename=name))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(put, names))
    assert sorted(Marks(folder).read()) == sorted(names)


def test_where_nothing_can_be_written_one_sentence_says_so(folder: Path) -> None:
    marks = Marks(folder)
    marks.file.with_name(f".{marks.file.name}.lock").mkdir()  # so that the lock cannot be made
    with pytest.raises(ExportError, match=r"cannot be saved to .*odir.second_opinions.csv"):
        marks.put(MARK)
    assert marks.read() == {}


def test_a_table_that_is_a_folder_cannot_be_read(folder: Path) -> None:
    Marks(folder).file.mkdir()
    with pytest.raises(FundusError, match="cannot be read"):
        Marks(folder).read()


@pytest.mark.parametrize(
    ("folder", "path", "name"),
    [
        ("/a/odir", "/a/odir/images/1.jpg", "images/1.jpg"),
        ("/a/odir", "/a/odir2/1.jpg", "/a/odir2/1.jpg"),
        ("/", "/1.jpg", "1.jpg"),
        (".", "images/1.jpg", "images/1.jpg"),
    ],
)
def test_photographs_are_called_by_their_place_in_the_folder(
    folder: str, path: str, name: str
) -> None:
    assert filename_in(Path(folder), Path(path)) == name
