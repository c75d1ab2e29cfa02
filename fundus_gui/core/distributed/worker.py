"""What runs on the machines of the cluster: the models, loaded once, and the one engine."""

from __future__ import annotations

import json
import platform
from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from fundus_gui import __version__
from fundus_gui.core.distributed.fetching import Fetcher
from fundus_gui.core.distributed.places import local_path
from fundus_gui.core.errors import ClusterError, FundusError
from fundus_gui.core.export import RunRecord, export_results
from fundus_gui.core.results import ImageResult, Precision, Prediction

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fundus_gui.core.ensemble import Ensemble

MOST_ATTEMPTS = 4  # of a part whose workers die in the middle of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What all workers need to know.

    Attributes:
        run: the ensemble, its weights' hashes and the roots; each worker fills in its device.
        roots: of the listing, paths and URLs.
        device: cpu or cuda.
        precision: exact or fast.
        batch_size: as `predict_images` takes it.
        threads: that read files, and that compute where the device is a CPU.
        version: of the program that was started.
    """

    run: RunRecord
    roots: tuple[str, ...]
    device: str
    precision: Precision
    batch_size: int
    threads: int
    version: str = __version__


class PartWorker:
    """Classifies part after part; lives in a Ray actor and is called by Ray Data.

    It holds nothing that a new one could not make again: when its process dies, Ray starts
    another, which does the part anew.
    """

    def __init__(self, job: Job, weights: Mapping[str, Any], attempts: Any) -> None:
        """Take the job, references to the members' weights files, and an `Attempts` actor."""
        self._job = job
        self._weights = weights
        self._attempts = attempts

    def __call__(self, batch: Mapping[str, NDArray[Any]]) -> dict[str, list[Any]]:
        """Do one part: a batch of one row, its number and its locations as JSON.

        A foreseen failure travels back as its sentence, for an exception would arrive wrapped.
        """
        import ray

        number = int(batch["part"][0])
        answer = {"part": number, "table": b"", "record": "", "problem": "", "is_lost": False}
        if ray.get(self._attempts.begin.remote(number)) > MOST_ATTEMPTS:
            answer["is_lost"] = True
        else:
            try:
                table, record = self._classify(json.loads(str(batch["photographs"][0])))
                answer |= {"table": table, "record": json.dumps(record)}
            except FundusError as error:
                answer["problem"] = str(error)
        return {name: [value] for name, value in answer.items()}

    def _classify(self, locations: Sequence[str]) -> tuple[bytes, dict[str, Any]]:
        """Return the Parquet file of a part, and what a `PartRecord` says of it."""
        check_folders(locations)
        labels: Counter[str] = Counter()
        referred = 0
        with TemporaryDirectory(prefix="fundus-gui-") as temporary:
            folder, out = Path(temporary, "fetched"), Path(temporary, "part.parquet")
            folder.mkdir()
            run = replace(self._run, roots=(*self._run.roots, folder))
            with closing(export_results(self._results(locations, folder), out, run)) as results:
                for result in results:
                    if isinstance(result, Prediction):
                        labels[result.label] += 1
                        referred += result.outcome == "refer"
            table = out.read_bytes()
            last_row_hash = json.loads(out.with_suffix(".json").read_bytes())["last_row_hash"]
        return table, {
            "photographs": len(locations),
            "failed": len(locations) - labels.total(),
            "referred": referred,
            "labels": dict(sorted(labels.items())),
            "sha256": sha256(table).hexdigest(),
            "last_row_hash": last_row_hash,
            "device": run.device,
            "number_format": run.number_format,
        }

    def _results(
        self, locations: Sequence[str], folder: Path
    ) -> Generator[ImageResult, None, None]:
        from fundus_gui.core.inference import predict_images

        job = self._job
        fetcher = Fetcher(folder, job.roots, job.threads)
        with ExitStack() as stack:
            paths = stack.enter_context(closing(fetcher.paths(locations)))
            results = predict_images(
                self._ensemble, paths, batch_size=job.batch_size, workers=job.threads
            )
            for result in stack.enter_context(closing(results)):
                yield fetcher.settled(result)

    @cached_property
    def _run(self) -> RunRecord:
        """The record as this worker's device makes it."""
        return replace(
            self._job.run,
            device=self._ensemble.device_name,
            number_format=self._ensemble.number_format,
        )

    @cached_property
    def _ensemble(self) -> Ensemble:
        """The models, from the very bytes that the started program read."""
        import ray
        import torch

        from fundus_gui.core.catalogue import read_catalogue
        from fundus_gui.core.ensemble import load_ensemble

        self._check_version()
        if self._job.device == "cpu":
            torch.set_num_threads(self._job.threads)
        with TemporaryDirectory(prefix="fundus-gui-") as temporary:
            for name, reference in self._weights.items():
                Path(temporary, f"{name}.safetensors").write_bytes(ray.get(reference))
            loaded = load_ensemble(
                self._job.run.ensemble,
                read_catalogue([Path(temporary)]),
                device=self._job.device,
                precision=self._job.precision,
            )
        if loaded.weights_sha256 != self._job.run.weights_sha256:
            raise ClusterError("A weights file was replaced while the run began. Begin it again.")
        return loaded

    def _check_version(self) -> None:
        if __version__ != self._job.version:
            raise ClusterError(
                f"{platform.node()} has fundus-gui {__version__}, but {self._job.version} was "
                "started. Install the same version on all nodes."
            )


def check_folders(locations: Sequence[str]) -> None:
    """Refuse a machine on which every photograph would fail, since it lacks their folders.

    Raises:
        ClusterError: none of the folders of a part's local files is there.
    """
    paths = filter(None, map(local_path, locations))
    folders = dict.fromkeys(path.parent for path in paths)
    if folders and not any(folder.exists() for folder in folders):
        raise ClusterError(
            f"{platform.node()} does not see {next(iter(folders))}. Put the photographs where all "
            "nodes see them under the same path, or into object storage."
        )


class Attempts:
    """How often each part was begun, so that one that kills its workers is given up."""

    def __init__(self) -> None:
        self._begun: Counter[int] = Counter()

    def begin(self, part: int) -> int:
        """Return the number of this attempt, from 1."""
        self._begun[part] += 1
        return self._begun[part]
