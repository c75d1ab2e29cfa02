"""Everything that can foreseeably go wrong, each error writing its own sentence.

FundusError
├── ImageError          a file that cannot be read as a photograph
├── CheckpointError     a weights file that is damaged, unsafe or does not fit
├── UnknownNameError    a model, ensemble or architecture that does not exist
├── EnsembleError       members or vote weights that do not go together
├── ConfigError         a setting out of its range
├── DatasetError        labelled images that cannot be used as they are
├── DeviceError         a device that is absent or too small
├── ExportError         results that cannot be written
├── ResultsError        a table of results that was altered or cannot be continued
└── ClusterError        a cluster that cannot be reached, or does not finish the work

The command line and the window each catch `FundusError` in one place and show `str(error)`.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path


class FundusError(Exception):
    """A foreseen failure; its text says what was wrong and what to do."""


class ImageError(FundusError):
    """A file that cannot be read as a photograph.

    Attributes:
        sha256: hash of the file's bytes, empty when they could not be read.
    """

    def __init__(self, path: Path, problem: str, sha256: str = "") -> None:
        self.path = path
        self.problem = problem
        self.sha256 = sha256
        super().__init__(f"{path.name}: {problem}")


class CheckpointError(FundusError):
    """A weights file that is damaged, unsafe or does not fit its model."""

    def __init__(self, path: Path, problem: str) -> None:
        self.path = path
        self.problem = problem
        super().__init__(f"Weights file {path.name} was refused: {problem}")


class UnknownNameError(FundusError):
    """A name that is not among the known ones; suggests the nearest."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        self.name = name
        self.known = tuple(known)
        near = difflib.get_close_matches(name, self.known, n=1, cutoff=0.5)
        if near:
            advice = f"Did you mean '{near[0]}'?"
        elif self.known:
            advice = f"Known: {', '.join(self.known)}."
        else:
            advice = "None is installed."
        super().__init__(f"There is no {kind} named '{name}'. {advice}")


class EnsembleError(FundusError):
    """Members or vote weights that do not go together."""


class ConfigError(FundusError):
    """A setting that is out of its range or contradicts another."""


class DatasetError(FundusError):
    """Labelled images that cannot be used as they are."""


class DeviceError(FundusError):
    """A computing device that is absent or too small."""


class ExportError(FundusError):
    """Results that cannot be written where they should go."""


class ResultsError(FundusError):
    """A table of results that was altered, is of another kind or cannot be continued."""


class ClusterError(FundusError):
    """A cluster of machines that cannot be reached, does not fit or does not finish the work."""
