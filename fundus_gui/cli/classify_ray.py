"""`fundus-gui classify --engine ray`: photographs in, a folder of Parquet parts out."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing

import typer
from rich import box
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Column, Table

from fundus_gui import RESEARCH_USE_ONLY
from fundus_gui.cli.choice import choose_ensemble, installed_catalogue, parse_weights
from fundus_gui.cli.classify_request import ClassifyRequest
from fundus_gui.cli.console import err, printable
from fundus_gui.cli.console import out as console
from fundus_gui.cli.licences import print_licences
from fundus_gui.core.catalogue import EnsembleSpec
from fundus_gui.core.distributed import (
    MANIFEST,
    Changes,
    ClusterSettings,
    Folder,
    PartDone,
    WorkersReady,
    classify_in_parts,
    list_photographs,
    without_keys,
)
from fundus_gui.core.errors import ConfigError
from fundus_gui.core.export import own_pseudonyms
from fundus_gui.core.one_or_many import one_or_many

_TABLE_SUFFIXES = (".csv", ".parquet")
_PLAIN_INTERVAL_SECONDS = 5.0


def classify_on_cluster(request: ClassifyRequest) -> bool:
    """Classify part by part; return whether all photographs could be read."""
    folder = _folder(request)
    if not request.sources:
        raise typer.BadParameter("name photographs, folders or lists", param_hint="PATH")
    catalogue = installed_catalogue()
    weights = parse_weights(request.weights)
    spec = choose_ensemble(catalogue, request.ensemble, request.models, weights)
    settings = ClusterSettings(
        address=request.address,
        device=request.device,
        precision=request.precision or "exact",
        batch_size=request.batch_size,
        cores=request.workers,
        part_size=request.part_size,
        recursive=request.is_recursive is not False,
        pseudonyms=own_pseudonyms() if request.path_names == "hashed" else None,
        command=request.command,
    )
    listing = list_photographs(request.sources, recursive=settings.recursive)
    total = len(listing.locations)
    if not total:
        told = ", ".join(map(without_keys, request.sources))
        raise ConfigError(f"No photographs were found in {told}.")
    summary = _Summary(spec)
    done = classify_in_parts(spec, catalogue, listing, folder, settings)
    with closing(done):  # when interrupted, the manifest is written at once
        for part in _with_progress(done, total):
            summary.add(part)
    summary.show(folder)
    print_licences({name: catalogue.model(name).card for name in spec.members})
    return not summary.failed


def _folder(request: ClassifyRequest) -> Folder:
    """Return where the parts go; whether they are begun already makes no difference."""
    if request.out is not None and request.resume is not None:
        raise typer.BadParameter("give either --out or --resume, not both", param_hint="--resume")
    place = request.out or request.resume
    if place is None or place.lower().endswith(_TABLE_SUFFIXES):
        raise typer.BadParameter(
            "with --engine ray, name the folder that gets the parts", param_hint="--out"
        )
    return Folder(place)


def _with_progress(
    events: Iterable[Changes | WorkersReady | PartDone], total: int
) -> Iterator[PartDone]:
    """Pass the parts through and show how far they are."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    started = spoken = time.monotonic()
    finished = kept = 0
    with Progress(*columns, console=err, disable=not err.is_terminal) as progress:
        task = progress.add_task("Waiting for the cluster", total=total, rate="")
        for event in events:
            now = time.monotonic()
            if isinstance(event, Changes):
                err.print(_changed(event), soft_wrap=True)
                continue
            if isinstance(event, WorkersReady):
                photographs = one_or_many(total, "photograph")
                err.print(
                    f"Classifying {total} {photographs} on {_told(event)}, {kept} done before."
                )
                progress.update(task, description="Classifying")
                started = spoken = now
                continue
            finished += event.part.photographs
            kept += event.part.photographs if event.is_kept else 0
            rate = f"{(finished - kept) / max(now - started, 1e-9):.1f}/s"
            progress.update(task, completed=finished, rate=rate)
            if not err.is_terminal and (now - spoken >= _PLAIN_INTERVAL_SECONDS):
                spoken = now
                err.print(f"{finished} of {total}, {rate}")
            yield event


def _changed(changes: Changes) -> str:
    photographs = (
        (changes.more, "came"),
        (changes.changed, "changed"),
        (changes.gone, one_or_many(changes.gone, "is gone", "are gone")),
    )
    told = [
        f"{number} {one_or_many(number, 'photograph')} {what}"
        for number, what in photographs
        if number
    ]
    told += [f"{name} was altered or lost" for name in changes.altered]
    again = len(changes.again)
    rest = f"{again} {one_or_many(again, 'part is', 'parts are')} done again" if again else ""
    return f"Since the last time {'; '.join(filter(None, (', '.join(told), rest)))}."


def _told(event: WorkersReady) -> str:
    workers = event.workers
    number = f"{workers.count} {one_or_many(workers.count, 'worker')}"
    cores = f"{workers.cores} {one_or_many(workers.cores, 'core')}"
    return f"{number} with {'a GPU and ' if workers.gpus else ''}{cores} each"


class _Summary:
    """Counts over the parts, for nobody reads a million rows."""

    def __init__(self, spec: EnsembleSpec) -> None:
        self.failed = 0
        self._has_referral = spec.referral is not None
        self._referred = 0
        self._labels: Counter[str] = Counter()
        self._parts: Counter[bool] = Counter()

    def add(self, done: PartDone) -> None:
        """Take in a part."""
        self.failed += done.part.failed
        self._referred += done.part.referred
        self._labels.update(done.part.labels)
        self._parts[done.is_kept] += 1

    def show(self, folder: Folder) -> None:
        """Print it."""
        counts = Table(Column("class", overflow="fold"), "photographs", box=box.SIMPLE_HEAD)
        for label, count in self._labels.most_common():
            counts.add_row(printable(label), str(count))
        if self._labels:
            console.print(counts)
        referred = f"{self._referred} to refer to a person, " if self._has_referral else ""
        console.print(
            f"{self._labels.total()} classified, {referred}{self.failed} could not be read "
            "(their rows say why)."
            if self.failed
            else f"{self._labels.total()} classified, {referred}0 could not be read."
        )
        new, kept = self._parts[False], self._parts[True]
        told = f"{new} {one_or_many(new, 'part' if not kept else 'new part')}"
        told += f", {kept} done before" if kept else ""
        console.print(f"Results: {told} in {folder}, told by {MANIFEST}", soft_wrap=True)
        console.print(RESEARCH_USE_ONLY, style="dim")
