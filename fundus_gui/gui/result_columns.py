"""Results of a hundred thousand photographs in columns: small, and voted and sorted at once."""

from __future__ import annotations

import copy
import enum
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import overload

import numpy as np
from numpy.typing import NDArray

from fundus_gui.core.catalogue import EnsembleSpec
from fundus_gui.core.decision import is_reported
from fundus_gui.core.results import ImageResult, Prediction, UnreadableImage
from fundus_gui.gui.photographs import Photographs, Positions

Records = NDArray[np.void]
Weights = tuple[float, ...] | None


class Status(enum.IntEnum):
    """What has become of a photograph."""

    WAITING = 0
    CLASSIFIED = 1
    FAILED = 2


class Referred(enum.IntEnum):
    """Whether a person should look at a photograph."""

    OPEN = -1
    NO = 0
    YES = 1


_ROW = np.dtype(
    [
        ("status", np.uint8),
        ("group", np.int16),
        ("slot", np.int32),  # within the group
        ("label", np.int16),  # in `labels`
        ("confidence", np.float64),
        ("agreement", np.float64),
        ("referred", np.int8),
    ]
)
_UNKNOWN = np.iinfo(np.int64).min
_WAITING = np.array((Status.WAITING, -1, -1, -1, np.nan, np.nan, Referred.OPEN), dtype=_ROW)


class _Growing:
    """Records that are appended to; the room doubles, so that appending stays cheap."""

    def __init__(self, kind: np.dtype[np.void]) -> None:
        self._room: Records = np.empty(0, kind)
        self._count = 0

    @property
    def records(self) -> Records:
        """A view of all, to read and to write."""
        return self._room[: self._count]

    def extend(self, records: Records) -> None:
        """Append records."""
        wanted = self._count + len(records)
        if wanted > len(self._room):
            room = np.empty(max(wanted, 2 * len(self._room), 256), self._room.dtype)
            room[: self._count] = self.records
            self._room = room
        self._room[self._count : wanted] = records
        self._count = wanted


class _Group:
    """Predictions of the same models, of which only what differs is kept for each.

    Args:
        labels: numbers of the classes, in the order of the class names.
    """

    def __init__(self, first: Prediction, labels: Sequence[int]) -> None:
        self.alike = replace(first, path=Path(), member_probabilities=(), warnings=())
        self._labels = np.array(labels, dtype=np.int16)
        shape = len(first.member_names), len(first.class_names)
        self._kept = _Growing(
            np.dtype(
                [
                    ("probabilities", np.float64, shape),
                    ("sha256", "S64"),
                    ("seconds", np.float64),
                    ("warnings", np.int32),
                    ("file_bytes", np.int64),
                    ("file_modified_ns", np.int64),
                ]
            )
        )
        self._warnings: dict[tuple[str, ...], int] = {}

    def extend(self, predictions: Sequence[Prediction]) -> NDArray[np.int32]:
        """Append predictions and return their slots."""
        first = len(self._kept.records)
        kept = np.empty(len(predictions), self._kept.records.dtype)
        kept["probabilities"] = [p.member_probabilities for p in predictions]
        kept["sha256"] = [p.image_sha256 for p in predictions]
        kept["seconds"] = [p.seconds for p in predictions]
        kept["warnings"] = [
            self._warnings.setdefault(p.warnings, len(self._warnings)) for p in predictions
        ]
        for name in ("file_bytes", "file_modified_ns"):
            kept[name] = [_to_integer(getattr(p, name)) for p in predictions]
        self._kept.extend(kept)
        return np.arange(first, first + len(predictions), dtype=np.int32)

    def prediction(self, slot: int, path: Path) -> Prediction:
        """Return what was appended, exactly."""
        kept = self._kept.records[slot]
        return replace(
            self.alike,
            path=path,
            member_probabilities=tuple(map(tuple, kept["probabilities"].tolist())),
            image_sha256=kept["sha256"].decode(),
            seconds=float(kept["seconds"]),
            warnings=list(self._warnings)[kept["warnings"]],
            file_bytes=_from_integer(kept["file_bytes"]),
            file_modified_ns=_from_integer(kept["file_modified_ns"]),
        )

    def vote(self, rows: Records, weights: Weights) -> None:
        """Fill in what the table shows of rows of this group, all in one vote."""
        one = self.alike
        if weights is not None and len(weights) == len(one.weights):
            one = one.reweighted(weights)
        kept = self._kept.records["probabilities"][rows["slot"]]
        vote = one.decision.vote(kept.swapaxes(0, 1), one.weights)  # (M, N, K)
        confidence, referral = vote.probabilities.max(axis=1), one.decision.referral
        rows["label"] = self._labels[vote.probabilities.argmax(axis=1)]
        rows["confidence"] = confidence
        rows["agreement"] = vote.agreement
        rows["referred"] = (
            Referred.OPEN
            if referral is None
            else ~is_reported(referral, confidence, vote.agreement)
        )

    def under(self, spec: EnsembleSpec) -> _Group:
        """Return the same members' answers as another ensemble of them decides."""
        other = copy.copy(self)
        other.alike = replace(self.alike, weights=spec.weights, decision=spec.decision)
        return other


def _to_integer(value: int | None) -> int:
    return _UNKNOWN if value is None else value


def _from_integer(value: np.int64) -> int | None:
    return None if value == _UNKNOWN else int(value)


class ResultColumns:
    """What the engine has said of each photograph, by position, and what the table shows of it.

    Attributes:
        labels: class names; `rows["label"]` counts in them.
        weights: the what-if weights that the rows are voted with where their number fits, None
            for each ensemble's own.
    """

    def __init__(self) -> None:
        self.labels: list[str] = []
        self.weights: Weights = None
        self._rows = _Growing(_ROW)
        self._groups: list[_Group] = []
        self._group_of: dict[object, int] = {}
        self._failed: dict[int, UnreadableImage] = {}

    @property
    def rows(self) -> Records:
        """One record for each photograph, to read."""
        return self._rows.records

    def resize(self, count: int) -> None:
        """Let photographs that have been added wait."""
        self._rows.extend(np.full(count - len(self.rows), _WAITING))

    def fill(self, positions: Sequence[int], results: Sequence[ImageResult]) -> None:
        """Keep results, in place of earlier ones of the same photographs."""
        alike: dict[int, list[int]] = {}
        for index, (position, result) in enumerate(zip(positions, results, strict=True)):
            if isinstance(result, Prediction):
                alike.setdefault(self._group_number(result), []).append(index)
                self._failed.pop(position, None)
            else:
                self._failed[position] = result
                self.rows[position] = _WAITING
                self.rows["status"][position] = Status.FAILED
        for number, indices in alike.items():
            at = np.array([positions[index] for index in indices], dtype=np.intp)
            predictions = [result for i in indices if isinstance(result := results[i], Prediction)]
            self.rows["status"][at] = Status.CLASSIFIED
            self.rows["group"][at] = number
            self.rows["slot"][at] = self._groups[number].extend(predictions)
            self._vote(at)

    def weigh(self, weights: Weights) -> None:
        """Vote all anew with other weights; None for each ensemble's own."""
        self.weights = weights
        self._vote(np.flatnonzero(self.rows["status"] == Status.CLASSIFIED))

    def under(self, spec: EnsembleSpec) -> ResultColumns:
        """Return the same results of the same members as another ensemble of them decides."""
        other = self.snapshot()
        other._groups = [group.under(spec) for group in self._groups]
        other._group_of = {}
        other.weigh(None)
        return other

    def result(self, position: int, path: Path) -> ImageResult | None:
        """Return what the engine said, None while the photograph waits.

        Args:
            path: of that photograph.
        """
        row = self.rows[position]
        if row["status"] == Status.CLASSIFIED:
            group: _Group = self._groups[row["group"]]
            return group.prediction(row["slot"], path)
        return self._failed.get(position)

    def snapshot(self) -> ResultColumns:
        """Return what does not change any more, for another thread to read."""
        still = copy.copy(self)
        still._rows = _Growing(_ROW)
        still._rows.extend(self.rows)
        still._failed = dict(self._failed)
        return still

    def _group_number(self, prediction: Prediction) -> int:
        models = prediction.class_names, prediction.member_names
        key = models, prediction.weights, prediction.decision
        number = self._group_of.get(key)
        if number is None:
            number = self._group_of[key] = len(self._groups)
            new = [name for name in prediction.class_names if name not in self.labels]
            self.labels.extend(new)
            labels = [self.labels.index(name) for name in prediction.class_names]
            self._groups.append(_Group(prediction, labels))
        return number

    def _vote(self, positions: Positions) -> None:
        groups = self.rows["group"][positions]
        for number in np.unique(groups):
            at = positions[groups == number]
            rows = self.rows[at]
            self._groups[number].vote(rows, self.weights)
            self.rows[at] = rows


class ResultList(Sequence[ImageResult]):
    """The results at some positions as they were, each made when it is asked for."""

    def __init__(
        self, photographs: Photographs, columns: ResultColumns, positions: Positions
    ) -> None:
        self._photographs = photographs
        self._columns = columns.snapshot()
        self._positions = positions[columns.rows["status"][positions] != Status.WAITING]

    def __len__(self) -> int:
        return len(self._positions)

    def __iter__(self) -> Iterator[ImageResult]:
        return map(self._at, self._positions.tolist())

    @overload
    def __getitem__(self, index: int) -> ImageResult: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[ImageResult]: ...

    def __getitem__(self, index: int | slice) -> ImageResult | Sequence[ImageResult]:
        if isinstance(index, slice):
            return [self._at(position) for position in self._positions[index].tolist()]
        return self._at(int(self._positions[index]))

    def _at(self, position: int) -> ImageResult:
        result = self._columns.result(position, self._photographs.path(position))
        assert result is not None, "only positions with a result are kept"
        return result
