"""Writes a table row by row as results come, and the record of the run beside it."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

from filelock import BaseFileLock, FileLock, SoftFileLock, Timeout

from fundus_gui.core import atomic
from fundus_gui.core.errors import ExportError
from fundus_gui.core.export.chain import Chain
from fundus_gui.core.export.run_record import RunRecord
from fundus_gui.core.export.tables import Cell, csv_line, table_columns, table_row
from fundus_gui.core.results import ImageResult, Prediction

BYTE_ORDER_MARK = "\ufeff"

_WITHOUT_LOCKS = (errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP)  # what some shared folders answer


class _Table(Protocol):
    def write(self, row: Mapping[str, Cell]) -> None: ...

    def close(self) -> None: ...


class CsvTable:
    """UTF-8 with byte-order mark (for spreadsheets); every row is on its way to disk at once."""

    def __init__(self, path: Path, columns: Iterable[str], *, end: int | None = None) -> None:
        """Begin a new table, or go on with one after its first `end` bytes."""
        self._path = path
        self._columns = list(columns)
        self._stream = path.open("xb" if end is None else "r+b" if end else "wb", buffering=0)
        try:
            if not end:
                self._append(head_line(self._columns))
            elif self._stream.seek(0, os.SEEK_END) > end:
                self._stream.truncate(end)
                self._stream.seek(end)
        except OSError:
            self._stream.close()
            raise

    @property
    def end(self) -> int:
        """Bytes so far."""
        return self._stream.tell()

    def write(self, row: Mapping[str, Cell]) -> None:
        """Add a row; absent cells are empty."""
        self._check_place()
        self._append(csv_line(row.get(name) for name in self._columns))

    def close(self) -> None:
        """Let the disk have all of it."""
        with self._stream:
            os.fsync(self._stream.fileno())
            self._check_place()

    def _check_place(self) -> None:
        """Refuse to write on into a file that was moved or removed: nobody would find it."""
        try:
            is_there = os.path.samestat(os.fstat(self._stream.fileno()), self._path.stat())
        except FileNotFoundError:
            is_there = False
        if not is_there:
            raise OSError("it was moved or removed meanwhile")

    def _append(self, line: str) -> None:
        """Write the whole line or, when the disk is full, no part of it."""
        end, rest = self._stream.tell(), line.encode()
        try:
            while rest:
                rest = rest[self._stream.write(rest) :]
        except OSError:
            with suppress(OSError):
                self._stream.truncate(end)
            raise


def head_line(columns: Iterable[str]) -> str:
    """Return the first line of a CSV."""
    return BYTE_ORDER_MARK + csv_line(columns)


def _parquet_table(path: Path, columns: dict[str, type]) -> _Table:
    from fundus_gui.core.export.parquet import ParquetTable

    return ParquetTable(path, columns)


_TABLES: dict[str, Callable[[Path, dict[str, type]], _Table]] = {
    ".csv": CsvTable,
    ".parquet": _parquet_table,
}


TABLE_SUFFIXES = frozenset(_TABLES)


def export_results(
    results: Iterable[ImageResult], out: Path, run: RunRecord, *, overwrite: bool = False
) -> Generator[ImageResult, None, None]:
    """Write each result as it passes, and the record of the run beside it as `.json`.

    The format follows the suffix, `.csv` or `.parquet`. When the iteration ends early the rows so
    far remain and the record says that they are not all. Existing files are refused; with
    `overwrite` they are replaced, but only when all rows are written.

    Raises:
        ExportError: the suffix is unknown, a file exists, or the disk refuses.
    """
    check_format(out)
    record = out.with_suffix(".json")
    for path in (out, record):
        if os.path.lexists(path) and not overwrite:
            raise ExportError(f"{path} exists already; nothing was overwritten. Name a new file.")
    return _export(results, out, run, replaces=overwrite)


def check_format(out: Path) -> None:
    """Refuse a file name whose suffix is of no known format."""
    if out.suffix.lower() not in _TABLES:
        raise ExportError(f"Results are written as .csv or .parquet, but not as '{out.name}'.")


def _export(
    results: Iterable[ImageResult], out: Path, run: RunRecord, *, replaces: bool
) -> Generator[ImageResult, None, None]:
    counts = {"classified": 0, "failed": 0}
    is_complete = False
    chain = Chain(run)

    def recorded() -> bytes:
        return run.to_json(**counts, is_complete=is_complete, last_row_hash=chain.last).encode()

    def write_record() -> None:
        atomic.write_bytes(out.with_suffix(".json"), recorded())

    with refusing(out), writing_alone(out):
        target = atomic.temporary_beside(out) if replaces else out
        try:
            out.parent.mkdir(parents=True, exist_ok=True)
            if not replaces:
                write_record()  # first, so that a table without it is none of ours
            table = _TABLES[out.suffix.lower()](target, table_columns(run))
            try:
                for result in results:
                    table.write(chain.sealed(table_row(result, run)))
                    counts["classified" if isinstance(result, Prediction) else "failed"] += 1
                    yield result
                is_complete = True
            finally:
                table.close()
                if replaces and is_complete:
                    # Both are written before either takes the place of an earlier one.
                    with atomic.replacing(out.with_suffix(".json")) as record:
                        record.write(recorded())
                        record.flush()
                        os.fsync(record.fileno())
                        target.replace(out)
                elif not replaces:
                    write_record()
        finally:
            if replaces:
                with suppress(OSError):  # its folder may be what is wrong
                    target.unlink(missing_ok=True)


@contextmanager
def refusing(out: Path) -> Iterator[None]:
    """Turn what the system says of a file that is written into a sentence."""
    try:
        yield
    except OSError as error:
        # Arrow says more than a user wants to read.
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise ExportError(
            f"{out} cannot be written ({reason}). Free some space or choose another folder."
        ) from error


@contextmanager
def writing_alone(out: Path) -> Iterator[None]:
    """Keep all other windows and commands from writing the same table.

    The lock lies beside the table, so that it also holds for other users and, where a shared folder
    passes locks on, for other machines. The system lets go of it when its process is killed. In a
    folder without locks, a file that names the process stands for one.

    Args:
        out: the table; or a folder of tables, which has the lock in it.

    Raises:
        ExportError: somebody else writes the table, or the folder refuses.
    """
    place = Path(os.path.realpath(out))
    folder = place if place.is_dir() else place.parent
    name = hashlib.sha256(os.fsencode(place.name)).hexdigest()[:16]  # short, whatever the table's
    with refusing(out):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            lock = _locked(folder / f".{name}.lock")
        except Timeout:
            raise ExportError(
                f"{out} is being written by another window or command. Wait for its end, or stop "
                "it."
            ) from None
    try:
        yield
    finally:
        with suppress(OSError):  # Windows lets go first, and removes it then
            Path(lock.lock_file).unlink(missing_ok=True)
        lock.release()


def _locked(path: Path) -> BaseFileLock:
    lock: BaseFileLock = FileLock(path, timeout=0, mode=0o666, thread_local=False)
    try:
        lock.acquire()
    except OSError as error:
        if error.errno not in _WITHOUT_LOCKS:
            raise
        with suppress(OSError):
            path.unlink(missing_ok=True)
        lock = SoftFileLock(path.with_suffix(".held"), timeout=0, thread_local=False)
        lock.acquire()
    return lock
