"""What a reader needs to know of how a table of results came about; the `.json` beside it."""

from __future__ import annotations

import dataclasses
import json
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from fundus_gui import RESEARCH_USE_ONLY, __version__
from fundus_gui.core.cards import ModelCard
from fundus_gui.core.catalogue import EnsembleSpec

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
        roots: the files and folders that were opened, kept as folders; `relative_path` counts
            from them.
        command: the exact command that does the same again.
        started: when.
    """

    ensemble: EnsembleSpec
    cards: Mapping[str, ModelCard]
    weights_sha256: Mapping[str, str]
    device: str
    number_format: str = "float32"
    roots: tuple[Path, ...] = ()
    command: str = ""
    started: datetime = field(default_factory=_now)

    def __post_init__(self) -> None:
        """Keep each folder once: ten thousand files of one folder are a single root."""
        folders = (root if root.is_dir() else root.parent for root in self.roots)
        object.__setattr__(self, "roots", tuple(dict.fromkeys(folders)))

    @property
    def class_names(self) -> tuple[str, ...]:
        """K class names, the same for all members."""
        return self.cards[self.ensemble.members[0]].class_names

    def relative_path(self, path: Path) -> str:
        """Return `path` below the deepest root that holds it, with forward slashes."""
        inside = [path.relative_to(r).as_posix() for r in self.roots if path.is_relative_to(r)]
        return min(inside, key=len, default=path.name)

    def to_json(self, *, classified: int, failed: int, is_complete: bool) -> str:
        """Return the record with the outcome so far as indented JSON."""
        from importlib.metadata import version

        models = {
            name: {
                "weights_sha256": self.weights_sha256[name],
                "architecture": card.architecture,
                "arguments": dict(card.arguments),
                "preprocessing": dataclasses.asdict(card.preprocessing),
                "temperature": card.temperature,
                "licence": card.licence,
            }
            for name, card in self.cards.items()
        }
        record = {
            "notice": RESEARCH_USE_ONLY,
            "program": {"name": "fundus-gui", "version": __version__},
            "versions": {
                "python": platform.python_version(),
                **{name: version(name) for name in _RECORDED_PACKAGES},
            },
            "platform": platform.platform(),
            "device": self.device,
            "precision": self.number_format,
            "command": self.command,
            "started": self.started.isoformat(timespec="seconds"),
            "updated": _now().isoformat(timespec="seconds"),
            "is_complete": is_complete,
            "classified": classified,
            "failed": failed,
            "class_names": list(self.class_names),
            "ensemble": dataclasses.asdict(self.ensemble),
            "models": models,
        }
        # Undecodable bytes in a path (surrogates) become visible escapes.
        return (
            json.dumps(record, indent=2, ensure_ascii=False)
            .encode("utf-8", "backslashreplace")
            .decode()
        )
