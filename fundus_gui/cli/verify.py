"""`fundus-gui verify`: whether a table of results still says what was computed."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import typer

from fundus_gui.cli import options
from fundus_gui.cli.choice import installed_catalogue
from fundus_gui.cli.console import err, out, printable
from fundus_gui.cli.engine import load
from fundus_gui.core.distributed import Folder, check_parts, photographs_of
from fundus_gui.core.errors import FundusError, ResultsError
from fundus_gui.core.export import (
    CheckedTable,
    Pseudonyms,
    SampledRow,
    check_table,
    locate,
    own_pseudonyms,
)
from fundus_gui.core.export.reading import Record
from fundus_gui.core.export.verifying import is_same_photograph, largest_difference
from fundus_gui.core.images import find_images
from fundus_gui.core.one_or_many import one_or_many
from fundus_gui.core.results import ImageResult, UnreadableImage

_SEEDS = 10_000

_Located = Iterable[tuple[SampledRow, Path]]


def verify(
    table: options.VerifiedTable,
    paths: options.VerifiedPhotographs = None,
    sample: options.VerifiedRows = 20,
    seed: options.VerifySeed = None,
    recompute: options.Recompute = True,
    device: options.Device = "auto",
) -> None:
    """Check that no row of a table was altered, and compute a sample of the rows again.

    Names the first altered row and what differs (exit code 1). Then random rows are computed again
    from photographs and weights: a row that differs is named (exit code 1), and so are photographs
    or weights that are not there any more (exit code 3).
    """
    seed = secrets.randbelow(_SEEDS) if seed is None else seed
    count = sample if recompute else 0
    is_in_parts = "://" in table or Path(table).is_dir()
    place = Folder(table)
    if is_in_parts:
        checked = check_parts(place, sample=count, seed=seed)
    else:
        checked = check_table(Path(table), sample=count, seed=seed)
    rows = checked.classified + checked.failed
    out.print(
        f"{printable(Path(str(place)).name)}: {rows} {one_or_many(rows, 'row')} "
        f"({checked.classified} classified, {checked.failed} failed) "
        f"{one_or_many(rows, 'is as it was', 'are as they were')} written.",
        soft_wrap=True,
    )
    if not checked.record.is_complete:
        out.print("Its run did not come to its end: rows may be missing after the last.")
    of_all = " of all parts" if is_in_parts else ""
    out.print(f"Last row_hash{of_all}: {checked.last_row_hash}", soft_wrap=True)
    if recompute and checked.sample:
        located = _located_in_parts if is_in_parts else _located
        raise typer.Exit(_compute_again(checked, located, paths or (), seed, device))


def _compute_again(
    checked: CheckedTable,
    locate_in: Callable[[CheckedTable, Sequence[str], Path], _Located],
    paths: Sequence[str],
    seed: int,
    device: str,
) -> int:
    """Say how the sampled rows compare with what is computed now; return the exit code."""
    comparison = _Comparison(checked.tolerance)
    try:
        with TemporaryDirectory(prefix="fundus-gui-") as temporary:
            found = list(locate_in(checked, paths, Path(temporary)))
            if found:
                _compare(checked, found, comparison, device)
    except FundusError as error:
        err.print(f"Nothing was computed again: {printable(str(error))}", soft_wrap=True)
        return 3
    rows = one_or_many(len(found), "random row")
    out.print(f"Computed again: {len(found)} {rows} (--seed {seed}).")
    for sentence in (*comparison.different, *comparison.replaced):
        out.print(f"  {sentence}", soft_wrap=True)
    if comparison.agreeing:
        out.print(
            f"{comparison.agreeing} {one_or_many(comparison.agreeing, 'row says', 'rows say')} "
            "the same; the largest difference of a probability is "
            f"{comparison.largest:.1e}, {checked.tolerance:g} is allowed.",
            soft_wrap=True,
        )
    count = len(checked.sample)
    missing = count - len(found)
    if missing:
        advice = (
            "Name the very folders that were opened then, for pseudonyms are made of the paths "
            "below them."
            if checked.record.has_pseudonyms
            else "Name the folders where they are now after the table."
        )
        err.print(
            f"{missing} of {one_or_many(count, '1 photograph is', f'{count} photographs are')} not "
            f"there any more. {advice}",
            soft_wrap=True,
        )
    if comparison.different:
        return 1
    return 3 if missing or comparison.replaced else 0


def _located(checked: CheckedTable, paths: Sequence[str], _temporary: Path) -> _Located:
    record = checked.record
    roots = tuple(map(Path, paths)) or record.roots
    there = [root for root in roots if os.path.lexists(root)]
    photographs = find_images(there, recursive=record.recursive)
    return locate(checked.sample, roots, photographs, _pseudonyms(record, roots))


def _located_in_parts(checked: CheckedTable, paths: Sequence[str], temporary: Path) -> _Located:
    record = checked.record
    sources = paths or [str(source) for source in record.content["sources"]]
    pseudonyms = _pseudonyms(record, sources)
    return photographs_of(
        checked.sample, sources, pseudonyms, temporary, recursive=record.recursive
    )


def _pseudonyms(record: Record, places: Sequence[object]) -> Pseudonyms | None:
    """Return how the names in a table were made, None for plain names."""
    if not record.has_pseudonyms:
        return None
    if not places:
        raise ResultsError(
            "its photographs are named by pseudonyms. Name the folders that were opened then, "
            "after the table."
        )
    pseudonyms = own_pseudonyms()
    if pseudonyms.key_id != record.identity["pseudonym_key"]:
        raise ResultsError(
            "its pseudonyms were made with the key of another user or computer; verify it there."
        )
    return pseudonyms


@dataclass
class _Comparison:
    """What was found."""

    tolerance: float
    agreeing: int = 0
    largest: float = 0.0
    different: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)

    def add(self, row: SampledRow, again: ImageResult) -> None:
        """Compare a row with what is computed now."""
        place = f"{row.part}, line {row.line}" if row.part else f"line {row.line}"
        where = f"{place}, {printable(row.name)}: "
        then = row.result
        difference = largest_difference(then, again)
        if not is_same_photograph(then, again):
            self.replaced.append(f"{where}another photograph is there now, its hash differs.")
        elif type(then) is not type(again):
            self.different.append(f"{where}{_said(then)} then, {_said(again)} now.")
        elif difference > self.tolerance:
            self.different.append(f"{where}a probability differs by {difference:.2g}.")
        else:
            self.agreeing += 1
            self.largest = max(self.largest, difference)


def _said(result: ImageResult) -> str:
    if isinstance(result, UnreadableImage):
        return f"it could not be read ({printable(result.error)})"
    return f"it was classified as {printable(result.label)}"


def _compare(
    checked: CheckedTable,
    found: Sequence[tuple[SampledRow, Path]],
    comparison: _Comparison,
    device: str,
) -> None:
    """Classify the photographs with the same weights.

    Raises:
        FundusError: they are not installed, or are other ones.
    """
    from fundus_gui.core.inference import predict_images

    record = checked.record
    ensemble = load(record.ensemble, installed_catalogue(), device, record.precision)
    changed = [
        name
        for name, sha256 in record.weights_sha256.items()
        if ensemble.weights_sha256[name] != sha256
    ]
    if changed:
        raise ResultsError(f"the installed weights of {', '.join(changed)} are other ones.")
    with closing(predict_images(ensemble, [path for _, path in found])) as results:
        for (row, _), again in zip(found, results, strict=True):
            comparison.add(row, again)
