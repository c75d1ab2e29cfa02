"""Folders of parts as a cluster leaves them, made in a moment without one."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tiny_results import export, prediction, run_record

from fundus_gui.core.distributed import Folder, Listing, Manifest, PartRecord
from fundus_gui.core.distributed.continuing import Continuation, begin, continuation
from fundus_gui.core.distributed.manifest import part_name
from fundus_gui.core.export import Pseudonyms, RunRecord
from fundus_gui.core.images import file_sha256, file_stamp
from fundus_gui.core.results import ImageResult, Prediction, UnreadableImage

PART_SIZE = 2


def run_on(listing: Listing, pseudonyms: Pseudonyms | None = None) -> RunRecord:
    return run_record(*listing.local_roots, pseudonyms=pseudonyms, command="classify eyes")


def new_manifest(listing: Listing, run: RunRecord | None = None) -> Manifest:
    return Manifest(
        run or run_on(listing),
        listing.roots,
        listing.sources,
        len(listing.locations),
        "exact",
        PART_SIZE,
    )


def started(listing: Listing, folder: Folder, pseudonyms: Pseudonyms | None = None) -> Continuation:
    """Begin or continue, and do no part yet."""
    work = continuation(new_manifest(listing, run_on(listing, pseudonyms)), listing, folder)
    if work.missing or work.changes:
        begin(work, folder)
    return work


def finish(work: Continuation, folder: Folder, *numbers: int) -> None:
    """Do some parts, or all that are missing."""
    for number in numbers or work.missing:
        add_part(work.manifest, folder, number, work.missing[number])
    work.manifest.write(folder)


def done(listing: Listing, folder: Folder, pseudonyms: Pseudonyms | None = None) -> Continuation:
    """Do all that is missing."""
    work = started(listing, folder, pseudonyms)
    finish(work, folder)
    return work


def add_part(manifest: Manifest, folder: Folder, number: int, locations: Sequence[str]) -> None:
    """Write a part with made-up answers on real files, and tell the manifest."""
    assert folder.path is not None
    name, results = part_name(number), [_result(Path(location)) for location in locations]
    out = folder.path.with_name("being written") / name
    export(results, out, manifest.run)
    content = out.read_bytes()
    record = json.loads(out.with_suffix(".json").read_bytes())
    for path in (out, out.with_suffix(".json")):
        path.unlink()
    folder.write(name, content)
    answers = [result for result in results if isinstance(result, Prediction)]
    manifest.parts[number] = PartRecord(
        name=name,
        photographs=len(results),
        failed=len(results) - len(answers),
        referred=sum(answer.outcome == "refer" for answer in answers),
        labels=dict(Counter(answer.label for answer in answers)),
        sha256=hashlib.sha256(content).hexdigest(),
        last_row_hash=record["last_row_hash"],
        device="CPU",
        number_format="float32",
    )


def _result(path: Path) -> ImageResult:
    stamp = file_stamp(path)
    if not stamp.file_bytes:
        return UnreadableImage(path, "it cannot be read", "", 0.1, *stamp)
    return replace(
        prediction(path),
        image_sha256=file_sha256(path),
        file_bytes=stamp.file_bytes,
        file_modified_ns=stamp.file_modified_ns,
    )
