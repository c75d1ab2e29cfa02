"""What a reader needs to know of how a table of results came about; the `.json` beside it."""

from __future__ import annotations

import dataclasses
import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fundus_gui import RESEARCH_USE_ONLY, __version__
from fundus_gui.core.cards import ModelCard
from fundus_gui.core.catalogue import EnsembleSpec
from fundus_gui.core.export.pseudonyms import Pseudonyms

_RECORDED_PACKAGES = ("torch", "torchvision", "timm", "numpy", "Pillow")


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """Which weights saw which photographs, where and how.

    Attributes:
        ensemble: members and the vote weights that made the official result.
        cards: each member's card.
        weights_sha256: each member's weights file.
        device: name for people.
        number_format: what it computed in, e.g. float32 or bfloat16.
        roots: the files and folders that were opened.
        recursive: whether subfolders were looked into.
        pseudonyms: what stands for the photographs' names; None when they are told.
        command: the exact command that does the same again.
        started: when.
        resumed: what was written down each time that the table was continued.
        folders: those of the roots; `relative_path` counts from them.
    """

    ensemble: EnsembleSpec
    cards: Mapping[str, ModelCard]
    weights_sha256: Mapping[str, str]
    device: str
    number_format: str = "float32"
    roots: tuple[Path, ...] = ()
    recursive: bool = True
    pseudonyms: Pseudonyms | None = None
    command: str = ""
    started: datetime = field(default_factory=_now)
    resumed: Sequence[Mapping[str, Any]] = ()
    folders: tuple[Path, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Keep each folder once: ten thousand files of one folder have a single one."""
        object.__setattr__(self, "folders", folders_of(self.roots))

    @property
    def class_names(self) -> tuple[str, ...]:
        """K class names, the same for all members."""
        return self.cards[self.ensemble.members[0]].class_names

    @property
    def identity(self) -> dict[str, Any]:
        """What the numbers depend on, see `chain`; rows of equal ones may stand in one table."""
        identity: dict[str, Any] = identity_of(json.loads(json.dumps(self._settings())))
        return identity

    def names(self, path: Path) -> tuple[str, str]:
        """Return the cells `filename` and `relative_path` of a photograph."""
        inside = relative_path(path, self.folders)
        if self.pseudonyms is None:
            return path.name, inside
        return self.pseudonyms.of(path.name), self.pseudonyms.of(inside)

    def without_names(self, sentence: str, path: Path) -> str:
        """Return a sentence on a photograph as the table may tell it."""
        if self.pseudonyms is None:
            return sentence
        return self.pseudonyms.without_names(sentence, path)

    def to_json(
        self, *, classified: int, failed: int, is_complete: bool, last_row_hash: str | None = None
    ) -> str:
        """Return the record with the outcome so far as indented JSON.

        Args:
            classified, failed: rows of either kind.
            is_complete: whether these are all.
            last_row_hash: of the table, where it is known.
        """
        from importlib.metadata import version

        is_told = self.pseudonyms is None
        record = {
            "notice": RESEARCH_USE_ONLY,
            "program": {"name": "fundus-gui", "version": __version__},
            "versions": {
                "python": platform.python_version(),
                **{name: version(name) for name in _RECORDED_PACKAGES},
            },
            "platform": platform.platform(),
            "device": self.device,
            "command": self.command if is_told else "",
            "roots": [str(root.absolute()) for root in self.roots] if is_told else [],
            "recursive": self.recursive,
            "started": self.started.isoformat(timespec="seconds"),
            "updated": _now().isoformat(timespec="seconds"),
            "resumed": list(self.resumed),
            "is_complete": is_complete,
            "classified": classified,
            "failed": failed,
            "last_row_hash": last_row_hash,
            **self._settings(),
        }
        # Undecodable bytes in a path (surrogates) become escapes, which JSON can read.
        return (
            json.dumps(record, indent=2, ensure_ascii=False)
            .encode("utf-8", "backslashreplace")
            .decode()
        )

    def _settings(self) -> dict[str, Any]:
        return {
            "precision": self.number_format,
            "paths": "relative" if self.pseudonyms is None else "hashed",
            "pseudonym_key": None if self.pseudonyms is None else self.pseudonyms.key_id,
            "class_names": list(self.class_names),
            "ensemble": dataclasses.asdict(self.ensemble),
            "models": {
                name: {
                    "weights_sha256": self.weights_sha256[name],
                    "architecture": card.architecture,
                    "arguments": dict(card.arguments),
                    "preprocessing": dataclasses.asdict(card.preprocessing),
                    "temperature": card.temperature,
                    "licence": card.licence,
                }
                for name, card in self.cards.items()
            },
        }


_IDENTITY_OF_ENSEMBLE = (
    *("members", "weights", "rule", "temperature"),
    *("prediction_sets", "referral"),
)
_IDENTITY_OF_MODEL = ("weights_sha256", "preprocessing", "temperature")


def identity_of(record: Mapping[str, Any]) -> dict[str, Any]:
    """Pick out of a record, as JSON gives it, what the numbers depend on.

    Raises:
        KeyError, TypeError, AttributeError: it is no record of a table.
    """
    return {
        **{name: record[name] for name in ("class_names", "precision", "paths", "pseudonym_key")},
        "ensemble": {name: record["ensemble"][name] for name in _IDENTITY_OF_ENSEMBLE},
        "models": {
            model: {name: facts[name] for name in _IDENTITY_OF_MODEL}
            for model, facts in record["models"].items()
        },
    }


def folders_of(roots: Sequence[Path]) -> tuple[Path, ...]:
    """Return the folders among files and folders, and those of the files, each once."""
    folders = (root if root.is_dir() else root.parent for root in roots)
    return tuple(dict.fromkeys(folders))


def relative_path(path: Path, folders: Sequence[Path]) -> str:
    """Return `path` below the deepest folder that holds it, with forward slashes."""
    inside = [path.relative_to(f).as_posix() for f in folders if path.is_relative_to(f)]
    return min(inside, key=len, default=path.name)
