"""What reading JPEGs at a reduced scale saves, and what it changes in inputs and answers.

    python benchmarks/decode.py [--images DIR] [--rounds N] [--size PX] [--count N]

Every photograph is read in full and no finer than needed, and brought to the networks' input, in
one thread. The installed default ensemble answers both. Without --images, photographs of 5 and 10
megapixels are drawn.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from measuring import photographs, print_table
from numpy.typing import NDArray

from fundus_gui.core.catalogue import read_catalogue
from fundus_gui.core.ensemble import Ensemble, load_ensemble
from fundus_gui.core.images import Photograph, read_photograph
from fundus_gui.core.preprocessing import Preprocessing, find_field_of_view
from fundus_gui.core.vote import soft_vote

HEADINGS = (
    "decoded at",
    "photographs",
    "megapixels",
    "full, ms (CPU)",
    "reduced, ms (CPU)",
    "times faster (CPU)",
    "mean difference of 255",
    "largest",
    "same class",
    "largest change of a probability",
)
WAYS = ("full", "reduced")
Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A photograph read and brought to a network's input, with the time on the wall and CPU."""

    photograph: Photograph
    view: Pixels
    seconds: float
    cpu_seconds: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """One photograph read in full and reduced.

    Attributes:
        reduction: pixels side by side that became one.
        megapixels: of the file.
        full, reduced: seconds on the wall and of the CPU.
        mean, largest: difference of what the network sees, in levels of 255.
        is_same: whether the ensemble gives the same class.
        change: largest difference of a probability of a member.
    """

    reduction: int
    megapixels: float
    full: tuple[float, float]
    reduced: tuple[float, float]
    mean: float
    largest: int
    is_same: bool
    change: float


def read(path: Path, how: Preprocessing, enough: int | None) -> Reading:
    """Read a photograph, in full if `enough` is None, and make it what a network sees."""
    began, cpu_began = time.perf_counter(), time.thread_time()
    photograph = read_photograph(path, enough=enough)
    view = how.view(photograph.pixels, find_field_of_view(photograph.pixels))
    seconds, cpu_seconds = time.perf_counter() - began, time.thread_time() - cpu_began
    return Reading(photograph, view, seconds, cpu_seconds)


def compare(path: Path, how: Preprocessing, ensemble: Ensemble, rounds: int) -> Comparison:
    """Read a photograph both ways in turns and let the ensemble answer both."""
    enough = max(needed.enough for needed in (how, *ensemble.preprocessings))
    full, reduced = [], []
    for _ in range(rounds):
        full.append(read(path, how, None))
        reduced.append(read(path, how, enough))
    whole, small = full[-1], reduced[-1]
    difference = np.abs(whole.view.astype(np.int16) - small.view)
    answers = [answer(each.photograph, ensemble) for each in (whole, small)]
    classes = [soft_vote(each, ensemble.spec.weights).argmax() for each in answers]
    height, width = whole.photograph.pixels.shape[:2]
    return Comparison(
        reduction=small.photograph.reduction,
        megapixels=height * width / 1e6,
        full=median_times(full),
        reduced=median_times(reduced),
        mean=float(difference.mean()),
        largest=int(difference.max()),
        is_same=bool(classes[0] == classes[1]),
        change=float(np.abs(answers[0] - answers[1]).max()),
    )


def answer(photograph: Photograph, ensemble: Ensemble) -> NDArray[np.float32]:
    """Return the members' probabilities of one photograph, (M, 1, K)."""
    inputs = {how: how.apply(photograph.pixels)[None] for how in ensemble.preprocessings}
    return ensemble.predict_proba({how: torch.from_numpy(one) for how, one in inputs.items()})


def median_times(readings: Sequence[Reading]) -> tuple[float, float]:
    """Return seconds on the wall and of the CPU."""
    wall = statistics.median(reading.seconds for reading in readings)
    return wall, statistics.median(reading.cpu_seconds for reading in readings)


def rows(comparisons: Sequence[Comparison]) -> Iterator[tuple[str, ...]]:
    """Return a row for each scale and, if there are several, one for all photographs."""
    reductions = sorted({known.reduction for known in comparisons})
    for reduction in reductions:
        of_scale = [known for known in comparisons if known.reduction == reduction]
        yield row("full size" if reduction == 1 else f"1/{reduction}", of_scale)
    if len(reductions) > 1:
        yield row("all", comparisons)


def row(title: str, comparisons: Sequence[Comparison]) -> tuple[str, ...]:
    """Return the cells of some photographs."""
    megapixels = [known.megapixels for known in comparisons]
    full, reduced = (mean_times([getattr(c, way) for c in comparisons]) for way in WAYS)
    return (
        title,
        str(len(comparisons)),
        f"{min(megapixels):.2g} – {max(megapixels):.2g}",
        milliseconds(full),
        milliseconds(reduced),
        f"{full[0] / reduced[0]:.1f} ({full[1] / reduced[1]:.1f})",
        f"{statistics.fmean(known.mean for known in comparisons):.3f}",
        str(max(known.largest for known in comparisons)),
        f"{statistics.fmean(known.is_same for known in comparisons):.1%}",
        f"{max(known.change for known in comparisons):.4f}",
    )


def mean_times(times: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Return the mean over photographs of wall and CPU time."""
    return statistics.fmean(wall for wall, _ in times), statistics.fmean(cpu for _, cpu in times)


def milliseconds(times: tuple[float, float]) -> str:
    """Write wall and CPU time."""
    return f"{1000 * times[0]:.1f} ({1000 * times[1]:.1f})"


def main() -> None:
    """Measure and print one table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=Path, metavar="DIR", help="else photographs are drawn")
    parser.add_argument("--rounds", type=int, default=5, help="readings of each photograph")
    parser.add_argument("--size", type=int, default=224, help="of the input in pixels")
    parser.add_argument("--count", type=int, default=32, help="photographs, at most")
    options = parser.parse_args()
    catalogue = read_catalogue()
    ensemble = load_ensemble(catalogue.default, catalogue, device="cpu")
    how = Preprocessing(size=options.size)
    with tempfile.TemporaryDirectory() as drawn:
        paths = photographs(options.images, Path(drawn), options.count)
        comparisons = [compare(path, how, ensemble, options.rounds) for path in paths]
    print_table(HEADINGS, rows(comparisons))


if __name__ == "__main__":
    main()
