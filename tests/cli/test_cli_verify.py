"""`fundus-gui verify`: the first altered row is named, and a sample is computed again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tiny_photographs import photograph, write_broken_files, write_photographs

from fundus_gui.core import inference
from fundus_gui.core.errors import ImageError
from fundus_gui.core.export.chain import first_hash, next_hash
from fundus_gui.core.export.reading import RowReader, read_record, table_rows
from fundus_gui.core.export.tables import columns_of, csv_line
from fundus_gui.core.images import file_sha256

Run = Callable[..., Any]  # a command's words in, its code, out and err out


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_photographs(tmp_path / "p", 12)
    write_broken_files(tmp_path / "p" / "broken")
    return tmp_path / "p"


@pytest.fixture
def table(run: Run, folder: Path, tmp_path: Path) -> Path:
    run("classify", folder, "--out", tmp_path / "r.csv")
    return tmp_path / "r.csv"


def test_an_honest_table_is_computed_again_with_the_same_numbers(run: Run, table: Path) -> None:
    done = run("verify", table, "--sample", "10", "--seed", "5")
    assert done.code == 0
    assert "classified, " in done.out
    assert " failed) are as they were written." in done.out
    record = json.loads(table.with_suffix(".json").read_text(encoding="utf-8"))
    assert f"Last row_hash: {record['last_row_hash']}" in done.out
    assert "Computed again: 10 random rows (--seed 5)." in done.out
    assert "10 rows say the same; the largest difference of a probability is" in done.out
    assert "1e-05 is allowed" in done.out


def test_an_altered_row_is_named_with_what_differs(run: Run, table: Path) -> None:
    lines = table.read_bytes().splitlines(keepends=True)
    cells = lines[7].split(b",")
    cells[5] = b"0.98765"
    table.write_bytes(b"".join([*lines[:7], b",".join(cells), *lines[8:]]))
    done = run("verify", table)
    assert (done.code, done.out) == (1, "")
    assert done.err == (
        "fundus-gui: r.csv was altered in line 8 (006.png): prob cannot be with the "
        "probabilities of the models.\n"
    )


def test_a_stopped_run_is_said_to_be_one(run: Run, table: Path) -> None:
    record = json.loads(table.with_suffix(".json").read_text(encoding="utf-8"))
    record |= {"is_complete": False, "classified": 0, "failed": 0}
    table.with_suffix(".json").write_text(json.dumps(record), encoding="utf-8")
    table.write_bytes(b"".join(table.read_bytes().splitlines(keepends=True)[:6]) + b"005.p")
    done = run("verify", table, "--no-recompute")
    assert done.code == 0
    assert "5 rows (5 classified, 0 failed) are as they were written." in done.out
    assert "Its run did not come to its end" in done.out
    assert "Computed again" not in done.out


def forged(table: Path) -> None:
    """Give every row other numbers, and all hashes that belong to them."""
    record = read_record(table)
    columns = tuple(columns_of(record.class_names, record.ensemble.members))
    last, lines, reader = first_hash(record.identity, columns), [], RowReader(columns, record)
    head, *rows = table_rows(table)
    for row in rows:
        cells = reader.named(row)
        if cells["status"] == "ok":
            for name in columns:
                if "prob_" in name:
                    cells[name] = str(1 / 3)
            cells |= {
                "prob": str(1 / 3),
                "label": "amd",
                "agreement": "1",
                "entropy": "1.0986122887",
            }
        line = csv_line(cells.values()).encode()[: -64 - 2]
        last = next_hash(last, line)
        lines.append(line + last.encode() + b"\r\n")
    table.write_bytes(b"\xef\xbb\xbf" + head.content + b"".join(lines))
    content = json.loads(table.with_suffix(".json").read_text(encoding="utf-8"))
    table.with_suffix(".json").write_text(json.dumps(content | {"last_row_hash": last}))


def test_who_forges_all_hashes_is_found_out_by_the_sample(run: Run, table: Path) -> None:
    forged(table)
    assert run("verify", table, "--no-recompute").code == 0
    done = run("verify", table, "--sample", "100", "--seed", "1")
    assert done.code == 1
    assert done.out.count("a probability differs by 0.") == 12
    assert "  line 2, 000.png: a probability differs by 0." in done.out


def test_photographs_that_are_gone_or_replaced_give_a_sentence(
    run: Run, folder: Path, table: Path
) -> None:
    (folder / "002.png").unlink()
    photograph(77).save(folder / "004.png")
    done = run("verify", table, "--sample", "100")
    assert done.code == 3
    assert "line 6, 004.png: another photograph is there now, its hash differs." in done.out
    assert "1 of " in done.err
    assert "photographs are not there any more" in done.err
    moved = folder.rename(folder.with_name("moved"))
    done = run("verify", table)
    assert done.code == 3
    assert "20 of 20 photographs are not there any more." in done.err
    assert "rows say the same" in run("verify", table, moved).out


def test_weights_that_are_gone_or_others_give_a_sentence(
    run: Run, photos: Path, weights: Path, tmp_path: Path
) -> None:
    home, table = tmp_path / "home" / "weights", tmp_path / "r.csv"
    home.mkdir(parents=True)
    shutil.copy(weights / "tiny_a.safetensors", home / "mine.safetensors")
    assert run("classify", photos, "--model", "mine", "--out", table).code == 0
    shutil.copy(weights / "tiny_b.safetensors", home / "mine.safetensors")
    done = run("verify", table)
    assert done.code == 3
    assert "8 rows (8 classified, 0 failed) are as they were written." in done.out
    assert done.err == (
        "Nothing was computed again: the installed weights of mine are other ones.\n"
    )
    (home / "mine.safetensors").unlink()
    assert "Nothing was computed again: There is no model named 'mine'." in run("verify", table).err


def test_a_file_that_can_be_read_now_or_no_more_is_told_of(
    run: Run, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(path: Path, **_: Any) -> Any:
        raise ImageError(path, "the decoder is another one", file_sha256(path))

    monkeypatch.setattr(inference, "read_photograph", refused)
    done = run("verify", table, "--sample", "100")
    assert done.code == 1
    assert " then, it could not be read (the decoder is another one) now." in done.out


def test_parquet_is_verified_too(run: Run, photos: Path, tmp_path: Path) -> None:
    run("classify", photos, "--out", tmp_path / "r.parquet")
    done = run("verify", tmp_path / "r.parquet")
    assert done.code == 0
    assert "8 rows say the same" in done.out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["missing.csv"], "missing.csv; check the spelling."),
        (["missing.txt"], "missing.txt is no table of results: name the .csv or .parquet"),
        (["r.json"], "r.json is no table of results: name the .csv or .parquet of a run."),
    ],
)
def test_what_is_no_table_is_refused_in_a_line(
    run: Run, arguments: list[str], sentence: str
) -> None:
    done = run("verify", *arguments)
    assert done.code == 1
    assert sentence in done.err


def test_a_table_with_pseudonyms_needs_the_folder_that_was_opened(
    run: Run, folder: Path, tmp_path: Path
) -> None:
    table = tmp_path / "r.csv"
    assert run("classify", folder, "--paths", "hashed", "--out", table).code == 3
    unnamed = run("verify", table)
    assert unnamed.code == 3
    assert " failed) are as they were written." in unnamed.out
    assert "Name the folders that were opened then, after the table." in unnamed.err
    moved = folder.rename(tmp_path / "moved")
    done = run("verify", table, moved, "--sample", "50")
    assert (done.code, done.err) == (0, "")
    assert "rows say the same" in done.out
    above = run("verify", table, tmp_path, "--sample", "50")
    assert above.code == 3
    assert "Name the very folders that were opened then" in above.err
    (tmp_path / "home" / "pseudonyms.key").write_text("00" * 32)
    foreign = run("verify", table, moved)
    assert foreign.code == 3
    assert "the key of another user or computer; verify it there." in foreign.err
