"""`fundus-gui classify`: photographs in, table and CSV out."""

from __future__ import annotations

import functools
import itertools
import os
import re
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import typer

from fundus_gui.cli import options
from fundus_gui.cli.choice import check_new, choose_ensemble, installed_catalogue, parse_weights
from fundus_gui.cli.classify_display import FileCount, Report, with_progress
from fundus_gui.cli.classify_ray import classify_on_cluster
from fundus_gui.cli.classify_request import ClassifyRequest
from fundus_gui.cli.engine import load
from fundus_gui.cli.invocation import Invocation
from fundus_gui.cli.licences import print_licences
from fundus_gui.core.catalogue import Catalogue, EnsembleSpec
from fundus_gui.core.errors import ImageError, ResultsError
from fundus_gui.core.export import (
    EarlierResults,
    Predict,
    Resumption,
    RunRecord,
    check_format,
    export_results,
    own_pseudonyms,
    read_results,
)
from fundus_gui.core.images import find_images
from fundus_gui.core.results import ImageResult, Precision

_NEEDS_RAY = re.compile(r"^[a-z][a-z0-9+.-]+://|\.(txt|csv)$", re.IGNORECASE)


def classify(
    context: typer.Context,
    paths: options.Sources = None,
    ensemble: options.EnsembleName = None,
    model: options.ModelNames = None,
    weights: options.VoteWeights = None,
    device: options.Device = "auto",
    precision: options.ClassifyPrecision = None,
    batch_size: options.ClassifyBatchSize = 16,
    workers: options.ClassifyWorkers = None,
    out: options.ResultsPlace = None,
    resume: options.ResumedTable = None,
    recursive: options.ClassifyRecursive = None,
    path_names: options.PathNames = None,
    engine: options.Engine = "local",
    address: options.ClusterAddress = None,
    part_size: options.PartSize = 512,
) -> None:
    """Classify photographs and folders of photographs.

    Prints the most probable class of each (of few photographs) or how many fell into each class
    (of many); --out gets all numbers. Files that cannot be read are named at the end, and each
    has its row in --out. --resume goes on with a table whose run was stopped or killed.
    """
    invocation: Invocation = context.obj
    request = ClassifyRequest(
        sources=tuple(paths or ()),
        ensemble=ensemble,
        models=tuple(model or ()),
        weights=weights,
        device=device,
        precision=precision,
        batch_size=batch_size,
        workers=workers,
        out=out,
        resume=resume,
        is_recursive=recursive,
        path_names=path_names,
        address=address,
        part_size=part_size,
        command=invocation.command,
    )
    classify_there = classify_on_cluster if engine == "ray" else _classify_here
    raise typer.Exit(0 if classify_there(request) else 3)


def _classify_here(request: ClassifyRequest) -> bool:
    """Classify in this process; return whether all photographs could be read."""
    if request.address is not None:
        raise typer.BadParameter("is for --engine ray", param_hint="--address")
    table, earlier = _table(request.out, request.resume)
    opened = _opened(request.sources, earlier)
    catalogue = installed_catalogue()
    spec = _chosen(catalogue, request, earlier)
    how = _settings(request, earlier)
    files = _files(opened, is_recursive=how.is_recursive)
    count = FileCount(opened, recursive=how.is_recursive)
    report = Report(spec)
    with count.counting():
        from fundus_gui.core.inference import predict_images

        loaded = load(spec, catalogue, request.device, how.precision)
        predict = functools.partial(
            predict_images, loaded, batch_size=request.batch_size, workers=request.workers
        )
        run = RunRecord(
            ensemble=spec,
            cards=loaded.cards,
            weights_sha256=loaded.weights_sha256,
            device=loaded.device_name,
            number_format=loaded.number_format,
            roots=tuple(opened),
            recursive=how.is_recursive,
            pseudonyms=own_pseudonyms() if how.has_pseudonyms else None,
            command=request.command,
        )
        resumption = (
            None if earlier is None else Resumption(earlier, run, batch_size=request.batch_size)
        )
        results = _results(files, predict, run, table, resumption)
        with closing(results):  # when interrupted, the file is finished at once
            for result in with_progress(results, count, loaded.device_name):
                report.add(result)
    report.show(table, resumption)
    print_licences(loaded.cards)
    return not report.failed


def _table(new: str | None, begun: str | None) -> tuple[Path | None, EarlierResults | None]:
    """Return the table to write, and what it holds already."""
    if begun is None:
        out = None if new is None else Path(new)
        if out is not None:
            check_format(out)
            check_new(out)
            check_new(out.with_suffix(".json"))
        return out, None
    if new is not None:
        raise typer.BadParameter("give either --out or --resume, not both", param_hint="--resume")
    resume = Path(begun)
    is_begun = any(os.path.lexists(path) for path in (resume, resume.with_suffix(".json")))
    return resume, read_results(resume) if is_begun else None


def _opened(sources: Sequence[str], earlier: EarlierResults | None) -> Sequence[Path]:
    """Return the files and folders that were named now, or for the earlier table."""
    lists = (source for source in sources if _NEEDS_RAY.search(source))
    needs_ray = next((source for source in lists if not Path(source).is_dir()), None)
    if needs_ray is not None:
        from fundus_gui.core.distributed import without_keys

        raise typer.BadParameter(
            f"'{without_keys(needs_ray)}' is no photograph or folder here; lists of photographs "
            "and URLs are for --engine ray",
            param_hint="PATH",
        )
    opened = tuple(map(Path, sources)) or (() if earlier is None else earlier.roots)
    gone = [root for root in opened if not sources and not os.path.lexists(root)]
    if earlier is not None and gone:
        raise ResultsError(
            f"The photographs of {earlier.path.name} are not in {gone[0]} any more. Name the "
            "folder where they are now before --resume."
        )
    if not opened:
        why = " (the table that is continued names none)" if earlier is not None else ""
        raise typer.BadParameter(f"name photographs or folders{why}", param_hint="PATH")
    return opened


def _chosen(
    catalogue: Catalogue, request: ClassifyRequest, earlier: EarlierResults | None
) -> EnsembleSpec:
    """Return the ensemble that the options name; by default the earlier one."""
    is_chosen = request.ensemble or request.models or request.weights is not None
    if earlier is not None and not is_chosen:
        return earlier.ensemble
    weights = parse_weights(request.weights)
    return choose_ensemble(catalogue, request.ensemble, request.models, weights)


class _Settings(NamedTuple):
    precision: Precision
    is_recursive: bool
    has_pseudonyms: bool


def _settings(request: ClassifyRequest, earlier: EarlierResults | None) -> _Settings:
    """Return what was asked for; what was not is as in the earlier table."""
    defaults = _Settings("exact", is_recursive=True, has_pseudonyms=False)
    if earlier is not None:
        defaults = _Settings(earlier.precision, earlier.recursive, earlier.has_pseudonyms)
    recursive, path_names = request.is_recursive, request.path_names
    return _Settings(
        request.precision or defaults.precision,
        defaults.is_recursive if recursive is None else recursive,
        defaults.has_pseudonyms if path_names is None else path_names == "hashed",
    )


def _files(opened: Sequence[Path], *, is_recursive: bool) -> Iterator[Path]:
    """List the photographs one by one; there must be one at least."""
    files = find_images(opened, recursive=is_recursive)
    for first in files:
        return itertools.chain([first], files)
    raise ImageError(opened[0].absolute(), "no photographs were found here.")


def _results(
    files: Iterator[Path],
    predict: Predict,
    run: RunRecord,
    table: Path | None,
    resumption: Resumption | None,
) -> Generator[ImageResult, None, None]:
    if resumption is not None:
        return resumption.results(files, predict)
    if table is not None:
        return export_results(predict(files), table, run)
    return predict(files)
