"""What `classify` shows: progress while it runs, and at the end rows, counts and failures."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

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
from fundus_gui.cli.console import err, printable
from fundus_gui.cli.console import out as console
from fundus_gui.cli.figure_table import folded
from fundus_gui.core.catalogue import EnsembleSpec
from fundus_gui.core.export import Resumption
from fundus_gui.core.images import find_images
from fundus_gui.core.one_or_many import one_or_many
from fundus_gui.core.results import ImageResult, Prediction, UnreadableImage

_MOST_ROWS = 40  # a longer table helps nobody; the CSV has all rows
_MOST_FAILURES = 20
_PLAIN_INTERVAL_SECONDS = 5.0
_PATIENCE_SECONDS = 1.0  # to begin with a total; a longer listing ends while the models work


class FileCount:
    """Counts photographs in a thread, so that nobody has to keep a list of them."""

    def __init__(self, paths: Sequence[Path], *, recursive: bool) -> None:
        self._paths, self._recursive = paths, recursive
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="count")
        self._total: int | None = None

    @contextmanager
    def counting(self) -> Iterator[None]:
        """Count while the context lasts."""
        self._thread.start()
        try:
            yield
        finally:
            self._stop.set()
            self._thread.join()

    def wait(self) -> None:
        """Give it a moment to come to its end."""
        self._thread.join(_PATIENCE_SECONDS)

    @property
    def total(self) -> int | None:
        """How many there are, None while it is not known."""
        return self._total

    def _run(self) -> None:
        count = 0
        for _ in find_images(self._paths, recursive=self._recursive):
            if self._stop.is_set():
                return
            count += 1
        self._total = count


def with_progress(
    results: Iterable[ImageResult], count: FileCount, device: str
) -> Iterator[ImageResult]:
    """Pass results through and show how far they are: a bar, or lines where none can be drawn."""
    count.wait()
    if err.is_terminal:
        return _with_progress_bar(results, count, device)
    return _with_progress_lines(results, count, device)


def _with_progress_bar(
    results: Iterable[ImageResult], count: FileCount, device: str
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
            f"Classifying on {device}", total=count.total, rate=0.0, failed=0
        )
        started, failed = time.monotonic(), 0
        for done, result in enumerate(results, start=1):
            failed += isinstance(result, UnreadableImage)
            rate = done / max(time.monotonic() - started, 1e-9)
            progress.update(task, total=count.total, completed=done, rate=rate, failed=failed)
            yield result


def _with_progress_lines(
    results: Iterable[ImageResult], count: FileCount, device: str
) -> Iterator[ImageResult]:
    number = "" if count.total is None else f"{count.total} "
    err.print(f"Classifying {number}files on {device}.")
    started = spoken = time.monotonic()
    done = failed = 0

    def say(now: float) -> None:
        of = "" if count.total is None else f" of {count.total}"
        err.print(f"{done}{of}, {done / max(now - started, 1e-9):.1f}/s, {failed} failed")

    for done, result in enumerate(results, start=1):  # noqa: B007 (what it says at the end)
        failed += isinstance(result, UnreadableImage)
        yield result
        now = time.monotonic()
        if now - spoken >= _PLAIN_INTERVAL_SECONDS:
            spoken = now
            say(now)
    say(time.monotonic())


class Report:
    """What is said at the end: rows when they are few, counts, failures by name."""

    def __init__(self, spec: EnsembleSpec) -> None:
        self.failed = 0
        self._total = 0
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
        self._total += 1
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

    def show(self, out: Path | None, resumption: Resumption | None) -> None:
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
        if resumption is not None:
            console.print(_continued(resumption), soft_wrap=True)
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


def _continued(resumption: Resumption) -> str:
    """Say what became of the rows of a continued table."""
    done = resumption
    kept = f"{done.kept} {one_or_many(done.kept, 'row')} kept"
    if not (done.again or done.new or done.dropped):
        return f"The table was complete, nothing was to do: {kept}."
    text = f"Continued: {kept}, {done.again} classified again, {done.new} new."
    if done.backup is not None:
        text += (
            f" {done.dropped} earlier {one_or_many(done.dropped, 'row')}, of files that are "
            f"changed or gone, fell out; {done.backup.name} still has "
            f"{one_or_many(done.dropped, 'it', 'them')}."
        )
    return text
