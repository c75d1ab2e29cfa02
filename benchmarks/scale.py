"""How many photographs a second on one and two Ray workers, beside this program without Ray.

Each worker has one core, and so has the program without Ray. What starts and loads counts apart:
the rate is that of the photographs after every worker's first part. The ways take turns, so that a
busy machine slows all of them.
"""

from __future__ import annotations

import argparse
import functools
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

from contestants import write_random_networks
from measuring import photographs, print_table, ratio

from fundus_gui.core.catalogue import Catalogue, EnsembleSpec, read_catalogue
from fundus_gui.core.distributed import (
    ClusterSettings,
    Folder,
    PartDone,
    classify_in_parts,
    list_photographs,
)

HEADINGS = ("way", "photographs/s", "times no Ray", "efficiency", "seconds before the first part")
NO_RAY = "no Ray, 1 core"
Way = Callable[["Work"], "Measured"]


@dataclass(frozen=True, slots=True)
class Work:
    """What all ways get.

    Attributes:
        weights: folder of the weights files.
        models: that vote.
        listed: a list of the photographs.
        part_size: photographs in a part.
        batch_size: photographs per pass.
    """

    weights: Path
    models: tuple[str, ...]
    listed: Path
    part_size: int
    batch_size: int

    def ensemble(self) -> tuple[EnsembleSpec, Catalogue]:
        """Return what votes."""
        catalogue = read_catalogue([self.weights])
        return catalogue.of_models(self.models), catalogue


@dataclass(frozen=True, slots=True)
class Measured:
    """One turn: seconds for each photograph in full swing, and seconds before that."""

    seconds_each: float
    seconds_before: float


def without_ray(work: Work) -> Measured:
    """Classify into one Parquet table, in one process with one thread."""
    import torch

    from fundus_gui.core.ensemble import load_ensemble
    from fundus_gui.core.export import RunRecord, export_results
    from fundus_gui.core.inference import predict_images

    began = time.perf_counter()
    torch.set_num_threads(1)
    loaded = load_ensemble(*work.ensemble(), device="cpu")
    paths = [Path(location) for location in list_photographs([str(work.listed)]).locations]
    run = RunRecord(
        ensemble=loaded.spec,
        cards=loaded.cards,
        weights_sha256=loaded.weights_sha256,
        device=loaded.device_name,
    )
    with tempfile.TemporaryDirectory() as folder:
        found = predict_images(loaded, paths, batch_size=work.batch_size, workers=1)
        results = export_results(found, Path(folder, "all.parquet"), run)
        for _ in islice(results, work.part_size):
            pass
        in_swing = time.perf_counter()
        rest = len(list(results))
    return Measured((time.perf_counter() - in_swing) / rest, in_swing - began)


def with_ray(work: Work, workers: int) -> Measured:
    """Classify on a cluster of one node that has a core for each worker."""
    from ray.cluster_utils import Cluster

    cluster = Cluster(
        initialize_head=True, head_node_args={"num_cpus": workers, "include_dashboard": False}
    )
    spec, catalogue = work.ensemble()
    listing = list_photographs([str(work.listed)])
    settings = ClusterSettings(
        address=cluster.address,
        device="cpu",
        cores=1,
        batch_size=work.batch_size,
        part_size=work.part_size,
    )
    try:
        with tempfile.TemporaryDirectory() as folder:
            began = time.perf_counter()
            arrivals = [
                (time.perf_counter(), event.part.photographs)
                for event in classify_in_parts(spec, catalogue, listing, Folder(folder), settings)
                if isinstance(event, PartDone)
            ]
    finally:
        cluster.shutdown()
    in_swing, last = arrivals[workers - 1][0], arrivals[-1][0]
    rest = sum(count for _, count in arrivals[workers:])
    return Measured((last - in_swing) / rest, arrivals[0][0] - began)


def rows(work: Work, ways: dict[str, Way], rounds: int) -> Iterator[tuple[str, ...]]:
    """Let the ways take turns, each in a new process, and compare them."""
    turns: dict[str, list[Measured]] = {name: [] for name in ways}
    for number in range(rounds):
        names = list(ways)
        for name in names[number % len(names) :] + names[: number % len(names)]:
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
                turns[name].append(process.submit(ways[name], work).result())
    alone = [turn.seconds_each for turn in turns[NO_RAY]]
    for number, (name, taken) in enumerate(turns.items()):
        each = [turn.seconds_each for turn in taken]
        gain = ratio(each, alone)
        cores = max(1, number)
        yield (
            name,
            f"{1 / statistics.median(each):.2f}",
            str(gain) if number else "1",
            f"{gain.median / cores:.0%}" if number else "",
            f"{statistics.median(turn.seconds_before for turn in taken):.1f}",
        )


def main() -> None:
    """Measure and print one table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=Path, metavar="DIR", help="else photographs are drawn")
    parser.add_argument("--count", type=int, default=256, help="photographs in each turn")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--models", default="efficientnet_v2_s,vit_s_16", metavar="A,B")
    parser.add_argument("--size", type=int, default=224, help="of the networks' input in pixels")
    parser.add_argument("--part-size", type=int, default=32)
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--workers", type=int, default=2, help="the most that are tried")
    options = parser.parse_args()
    if options.count < (options.workers + 1) * options.part_size:
        parser.error("--count must be enough for a part of each worker, and more")
    models = tuple(options.models.split(","))
    ways: dict[str, Way] = {NO_RAY: without_ray}
    for number in range(1, options.workers + 1):
        name = f"Ray, {number} worker{'s' if number > 1 else ''} of 1 core"
        ways[name] = functools.partial(with_ray, workers=number)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "weights").mkdir()
        write_random_networks(folder / "weights", models, options.size)
        found = photographs(options.images, folder / "drawn", options.count)
        again = [found[number % len(found)] for number in range(options.count)]
        links = [folder / f"{number:05}{path.suffix}" for number, path in enumerate(again)]
        for link, path in zip(links, again, strict=True):
            link.symlink_to(path.absolute())
        listed = folder / "photographs.txt"
        listed.write_text("\n".join(map(str, links)), encoding="utf-8")
        work = Work(folder / "weights", models, listed, options.part_size, options.batch_size)
        print_table(HEADINGS, rows(work, ways, options.rounds))


if __name__ == "__main__":
    main()
