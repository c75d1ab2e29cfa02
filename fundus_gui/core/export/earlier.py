"""An earlier table of results, opened to be continued, shown or checked."""

from __future__ import annotations

import csv
import hashlib
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fundus_gui.core.catalogue import EnsembleSpec
from fundus_gui.core.errors import ResultsError
from fundus_gui.core.export.chain import first_hash
from fundus_gui.core.export.checking import checked_rows
from fundus_gui.core.export.places import places_of, same_bytes
from fundus_gui.core.export.reading import Record, RowReader, csv_rows, read_record
from fundus_gui.core.export.run_record import folders_of
from fundus_gui.core.export.tables import columns_of
from fundus_gui.core.results import ImageResult, Precision


@dataclass(frozen=True, eq=False)
class EarlierResults:
    """The whole rows of a CSV and its record; of each row only 16 bytes are kept in memory.

    Attributes:
        path: the `.csv`.
        record: the `.json` beside it.
        columns: names in order.
        classified, failed: rows of either kind.
        end: bytes up to and with the last whole row; what follows was cut off.
        size: bytes of the file.
        last_row_hash: of the last whole row.
        keys: (N,) sorted hashes of the rows' cells `relative_path`.
        offsets: (N,) where the row of each key begins.
    """

    path: Path
    record: Record
    columns: tuple[str, ...]
    classified: int
    failed: int
    end: int
    size: int
    last_row_hash: str
    keys: NDArray[np.uint64]
    offsets: NDArray[np.int64]

    def __len__(self) -> int:
        """Whole rows."""
        return len(self.keys)

    def __iter__(self) -> Iterator[ImageResult]:
        """Yield what the rows say, in the table's order, the photographs looked for below `roots`.

        Whether they are still the same photographs is not asked.
        """
        reader, folders = RowReader(self.columns, self.record), folders_of(self.roots)
        with self.path.open("rb") as stream:
            rows = csv_rows(stream)
            next(rows)
            for row in rows:
                if row.offset >= self.end:
                    return
                inside = reader.named(row)["relative_path"]
                if len(folders) == 1:
                    yield reader.result(row, folders[0] / inside)
                    continue
                result = reader.result(row, Path(inside))
                places = places_of(inside, folders)
                yield replace(result, path=same_bytes(result, places)) if places else result

    @property
    def ensemble(self) -> EnsembleSpec:
        """Members, vote weights and decision."""
        return self.record.ensemble

    @property
    def class_names(self) -> tuple[str, ...]:
        """K names."""
        return self.record.class_names

    @property
    def weights_sha256(self) -> dict[str, str]:
        """Hash of each member's weights file."""
        return self.record.weights_sha256

    @property
    def number_format(self) -> str:
        """What the networks computed in, e.g. float32 or bfloat16."""
        return self.record.number_format

    @property
    def precision(self) -> Precision:
        """What to ask the engine for in order to get the same again."""
        return self.record.precision

    @property
    def roots(self) -> tuple[Path, ...]:
        """The files and folders that were opened; empty where names are pseudonyms."""
        return self.record.roots

    @property
    def recursive(self) -> bool:
        """Whether subfolders were looked into."""
        return self.record.recursive

    @property
    def has_pseudonyms(self) -> bool:
        """Whether names are pseudonyms."""
        return self.record.has_pseudonyms

    @property
    def started(self) -> datetime:
        """When the first run of it began."""
        return self.record.started

    @property
    def is_complete(self) -> bool:
        """Whether the run ended by itself."""
        return self.record.is_complete


def row_key(relative_path: str) -> int:
    """Return a 64-bit hash of a cell `relative_path`."""
    digest = hashlib.blake2b(relative_path.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little")


def read_results(path: Path) -> EarlierResults:
    """Open a table that `export_results` or a `Resumption` has written, complete or not.

    Every row is read and the whole chain is checked.

    Raises:
        ResultsError: it is Parquet, cannot be read, or was altered.
    """
    if path.suffix.lower() == ".parquet":
        raise ResultsError(
            f"{path.name} is Parquet, which is whole only when its run is complete, and cannot be "
            "continued. Write a .csv."
        )
    record = read_record(path)
    columns = tuple(columns_of(record.class_names, record.ensemble.members))
    keys, offsets = array("Q"), array("q")
    failed, end, size, last = 0, 0, 0, first_hash(record.identity, columns)
    try:
        size = path.stat().st_size
        for row in checked_rows(path, record):
            cells = dict(zip(columns, row.cells, strict=True))
            failed += cells["status"] != "ok"
            keys.append(row_key(cells["relative_path"]))
            offsets.append(row.offset)
            end, last = row.offset + len(row.content), row.row_hash
    except FileNotFoundError:
        pass  # killed before the first row
    except (OSError, ValueError, csv.Error) as error:
        raise ResultsError(f"{path} cannot be read ({error}).") from error
    order = np.argsort(np.frombuffer(keys, np.uint64), kind="stable")
    return EarlierResults(
        path=path,
        record=record,
        columns=columns,
        classified=len(keys) - failed,
        failed=failed,
        end=end,
        size=size,
        last_row_hash=last,
        keys=np.frombuffer(keys, np.uint64)[order],
        offsets=np.frombuffer(offsets, np.int64)[order],
    )
