"""What a training tells of itself: frozen records, one JSON object a line when written."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

Ending = Literal["finished", "stopped", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparing:
    """Work before the first step: `done` of `total`; 0 of 0 where it cannot be counted."""

    stage: Literal["reading", "comparing", "decoding", "building"]
    done: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One sentence that the user should read: what was found, changed or halved."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightsLoaded:
    """The network was filled with pretrained weights, to which a resumed run need not return.

    Attributes:
        title: what they are, for people.
        licence: their terms, which bind what is made from them.
        sha256: of the file; empty when they were downloaded.
        mean, std: of the colours that they were trained with.
    """

    title: str
    licence: str
    sha256: str
    mean: tuple[float, float, float]
    std: tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class TeacherLoaded:
    """The network also learns from the answers of another, to which a resumed run returns.

    Attributes:
        title: what it is, for people.
        licence: its terms, which bind what learns from it.
        sha256: of the file.
    """

    title: str
    licence: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStarted:
    """The training begins, or goes on after `epoch` epochs.

    Attributes:
        class_names: K names.
        counts: images by part and class.
        device: for people.
        parameters: of the network.
        epochs: at most.
        steps: updates an epoch.
        epoch: epochs that were done before.
        date: ISO 8601 with time zone.
    """

    class_names: tuple[str, ...]
    counts: Mapping[str, Mapping[str, int]]
    device: str
    parameters: int
    epochs: int
    steps: int
    epoch: int
    date: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepReport:
    """One update.

    Attributes:
        epoch, step: both from 1.
        steps: updates an epoch.
        loss: of this update, in nats.
        learning_rate: of this update.
        images_per_second: mean over the epoch so far.
        waiting: share of the epoch's time so far that was spent waiting for photographs.
        seconds_left: estimate for the whole training, without early stopping.
    """

    epoch: int
    step: int
    steps: int
    loss: float
    learning_rate: float
    images_per_second: float
    waiting: float
    seconds_left: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochReport:
    """One epoch.

    Attributes:
        epoch: from 1.
        train_loss: mean over the epoch's updates.
        train_accuracy: share right in training; None where Mixup or CutMix leaves no single label.
        validation: figures by name: those of `evaluation.Metrics`.
        confusion: images by true class (rows) and answer (columns), (K, K).
        is_best: whether the validation macro-AUC is the highest so far; of equal ones, the one with
            the lower log-loss.
        learning_rate: of the last update.
        images_per_second, waiting: as in `StepReport`, over the epoch.
        seconds: with the evaluation.
    """

    epoch: int
    train_loss: float
    train_accuracy: float | None
    validation: Mapping[str, float]
    confusion: tuple[tuple[int, ...], ...]
    is_best: bool
    learning_rate: float
    images_per_second: float
    waiting: float
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPaused:
    """The training waits until it is asked to go on."""

    epoch: int
    step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunContinued:
    """The pause is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEnded:
    """The training is over.

    Attributes:
        ending: finished (all there was to do), stopped (by the user; can be resumed) or failed.
        reason: one sentence.
        best_epoch: whose weights are `best`; 0 if none was completed.
        figures: of the best weights on the validation part, at the end also with test-time
            augmentation (names ending in `_tta`).
    """

    ending: Ending
    reason: str
    best_epoch: int = 0
    figures: Mapping[str, float] = field(default_factory=dict)


Event = (
    Preparing
    | Notice
    | WeightsLoaded
    | TeacherLoaded
    | RunStarted
    | StepReport
    | EpochReport
    | RunPaused
    | RunContinued
    | RunEnded
)
_KINDS: dict[str, Any] = {kind.__name__: kind for kind in get_args(Event)}


def terms(sources: Iterable[WeightsLoaded | TeacherLoaded]) -> str:
    """Return the licences that bind what was made from `sources`, each once."""
    return "; ".join(dict.fromkeys(source.licence for source in sources if source.licence))


def event_to_json(event: Event) -> str:
    """Return one line without its end."""
    values = {"event": type(event).__name__, **dataclasses.asdict(event)}
    return json.dumps(values, ensure_ascii=False)


def event_from_json(line: str) -> Event | None:
    """Read a line; None for one that is torn or of another version of the program."""
    try:
        values = json.loads(line)
        kind = _KINDS[values.pop("event")]
        if kind is EpochReport:
            values["confusion"] = tuple(tuple(row) for row in values["confusion"])
        if kind is RunStarted:
            values["class_names"] = tuple(values["class_names"])
        if kind is WeightsLoaded:
            values |= {name: tuple(values[name]) for name in ("mean", "std")}
        event: Event = kind(**values)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    is_sound = all(_fits(getattr(event, name), hint) for name, hint in _hints(kind).items())
    return event if is_sound else None


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _fits(value: object, hint: Any) -> bool:
    """Return whether a field is of its kind; what tuples and tables hold is not looked at."""
    origin = get_origin(hint) or hint
    if origin in (Union, UnionType):
        return any(_fits(value, part) for part in get_args(hint))
    if origin is Literal:
        return value in get_args(hint)
    if origin in (int, float):
        return isinstance(value, int | origin) and not isinstance(value, bool)
    return isinstance(value, origin)
