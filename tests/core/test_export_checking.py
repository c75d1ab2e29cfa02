"""A table of results that somebody altered: the first altered row is named, whatever was done."""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from table_files import said
from tiny_results import export, read_json, run_record, some_results

from fundus_gui.core.decision import PredictionSets, Referral
from fundus_gui.core.errors import ResultsError
from fundus_gui.core.export import check_table, export_results, read_results
from fundus_gui.core.results import Prediction

ROWS = 9


@pytest.fixture
def table(tmp_path: Path) -> Path:
    run = run_record(tmp_path)
    export(some_results(tmp_path, ROWS), tmp_path / "r.csv", run)
    return tmp_path / "r.csv"


def lines_of(table: Path) -> list[bytes]:
    return table.read_bytes().splitlines(keepends=True)


def complaint(table: Path) -> str:
    with pytest.raises(ResultsError) as caught:
        check_table(table)
    return str(caught.value)


def test_anybody_can_check_the_hashes_as_they_are_described(table: Path) -> None:
    record = read_json(table.with_suffix(".json"))
    ensemble = ("members", "weights", "rule", "temperature", "prediction_sets", "referral")
    model = ("weights_sha256", "preprocessing", "temperature")
    identity: dict[str, Any] = {
        name: record[name] for name in ("class_names", "precision", "paths", "pseudonym_key")
    }
    identity["ensemble"] = {name: record["ensemble"][name] for name in ensemble}
    identity["models"] = {
        member: {name: facts[name] for name in model} for member, facts in record["models"].items()
    }
    text = json.dumps(identity, sort_keys=True, separators=(",", ":"))
    head, *rows = table.read_bytes().removeprefix(b"\xef\xbb\xbf").split(b"\r\n")[:-1]
    last = hashlib.sha256(text.encode() + b"\n" + head).hexdigest()
    for row in rows:
        told, said_hash = row[:-64], row[-64:].decode()
        last = hashlib.sha256(last.encode() + told).hexdigest()
        assert told.endswith(b",")
        assert said_hash == last
    assert len(rows) == ROWS
    assert record["last_row_hash"] == last == check_table(table).last_row_hash


def test_one_changed_byte_anywhere_is_noticed_and_its_line_is_named(table: Path) -> None:
    content, chance = table.read_bytes(), random.Random(0)
    begin = content.index(b"\r\n") + 2
    for _ in range(200):
        place = chance.randrange(begin, len(content) - 2)
        altered = bytearray(content)
        altered[place] = chance.choice([b for b in range(32, 127) if b != content[place]])
        table.write_bytes(altered)
        sentence = complaint(table)
        line = content[:place].count(b"\n") + 1
        assert re.search(rf"altered in line {line}\b|missing at its end", sentence), sentence


@pytest.mark.parametrize("place", [0, 3, 50])
def test_a_changed_head_is_noticed(table: Path, place: int) -> None:
    content = bytearray(table.read_bytes())
    content[place] ^= 1
    table.write_bytes(content)
    assert "does not have the columns of its record r.json" in complaint(table)


def swapped(lines: list[bytes]) -> list[bytes]:
    return [*lines[:4], lines[5], lines[4], *lines[6:]]


@pytest.mark.parametrize(
    ("alter", "sentence"),
    [
        (lambda lines: lines[:3] + lines[4:], "line 4 (3.jpg): 1 row is missing, the first"),
        (lambda lines: lines[:1] + lines[3:], "line 2 (2.jpg): 2 rows are missing, the first"),
        (lambda lines: [*lines[:3], lines[5], *lines[3:]], "line 4 (4.jpg): it does not belong"),
        (swapped, "line 5 (4.jpg): it does not belong there; rows up to line 5 were moved"),
        (lambda lines: lines[:-1], "1 row is missing at its end, for its record r.json tells of"),
        (lambda lines: lines[:1], f"{ROWS} rows are missing at its end"),
        (lambda lines: [*lines, lines[-1]], "line 11 (8.jpg): a cell of it or its row_hash was"),
        (lambda lines: [*lines[:3], b"a,b\r\n", *lines[3:]], "line 4: it has 2 cells, not 26."),
        (lambda lines: [*lines[:3], b'"' + lines[3], *lines[4:]], "rows are missing at its end"),
        (lambda lines: [*lines[:3], b"\xff" + lines[3], *lines[4:]], "line 4: it has 0 cells"),
    ],
)
def test_rows_that_were_removed_put_in_or_moved_are_noticed(
    table: Path, alter: Callable[[list[bytes]], list[bytes]], sentence: str
) -> None:
    table.write_bytes(b"".join(alter(lines_of(table))))
    assert sentence in complaint(table)


def test_cells_that_cannot_stand_together_are_named(table: Path) -> None:
    lines = lines_of(table)
    cells = lines[1].split(b",")
    label = {b"amd": b"normal", b"normal": b"amd"}[cells[4]]
    for place, value, sentence in [
        (4, label, "line 2 (0.jpg): label cannot be with the probabilities of the models."),
        (5, b"0.99", "line 2 (0.jpg): prob cannot be with"),
        (8, b"0.99", "line 2 (0.jpg): the probabilities of cnn do not add up to 1."),
        (8, b"nan", "line 2 (0.jpg): the probabilities of cnn do not add up to 1."),
        (8, b"many", "could not convert string to float"),
        (12, b"0.5", "line 2 (0.jpg): cnn__weight cannot be with"),
        (14, b"0.123", "agreement cannot be with"),
        (16, b"9", "line 2 (0.jpg): a cell of it or its row_hash was changed, or a row before it "),
        (16, b"9", "was removed, or the settings in r.json were."),
    ]:
        altered = [*cells[:place], value, *cells[place + 1 :]]
        table.write_bytes(b"".join([lines[0], b",".join(altered), *lines[2:]]))
        assert sentence in complaint(table)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda r: r.update(classified=r["classified"] + 2), "2 rows are missing at its end"),
        (lambda r: r.update(failed=r["failed"] - 1), "it has 9 rows, but its record r.json tells"),
        (lambda r: r.update(last_row_hash="0" * 64), "its last row_hash is not that of its record"),
        (lambda r: r.update(precision="bfloat16"), "line 2 (0.jpg): a cell of it or its row_hash"),
        (lambda r: r["models"]["cnn"].update(weights_sha256="other"), "the settings in r.json"),
        (lambda r: r["ensemble"].update(weights=[0.5, 0.5]), "cannot be with the probabilities"),
        (lambda r: r.update(class_names=["amd", "other"]), "does not have the columns"),
        (lambda r: r.pop("models"), "is no record of a table of this version"),
        (lambda r: r.update(ensemble=[]), "is no record of a table of this version"),
        (lambda r: r.update(classified=1e400), "is no record of a table of this version"),
        (lambda r: r.update(started="yesterday"), "is no record of a table of this version"),
    ],
)
def test_a_changed_record_is_noticed(
    table: Path, change: Callable[[dict[str, Any]], Any], sentence: str
) -> None:
    record = read_json(table.with_suffix(".json"))
    change(record)
    table.with_suffix(".json").write_text(json.dumps(record))
    assert sentence in complaint(table)


def test_sets_and_outcomes_are_checked_too(tmp_path: Path) -> None:
    run = run_record(tmp_path)
    object.__setattr__(
        run.ensemble, "prediction_sets", PredictionSets(coverage=0.9, thresholds=(1,))
    )
    object.__setattr__(run.ensemble, "referral", Referral(confidence=1.0))
    results = [
        replace(result, decision=run.ensemble.decision)
        if isinstance(result, Prediction)
        else result
        for result in some_results(tmp_path, 3)
    ]
    table = tmp_path / "r.csv"
    export(results, table, run)
    assert check_table(table, sample=3, seed=0).sample[0].result.outcome == "refer"  # type: ignore[union-attr]
    table.write_bytes(table.read_bytes().replace(b",refer,", b",report,", 1))
    assert "outcome cannot be with the probabilities" in complaint(table)


def test_parquet_has_the_hashes_of_the_csv_and_is_checked_alike(tmp_path: Path) -> None:
    run, results = run_record(tmp_path), some_results(tmp_path, 1500)
    export(results, tmp_path / "r.csv", run)
    export(results, tmp_path / "s.parquet", run)
    checked = check_table(tmp_path / "s.parquet", sample=5, seed=1)
    assert (checked.classified, checked.failed) == (1000, 500)
    assert checked.last_row_hash == check_table(tmp_path / "r.csv").last_row_hash
    assert checked.sample == check_table(tmp_path / "r.csv", sample=5, seed=1).sample
    columns = pq.read_table(tmp_path / "s.parquet").to_pydict()
    columns["label"][1200] = "other"
    pq.write_table(
        pa.table(columns, pq.read_schema(tmp_path / "s.parquet")), tmp_path / "s.parquet"
    )
    assert "s.parquet was altered in line 1202 (1200.jpg): label" in complaint(
        tmp_path / "s.parquet"
    )
    (tmp_path / "s.parquet").write_bytes(b"PAR1 no more")
    assert "cannot be read" in complaint(tmp_path / "s.parquet")


def test_a_table_of_a_stopped_run_is_fine_as_far_as_it_goes(tmp_path: Path) -> None:
    rows = export_results(some_results(tmp_path), tmp_path / "r.csv", run_record(tmp_path))
    for _ in range(4):
        next(rows)
    during = check_table(tmp_path / "r.csv")
    assert (during.classified + during.failed, during.record.is_complete) == (4, False)
    rows.close()
    after = check_table(tmp_path / "r.csv")
    assert (after.classified + after.failed, after.record.is_complete) == (4, False)
    assert after.last_row_hash == during.last_row_hash
    with (tmp_path / "r.csv").open("ab") as stream:
        stream.write(b"4.jpg,4.j")
    assert check_table(tmp_path / "r.csv").classified == after.classified


def test_a_sample_is_as_large_as_asked_repeatable_and_of_all_rows(tmp_path: Path) -> None:
    export(some_results(tmp_path, 60), tmp_path / "r.csv", run_record(tmp_path))
    drawn = [row.line for row in check_table(tmp_path / "r.csv", sample=10, seed=3).sample]
    assert drawn == sorted(set(drawn))
    assert len(drawn) == 10
    again = check_table(tmp_path / "r.csv", sample=10, seed=3).sample
    assert [row.line for row in again] == drawn
    everything = {
        row.line
        for seed in range(40)
        for row in check_table(tmp_path / "r.csv", sample=10, seed=seed).sample
    }
    assert everything == set(range(2, 62))
    assert len(check_table(tmp_path / "r.csv", sample=100).sample) == 60


def test_a_row_without_end_is_refused_before_it_fills_the_memory(table: Path) -> None:
    with table.open("ab") as stream:
        stream.write(b'"' + b"\n" * 3_000_000)
    assert "is not the line of a table of results" in complaint(table)


def test_other_files_are_refused(tmp_path: Path, table: Path) -> None:
    table.rename(tmp_path / "r.txt")
    with pytest.raises(ResultsError, match=r"r\.txt is no table of results: name the \.csv"):
        check_table(tmp_path / "r.txt")
    assert "There is no table" in complaint(tmp_path / "missing.csv")
    assert "cannot be read" in complaint(tmp_path / "r.csv")


def test_whatever_bytes_are_there_the_outcome_is_a_table_or_a_sentence(table: Path) -> None:
    chance = random.Random(1)
    contents = {path: path.read_bytes() for path in (table, table.with_suffix(".json"))}
    refused = 0
    for _ in range(400):
        path = chance.choice(list(contents))
        damaged = bytearray(contents[path])
        for _ in range(chance.choice([1, 1, 3])):
            begin = chance.randrange(len(damaged))
            part = bytes(chance.choices(b'"\r\n,:[]{}0e-1a\\\0\xff', k=chance.randrange(4)))
            damaged[begin : begin + chance.choice([0, 1, 30])] = part
        path.write_bytes(damaged)
        for read in (check_table, read_results):
            try:
                read(table)
            except ResultsError:
                refused += 1
        path.write_bytes(contents[path])
    assert refused > 400


def test_equal_runs_differ_in_seconds_alone(tmp_path: Path) -> None:
    run = run_record(tmp_path)
    for name in ("a.csv", "b.csv"):
        export(some_results(tmp_path), tmp_path / name, run)
    assert said(tmp_path / "a.csv") == said(tmp_path / "b.csv")
    assert (
        read_results(tmp_path / "a.csv").last_row_hash
        == check_table(tmp_path / "b.csv").last_row_hash
    )
