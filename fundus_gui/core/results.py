"""The frozen records that travel from the engine to the table, the charts and the exports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np

from fundus_gui.core import vote
from fundus_gui.core.decision import Decision, Outcome, classes_in_sets, outcome

Row = tuple[float, ...]
Precision = Literal["exact", "fast"]
"""In which networks are asked to compute: float32, or half of its digits where that is quicker."""

_ROUNDING = 1e-9  # that equal weights in another scale differ by


@dataclass(frozen=True, slots=True)
class ModelsReady:
    """The models are loaded.

    Attributes:
        device_name: what computes.
        weights_sha256: hash of each member's weights.
        number_format: what it computes in, e.g. float32 or bfloat16.
    """

    device_name: str
    weights_sha256: dict[str, str] = field(default_factory=dict)
    number_format: str = "float32"


@dataclass(frozen=True, slots=True)
class Prediction:
    """What the ensemble says of one photograph.

    Attributes:
        path: the file.
        class_names: K names in the weights' order.
        member_names: M names of the models that voted.
        weights: M normalised vote weights of the ensemble.
        member_probabilities: (M, K), calibrated.
        image_sha256: hash of the file's bytes.
        seconds: reading plus this image's part of its batch.
        warnings: conversions that a reader of the numbers should know of.
        decision: how the members' probabilities become an answer.
        file_bytes, file_modified_ns: size and time of the last change (since 1970) of the file
            before it was read; None where the system did not tell.
    """

    path: Path
    class_names: tuple[str, ...]
    member_names: tuple[str, ...]
    weights: Row
    member_probabilities: tuple[Row, ...]
    image_sha256: str
    seconds: float
    warnings: tuple[str, ...] = ()
    decision: Decision = Decision()
    file_bytes: int | None = None
    file_modified_ns: int | None = None

    @property
    def probabilities(self) -> Row:
        """The soft vote, K probabilities, calibrated."""
        return self._vote.probabilities

    @property
    def shares(self) -> tuple[Row, ...]:
        """(M, K): each member's additive part of `probabilities`."""
        return self._vote.shares

    @property
    def image_weights(self) -> Row:
        """What each member weighs on this photograph: `weights`, unless the rule changes them."""
        return self.weights if self.decision.rule == "constant" else self._vote.weights

    @property
    def label_index(self) -> int:
        """Index of the most probable class; ties go to the lower index."""
        probabilities = self.probabilities
        return probabilities.index(max(probabilities))

    @property
    def label(self) -> str:
        """Name of the most probable class."""
        return self.class_names[self.label_index]

    @property
    def confidence(self) -> float:
        """Probability of the most probable class."""
        return max(self.probabilities)

    @property
    def agreement(self) -> float:
        """Share of the vote weight whose own top class is the ensemble's."""
        return self._vote.agreement

    @property
    def entropy(self) -> float:
        """Shannon entropy of the vote in nats."""
        return vote.entropy(self.probabilities)

    @property
    def prediction_set(self) -> tuple[str, ...] | None:
        """Classes that the answer leaves open, most probable first; None without calibration."""
        sets, probabilities = self.decision.prediction_sets, self.probabilities
        if sets is None:
            return None
        (members,) = np.nonzero(classes_in_sets(sets, probabilities))
        likeliest_first = sorted(members.tolist(), key=lambda index: -probabilities[index])
        return tuple(self.class_names[index] for index in likeliest_first)

    @property
    def outcome(self) -> Outcome | None:
        """Whether a person should look at the photograph; None where that is left open."""
        referral = self.decision.referral
        return None if referral is None else outcome(referral, self.confidence, self.agreement)

    @property
    def flip_points(self) -> list[vote.FlipPoint]:
        """Where the answer changes when one of `weights` moves."""
        return vote.flip_points(self.member_probabilities, self.weights, self.decision.rule)

    def reweighted(self, weights: Sequence[float]) -> Prediction:
        """Return the same members' outputs voted with other weights, in any scale.

        Temperature, prediction sets and referral were fitted for the present weights and do not
        outlive them; the rule does.
        """
        scaled: list[float] = vote.normalise_weights(weights, len(self.member_names)).tolist()
        if np.allclose(scaled, self.weights, rtol=0, atol=_ROUNDING):
            return self
        return replace(self, weights=tuple(scaled), decision=Decision(rule=self.decision.rule))

    @property
    def _vote(self) -> _Vote:
        return _voted(self.member_probabilities, self.weights, self.decision)


class _Vote(NamedTuple):
    """`decision.Vote` on one photograph in plain numbers."""

    weights: Row
    shares: tuple[Row, ...]
    probabilities: Row
    agreement: float


@lru_cache(maxsize=64)  # whoever asks for one figure of a vote asks for the others next
def _voted(members: tuple[Row, ...], weights: Row, decision: Decision) -> _Vote:
    voted = decision.vote(members, weights)
    return _Vote(
        weights=tuple(voted.weights.tolist()),
        shares=tuple(tuple(row) for row in voted.shares.tolist()),
        probabilities=tuple(voted.probabilities.tolist()),
        agreement=float(voted.agreement),
    )


@dataclass(frozen=True, slots=True)
class UnreadableImage:
    """A file that could not be classified, with the sentence that says why.

    Attributes:
        path: the file.
        error: one sentence, e.g. "the file is empty".
        image_sha256: hash of the file's bytes, empty when they could not be read.
        seconds: time spent on it.
        file_bytes, file_modified_ns: as of a `Prediction`.
    """

    path: Path
    error: str
    image_sha256: str = ""
    seconds: float = 0.0
    file_bytes: int | None = None
    file_modified_ns: int | None = None


ImageResult = Prediction | UnreadableImage
