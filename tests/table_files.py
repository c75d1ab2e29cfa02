"""Small files that stand for photographs, an engine that says of each what it always says."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Generator, Iterable, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from tiny_results import prediction, read_table, run_record

from fundus_gui.core.export import RunRecord, export_results
from fundus_gui.core.images import file_stamp
from fundus_gui.core.results import ImageResult, UnreadableImage

BATCH_SIZE = 4


class Engine:
    """Answers by a file's contents and by its batch, as networks do in the last digits.

    Attributes:
        asked: the paths of all calls.
    """

    def __init__(self, run: RunRecord, batch_size: int = BATCH_SIZE) -> None:
        self._run = run
        self._batch_size = batch_size
        self.asked: list[Path] = []

    def __call__(self, paths: Iterable[Path]) -> Generator[ImageResult, None, None]:
        remaining = iter(paths)
        while batch := list(islice(remaining, self._batch_size)):
            self.asked += batch
            seed = hash(tuple(_content(path) for path in batch))
            yield from [self._result(path, seed) for path in batch]

    def _result(self, path: Path, seed: int) -> ImageResult:
        content, stamp = _content(path), file_stamp(path)
        if content is None:
            return UnreadableImage(path, "the file could not be read", "", 0.5, *stamp)
        sha256 = hashlib.sha256(content).hexdigest()
        if not content:
            return UnreadableImage(path, "the file is empty", sha256, 0.5, *stamp)
        return replace(
            prediction(path, self._run, seed=seed), image_sha256=sha256, **stamp._asdict()
        )


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def write_files(folder: Path, names: Sequence[str]) -> list[Path]:
    """Write files of different contents, every fifth of them empty."""
    paths = [folder / name for name in names]
    for number, path in enumerate(paths):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"" if number % 5 == 4 else f"photograph {name_of(path)}".encode())
        os.utime(path, ns=(0, 1_700_000_000_000_000_001 + number))
    return paths


def name_of(path: Path) -> str:
    """Return a file's name as text, whatever it is made of."""
    return path.name.encode("utf-8", "backslashreplace").decode()


def whole_table(folder: Path, paths: Sequence[Path], out: Path, **of_run: Any) -> list[ImageResult]:
    """Write the table of a run that nobody stops."""
    run = run_record(folder, **of_run)
    return list(export_results(Engine(run)(paths), out, run))


def said(table: Path) -> list[dict[str, str]]:
    """Return the rows without what differs between two runs."""
    return [
        {name: cell for name, cell in row.items() if name not in ("seconds", "row_hash")}
        for row in read_table(table)
    ]
