"""Results of two models over two classes, made up without running any."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from fundus_gui.core.cards import ModelCard
from fundus_gui.core.catalogue import EnsembleSpec
from fundus_gui.core.export import RunRecord, export_results
from fundus_gui.core.preprocessing import Preprocessing
from fundus_gui.core.results import ImageResult, Prediction, UnreadableImage

CLASSES = ("amd", "normal")
MEMBERS = ("cnn", "vit")


def run_record(
    *roots: Path, classes: Sequence[str] = CLASSES, members: Sequence[str] = MEMBERS, **other: Any
) -> RunRecord:
    cards = {
        name: ModelCard(
            architecture="tiny",
            class_names=tuple(classes),
            preprocessing=Preprocessing(size=32 + 16 * number),
            temperature=1.5,
            licence="CC BY 4.0",
        )
        for number, name in enumerate(members)
    }
    weights = tuple(range(len(members) + 1, 1, -1))  # 3, 2
    return RunRecord(
        ensemble=EnsembleSpec(name="pair", members=tuple(members), weights=weights),
        cards=cards,
        weights_sha256={name: f"hash of {name}" for name in members},
        device="CPU (2 threads)",
        roots=roots,
        **other,
    )


def prediction(path: Path, run: RunRecord | None = None, seed: int = 0) -> Prediction:
    run = run or run_record()
    numbers = random.Random(f"{path.name!r} {seed}")
    rows = []
    for _ in run.ensemble.members:
        odds = [numbers.random() for _ in run.class_names]
        rows.append(tuple(odd / sum(odds) for odd in odds))
    return Prediction(
        path=path,
        class_names=run.class_names,
        member_names=run.ensemble.members,
        weights=run.ensemble.weights,
        member_probabilities=tuple(rows),
        image_sha256=f"hash of image {seed}",
        seconds=numbers.random(),
        warnings=("greyscale, without colour", "the file holds several images; the first was read"),
        file_bytes=123_456,
        file_modified_ns=1_700_000_000_123_456_789,
    )


def some_results(folder: Path, count: int = 6) -> list[ImageResult]:
    results: list[ImageResult] = []
    for number in range(count):
        path = folder / f"{number}.jpg"
        failed = UnreadableImage(path, "the file is empty", "e3b0", 0.25)
        results.append(failed if number % 3 == 2 else prediction(path, seed=number))
    return results


def export(results: Sequence[ImageResult], out: Path, run: RunRecord, **options: Any) -> None:
    """Write all results and check that each passed through."""
    assert list(export_results(results, out, run, **options)) == list(results)


def read_table(path: Path) -> list[dict[str, Any]]:
    """Read a `.csv`, all cells as text, or a `.parquet`."""
    if path.suffix.lower() == ".parquet":
        rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
        return rows
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def read_json(path: Path) -> dict[str, Any]:
    record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return record


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}
