"""Ties each row of a table to all rows before it, so that a later change can be found.

Anybody can check a table with a SHA-256 program:

- The *identity* are those parts of the record (the `.json`) on which the numbers depend:
  `class_names`, `precision`, `paths` and `pseudonym_key`; of `ensemble` the members
  `members`, `weights`, `rule`, `temperature`, `prediction_sets` and `referral`; of each of `models`
  `weights_sha256`, `preprocessing` and `temperature`. As text it is one line of JSON: keys sorted,
  no spaces, other letters than ASCII as `\\u` escapes (Python's `json.dumps` with
  `sort_keys=True, separators=(",", ":")`).
- The hash before the first row is SHA-256 over the identity's text, a line feed, and the head of
  the CSV without byte-order mark and line end.
- The `row_hash` of a row is SHA-256 over the `row_hash` before it (64 hexadecimal digits) and the
  row's bytes in the CSV up to and with its last comma. A Parquet table has the hashes that the same
  rows have as CSV.

It shows accidents and quiet edits, not forgery: who alters a row and computes all later hashes
again is found out only by a copy of the last hash, which `verify` prints.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from fundus_gui.core.export.run_record import RunRecord
from fundus_gui.core.export.tables import ROW_HASH, Cell, csv_line, table_columns

HASH_LETTERS = 64


def first_hash(identity: Mapping[str, Any], columns: Iterable[str]) -> str:
    """Return the hash before the first row."""
    text = json.dumps(identity, sort_keys=True, separators=(",", ":"))
    head = csv_line(columns).removesuffix("\r\n")
    return hashlib.sha256(f"{text}\n{head}".encode()).hexdigest()


def next_hash(previous: str, line: bytes) -> str:
    """Return the `row_hash` of a row from the one before it and its bytes up to its last comma."""
    return hashlib.sha256(previous.encode() + line).hexdigest()


class Chain:
    """Gives rows their `row_hash`, one after the other.

    Attributes:
        last: the latest hash.
    """

    def __init__(self, run: RunRecord, last: str | None = None) -> None:
        """Begin a table of this run, or go on after a row that has the hash `last`."""
        columns = table_columns(run)
        self._columns = [name for name in columns if name != ROW_HASH]
        self.last = first_hash(run.identity, columns) if last is None else last

    def sealed(self, row: Mapping[str, Cell]) -> dict[str, Cell]:
        """Return the next row with its `row_hash`."""
        cells = (row.get(name) for name in self._columns)
        self.last = next_hash(self.last, unsealed_line(cells))
        return {**row, ROW_HASH: self.last}


def unsealed_line(cells: Iterable[Cell]) -> bytes:
    """Return a row's bytes in the CSV up to and with its last comma."""
    return csv_line(cells).removesuffix("\r\n").encode() + b","
