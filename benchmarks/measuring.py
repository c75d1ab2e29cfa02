"""What the benchmarks share: contestants that take turns, photographs, ratios and one table.

Every contestant lives in a process of its own, so that none profits from what another imported or
keeps in memory. They take turns, so that a busy machine slows all of them, and what counts is the
ratio of two turns of the same round.
"""

from __future__ import annotations

import io
import itertools
import multiprocessing
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from importlib.metadata import version
from multiprocessing.connection import Connection
from pathlib import Path

from PIL import Image

from fundus_gui.core.images import find_images
from fundus_gui.core.synthetic import CONDITIONS, FundusSpec, draw_fundus
from fundus_gui.core.synthetic.spec import Framing

# Does the work once and returns the seconds of it that the networks took, 0 where not known.
Play = Callable[[], float]
Prepare = Callable[[], Play]  # makes a contestant ready, in its own process

_SUFFIXES = {".jpg", ".jpeg", ".png"}  # that all contestants can read
_FULL_SIZES: tuple[tuple[int, Framing], ...] = ((1944, "fills_frame"), (2592, "cut"))
_TURNS = (
    None,
    Image.Transpose.FLIP_LEFT_RIGHT,
    Image.Transpose.FLIP_TOP_BOTTOM,
    Image.Transpose.ROTATE_180,
)


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a contestant.

    Attributes:
        seconds: on the wall's clock.
        cpu_seconds: of all threads and ended child processes.
        networks_seconds: of `seconds`, those inside the networks; 0 where not known.
        peak_bytes: most memory that the process has held so far, 0 where not known.
    """

    seconds: float
    cpu_seconds: float
    networks_seconds: float
    peak_bytes: int


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many times faster: the median over the rounds, and its range."""

    median: float
    low: float
    high: float

    def __str__(self) -> str:
        """Write it for a table."""
        return f"{self.median:.2f} ({self.low:.2f} – {self.high:.2f})"


def ratio(seconds: Iterable[float], of_others: Iterable[float]) -> Ratio:
    """Return the speed beside the others' speed; both lists in the order of the rounds."""
    each = [theirs / ours for ours, theirs in zip(seconds, of_others, strict=True)]
    return Ratio(statistics.median(each), min(each), max(each))


# Contestants --------------------------------------------------------------------------------------


class Contestant:
    """A process that makes itself ready and then takes a turn whenever it is asked to."""

    def __init__(self, name: str, prepare: Prepare) -> None:
        """Start the process; `prepare` must be picklable."""
        context = multiprocessing.get_context("spawn")
        self._name = name
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, prepare))
        self._process.start()
        theirs.close()

    def take_turn(self) -> Turn:
        """Let it do its work once."""
        try:
            self._pipe.send(True)
            turn: Turn = self._pipe.recv()
        except (EOFError, ConnectionError):
            raise RuntimeError(f"'{self._name}' ended before it was measured.") from None
        return turn

    def close(self) -> None:
        """End the process."""
        self._pipe.close()
        self._process.join()


def _serve(pipe: Connection, prepare: Prepare) -> None:
    # Workers of its own start as they would if nobody had started it, the system's usual way first.
    multiprocessing.set_start_method(multiprocessing.get_all_start_methods()[0], force=True)
    play = prepare()
    try:
        while pipe.recv():
            began, cpu_began = time.perf_counter(), cpu_seconds()
            in_networks = play()
            seconds, cpu = time.perf_counter() - began, cpu_seconds() - cpu_began
            pipe.send(Turn(seconds, cpu, in_networks, peak_memory()))
    except EOFError:  # nothing more is asked for
        return


def race(entries: Mapping[str, Prepare], rounds: int) -> dict[str, list[Turn]]:
    """Let all take turns; a first one, in which everything gets warm, does not count."""
    names = list(entries)
    turns: dict[str, list[Turn]] = {name: [] for name in names}
    with ExitStack() as stack:
        contestants = {
            name: stack.enter_context(closing(Contestant(name, prepare)))
            for name, prepare in entries.items()
        }
        for number in range(rounds + 1):
            first = number % len(names)  # nobody always follows the same one
            for name in names[first:] + names[:first]:
                print(f"round {number} of {rounds}: {name}", file=sys.stderr)
                turns[name].append(contestants[name].take_turn())
    return {name: taken[1:] for name, taken in turns.items()}


def cpu_seconds() -> float:
    """Return the processor time of this process and of its children that have ended."""
    times = os.times()
    return time.process_time() + times.children_user + times.children_system


def peak_memory() -> int:
    """Return the most bytes that this process has held at once, 0 where that cannot be known."""
    status = Path("/proc/self/status")
    if status.is_file():  # what `resource` says would include the parent's
        fields = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return 1024 * int(fields["VmHWM"].split()[0])
    if sys.platform == "win32":
        return 0
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak


# Photographs --------------------------------------------------------------------------------------


def photographs(given: Path | None, folder: Path, most: int) -> list[Path]:
    """Return photographs below a given folder, or draw some of 5 and 10 megapixels.

    Args:
        given: None to draw.
        folder: where to put what is drawn.
        most: so many at most; of a folder, evenly spaced.
    """
    if given is None:
        return draw_photographs(folder, most)
    found = [path for path in find_images([given]) if path.suffix.lower() in _SUFFIXES]
    if not found:
        raise SystemExit(f"There are no JPEG or PNG photographs in {given}.")
    step = max(1.0, len(found) / most)
    return [found[int(number * step)] for number in range(min(most, len(found)))]


def draw_photographs(folder: Path, count: int, *, small: bool = False) -> list[Path]:
    """Write JPEGs of 5 and 10 megapixels in turn, or `small` ones of 256 pixels.

    Drawing takes seconds: each drawing is also mirrored and turned, and then written again.
    """
    folder.mkdir(parents=True, exist_ok=True)
    drawings = [_drawing(seed, small) for seed in range(min(count, 4))]
    different = list(
        itertools.islice((_jpeg(image, turn) for turn in _TURNS for image in drawings), count)
    )
    paths = [folder / f"{number:05}.jpg" for number in range(count)]
    for path, content in zip(paths, itertools.cycle(different), strict=False):
        path.write_bytes(content)
    return paths


def _drawing(seed: int, small: bool) -> Image.Image:
    condition = CONDITIONS[seed % len(CONDITIONS)]
    if small:
        pixels = draw_fundus(FundusSpec(condition=condition, size=512, seed=seed))
        return Image.fromarray(pixels).resize((256, 256))
    height, framing = _FULL_SIZES[seed % len(_FULL_SIZES)]
    spec = FundusSpec(condition=condition, size=height, framing=framing, seed=seed)
    return Image.fromarray(draw_fundus(spec))


def _jpeg(image: Image.Image, turn: Image.Transpose | None) -> bytes:
    buffer = io.BytesIO()
    (image if turn is None else image.transpose(turn)).save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


# The table ----------------------------------------------------------------------------------------


def print_table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print Markdown, each row as soon as it is known, and then the machine."""
    for cells in itertools.chain([headings, ["---"] * len(headings)], rows):
        print(f"| {' | '.join(cells)} |", flush=True)
    print(f"\n{machine()}")


def machine() -> str:
    """Return what a reader of the figures must know of where they were measured."""
    versions = f"Python {platform.python_version()}, torch {version('torch')}"
    place = f"{platform.system()} on {_processor()}, {os.cpu_count()} cores, {versions}"
    if not hasattr(os, "getloadavg"):
        return f"{place}."
    return f"{place}. Load of the last 15 minutes: {os.getloadavg()[2]:.1f}."


def _processor() -> str:
    described = Path("/proc/cpuinfo")
    if described.is_file():
        for line in described.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()
