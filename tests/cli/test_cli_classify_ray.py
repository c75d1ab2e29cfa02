"""What `classify --engine ray` says before it needs a cluster."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fundus_gui.cli.classify_ray import _changed
from fundus_gui.core.distributed import Changes

if TYPE_CHECKING:
    from command_runs import Done

Run = Callable[..., "Done"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--engine", "ray"], "name the folder that gets the parts"),
        (["--engine", "ray", "--out", "results.csv"], "name the folder that gets the parts"),
        (["--engine", "ray", "--out", "a", "--resume", "b"], "either --out or --resume"),
        (["--address", "auto"], "is for --engine ray"),
        (["--engine", "slurm"], "--engine"),
    ],
)
def test_wrong_usage_is_told(run: Run, photos: Path, arguments: list[str], sentence: str) -> None:
    done = run("classify", photos, *arguments)
    assert done.code == 2
    assert sentence in " ".join(done.err.replace("│", " ").split())


def test_photographs_must_be_named(run: Run, tmp_path: Path) -> None:
    done = run("classify", "--engine", "ray", "--out", tmp_path / "results")
    assert done.code == 2
    assert "name photographs, folders or lists" in done.err


def test_what_cannot_be_listed_is_one_sentence(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    out = ("--engine", "ray", "--out", tmp_path / "results")
    assert "No photographs were found" in run("classify", tmp_path / "empty", *out).err
    missing = run("classify", tmp_path / "missing", *out)
    assert missing.code == 1
    assert "check the spelling" in missing.err
    assert "nonsense" in run("classify", "nonsense://bucket", *out).err
    assert not (tmp_path / "results").exists()


def test_a_folder_of_something_else_is_refused_before_a_cluster_is_started(
    run: Run, photos: Path, tmp_path: Path
) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    done = run("classify", photos, "--engine", "ray", "--out", tmp_path)
    assert done.code == 1
    assert "is not empty" in done.err


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (Changes(more=1), "1 photograph came."),
        (Changes(more=2, gone=1), "2 photographs came, 1 photograph is gone."),
        (
            Changes(altered=("part-000001.parquet",), again=("part-000001.parquet",)),
            "part-000001.parquet was altered or lost; 1 part is done again.",
        ),
        # One of two photographs with the same name and bytes went.
        (Changes(again=("part-000000.parquet",)), "1 part is done again."),
    ],
)
def test_what_differs_from_the_last_time_is_one_sentence(changes: Changes, sentence: str) -> None:
    assert _changed(changes) == f"Since the last time {sentence}"
