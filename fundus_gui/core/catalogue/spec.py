"""What an ensemble is, apart from its loaded networks: members, weights, and what the vote does."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from fundus_gui.core.decision import Decision, PredictionSets, Referral
from fundus_gui.core.errors import EnsembleError
from fundus_gui.core.vote import VoteRule, normalise_weights


@dataclass(frozen=True, slots=True, kw_only=True)
class EnsembleSpec:
    """Which models vote with which weights, and what becomes of their vote.

    Attributes:
        name: key in `ensembles.toml`, or the names of freely chosen models joined by " + ".
        members: names of installed models.
        weights: vote weights, normalised.
        title: for people.
        method: how the weights were found, e.g. "equal" or "inverse_variance".
        fitted_on: the data they were fitted on, in words.
        images_sha256: hash over the hashes of those images, empty where unknown.
        notes: sentences that a reader of the weights should know.
        rule: whether the weights hold for all images or change from image to image.
        temperature: the vote's p becomes proportional to p^(1 / temperature).
        prediction_sets: None without conformal calibration.
        referral: None where every image is reported.
    """

    name: str
    members: tuple[str, ...]
    weights: tuple[float, ...]
    title: str = ""
    method: str = "equal"
    fitted_on: str = ""
    images_sha256: str = ""
    notes: tuple[str, ...] = ()
    rule: VoteRule = "constant"
    temperature: float = 1.0
    prediction_sets: PredictionSets | None = None
    referral: Referral | None = None

    def __post_init__(self) -> None:
        """Normalise the weights and refuse doubled members and impossible settings."""
        if not self.members:
            raise EnsembleError(f"The ensemble '{self.name}' has no members.")
        if len(set(self.members)) != len(self.members):
            raise EnsembleError(f"The ensemble '{self.name}' names a model twice.")
        scaled: list[float] = normalise_weights(self.weights, len(self.members)).tolist()
        object.__setattr__(self, "weights", tuple(scaled))
        _ = self.decision  # refuses impossible settings

    @property
    def decision(self) -> Decision:
        """What becomes of the members' probabilities."""
        return Decision(
            rule=self.rule,
            temperature=self.temperature,
            prediction_sets=self.prediction_sets,
            referral=self.referral,
        )

    def to_table(self) -> dict[str, Any]:
        """Return the TOML table under the ensemble's name; optional settings only if set."""
        defaults = {field.name: field.default for field in dataclasses.fields(self)}
        values = dataclasses.asdict(self)
        del values["name"]
        return {k: v for k, v in values.items() if k in ("title", "method") or v != defaults[k]}

    @classmethod
    def from_table(cls, name: str, table: Mapping[str, Any]) -> Self:
        """Read what `to_table` returned; keys of no meaning are passed over.

        Raises:
            EnsembleError: a value is missing or impossible.
        """
        try:
            sets, referral = table.get("prediction_sets"), table.get("referral")
            return cls(
                name=name,
                members=tuple(table["members"]),
                weights=_numbers(table["weights"]),
                title=str(table.get("title", name)),
                method=str(table.get("method", "given")),
                fitted_on=str(table.get("fitted_on", "")),
                images_sha256=str(table.get("images_sha256", "")),
                notes=tuple(str(note) for note in table.get("notes", ())),
                rule=table.get("rule", "constant"),
                temperature=float(table.get("temperature", 1.0)),
                prediction_sets=None if sets is None else _prediction_sets(sets),
                referral=None if referral is None else _referral(referral),
            )
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            raise EnsembleError(
                f"Its table lacks a setting or holds an impossible one ({error})."
            ) from error


def _numbers(values: Any) -> tuple[float, ...]:
    return tuple(float(value) for value in values)


def _prediction_sets(table: Mapping[str, Any]) -> PredictionSets:
    return PredictionSets(
        coverage=float(table["coverage"]),
        thresholds=_numbers(table["thresholds"]),
        score=table.get("score", "lac"),
    )


def _referral(table: Mapping[str, Any]) -> Referral:
    return Referral(
        confidence=float(table.get("confidence", 0)), agreement=float(table.get("agreement", 0))
    )
