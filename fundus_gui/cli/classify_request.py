"""What was asked of `fundus-gui classify`, for whichever engine does it."""

from __future__ import annotations

from dataclasses import dataclass

from fundus_gui.cli.options import PathNaming
from fundus_gui.core.results import Precision


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassifyRequest:
    """The options as typed; None for those that were not given.

    Attributes:
        sources: photographs, folders and, with Ray, lists of them; each a path or a URL.
        out: table, or with Ray the folder, to write.
        resume: the same to go on with.
        command: all words.
    """

    sources: tuple[str, ...]
    ensemble: str | None
    models: tuple[str, ...]
    weights: str | None
    device: str
    precision: Precision | None
    batch_size: int
    workers: int | None
    out: str | None
    resume: str | None
    is_recursive: bool | None
    path_names: PathNaming | None
    address: str | None
    part_size: int
    command: str
