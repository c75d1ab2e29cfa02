"""Rows as a Parquet file; apart from the neighbours because Arrow takes long to import."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from fundus_gui.core import atomic

_ROWS = 1000  # per row group


class ParquetTable:
    """Typed columns; written beside and renamed when closed, for a part of it cannot be read.

    Raises:
        OSError: the disk, or Arrow, refuses; so do the methods.
    """

    def __init__(self, path: Path, columns: dict[str, type]) -> None:
        self._path = path
        self._partial = atomic.temporary_beside(path.with_name(f"{path.name}.partial"))
        types = {str: pa.string(), float: pa.float64(), int: pa.int64()}
        self._schema = pa.schema([(name, types[kind]) for name, kind in columns.items()])
        try:
            with _refusing():
                self._writer = pq.ParquetWriter(self._partial, self._schema)
        except OSError:
            self._partial.unlink(missing_ok=True)
            raise
        self._rows: list[dict[str, str | float | None]] = []

    def write(self, row: Mapping[str, str | float | None]) -> None:
        """Add a row; absent cells are empty."""
        self._rows.append(dict(row))
        if len(self._rows) >= _ROWS:
            self._flush()

    def close(self) -> None:
        """Complete the file and give it its name."""
        try:
            self._flush()
            with _refusing():
                self._writer.close()
            self._partial.replace(self._path)
        finally:
            self._partial.unlink(missing_ok=True)

    def _flush(self) -> None:
        with _refusing():
            self._writer.write_table(pa.Table.from_pylist(self._rows, schema=self._schema))
        self._rows.clear()


@contextmanager
def _refusing() -> Iterator[None]:
    """Turn Arrow's own errors into those of files."""
    try:
        yield
    except pa.ArrowException as error:
        raise OSError(str(error)) from error


def read_rows(path: Path) -> Iterator[list[str | float | None]]:
    """Yield the names of the columns, then the cells of each row.

    Raises:
        OSError: it cannot be read, or is no Parquet file.
    """
    with _refusing(), pq.ParquetFile(path) as table:
        yield list(table.schema_arrow.names)
        for batch in table.iter_batches(_ROWS):
            for row in batch.to_pylist():
                yield list(row.values())
