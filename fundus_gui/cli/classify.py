"""`fundus-gui classify`: photographs in, table and CSV out."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

import typer
from rich import box
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Column, Table

from fundus_gui import RESEARCH_USE_ONLY
from fundus_gui.cli import options
from fundus_gui.cli.choice import choose_ensemble, installed_catalogue, parse_weights
from fundus_gui.cli.console import err, printable
from fundus_gui.cli.console import out as console
from fundus_gui.cli.engine import load
from fundus_gui.cli.figure_table import folded
from fundus_gui.cli.invocation import Invocation
from fundus_gui.cli.licences import print_licences
from fundus_gui.core.catalogue import EnsembleSpec
from fundus_gui.core.errors import ImageError
from fundus_gui.core.images import find_images
from fundus_gui.core.results import ImageResult, Prediction, UnreadableImage

_MOST_ROWS = 40  # a longer table helps nobody; the CSV has all rows
_MOST_FAILURES = 20
_PLAIN_INTERVAL_SECONDS = 5.0


def classify(
    context: typer.Context,
    paths: options.Photographs,
    ensemble: options.EnsembleName = None,
    model: options.ModelNames = None,
    weights: options.VoteWeights = None,
    device: options.Device = "auto",
    precision: options.Precision = "exact",
    batch_size: options.ClassifyBatchSize = 16,
    workers: options.Workers = None,
    out: options.ResultsFile = None,
    recursive: options.Recursive = True,
) -> None:
    """Classify photographs and folders of photographs.

    Prints the most probable class of each (of few photographs) or how many fell into each class
    (of many); --out gets all numbers. Files that cannot be read are named at the end, and each
    has its row in --out.
    """
    catalogue = installed_catalogue()
    spec = choose_ensemble(catalogue, ensemble, model or [], parse_weights(weights))
    files = list(find_images(paths, recursive=recursive))
    if not files:
        raise ImageError(paths[0].absolute(), "no photographs were found here.")
    from fundus_gui.core.export import RunRecord, export_results
    from fundus_gui.core.inference import predict_images

    invocation: Invocation = context.obj
    loaded = load(spec, catalogue, device, precision)
    results = predict_images(loaded, files, batch_size=batch_size, workers=workers)
    if out is not None:
        run = RunRecord(
            ensemble=spec,
            cards=loaded.cards,
            weights_sha256=loaded.weights_sha256,
            device=loaded.device_name,
            number_format=loaded.number_format,
            roots=tuple(paths),
            command=invocation.command,
        )
        results = export_results(results, out, run)
    report = _Report(len(files), spec)
    with closing(results):  # when interrupted, the file is finished at once
        for result in _with_progress(results, len(files), loaded.device_name):
            report.add(result)
    report.show(out)
    print_licences(loaded.cards)
    raise typer.Exit(3 if report.failed else 0)


def _with_progress(
    results: Iterable[ImageResult], total: int, device: str
) -> Iterator[ImageResult]:
    if err.is_terminal:
        return _with_progress_bar(results, total, device)
    return _with_progress_lines(results, total, device)


def _with_progress_bar(
    results: Iterable[ImageResult], total: int, device: str
) -> Iterator[ImageResult]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]:.1f}/s"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[failed]} failed"),
    )
    with Progress(*columns, console=err) as progress:
        task: TaskID = progress.add_task(
            f"Classifying on {device}", total=total, rate=0.0, failed=0
        )
        started, failed = time.monotonic(), 0
        for done, result in enumerate(results, start=1):
            failed += isinstance(result, UnreadableImage)
            rate = done / max(time.monotonic() - started, 1e-9)
            progress.update(task, completed=done, rate=rate, failed=failed)
            yield result


def _with_progress_lines(
    results: Iterable[ImageResult], total: int, device: str
) -> Iterator[ImageResult]:
    err.print(f"Classifying {total} files on {device}.")
    started = spoken = time.monotonic()
    failed = 0
    for done, result in enumerate(results, start=1):
        failed += isinstance(result, UnreadableImage)
        yield result
        now = time.monotonic()
        if done == total or now - spoken >= _PLAIN_INTERVAL_SECONDS:
            spoken = now
            err.print(f"{done} of {total}, {done / (now - started):.1f}/s, {failed} failed")


class _Report:
    """What is said at the end: rows when they are few, counts, failures by name."""

    def __init__(self, total: int, spec: EnsembleSpec) -> None:
        self.failed = 0
        self._total = total
        self._referral = spec.referral
        self._referred = 0
        self._labels: Counter[str] = Counter()
        self._rows = Table(
            Column("file", overflow="fold", min_width=16),
            Column("result", overflow="fold"),
            "probability",
            "agreement",
            box=box.SIMPLE_HEAD,
            padding=(0, 1, 0, 0),
        )
        if spec.prediction_sets is not None:
            self._rows.add_column(
                f"set at {100 * spec.prediction_sets.coverage:.3g}%", overflow="fold"
            )
        if spec.referral is not None:
            self._rows.add_column("outcome")
        self._failures: list[str] = []

    def add(self, result: ImageResult) -> None:
        """Take in one record."""
        name = printable(result.path.name)
        if isinstance(result, Prediction):
            self._labels[result.label] += 1
            cells = [folded(result.label), f"{result.confidence:.3f}", f"{result.agreement:.0%}"]
            if result.prediction_set is not None:
                cells.append(folded(", ".join(result.prediction_set)))
            if result.outcome is not None:
                self._referred += result.outcome == "refer"
                cells.append(result.outcome)
        else:
            self.failed += 1
            cells = ["could not be read"]
            if len(self._failures) < _MOST_FAILURES:
                self._failures.append(f"{name}: {printable(result.error)}")
        if self._total <= _MOST_ROWS:
            self._rows.add_row(name, *cells)

    def show(self, out: Path | None) -> None:
        """Print it."""
        if self._total <= _MOST_ROWS:
            console.print(self._rows)
        if self._labels:
            console.print(self._counts())
        classified = sum(self._labels.values())
        ending = f"{self.failed} could not be read" + (":" if self.failed else ".")
        referred = "" if self._referral is None else f"{self._referred} to refer to a person, "
        console.print(f"{classified} classified, {referred}{ending}")
        for failure in self._failures:
            console.print(f"  {failure}", soft_wrap=True)
        if self.failed > len(self._failures):
            console.print(f"  and {self.failed - len(self._failures)} more")
        if out is not None:
            console.print(
                f"Results: {out}, record of the run: {out.with_suffix('.json')}", soft_wrap=True
            )
        console.print(RESEARCH_USE_ONLY, style="dim")

    def _counts(self) -> Table:
        counts = Table(Column("class", overflow="fold"), "photographs", box=box.SIMPLE_HEAD)
        for label, count in self._labels.most_common():
            counts.add_row(printable(label), str(count))
        return counts
