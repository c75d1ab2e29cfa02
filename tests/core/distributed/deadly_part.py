"""Classifies on this machine by Ray; whoever begins part 2 dies. Prints what the engine says."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping
from typing import Any

from fundus_gui.core.catalogue import read_catalogue
from fundus_gui.core.distributed import (
    ClusterSettings,
    Folder,
    classify_in_parts,
    engine,
    list_photographs,
)
from fundus_gui.core.distributed.worker import PartWorker
from fundus_gui.core.errors import ClusterError

DEADLY = 2


class MortalWorker(PartWorker):
    """Meets a photograph at which no `except` helps."""

    def __call__(self, batch: Mapping[str, Any]) -> dict[str, list[Any]]:
        self.part = int(batch["part"][0])
        return super().__call__(batch)

    def _classify(self, locations: Any) -> tuple[bytes, dict[str, Any]]:
        if self.part == DEADLY:
            os.kill(os.getpid(), signal.SIGKILL)
        return super()._classify(locations)


def main(eyes: str, out: str, part_size: str) -> None:
    engine.PartWorker = MortalWorker
    catalogue = read_catalogue()
    settings = ClusterSettings(cores=1, batch_size=4, part_size=int(part_size))
    spec, listing = catalogue.ensemble("pair"), list_photographs([eyes])
    try:
        for _ in classify_in_parts(spec, catalogue, listing, Folder(out), settings):
            pass
    except ClusterError as error:
        sys.stdout.write(f"{error}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
