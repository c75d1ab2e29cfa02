"""Which photographs are shown and in what order: a hundred thousand in a few milliseconds."""

from __future__ import annotations

import enum
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fundus_gui.gui.photographs import Photographs, Positions
from fundus_gui.gui.result_columns import Records, Referred, ResultColumns, Status

_ROUNDING = 1e-9  # of an agreement of all


class Column(enum.IntEnum):
    """Columns of the table."""

    FILE = 0
    RESULT = 1
    CONFIDENCE = 2
    AGREEMENT = 3
    OUTCOME = 4


@dataclass(frozen=True, slots=True)
class RowFilter:
    """What a row must be like; None and empty ask for nothing.

    Attributes:
        text: a part of what the table calls the file, in any case.
        label: class name.
        status: classified, waiting or failed.
        disputed: the models must disagree.
        referred: a person must look at it.
    """

    text: str = ""
    label: str | None = None
    status: Status | None = None
    disputed: bool = False
    referred: bool = False


def sort_values(rows: Records, column: Column) -> NDArray[np.float64]:
    """Return the numbers that the rows are sorted by in a column; NaN where there is none."""
    match column:
        case Column.FILE:
            return np.arange(len(rows), dtype=np.float64)
        case Column.RESULT:  # surest first within a class
            return np.asarray(rows["label"] + (1 - rows["confidence"]) / 2)
        case Column.CONFIDENCE:
            return np.array(rows["confidence"])
        case Column.AGREEMENT:
            return np.array(rows["agreement"])
        case Column.OUTCOME:  # those for a person first
            is_open = rows["referred"] == Referred.OPEN
            return np.where(is_open, np.nan, rows["referred"] == Referred.NO)


def sorted_positions(rows: Records, column: Column, *, descending: bool) -> Positions:
    """Return all positions by a column; equal ones as opened, those without a number last."""
    values = sort_values(rows, column)
    return np.argsort(-values if descending else values, kind="stable")  # NaN comes last


def fitting(
    photographs: Photographs, columns: ResultColumns, wanted: RowFilter, first: int = 0
) -> NDArray[np.bool_]:
    """Return which photographs are as the filter asks, from the position `first` on."""
    rows = columns.rows[first:]
    fits = np.ones(len(rows), dtype=bool)
    if wanted.text:
        fits &= photographs.named(wanted.text, first)
    if wanted.label is not None:
        is_known = wanted.label in columns.labels
        fits &= rows["label"] == columns.labels.index(wanted.label) if is_known else False
    if wanted.status is not None:
        fits &= rows["status"] == wanted.status
    if wanted.referred:
        fits &= rows["referred"] == Referred.YES
    if wanted.disputed:
        fits &= rows["agreement"] < 1 - _ROUNDING  # false where there is no agreement
    return fits
