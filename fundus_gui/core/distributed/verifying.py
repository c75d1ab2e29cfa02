"""Whether a folder of parts still says what was computed, and a sample to compute again."""

from __future__ import annotations

import hashlib
import json
import os
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from fundus_gui.core.catalogue import EnsembleSpec
from fundus_gui.core.distributed.fetching import Fetcher
from fundus_gui.core.distributed.listing import RowNames, list_photographs
from fundus_gui.core.distributed.manifest import (
    DAMAGED,
    MANIFEST,
    PartRecord,
    hash_of_parts,
    is_part,
    parts_of,
)
from fundus_gui.core.distributed.places import Folder
from fundus_gui.core.errors import EnsembleError, ResultsError
from fundus_gui.core.export import CheckedTable, Pseudonyms, SampledRow
from fundus_gui.core.export.checking import checked_rows
from fundus_gui.core.export.places import same_bytes
from fundus_gui.core.export.reading import Record, RowReader
from fundus_gui.core.export.run_record import identity_of
from fundus_gui.core.export.tables import columns_of

_FETCHING_THREADS = 4


def check_parts(folder: Folder, *, sample: int = 0, seed: int | None = None) -> CheckedTable:
    """Check the rows and hashes of all parts against the manifest.

    Args:
        folder: of the results.
        sample: how many rows to return; each is as likely.
        seed: the same number draws the same rows.

    Raises:
        ResultsError: something was altered: names the first altered row or part, and what differs.
        ExportError: the folder cannot be read.
    """
    record = _read_manifest(folder)
    parts = [part for _, part in sorted(parts_of(record.content).items())]
    rows = sum(part.photographs for part in parts)
    drawn = sorted(random.Random(seed).sample(range(rows), min(sample, rows)))
    sampled: list[SampledRow] = []
    before = 0
    for part in parts:
        places = [place - before for place in drawn if before <= place < before + part.photographs]
        sampled += _checked_part(folder, part, record, places)
        before += part.photographs
    _check_parts_are_all(folder, record, parts)
    failed = sum(part.failed for part in parts)
    return CheckedTable(record, rows - failed, failed, hash_of_parts(parts), tuple(sampled))


def photographs_of(
    sample: Sequence[SampledRow],
    sources: Sequence[str],
    pseudonyms: Pseudonyms | None,
    temporary: Path,
    *,
    recursive: bool,
) -> list[tuple[SampledRow, Path]]:
    """Find the photographs of rows; those that are not there are left out.

    Args:
        sample: the rows.
        sources: what was classified, wherever it is now: paths and URLs.
        pseudonyms: how names were made, None for plain names.
        temporary: empty folder that gets what lies in object storage.
        recursive: whether to look into subfolders.

    Raises:
        FundusError: a source cannot be listed.
    """
    listing = list_photographs(sources, recursive=recursive)
    names = RowNames(listing, pseudonyms)
    places: dict[str, list[str]] = {row.name: [] for row in sample}
    for location in listing.locations:
        name = names.of(location)
        if name in places:
            places[name].append(location)
    fetcher = Fetcher(temporary, listing.roots, _FETCHING_THREADS)
    with closing(fetcher.paths(place for row in sample for place in places[row.name])) as paths:
        there = [
            [path for path in islice(paths, len(places[row.name])) if os.path.lexists(path)]
            for row in sample
        ]
    return [
        (row, same_bytes(row.result, found))
        for row, found in zip(sample, there, strict=True)
        if found
    ]


def _read_manifest(folder: Folder) -> Record:
    text = folder.read(MANIFEST)
    if text is None:
        raise ResultsError(
            f"There is no {MANIFEST} in {folder}; check the spelling. A folder of results "
            "of --engine ray has one."
        )
    try:
        content = json.loads(text)
        ensemble = EnsembleSpec.from_table(content["ensemble"]["name"], content["ensemble"])
        record = Record(Path(MANIFEST), content, ensemble, identity_of(content))
        _ = record.class_names, record.weights_sha256, record.is_complete, record.rows
        _ = record.recursive, [*map(str, content["sources"])], int(content["photographs"])
        parts_of(content)
    except (*DAMAGED, EnsembleError) as error:
        raise ResultsError(
            f"{MANIFEST} in {folder} is none of this version of the program, or was "
            f"altered ({error})."
        ) from error
    return record


def _checked_part(
    folder: Folder, part: PartRecord, record: Record, places: Sequence[int]
) -> list[SampledRow]:
    """Check a part against what the manifest says of it; return the rows at some places."""
    content = {
        **record.content,
        "precision": part.number_format,
        "classified": part.photographs - part.failed,
        "failed": part.failed,
        "is_complete": True,
        "last_row_hash": part.last_row_hash,
    }
    of_part = replace(record, content=content, identity=identity_of(content))
    reader = RowReader(tuple(columns_of(record.class_names, record.ensemble.members)), of_part)
    wanted, sampled = set(places), list[SampledRow]()
    labels: Counter[str] = Counter()
    referred = 0
    with _file(folder, part) as path:
        try:
            for place, row in enumerate(checked_rows(path, of_part)):
                cells = reader.named(row)
                labels[cells["label"]] += cells["status"] == "ok"
                referred += cells["outcome"] == "refer"
                if place in wanted:
                    result = reader.result(row, Path(cells["relative_path"]))
                    name = cells["relative_path"]
                    sampled.append(SampledRow(row.line, name, result, part.name))
            sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        except (OSError, ValueError) as error:
            raise ResultsError(f"{part.name} was altered or cannot be read ({error}).") from error
    told = (part.photographs - part.failed, part.referred, dict(part.labels))
    if (labels.total(), referred, dict(+labels)) != told:
        raise ResultsError(f"{MANIFEST} was altered: {part.name} has other numbers of classes.")
    if sha256 != part.sha256:
        raise ResultsError(
            f"{part.name} was altered: its hash is not that of its record {MANIFEST}, although its "
            "rows agree with each other."
        )
    return sampled


@contextmanager
def _file(folder: Folder, part: PartRecord) -> Iterator[Path]:
    """Give a part as a file of its name; what lies in object storage is there for a while only."""
    if folder.path is not None and (folder.path / part.name).exists():
        yield folder.path / part.name
        return
    content = folder.read(part.name)
    if content is None:
        raise ResultsError(
            f"{part.name} is missing: its record {MANIFEST} tells of its {part.photographs} rows."
        )
    with TemporaryDirectory(prefix="fundus-gui-") as temporary:
        path = Path(temporary, part.name)
        path.write_bytes(content)
        yield path


def _check_parts_are_all(folder: Folder, record: Record, parts: Sequence[PartRecord]) -> None:
    content, rows = record.content, sum(part.photographs for part in parts)
    if record.is_complete:
        named = {part.name for part in parts}
        for name in filter(is_part, folder.names()):  # a killed run leaves such
            if name not in named:
                raise ResultsError(f"{name} was put in: {MANIFEST} does not tell of it.")
    if (record.rows, record.is_complete, content.get("last_row_hash")) != (
        rows,
        rows == content["photographs"],
        hash_of_parts(parts),
    ):
        raise ResultsError(
            f"{MANIFEST} was altered: its {rows} rows in {len(parts)} parts are not those that it "
            "was written with; some were removed or put in."
        )
