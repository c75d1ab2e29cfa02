"""Folders and files that vanish, appear, change or are forbidden while a batch runs."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from command_line import without_privileges
from command_runs import Done
from killer import Nursery, nursery
from tiny_photographs import photograph, write_photographs
from tiny_results import names_in, read_table
from tiny_weights import write_tiny_weights

from fundus_gui.core import inference
from fundus_gui.core.images import find_images
from fundus_gui.core.results import ImageResult

Run = Callable[..., Done]

posix_only = pytest.mark.skipif(os.name != "posix", reason="uses permissions of POSIX")
COUNT = 40
AFTER = 6  # rows before something happens
AHEAD = 8  # photographs that may have been read by then: two batches and what waits
SLOWLY = ("--ensemble", "pair", "--batch-size", "2", "--workers", "1", "--device", "cpu")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_photographs(tmp_path / "eyes", COUNT)
    return tmp_path / "eyes"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    (tmp_path / "results").mkdir()
    return tmp_path / "results" / "r.csv"


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Return a function that lets something happen once, in the middle of the next batch."""
    predict = inference.predict_images

    def arrange(happen: Callable[[], object]) -> None:
        waiting = [happen]

        def predict_meanwhile(*arguments: Any, **options: Any) -> Iterator[ImageResult]:
            results = predict(*arguments, **options)
            try:
                for number, result in enumerate(results):
                    if number == AFTER and waiting:
                        waiting.pop()()
                    yield result
            finally:
                results.close()

        monkeypatch.setattr(inference, "predict_images", predict_meanwhile)

    return arrange


def statuses(table: Path) -> list[str]:
    return [row["status"] for row in read_table(table)]


# Vanishing ----------------------------------------------------------------------------------------


def test_a_folder_that_vanishes_gives_rows_that_say_so_and_can_be_done_again(
    run: Run, folder: Path, out: Path, meanwhile: Callable[[Callable[[], object]], None]
) -> None:
    elsewhere = folder.with_name("pulled out")
    meanwhile(lambda: folder.rename(elsewhere))
    done = run("classify", folder, *SLOWLY, "--out", out)
    assert done.code == 3
    rows = read_table(out)
    names = [row["filename"] for row in rows]
    assert names[:COUNT] == [f"{number:03}.png" for number in range(COUNT)]
    assert [row["status"] for row in rows[:AFTER]] == ["ok"] * AFTER
    assert {row["status"] for row in rows[AFTER + AHEAD :]} == {"failed"}
    assert "does not exist" in rows[-1]["error"]

    elsewhere.rename(folder)
    assert run("classify", folder, *SLOWLY, "--resume", out).code == 0
    assert statuses(out) == ["ok"] * COUNT


def test_a_folder_that_vanishes_while_it_is_listed_ends_the_listing(folder: Path) -> None:
    for number in range(3):
        write_photographs(folder / f"below {number}", 3)
    found = []
    for path in find_images([folder]):
        found.append(path)
        if len(found) == 5:
            shutil.rmtree(folder)
    assert [path.name for path in found[:COUNT]] == [f"{n:03}.png" for n in range(COUNT)]
    assert set(found[COUNT:]) <= {folder / f"below {number}" for number in range(3)}


def test_a_table_whose_folder_vanishes_is_no_success(
    run: Run, folder: Path, out: Path, meanwhile: Callable[[Callable[[], object]], None]
) -> None:
    meanwhile(lambda: shutil.rmtree(out.parent))
    done = run("classify", folder, *SLOWLY, "--out", out)
    assert done.code == 1
    assert str(out) in done.sentence
    assert not out.exists()


# Appearing and changing ---------------------------------------------------------------------------


def test_photographs_that_appear_disturb_nothing_and_are_new_when_it_goes_on(
    run: Run, folder: Path, out: Path, meanwhile: Callable[[Callable[[], object]], None]
) -> None:
    meanwhile(lambda: photograph(77).save(folder / "020 new.png"))
    assert run("classify", folder, *SLOWLY, "--out", out).code == 0
    assert len(read_table(out)) == COUNT
    assert run("classify", folder, *SLOWLY, "--resume", out).code == 0
    names = [row["filename"] for row in read_table(out)]
    assert len(names) == COUNT + 1
    assert names.count("020 new.png") == 1


def test_photographs_that_change_have_the_hash_of_what_was_seen_and_are_done_again(
    run: Run,
    folder: Path,
    out: Path,
    tmp_path: Path,
    meanwhile: Callable[[Callable[[], object]], None],
) -> None:
    changed = [folder / "000.png", folder / "039.png"]  # a row that is written, one to come

    def change() -> None:
        for seed, path in enumerate(changed):
            photograph(70 + seed).save(path)

    before = tmp_path / "before.csv"
    assert run("classify", folder, *SLOWLY, "--out", before).code == 0
    meanwhile(change)
    assert run("classify", folder, *SLOWLY, "--out", out).code == 0
    after = tmp_path / "after.csv"
    assert run("classify", folder, *SLOWLY, "--out", after).code == 0

    seen = {row["filename"]: row for row in read_table(out)}
    old = {row["filename"]: row for row in read_table(before)}
    new = {row["filename"]: row for row in read_table(after)}
    for name, row in seen.items():
        same = old if row["image_sha256"] == old[name]["image_sha256"] else new
        assert row["image_sha256"] == same[name]["image_sha256"]
        assert row["prob"] == same[name]["prob"]
    assert seen["000.png"]["image_sha256"] == old["000.png"]["image_sha256"]
    assert seen["039.png"]["image_sha256"] == new["039.png"]["image_sha256"]

    assert run("classify", folder, *SLOWLY, "--resume", out).code == 0
    again = [(row["filename"], row["image_sha256"], row["prob"]) for row in read_table(out)]
    assert again == [(n, row["image_sha256"], row["prob"]) for n, row in new.items()]


@posix_only
def test_photographs_that_are_replaced_by_something_else_are_failed_rows(
    run: Run, folder: Path, out: Path, meanwhile: Callable[[Callable[[], object]], None]
) -> None:
    def replace() -> None:
        for number in range(30, 35):
            (folder / f"{number:03}.png").unlink()
        (folder / "030.png").mkdir()
        os.mkfifo(folder / "031.png")
        (folder / "032.png").symlink_to(folder / "032.png")
        (folder / "033.png").write_bytes(b"")
        (folder / "034.png").write_bytes((folder / "000.png").read_bytes()[:300])

    meanwhile(replace)
    assert run("classify", folder, *SLOWLY, "--out", out).code == 3
    rows = read_table(out)
    assert len(rows) == COUNT
    assert {row["filename"] for row in rows if row["status"] == "failed"} == {
        f"{number:03}.png" for number in range(30, 35)
    }
    assert all(row["error"] for row in rows if row["status"] == "failed")


# Forbidden ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def obeying(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    """Return what runs commands that obey permissions, though root may run the tests."""
    words = without_privileges() if os.name == "posix" else None
    if words is None:
        pytest.skip("permissions mean nothing to this user")
    home = tmp_path_factory.mktemp("home")
    write_tiny_weights(home / "weights")
    with nursery(home, home / "said.log", words) as commands:
        yield commands


def test_what_is_forbidden_is_a_failed_row_each(obeying: Nursery, folder: Path, out: Path) -> None:
    write_photographs(folder / "hidden", 2)
    (folder / "005.png").chmod(0)
    (folder / "hidden").chmod(0)
    try:
        code = obeying.run("classify", folder, *SLOWLY, "--out", out)
    finally:
        (folder / "hidden").chmod(0o700)
    assert code == 3, obeying.said()
    failed = {row["filename"]: row["error"] for row in read_table(out) if row["status"] != "ok"}
    assert set(failed) == {"005.png", "hidden"}
    assert "permission to read the file was denied" in failed["005.png"]
    assert "cannot be opened" in failed["hidden"]


def test_a_folder_that_becomes_unreadable_gives_rows_that_say_so_and_can_be_done_again(
    obeying: Nursery, folder: Path, out: Path
) -> None:
    words = ("classify", folder, *SLOWLY, "--out", out)
    try:
        code = obeying.pause(AFTER, lambda: folder.chmod(0), *words)
    finally:
        folder.chmod(0o700)
    assert code == 3, obeying.said()
    rows = read_table(out)
    assert [row["status"] for row in rows[:AFTER]] == ["ok"] * AFTER
    failed = rows[AFTER + AHEAD :]
    assert len(failed) == COUNT - AFTER - AHEAD
    assert {row["status"] for row in failed} == {"failed"}
    assert all("permission" in row["error"] for row in failed)
    assert obeying.run("classify", folder, *SLOWLY, "--resume", out) == 0, obeying.said()
    assert statuses(out) == ["ok"] * COUNT


def test_a_place_that_cannot_be_written_is_one_sentence(
    obeying: Nursery, folder: Path, out: Path
) -> None:
    out.parent.chmod(0o500)
    try:
        code = obeying.run("classify", folder, *SLOWLY, "--out", out)
    finally:
        out.parent.chmod(0o700)
    assert code == 1
    assert "Permission denied" in obeying.said().splitlines()[-1]
    assert "Traceback" not in obeying.said()
    assert names_in(out.parent) == set()


def test_weights_that_may_not_be_read_are_named(obeying: Nursery, folder: Path, out: Path) -> None:
    weights = obeying.log.parent / "weights" / "tiny_a.safetensors"
    weights.chmod(0)
    try:
        code = obeying.run("classify", folder, *SLOWLY, "--out", out)
    finally:
        weights.chmod(0o600)
    assert code == 1
    assert "pair" in obeying.said().splitlines()[-1]
    assert not out.exists()
