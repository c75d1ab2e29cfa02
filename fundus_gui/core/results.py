"""The frozen records that travel from the engine to the table, the charts and the exports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from fundus_gui.core import vote


@dataclass(frozen=True, slots=True)
class ModelsReady:
    """The models are loaded: on which device, and the hash of each member's weights."""

    device_name: str
    weights_sha256: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Prediction:
    """What the ensemble says of one photograph.

    Attributes:
        path: the file.
        class_names: K names in the weights' order.
        member_names: M names of the models that voted.
        weights: M normalised vote weights.
        member_probabilities: (M, K), calibrated.
        image_sha256: hash of the file's bytes.
        seconds: reading plus this image's part of its batch.
        warnings: conversions that a reader of the numbers should know of.
    """

    path: Path
    class_names: tuple[str, ...]
    member_names: tuple[str, ...]
    weights: tuple[float, ...]
    member_probabilities: tuple[tuple[float, ...], ...]
    image_sha256: str
    seconds: float
    warnings: tuple[str, ...] = ()

    @property
    def probabilities(self) -> tuple[float, ...]:
        """The soft vote, K probabilities."""
        voted: list[float] = vote.soft_vote(self.member_probabilities, self.weights).tolist()
        return tuple(voted)

    @property
    def shares(self) -> tuple[tuple[float, ...], ...]:
        """(M, K): each member's additive part of `probabilities`."""
        parts: list[list[float]] = vote.vote_shares(
            self.member_probabilities, self.weights
        ).tolist()
        return tuple(tuple(row) for row in parts)

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
        return vote.agreement(self.member_probabilities, self.weights)

    @property
    def entropy(self) -> float:
        """Shannon entropy of the vote in nats."""
        return vote.entropy(self.probabilities)

    def reweighted(self, weights: Sequence[float]) -> Prediction:
        """Return the same members' outputs voted with other weights, in any scale."""
        scaled: list[float] = vote.normalise_weights(weights, len(self.member_names)).tolist()
        return replace(self, weights=tuple(scaled))


@dataclass(frozen=True, slots=True)
class UnreadableImage:
    """A file that could not be classified, with the sentence that says why.

    Attributes:
        path: the file.
        error: one sentence, e.g. "the file is empty".
        image_sha256: hash of the file's bytes, empty when they could not be read.
        seconds: time spent on it.
    """

    path: Path
    error: str
    image_sha256: str = ""
    seconds: float = 0.0


ImageResult = Prediction | UnreadableImage
