"""Pseudonyms for photographs: the same name gets the same, and nobody without the key gets back."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from table_files import BATCH_SIZE, Engine, said, write_files
from tiny_results import names_in, read_json, read_table, run_record

from fundus_gui.core.errors import ExportError, ResultsError
from fundus_gui.core.export import (
    Pseudonyms,
    Resumption,
    check_table,
    export_results,
    locate,
    own_pseudonyms,
    read_results,
    table_row,
)
from fundus_gui.core.images import find_images
from fundus_gui.core.results import UnreadableImage

PSEUDONYMS = Pseudonyms(b"k" * 32)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FUNDUS_GUI_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_a_pseudonym_is_the_keyed_hash_of_the_name() -> None:
    expected = hmac.new(b"k" * 32, b"a/b.jpg", hashlib.sha256).hexdigest()[:32]
    assert PSEUDONYMS.of("a/b.jpg") == expected
    assert PSEUDONYMS.of("a/c.jpg") != expected
    assert Pseudonyms(b"l" * 32).of("a/b.jpg") != expected
    assert "kkk" not in repr(PSEUDONYMS)
    assert PSEUDONYMS.of(os.fsdecode(b"\xff.jpg"))


def test_the_key_is_made_once_and_for_its_owner_alone(home: Path) -> None:
    first = own_pseudonyms()
    assert own_pseudonyms() == first
    assert len(first.key) == 32
    assert names_in(home) == {"pseudonyms.key"}
    if os.name == "posix":
        assert stat.S_IMODE((home / "pseudonyms.key").stat().st_mode) == 0o600
    (home / "pseudonyms.key").unlink()
    assert own_pseudonyms() != first


def test_all_who_make_the_key_at_once_get_the_same(home: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: own_pseudonyms(), range(32)))
    assert len(keys) == 1
    assert names_in(home) == {"pseudonyms.key"}


@pytest.mark.parametrize("content", ["", "ab", "no key", "é"])
def test_a_damaged_key_is_never_replaced_in_silence(home: Path, content: str) -> None:
    home.mkdir()
    (home / "pseudonyms.key").write_text(content, encoding="utf-8")
    with pytest.raises(ExportError, match=r"is damaged\. Restore it from a copy"):
        own_pseudonyms()
    (home / "pseudonyms.key").unlink()
    (home / "pseudonyms.key").mkdir()
    with pytest.raises(ExportError, match="cannot be used"):
        own_pseudonyms()


def test_sentences_name_no_file(tmp_path: Path) -> None:
    run = run_record(tmp_path, pseudonyms=PSEUDONYMS)
    path = tmp_path / "Jane Doe" / "jane-doe.jpg"
    for told in (str(path), path.name, str(path.parent)):
        row = table_row(UnreadableImage(path, f"{told}: no image"), run)
        assert row["error"] == "the file: no image"


def test_tables_with_pseudonyms_are_continued_and_checked_like_others(tmp_path: Path) -> None:
    folder, table = tmp_path / "Jane Doe", tmp_path / "out" / "r.csv"
    paths = write_files(folder, [*(f"{n}.jpg" for n in range(9)), "deeper/0.jpg"])
    run = run_record(folder, pseudonyms=PSEUDONYMS, command=f"classify '{folder}'")
    list(export_results(Engine(run)(paths), table, run))
    whole = said(table)
    assert whole[0]["filename"] == whole[9]["filename"] == PSEUDONYMS.of("0.jpg")
    assert [row["relative_path"] for row in whole][8:] == [
        PSEUDONYMS.of("8.jpg"),
        PSEUDONYMS.of("deeper/0.jpg"),
    ]
    record = read_json(table.with_suffix(".json"))
    assert (record["command"], record["roots"], record["paths"]) == ("", [], "hashed")
    assert record["pseudonym_key"] == PSEUDONYMS.key_id

    table.write_bytes(b"".join(table.read_bytes().splitlines(keepends=True)[:6]))
    record |= {"is_complete": False, "classified": 0, "failed": 0}
    table.with_suffix(".json").write_text(json.dumps(record))
    earlier = read_results(table)
    assert (earlier.roots, earlier.has_pseudonyms) == ((), True)
    resumption = Resumption(earlier, run, batch_size=BATCH_SIZE)
    list(resumption.results(paths, Engine(run)))
    assert (resumption.kept, resumption.new) == (5, 5)
    assert said(table) == whole
    sample = check_table(table, sample=10, seed=0).sample
    found = list(locate(sample, [folder], find_images([folder]), PSEUDONYMS))
    assert sorted(path for _, path in found) == sorted(paths)
    for row, path in found:
        assert row.name == PSEUDONYMS.of(path.relative_to(folder).as_posix())
    for path in table.parent.iterdir():
        assert b"Jane" not in path.read_bytes()
    other = run_record(folder, pseudonyms=Pseudonyms(b"l" * 32))
    with pytest.raises(ResultsError, match="another key of its pseudonyms"):
        Resumption(read_results(table), other)


def test_plain_names_are_found_below_whichever_folder_has_them(tmp_path: Path) -> None:
    folder, table = tmp_path / "p", tmp_path / "r.csv"
    paths = write_files(folder, ["a.jpg", "b/c.jpg", "d.jpg"])
    run = run_record(folder)
    list(export_results(Engine(run)(paths), table, run))
    paths[2].unlink()
    moved = folder.rename(tmp_path / "moved")
    sample = check_table(table, sample=3).sample
    assert [row.name for row in sample] == [row["relative_path"] for row in read_table(table)]
    found = list(locate(sample, [folder, moved], (), None))
    assert [path for _, path in found] == [moved / "a.jpg", moved / "b" / "c.jpg"]
