"""A disk that is really full: a sentence, exit code 1, and nothing earlier is lost."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from command_runs import Done
from faulty_disk import fill, no_file_larger_than, small_disk
from tiny_results import names_in, read_json, read_table
from tiny_weights import write_tiny_weights

from fundus_gui.core.catalogue import read_catalogue
from fundus_gui.core.checkpoints import load_checkpoint
from fundus_gui.core.reports import run_report
from fundus_gui.core.runs import RunFolder
from fundus_gui.gui.settings import AppSettings, save_settings

Run = Callable[..., Done]

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs mounts and limits of POSIX")

KIB = 1024
TRAINING = (
    *("--model", "tiny", "--input-size", "32", "--epochs", "2", "--batch-size", "4"),
    *("--device", "cpu"),
)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Return a disk of one megabyte."""
    with small_disk(tmp_path / "disk", "1m") as folder:
        yield folder


def assert_one_sentence(done: Done) -> None:
    assert done.code == 1
    assert re.search(r"No space left on device|does not fit|full", done.sentence), done.err
    assert done.sentence.endswith(".")


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize("room", [0, 4 * KIB, 8 * KIB, 12 * KIB])
def test_a_table_stops_at_a_whole_row(
    run: Run, photographs: list[Path], disk: Path, suffix: str, room: int
) -> None:
    earlier = disk / f"earlier{suffix}"
    assert run("classify", *photographs[:2], "--out", earlier).code == 0
    before = {path: path.read_bytes() for path in disk.iterdir()}
    filler = fill(disk, leave=room)
    out = disk / f"r{suffix}"

    assert_one_sentence(run("classify", photographs[0].parent, "--out", out))

    assert {path: path.read_bytes() for path in before} == before
    assert names_in(disk) <= {*(path.name for path in before), filler.name, out.name, "r.json"}
    if out.exists() and out.stat().st_size:
        rows = read_table(out)
        assert [row["filename"] for row in rows] == [p.name for p in photographs[: len(rows)]]
        assert all(row["status"] == "ok" and row["image_sha256"] for row in rows)
    if (disk / "r.json").exists():
        assert read_json(disk / "r.json")["is_complete"] is False


@pytest.mark.parametrize("room", [0, 8 * KIB, 24 * KIB, 64 * KIB, 128 * KIB])
def test_a_training_says_so_and_keeps_its_weights(
    run: Run, eyes: Path, disk: Path, room: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_report, "rendered", lambda *_: b"<svg/>")  # takes long
    filler = fill(disk, leave=room)
    out = disk / "run"

    assert_one_sentence(run("train", "--data", eyes, *TRAINING, "--out", out))

    assert names_in(disk) <= {filler.name, "run"}
    for weights in out.glob("*.safetensors"):
        load_checkpoint(weights)
    assert not list(out.rglob("*.tmp"))
    filler.unlink()
    done = (
        run("train", "--resume", out)
        if RunFolder(out).state_file.is_file()
        else run("train", "--data", eyes, *TRAINING, "--out", disk / "again")
    )
    assert done.code == 0, done.err


@pytest.mark.parametrize("room", [0, 16 * KIB])
def test_an_evaluation_is_kept_whole_or_not_at_all(
    run: Run, eyes: Path, disk: Path, room: int
) -> None:
    filler = fill(disk, leave=room)
    fast = ("--replicates", "20", "--device", "cpu")
    assert_one_sentence(run("evaluate", "--data", eyes, *fast, "--out", disk / "evaluation"))
    assert names_in(disk) == {filler.name}


def test_a_fitted_ensemble_is_added_or_the_others_stay(
    run: Run, eyes: Path, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FUNDUS_GUI_HOME", str(disk))
    own = write_tiny_weights(disk / "weights")
    before = (own / "ensembles.toml").read_bytes()
    fill(disk)
    models = ("--models", "tiny_a,tiny_b", "--name", "fitted", "--method", "equal")
    fast = ("--replicates", "10", "--device", "cpu")
    assert_one_sentence(run("fuse", "--data", eyes, *models, *fast))
    assert (own / "ensembles.toml").read_bytes() == before
    assert set(read_catalogue([own]).ensembles) == {"pair"}


def test_a_trained_model_is_added_whole_or_not_at_all(
    run: Run, disk: Path, tiny_weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FUNDUS_GUI_HOME", str(disk))
    trained = tmp_path / "run"
    trained.mkdir()
    content = (tiny_weights / "tiny_a.safetensors").read_bytes()
    (trained / "best.safetensors").write_bytes(content)
    fill(disk)
    assert_one_sentence(run("models", "add", trained, "--name", "mine"))
    assert read_catalogue([disk / "weights"]).models == {}
    assert not list(disk.rglob("*.tmp"))


def test_samples_say_so(run: Run, disk: Path) -> None:
    fill(disk, leave=64 * KIB)
    assert_one_sentence(run("samples", disk / "samples", "--size", "512"))
    assert not list(disk.rglob("*.tmp"))


def test_settings_stay_as_they_were(disk: Path) -> None:
    path = disk / "settings.ini"
    earlier = AppSettings(recent=("/photographs",), fast=True)
    save_settings(earlier, path)
    before = path.read_bytes()
    fill(disk)
    save_settings(AppSettings(recent=("/a" * 20_000,)), path)
    assert path.read_bytes() == before
    assert names_in(disk) <= {"settings.ini", "filler", "settings.ini.lock"}


@pytest.mark.parametrize("size", [0, 10, 100])
def test_settings_stay_as_they_were_where_no_disk_can_be_mounted(tmp_path: Path, size: int) -> None:
    path = tmp_path / "settings.ini"
    earlier = AppSettings(recent=("/photographs",), fast=True)
    save_settings(earlier, path)
    before = path.read_bytes()
    with no_file_larger_than(size):
        save_settings(AppSettings(), path)
    assert path.read_bytes() == before
    assert names_in(tmp_path) <= {"settings.ini", "settings.ini.lock"}
