"""Continues a table of a stopped run, so that it ends like one that was never stopped."""

from __future__ import annotations

import filecmp
import os
import shutil
from array import array
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import islice, pairwise
from pathlib import Path

import numpy as np

from fundus_gui import __version__
from fundus_gui.core import atomic
from fundus_gui.core.errors import ResultsError
from fundus_gui.core.export.chain import Chain, first_hash, next_hash
from fundus_gui.core.export.earlier import EarlierResults, row_key
from fundus_gui.core.export.reading import RowReader, csv_rows
from fundus_gui.core.export.run_record import RunRecord
from fundus_gui.core.export.tables import table_row, writable
from fundus_gui.core.export.writing import CsvTable, head_line, refusing, writing_alone
from fundus_gui.core.images import FileStamp, file_sha256, file_stamp
from fundus_gui.core.results import ImageResult, Prediction

Predict = Callable[[Iterable[Path]], Generator[ImageResult, None, None]]
"""Yields one result per path, in the paths' order, as `predict_images` does."""

_BATCHES_AHEAD = 16  # looked up at once while rows of the table still wait for their photograph


@dataclass(frozen=True, slots=True)
class _Planned:
    """A photograph and the row that the table has of it.

    Attributes:
        path: the photograph.
        offset: where its row begins, None without one.
        row: what the row says.
        is_same: whether the file is still the one that the row tells of.
    """

    path: Path
    offset: int | None = None
    row: ImageResult | None = None
    is_same: bool = False


class Resumption:
    """One more run that adds to a table.

    Rows of photographs whose size, time of change and SHA-256 are still the same are kept; all
    others are classified, and their rows are appended as they come. Whenever it is killed, the
    table holds whole rows only and can be continued again. When all is done, the rows are put into
    the order of the photographs, unless they are in it; those of photographs that are changed or
    gone fall out, and the table that had them stays beside under another name.

    Attributes:
        kept: photographs whose row was there.
        again: those that were classified again because they are changed.
        new: those without a row.
        dropped: rows that fell out.
        backup: the table that still has these, None without any.
    """

    def __init__(self, earlier: EarlierResults, run: RunRecord, *, batch_size: int = 16) -> None:
        """Take a table and describe the run that continues it.

        Args:
            earlier: the table.
            run: weights, device and photographs of now.
            batch_size: how many photographs are predicted together. Batches are the same as in a
                run that was never stopped, for the last digits of the numbers depend on them.

        Raises:
            ResultsError: the run would give other numbers than the rows that are there.
        """
        _check_same_identity(earlier, run)
        self.kept = self.again = self.new = self.dropped = 0
        self.backup: Path | None = None
        self._earlier = earlier
        self._batch_size = batch_size
        self._run = _continued(run, earlier)
        self._reader = RowReader(earlier.columns, earlier.record)
        self._is_used = np.zeros(len(earlier), bool)
        self._unused = len(earlier)
        self._chain = Chain(run, earlier.last_row_hash)
        self._appended = {"classified": 0, "failed": 0}

    def results(
        self, paths: Iterable[Path], predict: Predict
    ) -> Generator[ImageResult, None, None]:
        """Yield one result per path, in the paths' order, and complete the table.

        Args:
            paths: all photographs that the table is to have.
            predict: classifies those that need it; may be called several times.

        Raises:
            ExportError: the disk refuses, or another window or command writes the table.
            ResultsError: the table was changed since it was read.
        """
        out, order = self._earlier.path, array("q")
        counts = {"classified": 0, "failed": 0}
        with refusing(out), writing_alone(out):
            self._check_unchanged()
            table = CsvTable(out, self._earlier.columns, end=self._earlier.end)
            try:
                for offset, result in self._merged(iter(paths), predict):
                    order.append(self._append(result, table) if offset is None else offset)
                    counts[_kind(result)] += 1
                    yield result
            finally:
                table.close()
                if any(self._appended.values()):
                    self._write_record(self._so_far(), self._chain.last)
            self._finish(order, counts)

    def _check_unchanged(self) -> None:
        earlier = self._earlier
        if (file_stamp(earlier.path).file_bytes or 0) != earlier.size:
            raise ResultsError(f"{earlier.path} was changed since it was read. Open it again.")

    # Which photographs ---------------------------------------------------------------------------

    def _merged(
        self, paths: Iterator[Path], predict: Predict
    ) -> Generator[tuple[int | None, ImageResult], None, None]:
        """Yield each photograph's result with the offset of its row, None for a new one."""
        size = self._batch_size
        while self._unused:
            ahead = [self._planned(path) for path in islice(paths, _BATCHES_AHEAD * size)]
            if not ahead:
                return
            batches = [ahead[start : start + size] for start in range(0, len(ahead), size)]
            yield from self._predicted(batches, predict)
        with closing(predict(paths)) as results:
            for result in results:
                self.new += 1
                yield None, result

    def _planned(self, path: Path) -> _Planned:
        """Look a photograph up in the table; each row is given out once."""
        name = writable(self._run.names(path)[1])
        key, keys = np.uint64(row_key(name)), self._earlier.keys
        places = range(*(int(np.searchsorted(keys, key, side)) for side in ("left", "right")))
        candidates = [place for place in places if not self._is_used[place]]
        stamp, sha256 = file_stamp(path), None
        planned = _Planned(path)
        for place in candidates:
            offset = int(self._earlier.offsets[place])
            row = self._row(offset, name, path)
            if row is None:
                continue
            planned = _Planned(path, offset, row)
            if row.image_sha256 and stamp == FileStamp(row.file_bytes, row.file_modified_ns):
                sha256 = sha256 or file_sha256(path)
                if sha256 == row.image_sha256:
                    self._use(place)
                    return replace(planned, is_same=True)
        if len(candidates) == 1 and planned.row is not None:
            self._use(candidates[0])
        return planned

    def _use(self, place: int) -> None:
        self._is_used[place] = True
        self._unused -= 1

    def _row(self, offset: int, name: str, path: Path) -> ImageResult | None:
        """Return what a row says, None if it is of another photograph."""
        with self._earlier.path.open("rb") as stream:
            row = next(csv_rows(stream, offset))
        if self._reader.named(row)["relative_path"] != name:
            return None
        return self._reader.result(row, path)

    def _predicted(
        self, batches: list[list[_Planned]], predict: Predict
    ) -> Generator[tuple[int | None, ImageResult], None, None]:
        """Classify each batch in which a photograph needs it, as a whole."""
        needed = [any(not item.is_same for item in batch) for batch in batches]
        paths = [
            item.path
            for batch, is_needed in zip(batches, needed, strict=True)
            for item in batch
            if is_needed
        ]
        with closing(predict(paths)) as results:
            for batch, is_needed in zip(batches, needed, strict=True):
                for item in batch:
                    yield self._chosen(item, next(results) if is_needed else None)

    def _chosen(self, item: _Planned, result: ImageResult | None) -> tuple[int | None, ImageResult]:
        """Take the row that is there, unless the photograph says something else now."""
        if item.row is not None and (
            result is None or item.is_same or self._says_the_same(item.row, result)
        ):
            self.kept += 1
            return item.offset, item.row
        if result is None:
            raise AssertionError("only photographs with a row are not classified")
        if item.row is None:
            self.new += 1
        else:
            self.again += 1
        return None, result

    def _says_the_same(self, row: ImageResult, result: ImageResult) -> bool:
        """Return whether a photograph that could not be read cannot be read still."""
        now = replace(result, seconds=row.seconds)
        return table_row(now, self._run) == table_row(row, self._run)

    # The files -----------------------------------------------------------------------------------

    def _append(self, result: ImageResult, table: CsvTable) -> int:
        """Add a row and return where it begins."""
        if not any(self._appended.values()):
            self._write_record(self._so_far(), None)  # no more complete
        offset = table.end
        table.write(self._chain.sealed(table_row(result, self._run)))
        self._appended[_kind(result)] += 1
        return offset

    def _so_far(self) -> dict[str, int]:
        earlier, appended = self._earlier, self._appended
        return {
            "classified": earlier.classified + appended["classified"],
            "failed": earlier.failed + appended["failed"],
        }

    def _finish(self, order: array[int], counts: dict[str, int]) -> None:
        """Put the rows into order where they are not, and say that these are all."""
        in_file = sum(self._so_far().values())
        self.dropped = in_file - len(order)
        if self.dropped or any(after <= before for before, after in pairwise(order)):
            if self.dropped:
                self.backup = self._keep_aside()
            self._write_record(counts, None)
            self._put_in_order(order)
        elif self._earlier.is_complete and not any(self._appended.values()):
            return
        self._write_record(counts, self._chain.last, is_complete=True)

    def _put_in_order(self, order: Iterable[int]) -> None:
        out, columns = self._earlier.path, self._earlier.columns
        last = first_hash(self._run.identity, columns)
        with atomic.replacing(out) as new:
            new.write(head_line(columns).encode())
            with out.open("rb") as old:
                for offset in order:
                    line = next(csv_rows(old, offset)).unsealed
                    last = next_hash(last, line)
                    new.write(line + last.encode() + b"\r\n")
        self._chain.last = last

    def _keep_aside(self) -> Path:
        """Copy the table and its record to the first free name of their kind.

        What a run that was killed hereafter has copied already is not copied again.
        """
        out, number = self._earlier.path, 1
        while os.path.lexists(copy := out.with_name(f"{out.stem}.before-{number}{out.suffix}")):
            if copy.is_file() and filecmp.cmp(copy, out, shallow=False):
                return copy
            number += 1
        for path in (copy.with_suffix(".json"), copy):  # a table without its record is none of ours
            original = out.with_suffix(path.suffix)
            with original.open("rb") as source, atomic.replacing(path) as target:
                shutil.copyfileobj(source, target)
        return copy

    def _write_record(
        self, counts: dict[str, int], last: str | None, *, is_complete: bool = False
    ) -> None:
        content = self._run.to_json(
            classified=counts["classified"],
            failed=counts["failed"],
            is_complete=is_complete,
            last_row_hash=last,
        )
        atomic.write_bytes(self._earlier.record.path, content.encode())


def _kind(result: ImageResult) -> str:
    return "classified" if isinstance(result, Prediction) else "failed"


def _continued(run: RunRecord, earlier: EarlierResults) -> RunRecord:
    """Return the record of the first run, with one more entry of who went on."""
    content = earlier.record.content
    entry = {
        "started": run.started.isoformat(timespec="seconds"),
        "command": run.command if run.pseudonyms is None else "",
        "version": __version__,
        "device": run.device,
        "rows_before": len(earlier),
    }
    return replace(
        run,
        command=str(content["command"]),
        started=earlier.started,
        resumed=(*content["resumed"], entry),
    )


def _check_same_identity(earlier: EarlierResults, run: RunRecord) -> None:
    then, now = earlier.record.identity, run.identity
    differing = [name for name in then if then[name] != now[name]]
    if not differing:
        return
    if then["models"].keys() != now["models"].keys():
        differing = ["models"]  # which says all
    words = {
        "class_names": "classes",
        "precision": f"precision ({then['precision']}, now {now['precision']})",
        "paths": "way to write paths",
        "pseudonym_key": "key of its pseudonyms",
        "ensemble": "ensemble: its models, their vote weights or its decision",
        "models": _differing_models(then["models"], now["models"]),
    }
    raise ResultsError(
        f"{earlier.path.name} cannot be continued, for it was made with another "
        f"{'; another '.join(words[name] for name in differing)}. Write a new table."
    )


def _differing_models(then: dict[str, object], now: dict[str, object]) -> str:
    if then.keys() != now.keys():
        return f"choice of models ({', '.join(then)}, now {', '.join(now)})"
    changed = [name for name in then if then[name] != now[name]]
    return f"weights file of {', '.join(changed)}"
