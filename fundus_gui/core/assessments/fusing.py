"""From labelled photographs with what each model says of them to an ensemble that votes well."""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from fundus_gui.core.assessments.records import Floats, JudgedPart
from fundus_gui.core.catalogue import EnsembleSpec
from fundus_gui.core.errors import EnsembleError
from fundus_gui.core.evaluation import (
    Bootstrap,
    EvaluationSettings,
    FittedVote,
    LabelledPredictions,
    fit_vote,
)
from fundus_gui.core.fusion import ADAPTIVE, SCORE_NAMES, Score, fit_vote_weights
from fundus_gui.core.fusion.comparison import (
    ComparedVote,
    ComparisonSettings,
    bootstrap_weights,
    compare_methods,
    patient_folds,
)
from fundus_gui.core.fusion.landscape import DRAWABLE, WeightMap, map_weights

_WEIGHT_REPLICATES = 200  # each fits the weights anew
_WORTH_CALIBRATING = 0.02  # nats of log-loss, more than chance gains with a hundred photographs


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FusedVote:
    """An ensemble with everything that was found while it was fitted.

    Attributes:
        compared: each member, equal weights and the other methods.
        chosen: the one of them that the ensemble votes by.
        fitted: the ensemble, and how its temperature, prediction sets and referral came about.
        weight_map: score by weights; None unless there are two or three members.
        weight_intervals: (M, 2) ends of each weight's interval over drawings of patients.
    """

    compared: tuple[ComparedVote, ...]
    chosen: ComparedVote
    fitted: FittedVote
    weight_map: WeightMap | None
    weight_intervals: Floats

    @property
    def spec(self) -> EnsembleSpec:
        """The ensemble, to be written."""
        return self.fitted.ensemble


@dataclass(frozen=True, slots=True, kw_only=True)
class FusionRequest:
    """What is to be fitted.

    Attributes:
        name: of the new ensemble.
        title: for people.
        method: "adaptive" or one of `FIT_METHODS`.
        comparison: what it is compared with, and how; the chosen method is always among them.
        evaluation: how temperature, prediction sets and referral are fitted.
        warnings: sentences that go into the ensemble's notes, such as an overlap with training.
    """

    name: str
    title: str = ""
    method: str = ADAPTIVE
    comparison: ComparisonSettings = field(default_factory=ComparisonSettings)
    evaluation: EvaluationSettings = field(default_factory=EvaluationSettings)
    warnings: tuple[str, ...] = ()

    @property
    def fit_method(self) -> str:
        """The method by its name in `FIT_METHODS`."""
        return "inverse_variance" if self.method == ADAPTIVE else self.method


def compare(part: JudgedPart, settings: ComparisonSettings) -> Iterator[ComparedVote]:
    """Judge each member, equal weights and the other methods on a part, one after the other.

    Raises:
        FundusError: as `compare_methods`.
    """
    predictions = part.predictions
    return compare_methods(
        predictions.probabilities,
        predictions.labels,
        predictions.clusters,
        predictions.member_names,
        settings,
    )


def weight_map(part: JudgedPart, score: Score) -> WeightMap | None:
    """Score the vote at many weights; None unless there are two or three members."""
    if len(part.predictions.member_names) not in DRAWABLE:
        return None
    return map_weights(part.predictions.probabilities, part.predictions.labels, score)


def fuse(
    part: JudgedPart, request: FusionRequest
) -> Generator[ComparedVote | FusedVote, None, None]:
    """Yield every way to vote as it is judged, and in the end the fitted ensemble.

    Args:
        part: photographs that no member was trained on, or `request.warnings` says so.
        request: what is to be fitted.

    Raises:
        EnsembleError: fewer than two members.
        FundusError: as `compare_methods`.
    """
    if len(part.predictions.member_names) < 2:
        raise EnsembleError("A vote needs at least two models.")
    settings, arrays = request.comparison, (part.predictions.probabilities, part.predictions.labels)
    fit_vote_weights(*arrays, request.method, settings.options)  # refuses before the long work
    if settings.methods:
        methods = dict.fromkeys((*settings.methods, request.fit_method))
        settings = replace(settings, methods=tuple(methods))
    compared = []
    for vote in compare(part, settings):
        compared.append(vote)
        yield vote
    yield fused_vote(part, compared, request)


def fused_vote(
    part: JudgedPart, compared: Sequence[ComparedVote], request: FusionRequest
) -> FusedVote:
    """Make the ensemble of one of the compared methods.

    Temperature, prediction sets and referral are fitted on votes by weights that were fitted
    without the image's patient, so that they promise no more than they hold.
    """
    predictions, comparison = part.predictions, request.comparison
    chosen = next(v for v in compared if v.kind == "method" and v.name == request.fit_method)
    spec = EnsembleSpec(
        name=request.name,
        title=request.title or request.name,
        members=predictions.member_names,
        weights=chosen.fit.weights,
        rule=chosen.fit.rule,
        method=chosen.fit.method,
        fitted_on=describe(part),
        images_sha256=images_digest(part.image_sha256),
    )
    crossed = _cross_fitted(predictions, spec, comparison)
    fitted = fit_vote(predictions, spec, request.evaluation, crossed)
    notes = (
        *request.warnings,
        *chosen.fit.notes,
        _verdict(chosen, comparison),
        _to_calibrate(fitted),
        *fitted.notes,
    )
    return FusedVote(
        compared=tuple(compared),
        chosen=chosen,
        fitted=replace(fitted, ensemble=replace(fitted.ensemble, notes=tuple(filter(None, notes)))),
        weight_map=weight_map(part, comparison.options.score),
        weight_intervals=bootstrap_weights(
            predictions.probabilities,
            predictions.labels,
            predictions.clusters,
            spec.method,
            comparison.options,
            Bootstrap(
                replicates=min(_WEIGHT_REPLICATES, comparison.bootstrap.replicates),
                seed=comparison.bootstrap.seed,
            ),
        ),
    )


def is_significant(vote: ComparedVote) -> bool:
    """Whether a way to vote differs from equal weights, as far as these photographs can tell."""
    return vote.against_equal.excludes_zero


def describe(part: JudgedPart) -> str:
    """Say which photographs and how many, for whatever is fitted on them."""
    images, patients = len(part.images), len(np.unique(part.predictions.clusters))
    return f"{part.source.title}: {images} photographs of {patients} patients"


def images_digest(image_sha256: Sequence[str]) -> str:
    """Return one hash of a set of photographs, whatever their order."""
    return hashlib.sha256("\n".join(sorted(image_sha256)).encode()).hexdigest()


def _cross_fitted(
    predictions: LabelledPredictions, spec: EnsembleSpec, settings: ComparisonSettings
) -> tuple[Floats, Floats]:
    """Return votes (N, K) and agreement (N,) by weights that were fitted on other patients."""
    labels = predictions.labels
    folds = patient_folds(labels, predictions.clusters, settings.folds, settings.seed)
    votes, agreement = np.empty(predictions.probabilities.shape[1:]), np.empty(len(labels))
    for fold in np.unique(folds):
        held_out = folds == fold
        others = predictions.probabilities[:, ~held_out]
        fit = fit_vote_weights(others, labels[~held_out], spec.method, settings.options)
        of_all = predictions.vote(replace(spec, weights=fit.weights, rule=fit.rule))
        votes[held_out], agreement[held_out] = (values[held_out] for values in of_all)
    return votes, agreement


def _verdict(chosen: ComparedVote, settings: ComparisonSettings) -> str:
    """Say whether the weights are worth anything, for the ensemble's notes."""
    if chosen.name == "equal":
        return ""
    difference = chosen.against_equal
    score = SCORE_NAMES[settings.options.score]
    finding = "significant" if is_significant(chosen) else "not significant"
    return (
        f"Cross-fitted {score} less that of equal weights: {difference.value:+.4f} "
        f"({settings.bootstrap.level:.0%} interval {difference.low:+.4f} to "
        f"{difference.high:+.4f}), {finding}."
    )


def _to_calibrate(fitted: FittedVote) -> str:
    """Name the members whose probabilities do not mean what they say, which weighs them wrongly."""
    names = [
        name
        for name, fit in zip(fitted.ensemble.members, fitted.member_temperatures, strict=True)
        if fit.loss_before - fit.loss_after > _WORTH_CALIBRATING
    ]
    if not names:
        return ""
    return (
        f"The probabilities of {' and '.join(names)} do not mean what they say: calibrate first, "
        "then fit the vote again."
    )
