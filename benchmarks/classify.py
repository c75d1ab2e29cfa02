"""How fast photographs are classified, beside the article's script and other programs.

    python benchmarks/classify.py [--images DIR] [--agreement DIR] [--rounds N] [--models A,B]
                                  [--size PX] [--threads N] [--device cpu|cuda]

The networks of the race are untrained ones of the named architectures: their speed is that of
trained ones. How well the answers agree is measured with the shipped default ensemble, on the
same pixels: of the photographs of --agreement, else of those of --images. Without --images,
photographs of 5 and 10 megapixels are drawn.
"""

from __future__ import annotations

import argparse
import dataclasses
import itertools
import os
import shutil
import statistics
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import get_args

import numpy as np
import torch
from contestants import (
    Job,
    networks_alone,
    nothing,
    one_by_one,
    peers,
    plain_batch,
    program,
    require_readable,
    write_random_networks,
)
from limit import is_known, products
from measuring import (
    Contestant,
    Play,
    Prepare,
    Turn,
    draw_photographs,
    photographs,
    print_table,
    race,
    ratio,
)
from numpy.typing import NDArray
from torch import Tensor

from fundus_gui.core.catalogue import read_catalogue
from fundus_gui.core.checkpoints import load_checkpoint
from fundus_gui.core.ensemble import Ensemble, load_ensemble
from fundus_gui.core.inference import predict_images
from fundus_gui.core.openvino_engine import ENGINE_VARIABLE
from fundus_gui.core.preprocessing import Preprocessing
from fundus_gui.core.results import Precision
from fundus_gui.core.vote import soft_vote

HEADINGS = ("", "this program", "beside", "ratio (range)", "ratio of CPU time", "goal")
PRECISIONS: tuple[Precision, ...] = get_args(Precision)
ALONE = 8  # photographs opened one after another
MIB = 2**20
Row = tuple[str, ...]
Probabilities = NDArray[np.float32]


# Speed --------------------------------------------------------------------------------------------


def against_others(job: Job, rounds: int) -> Iterator[Row]:
    """Compare the whole way, from files to rows, with all others that are installed."""
    others = peers(job)
    own: dict[str, Prepare] = {kind: partial(program, job, kind) for kind in PRECISIONS}
    bounds: dict[str, Prepare] = {}
    if is_known(job):
        bounds = {f"{kind} products": partial(products, job, kind) for kind in PRECISIONS}
    alone: dict[str, Prepare] = {}
    if job.device == "cpu" and find_spec("openvino") is not None:
        alone = {f"{kind} by PyTorch": partial(by_pytorch, job, kind) for kind in PRECISIONS}
    turns = race({**own, **alone, **others, **bounds}, rounds)
    for kind, least in zip(PRECISIONS, ("3.0", "5.5"), strict=True):
        for name in others:
            goal = least if name == "the article's script" else "2"
            yield compared(f"{kind}: {name}", turns[kind], turns[name], job, f"at least {goal}")
    for kind, engine in zip(PRECISIONS, alone, strict=bool(alone)):
        yield compared(f"{kind}: without OpenVINO", turns[kind], turns[engine], job, "above 1")
    for kind, bound in zip(PRECISIONS, bounds, strict=bool(bounds)):
        what = f"{kind}: matrix products of as many operations"
        yield compared(what, turns[kind], turns[bound], job, "1.0 is the most")
    for kind in PRECISIONS:
        share = statistics.median(1 - turn.networks_seconds / turn.seconds for turn in turns[kind])
        yield (f"{kind}: time outside the networks", f"{share:.1%}", "", "", "", "below 10 %")


def by_pytorch(job: Job, precision: Precision) -> Play:
    """Classify as the program does where the optional engine is not installed."""
    os.environ[ENGINE_VARIABLE] = "torch"
    return program(job, precision)


def against_networks(job: Job, kind: Precision, what: str, goal: str, rounds: int) -> Row:
    """Compare the whole way with the networks on tensors that wait on the device."""
    turns = race(
        {"whole": partial(program, job, kind), "bare": partial(networks_alone, job, kind)}, rounds
    )
    return compared(f"{kind}: networks alone, {what}", turns["whole"], turns["bare"], job, goal)


def compared(what: str, ours: Sequence[Turn], theirs: Sequence[Turn], job: Job, goal: str) -> Row:
    """Return a row of two speeds."""
    wall = ratio([turn.seconds for turn in ours], [turn.seconds for turn in theirs])
    cpu = ratio([turn.cpu_seconds for turn in ours], [turn.cpu_seconds for turn in theirs])
    count = len(job.photographs)
    speeds = (
        f"{count / statistics.median(turn.seconds for turn in turns):.2f} images/s"
        for turns in (ours, theirs)
    )
    return (what, *speeds, str(wall), str(cpu), goal)


def one_photograph(job: Job, rounds: int) -> Row:
    """Compare the time from a file to its result with the bare networks, all loaded before."""
    few = dataclasses.replace(job, photographs=job.photographs[:ALONE])
    turns = race(
        {
            "whole": partial(one_by_one, few, "exact"),
            "bare": partial(networks_alone, few, "exact", batch_size=1),
        },
        rounds,
    )
    whole, bare = turns["whole"], turns["bare"]
    wall = ratio([turn.seconds for turn in bare], [turn.seconds for turn in whole])
    cpu = ratio([turn.cpu_seconds for turn in bare], [turn.cpu_seconds for turn in whole])
    times = (
        f"{1000 * statistics.median(turn.seconds for turn in turns) / len(few.photographs):.0f} ms"
        for turns in (whole, bare)
    )
    return ("exact: one photograph, networks alone", *times, str(wall), str(cpu), "below 2")


# Memory -------------------------------------------------------------------------------------------


def memory(job: Job, counts: Sequence[int]) -> Iterator[Row]:
    """Compare the most memory held for few and many files, and with a plain pass of one batch."""
    start = peak(partial(nothing, job))
    bare = peak(partial(plain_batch, job)) - start
    by_count = [
        peak(
            partial(
                program,
                dataclasses.replace(job, photographs=again(job.photographs, count)),
                "exact",
            )
        )
        for count in counts
    ]
    if not start:
        yield ("most memory", "not known on this system", "", "", "", "")
        return
    few, many = by_count[0], by_count[-1]
    what = f"most memory, {counts[-1]} and {counts[0]} files"
    sizes = (f"{size / MIB:.0f} MiB" for size in (many, few))
    yield (what, *sizes, f"{many / few:.2f}", "", "constant")
    what = "the same above the libraries; networks and one batch"
    sizes = (f"{size / MIB:.0f} MiB" for size in (many - start, bare))
    yield (what, *sizes, f"{(many - start) / bare:.2f}", "", "at most 1.3")


def again(paths: Iterable[Path], count: int) -> tuple[Path, ...]:
    """Return so many photographs, the same ones again and again."""
    return tuple(itertools.islice(itertools.cycle(paths), count))


def peak(prepare: Prepare) -> int:
    """Return the most memory that a contestant has held after one turn."""
    with closing(Contestant(str(prepare), prepare)) as contestant:
        return contestant.take_turn().peak_bytes


# Agreement ----------------------------------------------------------------------------------------


def agreement(paths: Sequence[Path], device: str) -> Iterator[Row]:
    """Compare the installed ensemble's answers with those of its networks as they are, in fp32."""
    limits = {"exact": ("at most 0.0001", "100 %"), "fast": ("at most 0.05", "at least 99.5 %")}
    of = f"{len(paths)} photographs"
    for kind in PRECISIONS:
        ours, plain, weights = both_answers(paths, device, kind)
        largest = float(np.abs(ours - plain).max())
        same = np.mean(top(ours, weights) == top(plain, weights))
        furthest, least = limits[kind]
        yield (f"{kind}: furthest from plain fp32, {of}", f"{largest:.1e}", "", "", "", furthest)
        yield (f"{kind}: same class as plain fp32, {of}", f"{same:.2%}", "", "", "", least)


def both_answers(
    paths: Sequence[Path], device: str, kind: Precision
) -> tuple[Probabilities, Probabilities, tuple[float, ...]]:
    """Return the members' probabilities (M, N, K) of both ways, and the vote weights."""
    catalogue = read_catalogue()
    loaded = load_ensemble(catalogue.default, catalogue, device=device, precision=kind)
    plain = [load_checkpoint(catalogue.model(member.name).path) for member in loaded.members]
    answers: list[tuple[Probabilities, Probabilities]] = []

    class Watched(Ensemble):
        """The ensemble, with a second opinion on every batch."""

        def predict_proba(self, inputs: Mapping[Preprocessing, Tensor]) -> Probabilities:
            ours = super().predict_proba(inputs)
            with torch.inference_mode():
                logits = [known.model(inputs[known.card.preprocessing]) for known in plain]
            scaled = [x / known.card.temperature for x, known in zip(logits, plain, strict=True)]
            answers.append((ours, torch.stack(scaled).softmax(dim=2).numpy()))
            return ours

    for result in predict_images(Watched(loaded.spec, loaded.members), paths):
        require_readable(result)
    ours, theirs = (np.concatenate(each, axis=1) for each in zip(*answers, strict=True))
    return ours, theirs, loaded.spec.weights


def top(probabilities: Probabilities, weights: tuple[float, ...]) -> NDArray[np.intp]:
    """Return the class that the vote puts first, (N,)."""
    classes: NDArray[np.intp] = soft_vote(probabilities, weights).argmax(axis=1)
    return classes


# The command --------------------------------------------------------------------------------------


def rows(options: argparse.Namespace, folder: Path) -> Iterator[Row]:
    """Measure everything, row by row."""
    models = tuple(options.models.split(","))
    weights = folder / "weights"
    weights.mkdir()
    write_random_networks(weights, models, options.size)
    found = photographs(options.images, folder / "drawn", options.count)
    paths = gathered(again(found, options.count), folder / "photographs")
    job = Job(weights, models, paths, options.size, options.device, options.threads)
    yield from against_others(job, options.rounds)
    if options.device == "cuda":
        yield against_networks(job, "fast", "full size", "at least 0.8", options.rounds)
    small = tuple(draw_photographs(folder / "small", options.small, small=True))
    of_small = dataclasses.replace(job, photographs=small)
    what = f"{len(small)} photographs of 256 px"
    yield against_networks(of_small, "exact", what, "at least 0.9", options.rounds)
    yield one_photograph(job, options.rounds)
    yield from memory(job, [int(count) for count in options.memory.split(",")])
    if real := options.agreement or options.images:
        found = photographs(real, folder, options.agreement_count)
    yield from agreement(found, options.device)


def gathered(paths: Sequence[Path], folder: Path) -> tuple[Path, ...]:
    """Copy photographs into one folder, where timm and Ultralytics look for them."""
    folder.mkdir()
    copies = [folder / f"{number:05}{path.suffix.lower()}" for number, path in enumerate(paths)]
    for path, copy in zip(paths, copies, strict=True):
        shutil.copyfile(path, copy)
    return tuple(copies)


def main() -> None:
    """Measure and print one table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=Path, metavar="DIR", help="else photographs are drawn")
    parser.add_argument("--rounds", type=int, default=5, help="that count; one more goes before")
    parser.add_argument("--models", default="efficientnet_v2_s_simam,vit_b_16", metavar="A,B")
    parser.add_argument("--size", type=int, default=224, help="of the networks' input in pixels")
    parser.add_argument("--threads", type=int, default=0, help="of torch and of decoding")
    parser.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
    parser.add_argument("--count", type=int, default=32, help="photographs in each turn")
    parser.add_argument("--small", type=int, default=96, help="photographs of 256 px in each turn")
    parser.add_argument("--memory", default="100,1000", help="photographs to measure memory with")
    parser.add_argument(
        "--agreement",
        type=Path,
        metavar="DIR",
        help="photographs to compare answers of, else those of --images",
    )
    parser.add_argument("--agreement-count", type=int, default=500, help="so many of them at most")
    options = parser.parse_args()
    if options.threads:
        torch.set_num_threads(options.threads)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["FUNDUS_GUI_HOME"] = folder  # its cache goes with it
        print_table(HEADINGS, rows(options, Path(folder)))


if __name__ == "__main__":
    main()
