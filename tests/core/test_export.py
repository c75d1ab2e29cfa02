"""The cells of exported results: every row, every digit, nothing that a spreadsheet runs."""

from __future__ import annotations

import csv
import json
import os
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_results import (
    CLASSES,
    MEMBERS,
    export,
    names_in,
    prediction,
    read_json,
    read_table,
    run_record,
    some_results,
)

from fundus_gui import RESEARCH_USE_ONLY, __version__
from fundus_gui.core.decision import Decision, PredictionSets, Referral
from fundus_gui.core.errors import ExportError
from fundus_gui.core.export import Chain, export_results, table_columns, table_row
from fundus_gui.core.results import UnreadableImage

posix_only = pytest.mark.skipif(os.name != "posix", reason="uses names that Windows forbids")

COLUMNS = [
    *("filename", "relative_path", "status", "error", "label", "prob", "prob_amd", "prob_normal"),
    *("cnn__prob_amd", "cnn__prob_normal", "vit__prob_amd", "vit__prob_normal"),
    *("cnn__weight", "vit__weight", "agreement", "entropy", "seconds", "image_sha256", "warnings"),
    *("cnn__weights_sha256", "vit__weights_sha256", "prediction_set", "outcome"),
    *("file_bytes", "file_modified_ns", "row_hash"),
]
NUMBERS = {"file_bytes", "file_modified_ns"}
TEXTS = {"filename", "relative_path", "status", "error", "label", *COLUMNS[-9:]} - NUMBERS


def undefused(cell: str) -> str:
    """Take away the apostrophe that the export puts before a formula."""
    starts = {line.strip().lstrip("'")[:1] for line in cell[1:].splitlines()}
    is_defused = cell[:1] == "'" and (cell[1:2] in ("\t", "\r") or starts & set("=+-@＝＋－＠"))
    return cell[1:] if is_defused else cell


# Columns and cells --------------------------------------------------------------------------------


def test_the_columns_are_those_that_others_rely_on() -> None:
    columns = table_columns(run_record())
    assert list(columns) == COLUMNS
    assert {name for name, kind in columns.items() if kind is str} == TEXTS
    assert {name for name, kind in columns.items() if kind is int} == NUMBERS


def test_a_row_says_what_the_prediction_says() -> None:
    result = prediction(Path("/photos/a.jpg"))
    row = table_row(result, run_record(Path("/photos")))
    assert set(row) == set(COLUMNS) - {"error", "prediction_set", "outcome", "row_hash"}
    assert (row["filename"], row["status"], row["label"]) == ("a.jpg", "ok", result.label)
    assert (row["file_bytes"], row["file_modified_ns"]) == (123_456, 1_700_000_000_123_456_789)
    assert row["prob"] == max(result.probabilities)
    assert (row["prob_amd"], row["prob_normal"]) == result.probabilities
    assert row["vit__prob_amd"] == result.member_probabilities[1][0]
    assert (row["cnn__weight"], row["vit__weight"]) == (0.6, 0.4)
    assert row["vit__weights_sha256"] == "hash of vit"
    assert row["warnings"] == (
        "greyscale, without colour; the file holds several images; the first was read"
    )


def test_a_row_says_what_the_answer_leaves_open_and_what_becomes_of_it() -> None:
    decision = Decision(
        rule="entropy",
        prediction_sets=PredictionSets(coverage=0.9, thresholds=(1.0,)),
        referral=Referral(confidence=1.0),
    )
    result = replace(prediction(Path("/photos/a.jpg")), decision=decision)
    row = table_row(result, run_record(Path("/photos")))
    likeliest_first = sorted(CLASSES, key=lambda name: -float(row[f"prob_{name}"] or 0))
    assert row["prediction_set"] == ";".join(likeliest_first)
    assert row["outcome"] == "refer"
    assert (row["cnn__weight"], row["vit__weight"]) == result.image_weights != result.weights


def test_the_record_of_the_run_says_how_was_decided() -> None:
    run = run_record()
    fitted = replace(
        run.ensemble,
        rule="entropy",
        temperature=1.25,
        prediction_sets=PredictionSets(coverage=0.9, thresholds=(0.5, 0.75)),
        referral=Referral(confidence=0.6),
    )
    record = replace(run, ensemble=fitted).to_json(classified=1, failed=0, is_complete=True)
    ensemble = json.loads(record)["ensemble"]
    assert (ensemble["rule"], ensemble["temperature"]) == ("entropy", 1.25)
    sets = {"coverage": 0.9, "thresholds": [0.5, 0.75], "score": "lac"}
    assert ensemble["prediction_sets"] == sets
    assert ensemble["referral"] == {"confidence": 0.6, "agreement": 0.0}


def test_a_failed_file_has_a_row_with_its_sentence_and_no_numbers() -> None:
    row = table_row(UnreadableImage(Path("a.jpg"), "the file is empty", "e3", 0.5), run_record())
    assert row == {
        "filename": "a.jpg",
        "relative_path": "a.jpg",
        "status": "failed",
        "error": "the file is empty",
        "seconds": 0.5,
        "image_sha256": "e3",
    }


def test_relative_paths_count_from_the_deepest_opened_folder(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    single = tmp_path / "c" / "single.jpg"
    single.parent.mkdir()
    single.touch()
    run = run_record(tmp_path / "a", tmp_path / "a" / "b", single)
    assert run.names(tmp_path / "a" / "x.jpg") == ("x.jpg", "x.jpg")
    assert run.names(tmp_path / "a" / "d" / "x.jpg") == ("x.jpg", "d/x.jpg")
    assert run.names(tmp_path / "a" / "b" / "x.jpg") == ("x.jpg", "x.jpg")
    assert run.names(single) == ("single.jpg", "single.jpg")
    assert run.names(Path("/elsewhere/x.jpg")) == ("x.jpg", "x.jpg")


def test_files_given_one_by_one_count_as_their_folder_once(tmp_path: Path) -> None:
    files = [tmp_path / f"{number}.jpg" for number in range(50)]
    assert run_record(*files).folders == (tmp_path,)


# Formats ------------------------------------------------------------------------------------------


def test_csv_starts_with_a_byte_order_mark_and_keeps_every_digit(tmp_path: Path) -> None:
    run = run_record(tmp_path)
    results = some_results(tmp_path)
    export(results, tmp_path / "r.csv", run)
    content = (tmp_path / "r.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbffilename,relative_path,")
    assert content.count(b"\r\n") == content.count(b"\n") == len(results) + 1
    for cells, result in zip(read_table(tmp_path / "r.csv"), results, strict=True):
        assert list(cells) == COLUMNS
        for name, value in table_row(result, run).items():
            read = type(value)(cells[name])
            assert read == value, name
        assert {n for n, cell in cells.items() if cell} == {*table_row(result, run), "row_hash"}


def test_parquet_has_typed_columns_and_keeps_every_digit(tmp_path: Path) -> None:
    run = run_record(tmp_path)
    results = some_results(tmp_path, 2500)  # more than two row groups
    export(results, tmp_path / "r.PARQUET", run)
    table = pq.read_table(tmp_path / "r.PARQUET")
    assert table.column_names == COLUMNS
    assert {f.name for f in table.schema if str(f.type) == "string"} == TEXTS
    assert {str(field.type) for field in table.schema} == {"string", "double", "int64"}
    empty, chain = dict.fromkeys(COLUMNS), Chain(run)
    rows = [empty | chain.sealed(table_row(result, run)) for result in results]
    assert table.to_pylist() == rows
    assert names_in(tmp_path) == {"r.json", "r.PARQUET"}


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_no_photographs_give_a_table_with_its_head_only(tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"r{suffix}"
    export([], out, run_record())
    if suffix == ".parquet":
        assert pq.read_table(out).column_names == COLUMNS
    else:
        assert out.read_bytes().decode("utf-8-sig") == ",".join(COLUMNS) + "\r\n"
    assert read_json(tmp_path / "r.json")["is_complete"] is True


@pytest.mark.parametrize("name", ["r.xlsx", "r", "r.csv.gz", "r.json"])
def test_other_formats_are_refused_before_anything_is_done(tmp_path: Path, name: str) -> None:
    with pytest.raises(ExportError, match=r"written as \.csv or \.parquet, but not as"):
        export_results([], tmp_path / name, run_record())
    assert not list(tmp_path.iterdir())


# Formulas and names -------------------------------------------------------------------------------

_TRIGGERS = ["=", "+", "-", "@", "＝", "＋", "－", "＠"]
_PLACES = ["{}1+1", " {}1", "\u00a0{}1", "\u3000 {}1", "a\n{}1", "a\r\n {}1", "\n\n{}1", "'{}1"]
PAYLOADS = [
    *(place.format(trigger) for place in _PLACES for trigger in _TRIGGERS),
    "=cmd|'/c calc'!A1",
    '=HYPERLINK("http://x.example","click")',
    '@SUM(1+1)*cmd|"/c calc"!A0',
    '"=1+1',
    "\t=1+1",
    "\ttext",
    "\rtext",
    "''=1",
    "-5 dioptres",
]
HARMLESS = ["a=b", "a-b.jpg", "OD+OS.jpg", "'quoted'", '"x"', "眼底.jpg", "a,b;c", "", " x", "5"]


def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe(tmp_path: Path) -> None:
    assert len(set(PAYLOADS)) > 70
    results = [UnreadableImage(Path("x.jpg"), text) for text in PAYLOADS]
    export(results, tmp_path / "r.csv", run_record())
    for row, payload in zip(read_table(tmp_path / "r.csv"), PAYLOADS, strict=True):
        if payload != '"=1+1':  # the quotation mark is part of the text
            assert row["error"] == f"'{payload}"
        assert undefused(row["error"]) == payload


def test_harmless_text_stays_as_it_is(tmp_path: Path) -> None:
    export([UnreadableImage(Path("x"), t) for t in HARMLESS], tmp_path / "r.csv", run_record())
    assert [row["error"] for row in read_table(tmp_path / "r.csv")] == HARMLESS


def test_every_text_column_and_the_head_are_defused(tmp_path: Path) -> None:
    run = run_record(tmp_path, classes=("=a", "b"), members=("@m",))
    result = prediction(tmp_path / "+x" / "=y.jpg", run)
    export([result], tmp_path / "r.csv", run)
    with (tmp_path / "r.csv").open(encoding="utf-8-sig", newline="") as stream:
        for row in csv.reader(stream):
            for cell in row:
                assert cell[:1] not in ("=", "+", "@")
                assert cell[:1] != "-" or float(cell) < 0


@given(st.text(max_size=40))
def test_what_was_defused_can_be_told_and_undone(text: str) -> None:
    from fundus_gui.core.export.tables import defused

    written = defused(text)
    assert isinstance(written, str)
    assert written.strip()[:1] not in tuple("=+-@")
    assert undefused(written) == text


def hostile_names() -> list[str]:
    names = [
        *("line\nbreak.jpg", "carriage\rreturn.jpg", "tab\t.jpg", 'quo"te".jpg', "com,ma.jpg"),
        *(
            "semi;colon.jpg",
            "眼底照片 左.jpg",
            "👁️.jpg",
            "e\u0301.jpg",
            "\u00e9.jpg",
            "a\u202egpj.exe.jpg",
        ),
        *(
            " leading and trailing .jpg ",
            "CON",
            "NUL.jpg",
            "a.jpg.",
            "\u2028.jpg",
            "\x1c.jpg",
            "\x07",
        ),
        *("-rf.jpg", "=1+1.jpg", "'.jpg", "x" * 246 + ".jpg", "眼" * 82 + ".jpg"),
    ]
    return names + [f"{number} {name}"[:80] for number in range(8) for name in names]


@posix_only
def test_hostile_names_come_back_unchanged(tmp_path: Path) -> None:
    names = hostile_names()
    assert len(names) >= 200
    results = [prediction(tmp_path / name, seed=n) for n, name in enumerate(names)]
    run = run_record(tmp_path)
    export(results, tmp_path / "r.csv", run)
    export(results, tmp_path / "s.parquet", run)
    rows = read_table(tmp_path / "r.csv")
    assert [undefused(row["filename"]) for row in rows] == names
    assert [undefused(row["relative_path"]) for row in rows] == names
    assert [row["image_sha256"] for row in rows] == [r.image_sha256 for r in results]
    assert pq.read_table(tmp_path / "s.parquet")["filename"].to_pylist() == names


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_what_is_no_text_is_shown_as_escapes_everywhere(tmp_path: Path, suffix: str) -> None:
    odd = b"\xff\xfe.jpg".decode("utf-8", "surrogateescape")
    run = run_record(Path(odd), classes=("a\ud800", "b"), members=("m\udcff",), command=odd)
    results = [prediction(Path(odd), run), UnreadableImage(Path(odd), f"no such file {odd}")]
    out = tmp_path / f"r{suffix}"
    export(results, out, run)
    rows = read_table(out)
    assert [row["filename"] for row in rows] == [r"\udcff\udcfe.jpg"] * 2
    assert rows[1]["error"] == r"no such file \udcff\udcfe.jpg"
    assert float(rows[0][r"m\udcff__prob_a\ud800"]) == results[0].probabilities[0]  # type: ignore[union-attr]
    assert read_json(tmp_path / "r.json")["command"] == odd  # JSON has escapes of its own


# The record of the run ----------------------------------------------------------------------------


def test_the_record_says_how_the_table_came_about(tmp_path: Path) -> None:
    command = "fundus-gui classify 'my photos' --out r.csv"
    export(some_results(tmp_path), tmp_path / "r.csv", run_record(tmp_path, command=command))
    record = read_json(tmp_path / "r.json")
    assert record["notice"] == RESEARCH_USE_ONLY
    assert record["program"] == {"name": "fundus-gui", "version": __version__}
    assert {"python", "torch", "torchvision", "timm", "numpy", "Pillow"} <= set(record["versions"])
    assert record["device"] == "CPU (2 threads)"
    assert record["precision"] == "float32"
    assert record["command"] == command
    assert record["class_names"] == list(CLASSES)
    assert record["ensemble"]["members"] == list(MEMBERS)
    assert record["ensemble"]["weights"] == [0.6, 0.4]
    assert record["started"] <= record["updated"]
    assert record["models"]["vit"]["weights_sha256"] == "hash of vit"
    assert record["models"]["vit"]["architecture"] == "tiny"
    assert record["models"]["vit"]["preprocessing"]["size"] == 48
    assert record["models"]["vit"]["preprocessing"]["mean"] == [0.485, 0.456, 0.406]
    assert record["models"]["cnn"]["temperature"] == 1.5
    assert record["models"]["cnn"]["licence"] == "CC BY 4.0"
