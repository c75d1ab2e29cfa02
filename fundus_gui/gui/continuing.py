"""Goes on with a table of an earlier run: what it says already, and what is still missing."""

from __future__ import annotations

import itertools
import shlex
from collections.abc import Generator, Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fundus_gui.core.catalogue import Catalogue, EnsembleSpec
from fundus_gui.core.errors import ImageError, ResultsError
from fundus_gui.core.export import EarlierResults, Resumption, RunRecord, read_results
from fundus_gui.core.results import ImageResult, ModelsReady
from fundus_gui.gui.jobs import list_images
from fundus_gui.gui.photographs import Photographs

if TYPE_CHECKING:
    from fundus_gui.core.assessments import Classify, ClassifyRecord

_BATCH_SIZE = 16  # photographs that the engine takes together
_AT_ONCE = 256 * _BATCH_SIZE  # paths for the engine, each of which takes half a kilobyte


@dataclass(frozen=True, slots=True)
class Continued:
    """What has become of a table.

    Attributes:
        table: the file.
        kept, again, new: photographs whose row was there, was out of date, or was missing.
        dropped: rows of photographs that are changed or gone.
        backup: the table that still has these, None without any.
    """

    table: Path
    kept: int
    again: int
    new: int
    dropped: int
    backup: Path | None


def read_table(path: Path, catalogue: Catalogue) -> Generator[EarlierResults, None, None]:
    """Yield once: a table that can be continued with the installed models.

    Raises:
        ResultsError: it cannot be read, was altered, or does not name its photographs.
        UnknownNameError: a model is not installed.
    """
    earlier = read_results(path)
    for name in earlier.ensemble.members:
        catalogue.model(name)
    if not earlier.roots:
        raise ResultsError(
            f"{path.name} does not say where its photographs are. Continue it with: "
            f"fundus-gui classify FOLDER --resume {shlex.quote(str(path))}"
        )
    yield earlier


def continue_table(
    earlier: EarlierResults, classify: Classify, catalogue: Catalogue
) -> Generator[tuple[Path, ...] | ClassifyRecord | Continued, None, None]:
    """List the photographs, yield what the table says, then complete it; at the end, tell.

    Yields photographs in batches, the rows of the table, ModelsReady, one result of now for each
    photograph, and Continued. New rows are in the table before they are yielded.

    Raises:
        FundusError: photographs or models are missing, the weights are others, the disk refuses.
    """
    photographs = Photographs()
    for batch in list_images(earlier.roots, recursive=earlier.recursive):
        photographs.add(batch)
        yield batch
    if not len(photographs):
        raise ImageError(earlier.roots[0], "no photographs were found here.")
    with closing(classify(earlier.ensemble, ())) as loading:
        ready = next(record for record in loading if isinstance(record, ModelsReady))
    yield ready
    resumption = Resumption(earlier, _run(earlier, ready, catalogue), batch_size=_BATCH_SIZE)
    yield from earlier  # not before the weights are known to be the same

    def predict(paths: Iterable[Path]) -> Generator[ImageResult, None, None]:
        return _predicted(classify, earlier.ensemble, paths)

    with closing(resumption.results(photographs.paths(), predict)) as results:
        yield from results
    yield Continued(
        table=earlier.path,
        kept=resumption.kept,
        again=resumption.again,
        new=resumption.new,
        dropped=resumption.dropped,
        backup=resumption.backup,
    )


def _run(earlier: EarlierResults, ready: ModelsReady, catalogue: Catalogue) -> RunRecord:
    return RunRecord(
        ensemble=earlier.ensemble,
        cards={name: catalogue.model(name).card for name in earlier.ensemble.members},
        weights_sha256=ready.weights_sha256,
        device=ready.device_name,
        number_format=ready.number_format,
        roots=earlier.roots,
        recursive=earlier.recursive,
        command=f"fundus-gui, continued in the window: {earlier.path}",
    )


def _predicted(
    classify: Classify, ensemble: EnsembleSpec, paths: Iterable[Path]
) -> Generator[ImageResult, None, None]:
    remaining = iter(paths)
    while batch := tuple(itertools.islice(remaining, _AT_ONCE)):
        with closing(classify(ensemble, batch)) as records:
            for record in records:
                if not isinstance(record, ModelsReady):
                    yield record
