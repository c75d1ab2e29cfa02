"""The one file that says what a folder of parts holds."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Self

from fundus_gui.core.distributed.places import Folder, without_keys
from fundus_gui.core.errors import ExportError
from fundus_gui.core.export import RunRecord
from fundus_gui.core.export.run_record import identity_of
from fundus_gui.core.results import Precision

MANIFEST = "manifest.json"
# How what is no manifest shows itself.
DAMAGED = (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartRecord:
    """One finished part.

    Attributes:
        name: of its file.
        photographs: rows.
        failed: those of them that could not be read.
        referred: those that a person should look at.
        labels: how many rows have which class.
        sha256: hash of the file.
        last_row_hash: end of the chain of its rows, which begins anew in each part.
        device: what computed it.
        number_format: in which it computed.
    """

    name: str
    photographs: int
    failed: int
    referred: int
    labels: Mapping[str, int]
    sha256: str
    last_row_hash: str
    device: str
    number_format: str

    def __post_init__(self) -> None:
        """Refuse what a file says and no worker does."""
        counts = (self.photographs, self.failed, self.referred, *self.labels.values())
        texts = (self.sha256, self.last_row_hash, self.device, self.number_format, *self.labels)
        if not all(isinstance(text, str) for text in texts) or not all(
            isinstance(count, int) and count >= 0 for count in counts
        ):
            raise ValueError(f"what it says of {self.name} is damaged")


@dataclass(slots=True)
class Manifest:
    """What is to be done, and what of it is done.

    Attributes:
        run: the ensemble and how it is used; its device and format are those of the parts.
        roots: of the listing, paths and URLs.
        sources: that were listed.
        photographs: how many there are.
        precision: what was asked for.
        part_size: photographs in a part.
        parts: the finished ones, by number.
    """

    run: RunRecord
    roots: tuple[str, ...]
    sources: tuple[str, ...]
    photographs: int
    precision: Precision
    part_size: int
    parts: dict[int, PartRecord] = field(default_factory=dict)

    @property
    def is_complete(self) -> bool:
        """Whether nothing is missing."""
        return sum(part.photographs for part in self.parts.values()) == self.photographs

    def to_json(self) -> str:
        """Return the record of the run as a table has it, and the parts."""
        parts = [self.parts[number] for number in sorted(self.parts)]
        failed = sum(part.failed for part in parts)
        formats = sorted({part.number_format for part in parts})
        run = replace(
            self.run,
            device=", ".join(sorted({part.device for part in parts})),
            number_format=", ".join(formats) or self.run.number_format,
        )
        record = json.loads(
            run.to_json(
                classified=sum(part.photographs for part in parts) - failed,
                failed=failed,
                is_complete=self.is_complete,
                last_row_hash=hash_of_parts(parts),
            )
        )
        is_told = self.run.pseudonyms is None
        record |= {
            "command": _without_keys(record["command"]),
            "roots": [without_keys(root) for root in self.roots] if is_told else [],
            "sources": [without_keys(source) for source in self.sources] if is_told else [],
            "engine": "ray",
            "precision_asked_for": self.precision,
            "photographs": self.photographs,
            "part_size": self.part_size,
            "parts": [dataclasses.asdict(part) for part in parts],
        }
        return json.dumps(record, indent=2, ensure_ascii=False)

    def write(self, folder: Folder) -> None:
        """Put it into the folder.

        Raises:
            ExportError: it cannot be written.
        """
        folder.write(MANIFEST, self.to_json().encode("utf-8", "backslashreplace"))

    def continued(self, folder: Folder) -> Self:
        """Return the same work as far as a folder, which may be new, has it already.

        Whether its parts and the photographs are still as they were is not asked.

        Raises:
            ExportError: the folder holds something else or other work.
        """
        content = folder.read(MANIFEST)
        if content is None:
            if folder.names():
                raise ExportError(
                    f"{folder} is not empty and holds no {MANIFEST}. Name a new folder."
                )
            return self
        try:
            record = json.loads(content)
            self._check_same(record, folder)
            run = replace(
                self.run,
                command=record["command"],
                started=datetime.fromisoformat(record["started"]),
                resumed=(*record["resumed"], self._continuation()),
            )
            part_size = int(record["part_size"])
            if part_size < 1:
                raise ValueError(f"parts of {part_size} photographs")
            photographs, parts = int(record["photographs"]), parts_of(record)
            return replace(self, run=run, photographs=photographs, part_size=part_size, parts=parts)
        except DAMAGED as error:
            raise ExportError(
                f"{MANIFEST} in {folder} cannot be read ({error}). Name a new folder."
            ) from error

    def _continuation(self) -> dict[str, str]:
        is_told = self.run.pseudonyms is None
        return {
            "started": self.run.started.isoformat(timespec="seconds"),
            "command": _without_keys(self.run.command) if is_told else "",
        }

    def _check_same(self, record: Mapping[str, Any], folder: Folder) -> None:
        theirs, ours = identity_of(record), self.run.identity
        theirs["precision"], ours["precision"] = record["precision_asked_for"], self.precision
        differing = [name for name in ours if ours[name] != theirs[name]]
        if differing:
            raise ExportError(
                f"{folder} was begun in another way ({', '.join(differing)} differ). "
                "Name a new folder, or use the same ensemble and options."
            )


def _without_keys(command: str) -> str:
    return shlex.join(map(without_keys, shlex.split(command)))


def parts_of(record: Mapping[str, Any]) -> dict[int, PartRecord]:
    """Return the parts that a manifest, as JSON gives it, tells of.

    Raises:
        KeyError, TypeError, ValueError, AttributeError: it is none.
    """
    return {part_number(part["name"]): PartRecord(**part) for part in record["parts"]}


def hash_of_parts(parts: Sequence[PartRecord]) -> str:
    """Return SHA-256 over the parts' `last_row_hash`, which so holds every row."""
    return hashlib.sha256("".join(part.last_row_hash for part in parts).encode()).hexdigest()


def part_name(number: int) -> str:
    """Return the file name of a part; names in order are numbers in order."""
    return f"part-{number:06}.parquet"


def part_number(name: str) -> int:
    """Return what `part_name` was given, or raise ValueError."""
    number = int(name.removeprefix("part-").removesuffix(".parquet"))
    if part_name(number) != name:
        raise ValueError(f"'{name}' names no part")
    return number


def is_part(name: str) -> bool:
    """Return whether a file is named like a part."""
    try:
        part_number(name)
    except ValueError:
        return False
    return True
