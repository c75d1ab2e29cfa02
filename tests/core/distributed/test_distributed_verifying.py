"""A folder of parts is checked to the last row, and what was altered in it is named."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from made_parts import done, finish, started
from tiny_photographs import photograph, write_photographs
from typer.testing import CliRunner

from fundus_gui.cli.app import app
from fundus_gui.core.distributed import MANIFEST, Folder, check_parts, list_photographs
from fundus_gui.core.errors import ResultsError

fsspec = pytest.importorskip("fsspec", reason="fsspec is not installed.")

PART = "part-000001.parquet"


@pytest.fixture
def eyes(tmp_path: Path) -> Path:
    write_photographs(tmp_path / "eyes", 5)
    (tmp_path / "eyes" / "empty.png").touch()
    return tmp_path / "eyes"


@pytest.fixture
def results(eyes: Path, tmp_path: Path) -> Path:
    """Return a folder of three parts with two rows each."""
    done(list_photographs([str(eyes)]), Folder(str(tmp_path / "results")))
    return tmp_path / "results"


def check(results: Path) -> None:
    check_parts(Folder(str(results)))


def manifest(results: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((results / MANIFEST).read_bytes())
    return content


def rewritten(results: Path, **changes: Any) -> None:
    (results / MANIFEST).write_text(json.dumps(manifest(results) | changes), encoding="utf-8")


def change_table(path: Path, change: Callable[[pa.Table], pa.Table]) -> None:
    pq.write_table(change(pq.read_table(path)), path)


def with_cell(table: pa.Table, column: str, row: int, cell: object) -> pa.Table:
    cells = table[column].to_pylist()
    cells[row] = cell
    index = table.schema.get_field_index(column)
    return table.set_column(index, table.schema.field(index), pa.array(cells, table[column].type))


def test_an_honest_folder_is_told_as_such(results: Path) -> None:
    checked = check_parts(Folder(str(results)), sample=99, seed=1)
    assert (checked.classified, checked.failed) == (5, 1)
    assert checked.record.is_complete
    assert [(row.part, row.line, row.name) for row in checked.sample[2:4]] == [
        (PART, 2, "002.png"),
        (PART, 3, "003.png"),
    ]
    assert checked.last_row_hash == manifest(results)["last_row_hash"]


def test_a_folder_whose_run_was_stopped_is_checked_as_far_as_it_goes(
    eyes: Path, tmp_path: Path
) -> None:
    folder = Folder(str(tmp_path / "results"))
    finish(started(list_photographs([str(eyes)]), folder), folder, 0, 2)
    folder.write(PART, b"of a killed run, not told of yet")
    checked = check_parts(folder, sample=3, seed=1)
    assert (checked.classified + checked.failed, len(checked.sample)) == (4, 3)
    assert not checked.record.is_complete


def test_every_row_is_drawn_as_often(results: Path) -> None:
    folder = Folder(str(results))
    drawn = [
        row.name for seed in range(60) for row in check_parts(folder, sample=1, seed=seed).sample
    ]
    assert set(drawn) == {"000.png", "001.png", "002.png", "003.png", "004.png", "empty.png"}


@pytest.mark.parametrize("column", ["filename", "label", "prob", "image_sha256", "file_bytes"])
def test_the_first_altered_row_is_named(results: Path, column: str) -> None:
    cell = {"prob": 0.123, "file_bytes": 5}.get(column, "other")
    for part in (PART, "part-000002.parquet"):
        change_table(results / part, lambda table: with_cell(table, column, 1, cell))
    name = "other" if column == "filename" else "003.png"
    with pytest.raises(ResultsError, match=rf"{PART} was altered in line 3 \({name}\)"):
        check(results)


def test_rows_that_were_removed_put_in_or_moved_are_noticed(results: Path) -> None:
    original = (results / PART).read_bytes()
    for change, sentence in (
        (lambda table: table.slice(0, 1), r"1 rows? (is|are) missing at its end"),
        (lambda table: table.slice(1), r"in line 2 \(003.png\): 1 row.* missing"),
        (lambda table: table.take([1, 0]), r"in line 2 \(003.png\)"),
        (lambda table: table.take([0, 0, 1]), r"in line 3 \(002.png\): it does not belong there"),
    ):
        change_table(results / PART, change)
        with pytest.raises(ResultsError, match=sentence):
            check(results)
        (results / PART).write_bytes(original)
    check(results)


def test_parts_that_were_removed_put_in_or_swapped_are_noticed(results: Path) -> None:
    shutil.copy(results / PART, results / "part-000003.parquet")
    with pytest.raises(ResultsError, match=r"part-000003\.parquet was put in"):
        check(results)
    (results / "part-000003.parquet").replace(results / "part-000000.parquet")
    with pytest.raises(ResultsError, match=r"part-000000\.parquet was altered"):
        check(results)
    (results / "part-000000.parquet").unlink()
    with pytest.raises(ResultsError, match=r"part-000000\.parquet is missing: .* its 2 rows"):
        check(results)


def test_a_part_removed_from_the_manifest_too_is_noticed(results: Path) -> None:
    parts = manifest(results)["parts"]
    (results / PART).unlink()
    rewritten(results, parts=[parts[0], parts[2]])
    with pytest.raises(ResultsError, match=f"{MANIFEST} was altered: its 4 rows in 2 parts"):
        check(results)
    rewritten(results, classified=4, failed=0, is_complete=False)
    with pytest.raises(ResultsError, match=f"{MANIFEST} was altered"):
        check(results)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"labels": {"amd": 2, "normal": 0}}, "has other numbers of classes"),
        ({"sha256": "0" * 64}, "its hash is not that of its record"),
        ({"last_row_hash": "0" * 64}, "its last row_hash is not that of its record"),
        ({"photographs": -2}, "was altered"),
        ({"photographs": "two"}, "was altered"),
        ({"name": "../part-000001.parquet"}, "was altered"),
        ({"number_format": "bfloat16"}, "line 2"),
    ],
)
def test_an_altered_manifest_is_noticed(
    results: Path, change: dict[str, Any], sentence: str
) -> None:
    parts = manifest(results)["parts"]
    parts[1] |= change
    rewritten(results, parts=parts)
    with pytest.raises(ResultsError, match=sentence):
        check(results)


def test_other_weights_in_the_manifest_are_noticed(results: Path) -> None:
    models = manifest(results)["models"]
    models["cnn"]["weights_sha256"] = "another"
    rewritten(results, models=models)
    with pytest.raises(ResultsError, match="line 2"):
        check(results)


def test_a_file_that_is_no_parquet_is_a_sentence(results: Path) -> None:
    (results / PART).write_bytes(b"PAR1")
    with pytest.raises(ResultsError, match=f"{PART} was altered or cannot be read"):
        check(results)


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff", b'{"parts": 1}'])
def test_a_damaged_manifest_is_a_sentence(results: Path, content: bytes) -> None:
    (results / MANIFEST).write_bytes(content)
    with pytest.raises(ResultsError, match="is none of this version"):
        check(results)


def test_a_folder_in_object_storage_is_checked_like_any_other(results: Path) -> None:
    system = fsspec.filesystem("memory")
    for path in results.iterdir():
        system.pipe_file(f"/bucket/results/{path.name}", path.read_bytes())
    folder = Folder("memory://bucket/results")
    assert check_parts(folder).classified == 5
    system.pipe_file(f"/bucket/results/{PART}", (results / "part-000000.parquet").read_bytes())
    with pytest.raises(ResultsError, match=f"{PART} was altered"):
        check_parts(folder)
    system.rm("/bucket", recursive=True)


def test_the_folder_that_one_stands_in_is_told_by_its_name(
    results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(results)
    told = CliRunner().invoke(app, ["verify", ".", "--no-recompute"]).stdout
    assert told.startswith("results: 6 rows")


def test_the_command_names_what_was_altered_in_a_line(results: Path) -> None:
    runner = CliRunner()
    told = runner.invoke(app, ["verify", str(results), "--no-recompute"]).stdout
    assert "results: 6 rows (5 classified, 1 failed) are as they were written." in told
    assert f"Last row_hash of all parts: {manifest(results)['last_row_hash']}" in told
    change_table(results / PART, lambda table: with_cell(table, "label", 0, "amd?"))
    failed = runner.invoke(app, ["verify", str(results), "--no-recompute"]).exception
    assert isinstance(failed, ResultsError)
    assert f"{PART} was altered in line 2 (002.png)" in str(failed)


def test_a_folder_without_a_manifest_is_a_sentence(tmp_path: Path) -> None:
    photograph(1).save(tmp_path / "eye.png")
    with pytest.raises(ResultsError, match=r"There is no manifest\.json in"):
        check(tmp_path)


def test_anybody_can_compute_the_hash_of_all_parts(results: Path) -> None:
    record = manifest(results)
    joined = "".join(part["last_row_hash"] for part in record["parts"])
    assert hashlib.sha256(joined.encode()).hexdigest() == record["last_row_hash"]
