"""A stopped run that goes on: its table is in the end that of a run that was never stopped."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from table_files import BATCH_SIZE, Engine, said, whole_table, write_files
from tiny_results import export, names_in, read_json, read_table, run_record, some_results

from fundus_gui.core.decision import Referral
from fundus_gui.core.errors import ExportError, ResultsError
from fundus_gui.core.export import (
    Pseudonyms,
    Resumption,
    RunRecord,
    check_table,
    export_results,
    read_results,
    table_row,
)
from fundus_gui.core.export.tables import csv_line, undefused
from fundus_gui.core.results import ImageResult, Prediction

posix_only = pytest.mark.skipif(os.name != "posix", reason="uses names that Windows forbids")
NAMES = [f"{number}.jpg" for number in range(11)]


def stopped(table: Path, content: bytes) -> None:
    """Leave what a killed run leaves: these bytes, and the record of the run's beginning."""
    table.write_bytes(content)
    record = read_json(table.with_suffix(".json"))
    record |= {"is_complete": False, "classified": 0, "failed": 0}
    table.with_suffix(".json").write_text(json.dumps(record))


def resume(
    table: Path, folder: Path, paths: Sequence[Path], **of_run: Any
) -> tuple[Resumption, list[ImageResult], Engine]:
    run = run_record(folder, **of_run)
    engine = Engine(run)
    resumption = Resumption(read_results(table), run, batch_size=BATCH_SIZE)
    return resumption, list(resumption.results(paths, engine)), engine


def counts(resumption: Resumption) -> tuple[int, int, int, int]:
    return resumption.kept, resumption.again, resumption.new, resumption.dropped


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "photographs"


@pytest.fixture
def paths(folder: Path) -> list[Path]:
    return write_files(folder, NAMES)


@pytest.fixture
def table(tmp_path: Path, folder: Path, paths: list[Path]) -> Path:
    """Return a complete table; `whole.csv` beside it is its copy."""
    whole_table(folder, paths, tmp_path / "out" / "r.csv")
    for suffix in (".csv", ".json"):
        copied = tmp_path / "out" / f"r{suffix}"
        shutil.copy(copied, tmp_path / f"whole{suffix}")
    return tmp_path / "out" / "r.csv"


# Killed ------------------------------------------------------------------------------------------


def test_wherever_the_table_was_cut_the_union_is_that_of_an_uninterrupted_run(
    tmp_path: Path, folder: Path, paths: list[Path], table: Path
) -> None:
    content = table.read_bytes()
    ends = [place for place in range(len(content)) if content[place - 2 : place] == b"\r\n"]
    cuts = {0, 1, 3, 4, *ends, *(end - 1 for end in ends), *range(0, len(content), 97)}
    for cut in sorted(cuts):
        stopped(table, content[:cut])
        rows_left = max(0, content[:cut].count(b"\r\n") - 1)
        resumption, results, _ = resume(table, folder, paths)
        assert counts(resumption) == (rows_left, 0, len(paths) - rows_left, 0), cut
        assert [result.path for result in results] == paths
        assert said(table) == said(tmp_path / "whole.csv"), cut
        assert check_table(table).record.is_complete
        assert names_in(table.parent) == {"r.csv", "r.json"}


def test_what_was_killed_before_its_first_row_goes_on_from_the_record_alone(
    tmp_path: Path, folder: Path, paths: list[Path], table: Path
) -> None:
    stopped(table, b"")
    table.unlink()
    resumption, _, _ = resume(table, folder, paths)
    assert counts(resumption) == (0, 0, len(paths), 0)
    assert said(table) == said(tmp_path / "whole.csv")


def test_only_batches_that_lack_a_row_are_computed_and_rows_keep_their_seconds(
    folder: Path, paths: list[Path], table: Path
) -> None:
    content = table.read_bytes()
    before = read_table(table)
    stopped(table, b"".join(content.splitlines(keepends=True)[: 1 + 6]))
    _, results, engine = resume(table, folder, paths)
    assert engine.asked == paths[4:]
    assert [row["seconds"] for row in read_table(table)][:6] == [r["seconds"] for r in before[:6]]
    assert [result.seconds for result in results[:6]] == [float(r["seconds"]) for r in before[:6]]


def test_stopping_again_and_again_leaves_whole_rows_and_comes_to_the_same_end(
    tmp_path: Path, folder: Path, paths: list[Path], table: Path
) -> None:
    stopped(table, table.read_bytes()[:10])
    run = run_record(folder)
    for count in range(1, len(paths) + 1):
        results = Resumption(read_results(table), run, batch_size=BATCH_SIZE).results(
            paths, Engine(run)
        )
        for _ in range(count):
            next(results)
        results.close()
        record = read_json(table.with_suffix(".json"))
        assert record["is_complete"] is False
        assert record["classified"] + record["failed"] == len(read_table(table)) == count
        assert len(record["resumed"]) == count
    assert said(table) == said(tmp_path / "whole.csv")
    resumption, _, _ = resume(table, folder, paths)
    assert counts(resumption) == (len(paths), 0, 0, 0)
    assert read_json(table.with_suffix(".json"))["is_complete"] is True


def test_an_error_of_the_engine_passes_through_and_the_rows_stay(
    folder: Path, paths: list[Path], table: Path
) -> None:
    stopped(table, b"".join(table.read_bytes().splitlines(keepends=True)[:5]))
    run = run_record(folder)

    def failing(some: Any) -> Any:
        for result in Engine(run)(some):
            if result.path == paths[9]:
                raise RuntimeError("lightning")
            yield result

    resumption = Resumption(read_results(table), run, batch_size=BATCH_SIZE)
    with pytest.raises(RuntimeError, match="lightning"):
        list(resumption.results(paths, failing))
    assert len(read_table(table)) >= 8
    assert read_json(table.with_suffix(".json"))["is_complete"] is False
    check_table(table)


# Complete, changed, gone, new --------------------------------------------------------------------


def test_of_a_complete_table_nothing_is_done_and_no_byte_changes(
    folder: Path, paths: list[Path], table: Path
) -> None:
    files = [table, table.with_suffix(".json")]
    before = [(path.read_bytes(), path.stat().st_mtime_ns) for path in files]
    resumption, results, engine = resume(table, folder, paths)
    assert counts(resumption) == (len(paths), 0, 0, 0)
    assert engine.asked == []
    assert [result.path for result in results] == paths
    assert [(path.read_bytes(), path.stat().st_mtime_ns) for path in files] == before
    assert names_in(table.parent) == {"r.csv", "r.json"}


def change(path: Path, how: str) -> None:
    status = path.stat()
    if how == "size":
        path.write_bytes(b"longer than it was before")
        os.utime(path, ns=(0, status.st_mtime_ns))
    elif how == "time":
        os.utime(path, ns=(0, status.st_mtime_ns + 1))
    else:  # another file with the very size and time of the first
        path.write_bytes(bytes(reversed(path.read_bytes())))
        os.utime(path, ns=(0, status.st_mtime_ns))


@pytest.mark.parametrize("how", ["size", "time", "contents"])
@pytest.mark.parametrize("number", [0, 5, 10])
def test_a_changed_file_is_done_again_and_the_earlier_row_is_kept_beside(
    tmp_path: Path, folder: Path, paths: list[Path], table: Path, how: str, number: int
) -> None:
    before = table.read_bytes()
    change(paths[number], how)
    resumption, _, _ = resume(table, folder, paths)
    assert counts(resumption) == (len(paths) - 1, 1, 0, 1)
    assert resumption.backup == table.with_name("r.before-1.csv")
    assert resumption.backup.read_bytes().startswith(before)
    assert read_table(resumption.backup)[number] == read_table(tmp_path / "whole.csv")[number]
    check_table(resumption.backup)
    assert names_in(table.parent) == {"r.csv", "r.json", "r.before-1.csv", "r.before-1.json"}
    whole_table(folder, paths, tmp_path / "anew.csv")
    now, anew = said(table), said(tmp_path / "anew.csv")
    assert now[number] == anew[number]
    assert [row["filename"] for row in now] == NAMES
    assert check_table(table).record.is_complete
    assert counts(resume(table, folder, paths)[0]) == (len(paths), 0, 0, 0)
    assert not (table.parent / "r.before-2.csv").exists()


def test_a_name_that_leads_nowhere_is_not_free_for_the_earlier_table(
    folder: Path, paths: list[Path], table: Path
) -> None:
    table.with_name("r.before-1.csv").symlink_to(table.with_name("gone.csv"))
    change(paths[0], "size")
    resumption, _, _ = resume(table, folder, paths)
    assert resumption.backup == table.with_name("r.before-2.csv")
    check_table(resumption.backup)


def test_files_that_came_and_went_make_the_table_of_the_photographs_that_are_there(
    folder: Path, paths: list[Path], table: Path
) -> None:
    paths[2].unlink()
    new = write_files(folder, ["1b.jpg"])[0]
    present = [*paths[:2], new, *paths[3:]]
    resumption, results, _ = resume(table, folder, present)
    assert counts(resumption) == (len(paths) - 1, 0, 1, 1)
    assert [result.path for result in results] == present
    assert [row["filename"] for row in read_table(table)] == [path.name for path in present]
    assert resumption.backup is not None
    assert "2.jpg" in {row["filename"] for row in read_table(resumption.backup)}
    checked = check_table(table)
    assert checked.classified + checked.failed == len(present)


def test_a_second_folder_joins_the_table(folder: Path, paths: list[Path], table: Path) -> None:
    other = folder.parent / "other"
    more = write_files(other, NAMES[:3])
    run = run_record(folder, other)
    resumption = Resumption(read_results(table), run, batch_size=BATCH_SIZE)
    results = list(resumption.results([*paths, *more], Engine(run)))
    assert [result.path for result in results] == [*paths, *more]
    assert (resumption.kept, resumption.dropped, resumption.backup) == (len(paths), 0, None)
    record = read_json(table.with_suffix(".json"))
    assert record["roots"] == [str(folder), str(other)]


def test_twins_in_two_folders_have_a_row_each(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    paths = [*write_files(one, NAMES[:3]), *write_files(two, NAMES[:3])]
    run, table = run_record(one, two), tmp_path / "out" / "r.csv"
    list(export_results(Engine(run)(paths), table, run))
    before = said(table)
    for cut in (0, 2, 5):
        stopped(table, b"".join(table.read_bytes().splitlines(keepends=True)[: 1 + cut]))
        resumption = Resumption(read_results(table), run, batch_size=BATCH_SIZE)
        list(resumption.results(paths, Engine(run)))
        assert counts(resumption)[3] == 0
        assert said(table) == before
        assert names_in(table.parent) == {"r.csv", "r.json"}


@posix_only
def test_a_file_that_could_not_be_read_is_tried_again_each_time(tmp_path: Path) -> None:
    folder = tmp_path / "photographs"
    paths = write_files(folder, NAMES[:3])
    paths[1].unlink()
    paths[1].symlink_to("nowhere")
    table = tmp_path / "out" / "r.csv"
    whole_table(folder, paths, table)
    before = table.read_bytes()
    resumption, _, engine = resume(table, folder, paths)
    assert paths[1] in engine.asked
    assert counts(resumption) == (3, 0, 0, 0)
    assert table.read_bytes() == before
    paths[1].unlink()
    paths[1].write_bytes(b"there it is")
    resumption, _, _ = resume(table, folder, paths)
    assert counts(resumption) == (2, 1, 0, 1)
    assert [row["status"] for row in read_table(table)] == ["ok"] * 3


# Refused -----------------------------------------------------------------------------------------


def refusal(table: Path, run: RunRecord) -> str:
    before = table.read_bytes()
    with pytest.raises(ResultsError) as caught:
        Resumption(read_results(table), run)
    assert table.read_bytes() == before
    return str(caught.value)


def test_another_engine_is_refused_by_what_differs(folder: Path, table: Path) -> None:
    run = run_record(folder)
    sentences = {
        "another ensemble: its models, their vote weights or its decision": [
            replace(run, ensemble=replace(run.ensemble, weights=(1.0, 1.0))),
            replace(run, ensemble=replace(run.ensemble, rule="entropy")),
            replace(run, ensemble=replace(run.ensemble, temperature=1.1)),
            replace(run, ensemble=replace(run.ensemble, referral=Referral(confidence=0.5))),
        ],
        "another precision (float32, now bfloat16)": [replace(run, number_format="bfloat16")],
        "another weights file of vit": [
            replace(run, weights_sha256={**run.weights_sha256, "vit": "other"})
        ],
        "another choice of models (cnn, vit, now cnn, net)": [
            run_record(folder, members=("cnn", "net"))
        ],
        "another classes": [run_record(folder, classes=("amd", "other"))],
        "another way to write paths": [replace(run, pseudonyms=Pseudonyms(b"k" * 32))],
    }
    for sentence, others in sentences.items():
        for other in others:
            assert sentence in refusal(table, other)
    same = replace(
        run, device="another", command="another", ensemble=replace(run.ensemble, name="x")
    )
    Resumption(read_results(table), same)


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lambda t: t.rename(t.with_suffix(".parquet")), "is Parquet"),
        (lambda t: t.with_suffix(".json").unlink(), "the record of the table, cannot be read"),
        (lambda t: t.with_suffix(".json").write_text("{}"), "is no record of a table"),
        (lambda t: t.with_suffix(".json").write_text("[" * 100_000), "is no record of a table"),
        (lambda t: t.write_bytes(t.read_bytes().replace(b"3.jpg", b"x.jpg")), "altered in line 5"),
        (lambda t: t.write_bytes(t.read_bytes()[:3000]), "rows are missing at its end"),
        (lambda t: t.write_bytes(b"mine\r\n"), "does not have the columns of its record r.json"),
    ],
)
def test_what_is_no_whole_table_of_ours_is_refused(table: Path, damage: Any, sentence: str) -> None:
    damage(table)
    present = table if table.exists() else table.with_suffix(".parquet")
    with pytest.raises(ResultsError, match=sentence):
        read_results(present)


def test_a_table_that_changed_since_it_was_read_is_left_alone(
    folder: Path, paths: list[Path], table: Path
) -> None:
    content = table.read_bytes()
    stopped(table, content[:3000])
    run = run_record(folder)
    first, second = (Resumption(read_results(table), run, batch_size=4) for _ in range(2))
    running = first.results(paths, Engine(run))
    next(running)
    with pytest.raises(ExportError, match="is being written by another window or command"):
        next(second.results(paths, Engine(run)))
    list(running)
    complete = table.read_bytes()
    with pytest.raises(ResultsError, match="was changed since it was read"):
        next(second.results(paths, Engine(run)))
    assert table.read_bytes() == complete


# Read again --------------------------------------------------------------------------------------


def unwarned(result: ImageResult) -> ImageResult:
    """Forget the warnings, of which one may have a semicolon of its own."""
    return replace(result, warnings=()) if isinstance(result, Prediction) else result


def test_rows_are_the_results_that_they_were_to_every_digit(tmp_path: Path, folder: Path) -> None:
    folder.mkdir()
    results = some_results(folder, 20)
    run = run_record(folder)
    export(results, tmp_path / "r.csv", run)
    earlier = read_results(tmp_path / "r.csv")
    read = list(earlier)
    assert [table_row(result, run) for result in read] == [table_row(r, run) for r in results]
    assert [unwarned(result) for result in read] == [unwarned(result) for result in results]
    assert (len(earlier), earlier.classified, earlier.failed) == (20, 14, 6)
    assert earlier.ensemble == run.ensemble
    assert earlier.weights_sha256 == run.weights_sha256
    assert (earlier.class_names, earlier.roots) == (run.class_names, (folder,))
    assert (earlier.number_format, earlier.precision) == ("float32", "exact")
    assert (earlier.is_complete, earlier.recursive, earlier.has_pseudonyms) == (True, True, False)


def test_a_row_takes_sixteen_bytes_of_memory(tmp_path: Path) -> None:
    export(some_results(tmp_path, 500), tmp_path / "r.csv", run_record(tmp_path))
    earlier = read_results(tmp_path / "r.csv")
    assert earlier.keys.nbytes + earlier.offsets.nbytes == 500 * 16


HOSTILE = [
    *("=1+1.jpg", "-5.jpg", "'=a.jpg", "line\nbreak.jpg", "car\r\nriage.jpg", 'quo"te.jpg'),
    *("com,ma.jpg", "眼底.jpg", " blank .jpg", "tab\t.jpg", os.fsdecode(b"\xff\xfe.jpg")),
    *("a/b/c.jpg", "x" * 250 + ".jpg", "\\udcff.jpg"),
]


@posix_only
@pytest.mark.parametrize("rows", [0, 3, 5, 8, 14])
def test_rows_of_hostile_names_find_their_files_again(tmp_path: Path, rows: int) -> None:
    folder, table = tmp_path / "p", tmp_path / "out" / "r.csv"
    paths = write_files(folder, HOSTILE)
    whole_table(folder, paths, table)
    before = said(table)
    record = read_json(table.with_suffix(".json"))
    offsets = sorted([*read_results(table).offsets.tolist(), table.stat().st_size])
    stopped(table, table.read_bytes()[: offsets[rows] + 7])
    resumption, _, _ = resume(table, folder, paths)
    assert counts(resumption) == (rows, 0, len(paths) - rows, 0)
    assert said(table) == before
    assert read_json(table.with_suffix(".json"))["roots"] == record["roots"]


@given(st.data())
def test_any_cells_come_back(data: st.DataObject) -> None:
    cells = data.draw(st.lists(st.text(st.characters(codec="utf-8")), min_size=2))
    (read,) = csv.reader(io.StringIO(csv_line(cells), newline=""), strict=True)
    assert [undefused(cell) for cell in read] == cells
