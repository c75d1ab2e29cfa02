"""The one file that says what a folder of parts holds, and what is missing in it."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Self

from fundus_gui.core.distributed.listing import Listing
from fundus_gui.core.distributed.places import Folder
from fundus_gui.core.errors import ExportError
from fundus_gui.core.export import RunRecord
from fundus_gui.core.export.run_record import identity_of
from fundus_gui.core.results import Precision

MANIFEST = "manifest.json"


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


@dataclass(slots=True)
class Manifest:
    """What is to be done, and what of it is done.

    Attributes:
        run: the ensemble and how it is used; its device and format are those of the parts.
        listing: all photographs.
        precision: what was asked for.
        part_size: photographs in a part.
        parts: the finished ones, by number.
    """

    run: RunRecord
    listing: Listing
    precision: Precision
    part_size: int
    parts: dict[int, PartRecord] = field(default_factory=dict)

    @property
    def is_complete(self) -> bool:
        """Whether nothing is missing."""
        return sum(part.photographs for part in self.parts.values()) == len(self.listing.locations)

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
            )
        )
        del record["last_row_hash"]  # each part has its own
        if self.run.pseudonyms is None:
            record["roots"] = [
                root.encode("utf-8", "replace").decode() for root in self.listing.roots
            ]
        record |= {
            "engine": "ray",
            "precision_asked_for": self.precision,
            "photographs": len(self.listing.locations),
            "photographs_sha256": self.listing.sha256,
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
        """Return what of the same work is done in a folder already, which may be new or empty.

        A part is done when its file is still the one that the manifest names.

        Raises:
            ExportError: the folder holds something else or other work.
        """
        content = folder.read(MANIFEST)
        if content is None:
            if folder.names():
                raise ExportError(
                    f"{folder.location} is not empty and holds no {MANIFEST}. Name a new folder."
                )
            return self
        try:
            record = json.loads(content)
            self._check_same(record, folder)
            parts = {
                part_number(part["name"]): PartRecord(**part)
                for part in record["parts"]
                if _is_whole(folder, part)
            }
            run = replace(
                self.run,
                command=record["command"],
                started=datetime.fromisoformat(record["started"]),
                resumed=(*record["resumed"], self._continuation()),
            )
            return replace(self, run=run, part_size=int(record["part_size"]), parts=parts)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ExportError(
                f"{MANIFEST} in {folder.location} cannot be read ({error}). Name a new folder."
            ) from error

    def _continuation(self) -> dict[str, str]:
        is_told = self.run.pseudonyms is None
        return {
            "started": self.run.started.isoformat(timespec="seconds"),
            "command": self.run.command if is_told else "",
        }

    def _check_same(self, record: Mapping[str, Any], folder: Folder) -> None:
        theirs, ours = identity_of(record), self.run.identity
        theirs["precision"], ours["precision"] = record["precision_asked_for"], self.precision
        differing = [name for name in ours if ours[name] != theirs[name]]
        if differing:
            raise ExportError(
                f"{folder.location} was begun in another way ({', '.join(differing)} differ). "
                "Name a new folder, or use the same ensemble and options."
            )
        if record["photographs_sha256"] != self.listing.sha256:
            raise ExportError(
                f"{folder.location} was begun with {record['photographs']} photographs; now there "
                f"are {len(self.listing.locations)}, or others. Name a new folder."
            )


def part_name(number: int) -> str:
    """Return the file name of a part; names in order are parts in order."""
    return f"part-{number:06}.parquet"


def part_number(name: str) -> int:
    """Return what `part_name` was given, or raise ValueError."""
    number = int(name.removeprefix("part-").removesuffix(".parquet"))
    if part_name(number) != name:
        raise ValueError(f"'{name}' names no part")
    return number


def _is_whole(folder: Folder, part: Mapping[str, Any]) -> bool:
    content = folder.read(part_name(part_number(part["name"])))
    return content is not None and hashlib.sha256(content).hexdigest() == part["sha256"]
