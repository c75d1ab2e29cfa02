"""`fundus-gui classify --resume`: a stopped run goes on, with the numbers it would have had."""

from __future__ import annotations

import csv
import json
import os
import shutil
import tracemalloc
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from tiny_photographs import photograph, write_broken_files, write_photographs
from tiny_weights import write_tiny_weights

from fundus_gui.core.catalogue import EnsembleSpec, write_ensemble

Run = Callable[..., Any]  # a command's words in, its code, out and err out


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return [
            {name: cell for name, cell in row.items() if name not in ("seconds", "row_hash")}
            for row in csv.DictReader(stream)
        ]


def kill(table: Path, lines: int, torn: int = 5) -> None:
    """Leave what a killed run leaves: whole lines, part of one more, the first record."""
    content = table.read_bytes().splitlines(keepends=True)
    table.write_bytes(b"".join(content[: 1 + lines]) + b"".join(content[1 + lines :])[:torn])
    record = json.loads(table.with_suffix(".json").read_text(encoding="utf-8"))
    record |= {"is_complete": False, "classified": 0, "failed": 0}
    table.with_suffix(".json").write_text(json.dumps(record), encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return 20 photographs and a few files that are none."""
    write_photographs(tmp_path / "p", 20)
    write_broken_files(tmp_path / "p" / "broken")
    return tmp_path / "p"


@pytest.mark.parametrize("options", [[], ["--ensemble", "pair", "--precision", "exact"]])
def test_a_killed_run_goes_on_to_the_table_of_an_uninterrupted_one(
    run: Run, folder: Path, tmp_path: Path, options: Sequence[str]
) -> None:
    table = tmp_path / "r.csv"
    first = run("classify", folder, "--ensemble", "pair", "--out", table)
    assert first.code == 3
    whole = rows_of(table)
    for lines in (0, 7, 16, 21):
        kill(table, lines)
        done = run("classify", "--resume", table, *options)
        assert done.code == 3
        new = len(whole) - lines
        assert f"Continued: {lines} rows kept, 0 classified again, {new} new." in done.out
        assert rows_of(table) == whole
    assert sorted(path.name for path in tmp_path.glob("r*")) == ["r.csv", "r.json"]
    record = json.loads(table.with_suffix(".json").read_text(encoding="utf-8"))
    assert len(record["resumed"]) == 4
    assert "--resume" in record["resumed"][0]["command"]
    assert "--out" in record["command"]
    assert run("verify", table, "--no-recompute").code == 0


def test_the_precision_subfolders_and_models_are_those_of_the_table(
    run: Run, folder: Path, tmp_path: Path
) -> None:
    table = tmp_path / "r.csv"
    first = ["--model", "tiny_b", "--no-recursive", "--out"]
    assert run("classify", folder, *first, table).code == 0
    whole = rows_of(table)
    kill(table, 9)
    done = run("classify", "--resume", table)
    assert (done.code, len(rows_of(table))) == (0, 20)
    assert rows_of(table) == whole
    assert "tiny_b__weight" in whole[0]
    assert "tiny_a__weight" not in whole[0]


def test_a_complete_table_has_nothing_left_to_do(run: Run, photos: Path, tmp_path: Path) -> None:
    table = tmp_path / "r.csv"
    run("classify", photos, "--out", table)
    before = table.read_bytes()
    done = run("classify", "--resume", table)
    assert done.code == 0
    assert "The table was complete, nothing was to do: 8 rows kept." in done.out
    assert "8 classified, 0 could not be read." in done.out
    assert table.read_bytes() == before


def test_changed_and_new_files_are_told_of_and_no_row_is_lost(
    run: Run, folder: Path, tmp_path: Path
) -> None:
    table = tmp_path / "r.csv"
    run("classify", folder, "--out", table)
    photograph(99).save(folder / "003.png")
    photograph(98).save(folder / "005b.png")
    (folder / "007.png").unlink()
    before = rows_of(table)
    done = run("classify", "--resume", table)
    assert f"Continued: {len(before) - 2} rows kept, 1 classified again, 1 new." in done.out
    assert "2 earlier rows, of files that are changed or gone, fell out; r.before-1.csv" in done.out
    earlier = rows_of(tmp_path / "r.before-1.csv")
    assert earlier[: len(before)] == before
    anew = tmp_path / "anew.csv"
    run("classify", folder, "--out", anew)
    names = [row["relative_path"] for row in rows_of(anew)]
    assert [row["relative_path"] for row in rows_of(table)] == names
    assert rows_of(table)[3] == rows_of(anew)[3]
    assert run("verify", table, "--no-recompute").code == 0


def test_a_table_that_does_not_exist_is_begun(run: Run, photos: Path, tmp_path: Path) -> None:
    table = tmp_path / "r.csv"
    for _ in range(2):  # the same command, until it comes to its end
        assert run("classify", photos, "--resume", table).code == 0
    assert len(rows_of(table)) == 8
    done = run("classify", "--resume", tmp_path / "typo.csv")
    assert done.code == 2
    assert "name photographs or folders" in done.err


def test_photographs_that_moved_are_named_again(run: Run, folder: Path, tmp_path: Path) -> None:
    table = tmp_path / "r.csv"
    run("classify", folder, "--out", table)
    whole = rows_of(table)
    kill(table, 5)
    moved = folder.rename(tmp_path / "moved")
    gone = run("classify", "--resume", table)
    assert gone.code == 1
    assert f"The photographs of r.csv are not in {folder} any more. Name the folder" in gone.err
    assert "5 rows kept" in run("classify", moved, "--resume", table).out
    assert rows_of(table) == whole


def test_single_files_stay_single_files(run: Run, folder: Path, tmp_path: Path) -> None:
    table, files = tmp_path / "r.csv", [folder / "001.png", folder / "004.png"]
    run("classify", *files, "--out", table)
    kill(table, 1)
    run("classify", "--resume", table)
    assert [row["filename"] for row in rows_of(table)] == ["001.png", "004.png"]


def test_another_ensemble_or_other_weights_are_refused(
    run: Run, photos: Path, weights: Path, tmp_path: Path
) -> None:
    table, home = tmp_path / "r.csv", tmp_path / "home" / "weights"
    write_tiny_weights(tmp_path / "made")
    home.mkdir(parents=True)
    shutil.copy(tmp_path / "made" / "tiny_a.safetensors", home / "mine.safetensors")
    write_ensemble(EnsembleSpec(name="own", members=("mine", "tiny_b"), weights=(1, 1)), home)
    run("classify", photos, "--ensemble", "own", "--out", table)
    kill(table, 4)
    before = table.read_bytes()
    for options, sentence in [
        (["--model", "tiny_a"], "made with another choice of models"),
        (["--ensemble", "own", "--weights", "1,2"], "another ensemble: its models, their vote"),
        (["--paths", "hashed"], "another way to write paths"),
    ]:
        done = run("classify", "--resume", table, *options)
        assert done.code == 1
        assert sentence in done.err
    shutil.copy(weights / "tiny_b.safetensors", home / "mine.safetensors")
    done = run("classify", "--resume", table)
    assert done.code == 1
    assert (
        "r.csv cannot be continued, for it was made with another weights file of mine" in done.err
    )
    (home / "mine.safetensors").unlink()
    assert "There is no model named 'mine'" in run("classify", "--resume", table).err
    assert table.read_bytes() == before


def test_what_cannot_be_continued_is_refused(run: Run, photos: Path, tmp_path: Path) -> None:
    run("classify", photos, "--out", tmp_path / "r.parquet")
    done = run("classify", "--resume", tmp_path / "r.parquet")
    assert done.code == 1
    assert "r.parquet is Parquet, which is whole only when its run is complete" in done.err
    table = tmp_path / "s.csv"
    run("classify", photos, "--out", table)
    assert run("classify", "--resume", table, "--out", tmp_path / "t.csv").code == 2
    table.write_bytes(table.read_bytes().replace(b"003.png,", b"004.png,", 1))
    done = run("classify", "--resume", table)
    assert done.code == 1
    assert "s.csv was altered in line 5 (004.png)" in done.err
    table.with_suffix(".json").unlink()
    assert (
        "s.json, the record of the table, cannot be read" in run("classify", "--resume", table).err
    )


def test_pseudonyms_go_on_with_the_folders_named_again(
    run: Run, folder: Path, tmp_path: Path
) -> None:
    table = tmp_path / "r.csv"
    assert run("classify", folder, "--paths", "hashed", "--out", table).code == 3
    whole = rows_of(table)
    kill(table, 6)
    done = run("classify", "--resume", table)
    assert done.code == 2
    assert "name photographs or folders (the table that is continued names none)" in done.err
    assert "6 rows kept, 0 classified again" in run("classify", folder, "--resume", table).out
    assert rows_of(table) == whole
    found = run("verify", table, folder, "--seed", "1")
    assert found.code == 0
    assert "Computed again: 20 random rows" in found.out
    (tmp_path / "home" / "pseudonyms.key").unlink()
    done = run("classify", folder, "--resume", table)
    assert "another key of its pseudonyms" in done.err
    assert "with the key of another user or computer" in run("verify", table, folder).err


@pytest.mark.slow
def test_memory_does_not_grow_with_the_files(run: Run, tmp_path: Path) -> None:
    """Files of one folder are sorted by name, hence many folders; hard links spare the disk."""
    peaks = []
    original = write_photographs(tmp_path / "one", 1)[0]
    for folders in (2, 12):
        top = tmp_path / f"{folders}"
        for number in range(folders):
            (top / f"{number}").mkdir(parents=True)
            for name in range(50):
                os.link(original, top / f"{number}" / f"{name}.png")
        run("classify", original)  # what is imported and cached once
        tracemalloc.start()
        done = run("classify", top, "--model", "tiny_a", "--out", tmp_path / f"{folders}.csv")
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert f"{50 * folders} classified" in done.out
    assert peaks[1] - peaks[0] < 500 * 300  # a path alone takes that much
