"""`fundus-gui classify` as a researcher types it: what it prints, writes, refuses and returns."""

from __future__ import annotations

import csv
import io
import itertools
import json
import os
import shlex
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import torch
from tiny_photographs import BREAKERS, photograph, write_broken_files, write_photographs
from tiny_weights import CLASS_NAMES

from fundus_gui import RESEARCH_USE_ONLY
from fundus_gui.core import catalogue
from fundus_gui.core.catalogue import EnsembleSpec, write_ensemble
from fundus_gui.core.decision import PredictionSets, Referral
from fundus_gui.core.ensemble import load_ensemble
from fundus_gui.core.inference import predict_images

posix_only = pytest.mark.skipif(os.name != "posix", reason="uses names that Windows forbids")

Run = Callable[..., Any]  # a command's words in, its code, out and err out


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def on_one_line(text: str) -> str:
    return " ".join(text.split())


# Classifying --------------------------------------------------------------------------------------


def test_photographs_and_folders_become_a_table_and_a_summary(run: Run, photos: Path) -> None:
    done = run("classify", photos)
    assert done.code == 0
    for path in photos.rglob("*.png"):
        assert path.name in done.out
    assert sum(name in done.out for name in CLASS_NAMES) >= 1
    assert "8 classified, 0 could not be read." in done.out
    assert RESEARCH_USE_ONLY in done.out
    assert done.err.startswith("Classifying 8 files on CPU (")
    assert "8 of 8, " in done.err
    assert "\x1b" not in done.out + done.err


def test_the_file_has_the_numbers_of_the_engine(
    run: Run, photos: Path, weights: Path, tmp_path: Path
) -> None:
    done = run("classify", photos, "--out", tmp_path / "r.csv", "--batch-size", 3, "--workers", 2)
    assert done.code == 0
    assert f"Results: {tmp_path / 'r.csv'}, record of the run: {tmp_path / 'r.json'}" in done.out
    installed = catalogue.read_catalogue([weights])
    ensemble = load_ensemble(installed.ensemble("pair"), installed, device="cpu")
    rows = rows_of(tmp_path / "r.csv")
    files = [photos / row["relative_path"] for row in rows]
    assert [path.relative_to(photos).as_posix() for path in files] == [
        *(f"{n:03}.png" for n in range(6)),
        *("more/000.png", "more/001.png"),
    ]
    for row, result in zip(rows, predict_images(ensemble, files), strict=True):
        assert row["status"] == "ok"
        told = [float(row[f"prob_{name}"]) for name in CLASS_NAMES]
        assert told == pytest.approx(result.probabilities, abs=1e-6)  # type: ignore[union-attr]


def test_the_record_repeats_the_command(run: Run, photos: Path, tmp_path: Path) -> None:
    arguments = ["classify", str(photos), "--model", "tiny_b", "--out", str(tmp_path / "r d.csv")]
    assert run(*arguments).code == 0
    record = json.loads((tmp_path / "r d.json").read_text(encoding="utf-8"))
    assert shlex.split(record["command"]) == ["fundus-gui", *arguments]
    assert record["ensemble"]["members"] == ["tiny_b"]
    assert record["is_complete"] is True


@pytest.mark.parametrize("has_bfloat16", [True, False])
def test_the_record_says_in_what_the_networks_computed(
    run: Run, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_bfloat16: bool
) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx512_bf16": has_bfloat16})
    done = run(
        "classify", photos, "--precision", "fast", "--device", "cpu", "--out", tmp_path / "r.csv"
    )
    assert done.code == 0
    record = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert record["precision"] == ("bfloat16" if has_bfloat16 else "float32")
    assert ("the precision is exact, not fast" in on_one_line(done.err)) != has_bfloat16


def test_sets_and_outcomes_are_shown_where_the_ensemble_has_them(
    run: Run, photos: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home" / "weights"
    fitted = EnsembleSpec(
        name="fitted",
        members=("tiny_a", "tiny_b"),
        weights=(1, 1),
        temperature=0.5,
        prediction_sets=PredictionSets(coverage=0.95, thresholds=(1.0,)),
        referral=Referral(confidence=1.0),
    )
    write_ensemble(fitted, home)
    done = run("classify", photos, "--ensemble", "fitted", "--out", tmp_path / "r.csv")
    assert done.code == 0
    assert "set at 95%" in done.out
    assert "8 classified, 8 to refer to a person, 0 could not be read." in done.out
    for row in rows_of(tmp_path / "r.csv"):
        assert sorted(row["prediction_set"].split(";")) == sorted(CLASS_NAMES)
        assert row["outcome"] == "refer"
    plain = run("classify", photos)
    assert "set at" not in plain.out
    assert "refer" not in plain.out
    listed = on_one_line(run("models").out)
    assert "calibrated, temperature" in listed
    shown = json.loads(run("models", "show", "fitted").out)
    assert shown["prediction_sets"]["coverage"] == 0.95


def test_parquet_is_chosen_by_its_suffix(run: Run, photos: Path, tmp_path: Path) -> None:
    assert run("classify", photos, "--out", tmp_path / "r.parquet").code == 0
    assert pq.read_table(tmp_path / "r.parquet")["status"].to_pylist() == ["ok"] * 8


def test_no_recursive_stays_in_the_folder(run: Run, photos: Path) -> None:
    assert "6 classified" in run("classify", photos, "--no-recursive").out


def test_many_photographs_are_counted_not_listed(run: Run, tmp_path: Path) -> None:
    write_photographs(tmp_path / "many", 41)
    done = run("classify", tmp_path / "many")
    assert "41 classified" in done.out
    assert "007.png" not in done.out


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([], {"tiny_a": 0.6, "tiny_b": 0.4}),
        (["--ensemble", "pair"], {"tiny_a": 0.6, "tiny_b": 0.4}),
        (["--ensemble", "pair", "--weights", "1,3"], {"tiny_a": 0.25, "tiny_b": 0.75}),
        (["--weights", "0,2"], {"tiny_a": 0, "tiny_b": 1}),
        (["--model", "tiny_b", "--model", "tiny_a"], {"tiny_b": 0.5, "tiny_a": 0.5}),
        (
            ["--model", "tiny_b", "--model", "tiny_a", "--weights", "3,1"],
            {"tiny_b": 0.75, "tiny_a": 0.25},
        ),
        (["--model", "tiny_a"], {"tiny_a": 1}),
    ],
)
def test_who_votes_with_which_weight(
    run: Run, photos: Path, tmp_path: Path, options: list[str], expected: dict[str, float]
) -> None:
    assert run("classify", photos, "--out", tmp_path / "r.csv", *options).code == 0
    for row in rows_of(tmp_path / "r.csv"):
        for name, weight in expected.items():
            assert float(row[f"{name}__weight"]) == pytest.approx(weight)
        mixed = sum(float(row[f"{n}__prob_amd"]) * w for n, w in expected.items())
        assert float(row["prob_amd"]) == pytest.approx(mixed)


def test_two_hundred_good_and_thirty_broken_files_give_230_rows(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "mixed"
    write_photographs(folder / "good", 200)
    for number, breaker in zip(range(30), itertools.cycle(BREAKERS), strict=False):
        broken = folder / f"broken {number // len(BREAKERS)}"
        broken.mkdir(exist_ok=True)
        breaker(broken)
    done = run("classify", folder, "--out", tmp_path / "r.csv")
    assert done.code == 3
    assert "200 classified, 30 could not be read:" in done.out
    assert "empty.jpg: the file is empty" in done.out
    assert "  and 10 more" in done.out
    assert "230 of 230, " in done.err
    assert "30 failed" in done.err
    rows = rows_of(tmp_path / "r.csv")
    assert len({row["relative_path"] for row in rows}) == len(rows) == 230
    failed = [row for row in rows if row["status"] == "failed"]
    assert len(failed) == 30
    assert all(row["relative_path"].startswith("broken ") and row["error"] for row in failed)
    record = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert (record["classified"], record["failed"], record["is_complete"]) == (200, 30, True)


def test_a_file_given_by_name_fails_with_its_sentence(run: Run, tmp_path: Path) -> None:
    paths = write_broken_files(tmp_path / "broken")
    done = run("classify", *paths)
    assert done.code == 3
    for path in paths:
        assert f"  {path.name}: " in done.out
    assert "overlarge.png: the image has 900 megapixels (30000 × 30000), more than the" in done.out
    assert f"0 classified, {len(paths)} could not be read:" in done.out


@posix_only
@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("[red]x.png", "[red]x.png"),
        ("[@click=x]y[0].png", "[@click=x]y[0].png"),
        (":eye:.png", ":eye:.png"),
        ("a\x1b[31mb.png", r"a\x1b[31mb.png"),
        ("two\nlines.png", r"two\nlines.png"),
        ("眼底 👁.png", "眼底 👁.png"),
        (os.fsdecode(b"\xff\xfe.png"), r"\udcff\udcfe.png"),
        ("long " + "x" * 100 + ".png", "x" * 20),
    ],
)
@pytest.mark.parametrize("is_broken", [False, True])
def test_any_name_is_shown_as_it_is(
    run: Run, tmp_path: Path, name: str, shown: str, is_broken: bool
) -> None:
    path = tmp_path / "named" / name
    path.parent.mkdir()
    photograph(1).save(tmp_path / "x.png")
    path.write_bytes(b"" if is_broken else (tmp_path / "x.png").read_bytes())
    done = run("classify", path.parent, "--out", tmp_path / "r.csv")
    assert done.code == (3 if is_broken else 0)
    assert shown in done.out
    assert "\x1b" not in done.out
    assert len(rows_of(tmp_path / "r.csv")) == 1


@posix_only
def test_letters_that_the_terminal_lacks_are_escaped(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_photographs(tmp_path / "p", 1)[0].rename(tmp_path / "p" / "眼.png")
    pipe = io.TextIOWrapper(io.BytesIO(), encoding="cp1252", write_through=True)
    monkeypatch.setattr(sys, "stdout", pipe)
    assert run("classify", tmp_path / "p").code == 0
    assert rb"\u773c.png" in pipe.buffer.getvalue()  # type: ignore[attr-defined]


# Refusals -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--ensemble", "pear"], "There is no ensemble named 'pear'. Did you mean 'pair'?"),
        (["--model", "tiny_x"], "There is no model named 'tiny_x'. Did you mean 'tiny_"),
        (["--model", "tiny_a", "--model", "tiny_a"], "names a model twice"),
        (["--weights", "1,2,3"], "2 models need 2 vote weights, not 3."),
        (["--weights", "0,0"], "All vote weights are 0"),
        (["--weights", "nan,1"], "Vote weights must be numbers of at least 0"),
        (["--weights=-1,2"], "Vote weights must be numbers of at least 0"),
        (["--device", "gpu"], "There is no device 'gpu'."),
        (["--out", "r.xlsx"], "Results are written as .csv or .parquet, but not as 'r.xlsx'."),
        (["--out", "/dev/null/r.csv"], "Nothing can be written into /dev/null"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(
    run: Run, photos: Path, options: Sequence[str], sentence: str
) -> None:
    done = run("classify", photos, *options)
    assert done.code == 1
    last = done.err.splitlines()[-1]
    assert last.startswith("fundus-gui: ")
    assert sentence in last
    assert "Traceback" not in done.err
    assert not done.out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["classify"], "Invalid value for PATH: name photographs or folders"),
        (["classify", "x", "--ensemble", "pair", "--model", "tiny_a"], "not both"),
        (["classify", "x", "--weights", "0.6;0.4"], "such as 0.6,0.4, not '0.6;0.4'"),
        (["classify", "x", "--weights", ""], "such as 0.6,0.4, not ''"),
        (["classify", "x", "--batch-size", "0"], "--batch-size"),
        (["classify", "x", "--workers", "two"], "--workers"),
        (["classify", "x", "--modle", "tiny_a"], "--model"),
        (["clasify"], "Did you mean 'classify'?"),
        (["samples", "x", "--per-class", "0"], "--per-class"),
    ],
)
def test_wrong_usage_is_code_2(run: Run, arguments: list[str], sentence: str) -> None:
    done = run(*arguments)
    assert done.code == 2
    assert sentence in on_one_line(done.err)
    assert "Traceback" not in done.err


def test_earlier_results_are_never_overwritten(run: Run, photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "r.csv"
    out.write_text("mine")
    done = run("classify", photos, "--out", out)
    assert done.code == 1
    assert f"{out} exists already; nothing was overwritten." in done.err
    assert out.read_text() == "mine"
    assert not (tmp_path / "r.json").exists()


def test_no_photographs_and_no_such_folder_are_errors(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    for place in (".", tmp_path / "empty"):
        done = run("classify", place)
        assert (done.code, done.out) == (1, "")
        assert done.err == "fundus-gui: empty: no photographs were found here.\n"
    assert "there is no file or folder at nothing" in run("classify", "nothing").err


def test_weights_that_cannot_be_used_are_told_of(run: Run, photos: Path, tmp_path: Path) -> None:
    (tmp_path / "home" / "weights").mkdir(parents=True)
    (tmp_path / "home" / "weights" / "mine.safetensors").write_bytes(b"\x80\x02 pickle")
    for command in (["classify", photos], ["models"]):
        done = run(*command)
        assert done.code == 0
        assert "Weights file mine.safetensors was refused: it is a pickle file" in done.err


@pytest.mark.parametrize(
    "source", ["list.csv", "LIST.TXT", "s3://bucket/eyes", "https://eyes/1.jpg?key=SECRET"]
)
def test_what_only_a_cluster_reads_is_said_to_be_so(run: Run, source: str) -> None:
    done = run("classify", source)
    assert done.code == 2
    assert "lists of photographs and URLs are for --engine ray" in on_one_line(done.err)
    assert "SECRET" not in done.err


def test_a_folder_may_be_named_like_a_list(run: Run, photos: Path) -> None:
    folder = photos.rename(photos.with_name("eyes.csv"))
    assert run("classify", folder).code == run("classify", folder.rename(photos)).code != 2
