"""The ModelCard inside every weights file: all that is needed to use the weights rightly.

A weights file is safetensors; its header's `card` entry is the card as JSON and `content_sha256`
hashes card, tensor table and tensor bytes together. Reading a card needs no torch.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from fundus_gui.core.errors import CheckpointError, ConfigError
from fundus_gui.core.preprocessing import Preprocessing

FORMAT_VERSION = 1
_MAX_HEADER_BYTES = 100_000_000  # the limit of the safetensors format itself

_PICKLE_STARTS = (b"PK", b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")
_TEXTS = ("architecture", "title", "licence", "notes")
_TABLES = ("class_titles", "arguments", "training", "metrics", "golden")
_NON_COMMERCIAL = re.compile(r"\bNC\b|non-?commercial", re.IGNORECASE)

JsonObject = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCard:
    """Everything about a set of weights except the tensors.

    Attributes:
        architecture: registered name of the network.
        class_names: K names in the order of the outputs.
        class_titles: K titles for people by language (`en`, `zh_CN`); files keep the names.
        preprocessing: what the weights want done to a photograph.
        arguments: further keyword arguments of the architecture.
        temperature: divides the logits before the softmax (Guo et al., 2017); 1 = uncalibrated.
        title: short name for people, e.g. for a legend.
        training: provenance: data set, hash of the split, settings, versions, date, command.
        metrics: figures with the part of the data that they were measured on.
        golden: `image` (sample file name), `probabilities` that this file gives for it.
        licence: terms of the weights.
        notes: what a user should know.
    """

    architecture: str
    class_names: tuple[str, ...]
    preprocessing: Preprocessing
    class_titles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    arguments: JsonObject = field(default_factory=dict)
    temperature: float = 1.0
    title: str = ""
    training: JsonObject = field(default_factory=dict)
    metrics: JsonObject = field(default_factory=dict)
    golden: JsonObject = field(default_factory=dict)
    licence: str = ""
    notes: str = ""

    def __post_init__(self) -> None:
        """Refuse a card that could put a wrong label on a probability."""
        if len(self.class_names) < 2:
            raise ConfigError("A model needs at least two class names.")
        if len(set(self.class_names)) != len(self.class_names) or not all(self.class_names):
            raise ConfigError("The class names of a model must differ and not be empty.")
        for language, titles in self.class_titles.items():
            if len(titles) != len(self.class_names) or not all(titles):
                raise ConfigError(
                    f"A model of {len(self.class_names)} classes needs as many titles in "
                    f"'{language}', not {len(titles)} or empty ones."
                )
        if not 0 < self.temperature < float("inf"):
            raise ConfigError(f"The temperature must be above 0, not {self.temperature!r}.")

    @property
    def is_non_commercial(self) -> bool:
        """Whether the licence, as far as a program can tell, forbids commercial use."""
        return bool(_NON_COMMERCIAL.search(self.licence))

    def to_json(self) -> str:
        """Return the card as one JSON object, keys sorted.

        Raises:
            ConfigError: a value that JSON cannot hold, e.g. a figure that is not a number.
        """
        values = {"format_version": FORMAT_VERSION, **dataclasses.asdict(self)}
        try:
            return json.dumps(values, sort_keys=True, ensure_ascii=False, allow_nan=False)
        except (ValueError, TypeError) as error:
            raise ConfigError(f"The model card cannot be written ({error}).") from error

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` wrote.

        Raises:
            ConfigError: it is not a card of a format that this program knows.
        """
        try:
            values = dict(parse_json_object(text))
            version = values.pop("format_version")
            if version != FORMAT_VERSION:
                raise ConfigError(
                    f"its card has format {version!r}, and this program reads "
                    f"format {FORMAT_VERSION}; use the matching version of the program"
                )
            settings: dict[str, Any] = {
                k: _tupled(v) for k, v in values.pop("preprocessing").items()
            }
            preprocessing = Preprocessing(**settings)
            _check_kinds(values)
            names = tuple(str(name) for name in values.pop("class_names"))
            titles = {
                language: tuple(map(str, listed))
                for language, listed in values.pop("class_titles", {}).items()
            }
            return cls(
                class_names=names, class_titles=titles, preprocessing=preprocessing, **values
            )
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise ConfigError(f"its card cannot be read ({error})") from error


def names_by_licence(cards: Mapping[str, ModelCard]) -> dict[str, list[str]]:
    """Return the models' names under each licence; it is empty where none is stated."""
    names: dict[str, list[str]] = {}
    for name, card in cards.items():
        names.setdefault(card.licence, []).append(name)
    return names


def _check_kinds(values: JsonObject) -> None:
    kinds = ((str, "a text", _TEXTS), (dict, "a table", _TABLES), (list, "a list", ["class_names"]))
    for kind, word, fields in kinds:
        for name in fields:
            if not isinstance(values.get(name, kind()), kind):
                raise ConfigError(f"its card's '{name}' is not {word}")


def _tupled(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def parse_json_object(text: str | bytes) -> dict[str, Any]:
    """Parse one JSON object; duplicate keys, NaN and trailing bytes are ValueErrors."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        keys = [key for key, _ in pairs]
        if len(set(keys)) != len(keys):
            raise ValueError("duplicate keys")
        return dict(pairs)

    def refuse(constant: str) -> float:
        raise ValueError(f"{constant} is not a number")

    parsed = json.loads(text, object_pairs_hook=unique, parse_constant=refuse)
    if not isinstance(parsed, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004 - it is the text that is wrong
    return parsed


def parse_header(path: Path, start: bytes) -> dict[str, Any]:
    """Parse a safetensors header from a file's first bytes (the header must be whole).

    Raises:
        CheckpointError: with the reason, for pickle files too.
    """
    length = int.from_bytes(start[:8], "little")
    if len(start) < 8 or not 2 <= length <= min(_MAX_HEADER_BYTES, len(start) - 8):
        # Asked only here, because the length of a sound header may look like a pickle's start.
        if start[:2] in _PICKLE_STARTS:
            raise CheckpointError(
                path,
                "it is a pickle file (.pth, .pt), which could run code when opened. "
                "Use weights in safetensors form.",
            )
        raise CheckpointError(
            path, "it is truncated or not a safetensors file. Copy the file again."
        )
    try:
        # The format pads with spaces alone; any other change of the header alters its hash.
        text = start[8 : 8 + length].rstrip(b" ")
        if not text.endswith(b"}"):
            raise ValueError("it does not end with a brace")  # noqa: TRY301
        return parse_json_object(text)
    except (ValueError, RecursionError) as error:
        raise CheckpointError(
            path, f"its header is damaged ({error}). Copy the file again."
        ) from error


def read_card(path: Path) -> ModelCard:
    """Read a weights file's card without its tensors (nothing is hashed; loading does that).

    Raises:
        CheckpointError: the file cannot be read or has no card.
    """
    try:
        with path.open("rb") as stream:
            length = int.from_bytes(stream.read(8), "little")
            stream.seek(0)
            start = stream.read(8 + min(length, _MAX_HEADER_BYTES))
    except OSError as error:
        raise CheckpointError(path, f"it cannot be read ({error.strerror}).") from error
    return card_of_header(path, parse_header(path, start))


def card_of_header(path: Path, header: JsonObject) -> ModelCard:
    """Take the card out of a parsed header.

    Raises:
        CheckpointError: there is none, or it is not valid.
    """
    metadata = header.get("__metadata__")
    if not isinstance(metadata, dict) or not isinstance(metadata.get("card"), str):
        raise CheckpointError(path, "it has no model card, so its classes are unknown.")
    try:
        return ModelCard.from_json(metadata["card"])
    except ConfigError as error:
        raise CheckpointError(path, f"{error}.".replace("..", ".")) from error


def content_digest(header: JsonObject, tensor_bytes: bytes | memoryview) -> str:
    """Hash card, tensor table and tensor bytes; independent of the header's key order."""
    table = {name: entry for name, entry in header.items() if name != "__metadata__"}
    described = {"card": header["__metadata__"]["card"], "tensors": table}
    digest = hashlib.sha256(json.dumps(described, sort_keys=True).encode())
    digest.update(tensor_bytes)
    return digest.hexdigest()
