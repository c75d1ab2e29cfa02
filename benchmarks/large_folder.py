"""The window with a folder tree of a hundred thousand photographs: time, memory, standstills.

    python benchmarks/large_folder.py [--count N] [--rate N] [--platform offscreen|xcb|...]

The tree is made of small JPEGs, hard-linked where the disk allows it, a thousand in a folder. The
real window lists it, takes up made-up results of two models as they come, sorts, filters, selects
and scrolls. Standstills are the gaps of a timer that ticks every 10 ms in the window's thread,
beyond those 10 ms; beside them stands what the thread computed in the worst of them, for on a busy
machine it also stands still because others are served. Memory is that of the process beside what it
was after a few photographs.
"""

from __future__ import annotations

import argparse
import gc
import os
import tempfile
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from measuring import draw_photographs, print_table
from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QEventLoop,
    QItemSelectionModel,
    QObject,
    Qt,
    QTimer,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView

from fundus_gui.core.assessments import ClassifyRecord
from fundus_gui.core.cards import ModelCard
from fundus_gui.core.catalogue import Catalogue, EnsembleSpec, InstalledModel
from fundus_gui.core.decision import Referral
from fundus_gui.core.preprocessing import Preprocessing
from fundus_gui.core.results import ModelsReady, Prediction, UnreadableImage
from fundus_gui.gui.app import create_application
from fundus_gui.gui.main_window import MainWindow
from fundus_gui.gui.result_columns import Status
from fundus_gui.gui.results_order import Column, RowFilter

_CLASSES = (
    "age_related_macular_degeneration", "cataract", "diabetic_retinopathy", "glaucoma",
    "hypertension", "myopia", "normal", "other",
)  # fmt: skip
_MEMBERS = ("first", "second")
_IN_A_FOLDER = 1000
_LINKS = 20_000  # of one file; file systems allow 65,000 or less
_TICK_MS = 10
_FILTERS = {
    "a part of the name": RowFilter(text="7_left"),
    "a class": RowFilter(label="normal"),
    "classified": RowFilter(status=Status.CLASSIFIED),
    "models disagree": RowFilter(disputed=True),
    "to refer": RowFilter(referred=True),
    "could not be read": RowFilter(status=Status.FAILED),
    "waiting: no row": RowFilter(status=Status.WAITING),
    "no filter": RowFilter(),
}


class Row(NamedTuple):
    """A row of the table that is printed."""

    what: str
    measured: str
    computed: str = ""
    goal: str = ""


# What the window works on -------------------------------------------------------------------------


def make_tree(folder: Path, count: int) -> Path:
    """Fill a folder with folders of small photographs and return it."""
    drawn = draw_photographs(folder.with_name("drawn"), max(8, count // _LINKS + 1), small=True)
    for number in range(count):
        place = folder / f"clinic_{number // (20 * _IN_A_FOLDER)}" / f"{number // _IN_A_FOLDER:03}"
        if number % _IN_A_FOLDER == 0:
            place.mkdir(parents=True)
        link_or_copy(drawn[number % len(drawn)], place / f"{number:06}_{_side(number)}.jpg")
    return folder


def link_or_copy(source: Path, target: Path) -> None:
    """Make a file of the same content without taking room where that is possible."""
    try:
        target.hardlink_to(source)
    except OSError:
        target.write_bytes(source.read_bytes())


def _side(number: int) -> str:
    return "right" if number % 2 else "left"


def two_models() -> Catalogue:
    """Return a catalogue of two models that are not there and an ensemble of them."""
    models = [
        InstalledModel(
            name,
            Path(f"{name}.safetensors"),
            ModelCard(
                architecture="tiny", class_names=_CLASSES, preprocessing=Preprocessing(size=224)
            ),
        )
        for name in _MEMBERS
    ]
    pair = EnsembleSpec(
        name="default", members=_MEMBERS, weights=(0.6, 0.4), referral=Referral(confidence=0.5)
    )
    return Catalogue({model.name: model for model in models}, {"default": pair})


class InventedEngine:
    """Makes results up, so many a second; every hundredth photograph cannot be read."""

    def __init__(self, rate: float) -> None:
        """Answer `rate` times a second."""
        self._rate = rate
        self._odds = np.random.default_rng(0)

    def classify(
        self, spec: EnsembleSpec, paths: Sequence[Path]
    ) -> Generator[ClassifyRecord, None, None]:
        """Yield what the engine of the program yields."""
        yield ModelsReady("No device", dict.fromkeys(spec.members, "0" * 64))
        began = time.perf_counter()
        for number, path in enumerate(paths):
            early = began + number / self._rate - time.perf_counter()
            if early > 0.005:
                time.sleep(early)
            if number % 100 == 99:
                yield UnreadableImage(path, "the file is empty", f"{number:064x}", 0.001)
            else:
                rows = self._odds.dirichlet(np.full(len(_CLASSES), 0.3), size=len(spec.members))
                yield Prediction(
                    path=path,
                    class_names=_CLASSES,
                    member_names=spec.members,
                    weights=spec.weights,
                    member_probabilities=tuple(tuple(row) for row in rows.tolist()),
                    image_sha256=f"{number:064x}",
                    seconds=0.001 + number * 1e-9,
                    decision=spec.decision,
                )


# Measuring ----------------------------------------------------------------------------------------


class Heartbeat(QObject):
    """Ticks in the window's thread and notes how late each tick was, and what the thread did."""

    def __init__(self) -> None:
        """Begin at once."""
        super().__init__()
        self._late_ms: list[float] = []
        self._computed_ms: list[float] = []
        self._last = time.perf_counter(), time.thread_time()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_tick)
        self._timer.start(_TICK_MS)

    def _on_tick(self) -> None:
        (now, computed), (before, computed_before) = (
            (time.perf_counter(), time.thread_time()),
            self._last,
        )
        self._late_ms.append(max(0.0, 1000 * (now - before) - _TICK_MS))
        self._computed_ms.append(1000 * (computed - computed_before))
        self._last = now, computed

    def forget(self) -> None:
        """Count from now on."""
        self._late_ms, self._computed_ms = [], []
        self._last = time.perf_counter(), time.thread_time()

    def row(self, what: str) -> Row:
        """Return the standstills since the last time."""
        measured, computed = (
            f"{max(each):.0f} ms, p99 {np.percentile(each, 99):.0f} ms"
            for each in (self._late_ms, self._computed_ms)
        )
        self.forget()
        return Row(f"longest standstill {what}", measured, computed, "≤ 200 ms, p99 ≤ 50 ms")


def wait(until: Callable[[], bool]) -> None:
    """Let the window live until something is so."""
    while not until():
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 20)


def rest(seconds: float) -> None:
    """Let the window live for a while."""
    end = time.perf_counter() + seconds
    wait(lambda: time.perf_counter() >= end)


def resident_bytes() -> int:
    """Return the memory of this process."""
    gc.collect()
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return 1024 * int(status["VmRSS"].split()[0])


class Taken(NamedTuple):
    """Milliseconds on the wall's clock and of the window's thread."""

    wall_ms: float
    computed_ms: float


def taken(act: Callable[[], object]) -> Taken:
    """Return how long something takes until it is painted."""
    began, computed = time.perf_counter(), time.thread_time()
    act()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
    QCoreApplication.processEvents()
    return Taken(1000 * (time.perf_counter() - began), 1000 * (time.thread_time() - computed))


def worst(what: str, each: Sequence[Taken], goal: str) -> Row:
    """Return a row of the longest."""
    measured, computed = (f"{max(column):.0f} ms" for column in zip(*each, strict=True))
    return Row(what, measured, computed, goal)


# The course of it ---------------------------------------------------------------------------------


def open_tree(window: MainWindow, tree: Path, beat: Heartbeat) -> Iterator[Row]:
    """List the tree."""
    model, run = window.page.model, window.page.classification
    seen: list[float] = []
    model.added.connect(lambda: seen.append(time.perf_counter()))
    before, began = resident_bytes(), time.perf_counter()
    beat.forget()
    window.open_paths([tree])
    wait(lambda: not run.busy)
    ended = time.perf_counter()
    standstill = beat.row("while listing")
    grown = resident_bytes() - before
    yield Row("first rows after", f"{seen[0] - began:.2f} s", goal="≤ 0.5 s")
    yield Row(f"all {model.total:,} rows after", f"{ended - began:.1f} s")
    yield standstill
    yield Row("memory, listed", f"{grown / model.total:,.0f} bytes a row", goal="< 2,000")


def classify(window: MainWindow, before: int, beat: Heartbeat) -> Iterator[Row]:
    """Take up the results."""
    model, run = window.page.model, window.page.classification
    began = time.perf_counter()
    beat.forget()
    window.commands.run.trigger()
    wait(lambda: not run.busy)
    rate = model.total / (time.perf_counter() - began)
    yield beat.row(f"while {rate:,.0f} results a second come in")
    yield Row(
        "memory, every row with a result of two models",
        f"{(resident_bytes() - before) / model.total:,.0f} bytes a row",
        goal="< 2,000",
    )


def sort_and_filter(window: MainWindow, shown_as: str) -> Iterator[Row]:
    """Sort by each column and filter in each way."""
    table, model = window.page.results.table, window.page.model
    for column in Column:
        both = [
            taken(lambda c=column, o=order: table.sortByColumn(c, o))
            for order in (Qt.SortOrder.DescendingOrder, Qt.SortOrder.AscendingOrder)
        ]
        yield worst(f"{shown_as}: sort by {column.name.lower()}", both, "≤ 200 ms")
    table.sortByColumn(Column.FILE, Qt.SortOrder.AscendingOrder)
    for name, wanted in _FILTERS.items():
        once = [taken(lambda w=wanted: model.set_filter(w))]
        what = f"{shown_as}: filter by {name} ({model.rowCount():,} rows)"
        yield worst(what, once, "≤ 200 ms")


def select(window: MainWindow, view: QAbstractItemView, shown_as: str) -> Iterator[Row]:
    """Select all rows, then those of a class that lie all over the table, and go on with them."""
    pane, model, grid = window.page.results, window.page.model, window.commands.grid

    def sort(column: Column) -> None:
        pane.table.sortByColumn(column, Qt.SortOrder.AscendingOrder)

    def press(key: Qt.Key, modifier: Qt.KeyboardModifier) -> None:
        QTest.keyClick(view, key, modifier)

    def leave_out(row: int) -> None:
        flags = QItemSelectionModel.SelectionFlag
        pane.selection.select(model.index(row, 0), flags.Toggle | flags.Rows)

    def all_rows() -> None:
        press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)

    gestures: dict[str, Callable[[], object]] = {
        "select all": all_rows,
        "sort them": lambda: sort(Column.CONFIDENCE),
        "sort them back": lambda: sort(Column.FILE),
        "leave one out": lambda: leave_out(500),
        "the other view": grid.toggle,
        "back to this one": grid.toggle,
        "filter by a class": lambda: model.set_filter(RowFilter(label="normal")),
        "select all of it": all_rows,
        "filter no more": lambda: model.set_filter(RowFilter()),
        "sort with it selected": lambda: sort(Column.CONFIDENCE),
        "sort it back": lambda: sort(Column.FILE),
        "go to the other view with it": grid.toggle,
        "come back with it": grid.toggle,
        "scroll with it": lambda: view.verticalScrollBar().setValue(20_000),
        "invert it": lambda: pane.selection.select_rows(
            np.setdiff1d(np.arange(model.rowCount()), pane.selection.rows())
        ),
        "select all instead": all_rows,
        "select the first row only": lambda: pane.select(model.results()[0].path),
        "from it to the end": lambda: press(Qt.Key.Key_End, Qt.KeyboardModifier.ShiftModifier),
    }
    for name, act in gestures.items():
        once = [taken(act)]
        count = len(pane.selection.rows())
        yield worst(f"{shown_as}: {name} ({count:,} selected)", once, "≤ 200 ms")


def scroll(view: QAbstractItemView, shown_as: str) -> Row:
    """Go through all rows in steps."""
    bar = view.verticalScrollBar()
    steps = np.linspace(bar.minimum(), bar.maximum(), 60).astype(int).tolist()
    each = [taken(lambda value=value: bar.setValue(value)) for value in steps]
    rest(1.0)
    return worst(f"{shown_as}: longest of 60 steps of scrolling through", each, "≤ 50 ms")


def measured(window: MainWindow, tree: Path) -> Iterator[Row]:
    """Do everything and yield what was measured."""
    page, beat = window.page, Heartbeat()
    before = resident_bytes()
    yield from open_tree(window, tree, beat)
    yield from classify(window, before, beat)
    for view, is_grid, shown_as in (
        (page.results.table, False, "list"),
        (page.results.grid, True, "grid"),
    ):
        window.commands.grid.setChecked(is_grid)
        rest(0.5)
        beat.forget()
        yield from sort_and_filter(window, shown_as)
        yield from select(window, view, shown_as)
        yield scroll(view, shown_as)
        yield beat.row(f"in the {shown_as}")


def warm_up(window: MainWindow, few: Path) -> None:
    """Have everything imported and drawn once."""
    window.open_paths([few])
    wait(lambda: not window.page.classification.busy)
    window.commands.run.trigger()
    wait(lambda: not window.page.classification.busy)
    rest(1.0)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--rate", type=float, default=5000, help="results a second at most")
    parser.add_argument("--platform", default="offscreen", help="of Qt; default %(default)s")
    parser.add_argument("--tree", type=Path, help="a tree that is there already")
    options = parser.parse_args()
    os.environ["QT_QPA_PLATFORM"] = options.platform
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        few = make_tree(folder / "few", 20)
        tree = options.tree or make_tree(folder / "more" / "tree", options.count)
        application = create_application([])
        engine = InventedEngine(options.rate)
        window = MainWindow(two_models(), engine.classify, folder / "settings.ini")
        window.commands.auto_run.setChecked(False)
        window.show()
        warm_up(window, few)
        headings = ("what", "measured", "of that computed", "goal")
        print_table(headings, measured(window, tree))
        window.close()
        application.quit()


if __name__ == "__main__":
    main()
