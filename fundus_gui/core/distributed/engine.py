"""Classifies a listing part by part inside Ray Data, and keeps the folder of results."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Generator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from fundus_gui.core.catalogue import Catalogue, EnsembleSpec
from fundus_gui.core.distributed.cluster import Workers, connected, plan_workers
from fundus_gui.core.distributed.continuing import Changes, Continuation, begin, continuation
from fundus_gui.core.distributed.listing import Listing
from fundus_gui.core.distributed.manifest import Manifest, PartRecord, part_name
from fundus_gui.core.distributed.places import Folder
from fundus_gui.core.distributed.worker import MOST_ATTEMPTS, Attempts, Job, PartWorker
from fundus_gui.core.errors import CheckpointError, ClusterError, ConfigError
from fundus_gui.core.export import Pseudonyms, RunRecord
from fundus_gui.core.results import Precision

_MANIFEST_SECONDS = 2.0  # between two writings; what a kill loses of finished parts
_MOST_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterSettings:
    """How the work is done.

    Attributes:
        address: of the cluster, as `connected` takes it.
        device: auto, cpu or cuda.
        precision: exact or fast.
        batch_size: photographs per pass of the networks.
        cores: of each worker, None to choose.
        part_size: photographs in a part; a multiple of the batch size, so that the networks see
            the very batches of a run on one machine.
        recursive: whether subfolders were looked into.
        pseudonyms: what stands for the names of photographs.
        command: that was typed.
    """

    address: str | None = None
    device: str = "auto"
    precision: Precision = "exact"
    batch_size: int = 16
    cores: int | None = None
    part_size: int = 512
    recursive: bool = True
    pseudonyms: Pseudonyms | None = None
    command: str = ""

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        cores = 1 if self.cores is None else self.cores
        if min(self.batch_size, self.part_size, cores) < 1:
            raise ConfigError("Batch size, part size and cores must be at least 1.")


@dataclass(frozen=True, slots=True)
class WorkersReady:
    """The cluster is there and begins to load the models."""

    workers: Workers


@dataclass(frozen=True, slots=True)
class PartDone:
    """A part is on the disk; `is_kept` when it was there before."""

    part: PartRecord
    is_kept: bool


def classify_in_parts(
    spec: EnsembleSpec,
    catalogue: Catalogue,
    listing: Listing,
    folder: Folder,
    settings: ClusterSettings,
) -> Generator[Changes | WorkersReady | PartDone, None, None]:
    """Classify a listing on a cluster; one Parquet file for each part, and a manifest.

    Parts that are in the folder already are kept as long as their photographs are the same ones;
    where anything differs, `Changes` come first. However the iteration ends, the manifest says what
    is there. Parts arrive in any order.

    Raises:
        ClusterError: Ray or the cluster is missing, a node does not fit, or parts are left over.
        ExportError: the folder holds something else, or cannot be written.
        FundusError: what the engine itself raises.
    """
    new = _new_manifest(spec, catalogue, listing, settings)
    with folder.alone():
        work = continuation(new, listing, folder)
        if work.changes:
            yield work.changes
        for number in sorted(work.manifest.parts):
            yield PartDone(work.manifest.parts[number], is_kept=True)
        if work.missing or work.changes:
            begin(work, folder)
        if work.missing:
            with connected(settings.address):
                workers = plan_workers(settings.device, settings.cores)
                yield WorkersReady(workers)
                yield from _finish(work, catalogue, folder, settings, workers)


def _new_manifest(
    spec: EnsembleSpec, catalogue: Catalogue, listing: Listing, settings: ClusterSettings
) -> Manifest:
    """Return the manifest of a folder without parts."""
    run = RunRecord(
        ensemble=spec,
        cards={name: catalogue.model(name).card for name in spec.members},
        weights_sha256={
            name: hashlib.sha256(_weights(catalogue, name)).hexdigest() for name in spec.members
        },
        device="",
        roots=listing.local_roots,
        recursive=settings.recursive,
        pseudonyms=settings.pseudonyms,
        command=settings.command,
    )
    return Manifest(
        run,
        listing.roots,
        listing.sources,
        len(listing.locations),
        settings.precision,
        settings.part_size,
    )


def _weights(catalogue: Catalogue, name: str) -> bytes:
    path = catalogue.model(name).path
    try:
        return path.read_bytes()
    except OSError as error:
        raise CheckpointError(path, f"it cannot be read ({error.strerror}).") from error


def _finish(
    work: Continuation,
    catalogue: Catalogue,
    folder: Folder,
    settings: ClusterSettings,
    workers: Workers,
) -> Generator[PartDone, None, None]:
    """Do all parts that are missing."""
    manifest = work.manifest
    job = Job(
        run=manifest.run,
        roots=manifest.roots,
        device=workers.device,
        precision=settings.precision,
        batch_size=settings.batch_size,
        threads=workers.cores,
    )
    written = time.monotonic()
    try:
        with closing(_answers(work.missing, job, workers, catalogue)) as answers:
            for answer in answers:
                if answer["problem"]:
                    raise ClusterError(answer["problem"])
                number = int(answer["part"])
                if answer["is_lost"] or number in manifest.parts:
                    continue
                name = part_name(number)
                folder.write(name, answer["table"])
                part = PartRecord(name=name, **json.loads(answer["record"]))
                manifest.parts[number] = part
                if time.monotonic() - written >= _MANIFEST_SECONDS:
                    manifest.write(folder)
                    written = time.monotonic()
                yield PartDone(part, is_kept=False)
    finally:
        manifest.write(folder)
    if not manifest.is_complete:
        lost = [part_name(number) for number in work.missing if number not in manifest.parts]
        named = ", ".join(lost[:_MOST_NAMED]) + (", ..." if len(lost) > _MOST_NAMED else "")
        raise ClusterError(
            f"Given up, because the workers died {MOST_ATTEMPTS} times at it: {named}. All other "
            "parts are done. Look for the reason in Ray's logs (often too little memory: then use "
            "fewer workers by more --workers cores), and give the same command again."
        )


def _answers(
    parts: Mapping[int, tuple[str, ...]],
    job: Job,
    workers: Workers,
    catalogue: Catalogue,
) -> Generator[Mapping[str, Any], None, None]:
    """Let Ray Data do the parts; yields what `PartWorker` answers of each, in any order."""
    import ray
    from ray.data import ActorPoolStrategy, DataContext
    from ray.exceptions import RayError
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    context = DataContext.get_current()
    context.enable_progress_bars = False
    context.print_on_execution_start = False
    here = NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=False)
    attempts = ray.remote(Attempts).options(num_cpus=0, scheduling_strategy=here).remote()
    members = job.run.ensemble.members
    stored = {name: ray.put(_weights(catalogue, name)) for name in members}
    rows = [
        # JSON, because a name that is no text cannot be a string of Arrow's.
        {"part": number, "photographs": json.dumps(locations)}
        for number, locations in parts.items()
    ]
    answers = ray.data.from_items(rows, override_num_blocks=len(rows)).map_batches(
        PartWorker,
        fn_constructor_args=(job, stored, attempts),
        batch_size=1,
        batch_format="numpy",
        num_cpus=workers.cores,
        num_gpus=workers.gpus or None,
        compute=ActorPoolStrategy(
            min_size=1,
            initial_size=min(workers.count, len(rows)),
            max_size=len(rows),
            max_tasks_in_flight_per_actor=1,
        ),
    )
    try:
        for batch in answers.iter_batches(
            batch_size=None, prefetch_batches=0, batch_format="numpy"
        ):
            for index in range(len(batch["part"])):
                yield {name: column[index] for name, column in batch.items()}
    except RayError as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[-1]
        raise ClusterError(
            f"The cluster stopped the run ({reason}). What is done is kept; give the same command "
            "again to go on."
        ) from error
