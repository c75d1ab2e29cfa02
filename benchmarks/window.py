"""How soon one photograph opened in the window has its bars, beside the bare networks.

    python benchmarks/window.py [--images DIR] [--rounds N] [--models A,B] [--size PX]
                                [--count N] [--platform offscreen|xcb|...]

The window is the program's own, its networks loaded and warm. Time counts from the moment at which
a photograph is opened to the painting of its bars; the bare networks take one tensor each time.
"""

from __future__ import annotations

import argparse
import atexit
import os
import statistics
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from contestants import Job, networks_alone, vote_weights, write_random_networks
from measuring import Play, Prepare, photographs, print_table, race, ratio

from fundus_gui.core.results import Precision, Prediction

if TYPE_CHECKING:
    from fundus_gui.gui.main_window import MainWindow

PRECISIONS: tuple[Precision, ...] = ("exact", "fast")


def window(job: Job, precision: Precision, settings: Path) -> Play:
    """Open each photograph in the program's window, and wait until its bars are painted."""
    from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer
    from PySide6.QtWidgets import QWidget

    from fundus_gui.core.catalogue import read_catalogue
    from fundus_gui.gui.app import create_application
    from fundus_gui.gui.jobs import Engine
    from fundus_gui.gui.main_window import MainWindow

    job.limit_threads()
    application = create_application([])
    catalogue = read_catalogue([job.weights])
    engine = Engine(catalogue)
    engine.set_precision(precision)
    shown = MainWindow(catalogue, engine.classify, settings)
    shown.resize(1440, 900)
    shown.show()
    atexit.register(shown.close)  # whose threads would outlive it otherwise
    weights = vote_weights(len(job.models))
    shown.page.vote.spec_changed.emit(catalogue.of_models(job.models, weights))

    class Painted(QObject):
        """Ends a wait once the bars of a photograph are painted."""

        def __init__(self) -> None:
            super().__init__()
            self.loop = QEventLoop()
            self.path = Path()

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
            is_bars = isinstance(watched, QWidget) and bars.isAncestorOf(watched)
            if event.type() == QEvent.Type.Paint and is_bars and has_bars(shown, self.path):
                application.removeEventFilter(self)
                QTimer.singleShot(0, self.loop.quit)  # when the painting is done
            return False

    painted = Painted()
    bars = shown.page.vote.bars

    def play() -> float:
        for path in job.photographs:
            painted.path = path
            application.installEventFilter(painted)
            shown.open_paths([path])
            painted.loop.exec()
        return 0.0

    return play


def has_bars(shown: MainWindow, path: Path) -> bool:
    """Return whether the window's bars are those of this photograph."""
    result = shown.page.vote.result
    return isinstance(result, Prediction) and result.path == path


def main() -> None:
    """Measure and print one table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=Path, metavar="DIR", help="else photographs are drawn")
    parser.add_argument("--rounds", type=int, default=5, help="that count; one more goes before")
    parser.add_argument("--models", default="efficientnet_v2_s_simam,vit_b_16", metavar="A,B")
    parser.add_argument("--size", type=int, default=224, help="of the networks' input in pixels")
    parser.add_argument("--count", type=int, default=6, help="photographs in each turn")
    parser.add_argument("--platform", default="offscreen", help="of Qt; default %(default)s")
    options = parser.parse_args()
    os.environ["QT_QPA_PLATFORM"] = options.platform
    models = tuple(options.models.split(","))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "weights").mkdir()
        write_random_networks(folder / "weights", models, options.size)
        paths = photographs(options.images, folder / "drawn", options.count)
        job = Job(folder / "weights", models, tuple(paths), options.size)
        entries: dict[str, Prepare] = {}
        for kind in PRECISIONS:
            entries[kind] = partial(window, job, kind, folder / f"{kind}.json")
            entries[f"{kind} bare"] = partial(networks_alone, job, kind, batch_size=1)
        turns = race(entries, options.rounds)
    seconds = {name: [turn.seconds for turn in taken] for name, taken in turns.items()}
    print_table(
        ("one photograph", "in the window (ms)", "bare networks (ms)", "times as long", "goal"),
        (
            (
                kind,
                *(
                    f"{1000 * statistics.median(seconds[name]) / len(paths):.0f}"
                    for name in (kind, f"{kind} bare")
                ),
                str(ratio(seconds[f"{kind} bare"], seconds[kind])),
                "below 2",
            )
            for kind in PRECISIONS
        ),
    )


if __name__ == "__main__":
    main()
