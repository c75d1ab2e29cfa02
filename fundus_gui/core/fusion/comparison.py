"""What each way of fitting the vote is worth, on images that its weights have not seen."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from fundus_gui.core.errors import ConfigError, EnsembleError
from fundus_gui.core.evaluation.intervals import (
    Bootstrap,
    Interval,
    bootstrap_difference,
    bootstrap_interval,
    clusters_of,
)
from fundus_gui.core.evaluation.metrics import OVERALL_FIGURES
from fundus_gui.core.fusion.fitting import FIT_METHODS, checked_votes, fit_vote_weights
from fundus_gui.core.fusion.scores import LOSSES, Labels, Score, score_votes
from fundus_gui.core.fusion.vote_fit import FitOptions, VoteFit
from fundus_gui.core.one_or_many import one_or_many
from fundus_gui.core.vote import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonSettings:
    """What to compare, and how.

    Attributes:
        methods: of `FIT_METHODS`; empty for all that suit the members.
        options: of the methods; its score is also what they are judged by.
        folds: parts of the patients, each of which is voted on with weights fitted on the others.
        seed: of the folds.
        bootstrap: how intervals are found.
    """

    methods: tuple[str, ...] = ()
    options: FitOptions = FitOptions()
    folds: int = 5
    seed: int = 0
    bootstrap: Bootstrap = Bootstrap()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ComparedVote:
    """One way to vote, judged on every image by weights that were fitted without its patient.

    Attributes:
        name: of the member or the method.
        kind: a member that decides alone, or a method.
        fit: on all images, the one to use.
        votes: (N, K), cross-fitted.
        scores: of those votes, by name.
        interval: of the score that is judged by.
        against_equal: that score less the one of equal weights.
        against_best_member: that score less the one of the best single member.
    """

    name: str
    kind: Literal["member", "method"]
    fit: VoteFit
    votes: Floats
    scores: Mapping[Score, float]
    interval: Interval
    against_equal: Interval
    against_best_member: Interval


def compare_methods(
    probabilities: ArrayLike,
    labels: ArrayLike,
    patients: ArrayLike,
    member_names: Sequence[str],
    settings: ComparisonSettings = ComparisonSettings(),
) -> Iterator[ComparedVote]:
    """Judge each member alone, then equal weights, then the other methods, one after the other.

    Args:
        probabilities: (M, N, K), calibrated, of photographs that no member was trained on.
        labels: (N,) class indices.
        patients: (N,) names; no fold and no replicate divides a patient.
        member_names: M names.
        settings: what to compare, and how.

    Raises:
        EnsembleError: the arrays do not go together.
        ConfigError: fewer patients than folds.
        UnknownNameError: there is no such method.
    """
    stacked, truth = checked_votes(probabilities, labels)
    if len(member_names) != len(stacked):
        raise EnsembleError(f"{len(stacked)} models need as many names, not {len(member_names)}.")
    folds = patient_folds(truth, patients, settings.folds, settings.seed)
    judge = _Judge(stacked, truth, np.asarray(patients), settings)
    for index, name in enumerate(member_names):
        alone = VoteFit(method="member", weights=tuple(np.eye(len(stacked))[index].tolist()))
        yield judge.compared(name, "member", alone, stacked[index])
    for method in methods_in_order(settings, len(stacked)):
        fit = fit_vote_weights(stacked, truth, method, settings.options)
        votes = cross_fitted_votes(stacked, truth, folds, method, settings.options)
        yield judge.compared(method, "method", fit, votes)


class _Judge:
    """Measures votes beside equal weights and beside the best single member."""

    def __init__(
        self, members: Floats, labels: Labels, patients: np.ndarray, settings: ComparisonSettings
    ) -> None:
        self._labels = labels
        self._patients = patients
        self._bootstrap = settings.bootstrap
        self._score = settings.options.score
        values = score_votes(members, labels, self._score)
        self._best_member = members[(values if self._score in LOSSES else -values).argmin()]
        self._equal = members.mean(axis=0)

    def compared(
        self, name: str, kind: Literal["member", "method"], fit: VoteFit, votes: Floats
    ) -> ComparedVote:
        figure = OVERALL_FIGURES[self._score]
        drawing = (self._labels, self._patients, self._bootstrap)
        scores = {s: float(score_votes(votes, self._labels, s)) for s in get_args(Score)}
        return ComparedVote(
            name=name,
            kind=kind,
            fit=fit,
            votes=votes,
            scores=scores,
            interval=bootstrap_interval(figure, votes, *drawing),
            against_equal=bootstrap_difference(figure, votes, self._equal, *drawing),
            against_best_member=bootstrap_difference(figure, votes, self._best_member, *drawing),
        )


def patient_folds(labels: ArrayLike, patients: ArrayLike, folds: int, seed: int = 0) -> Labels:
    """Return each image's fold (N,), patients undivided and classes spread as well as can be.

    Raises:
        ConfigError: fewer than two folds, or fewer patients than folds.
    """
    from sklearn.model_selection import StratifiedGroupKFold

    truth, groups = np.asarray(labels), np.asarray(patients)
    present = len(np.unique(groups))
    if not 2 <= folds <= present:
        raise ConfigError(
            f"Cross-fitting needs 2 folds or more and a patient for each, not {folds} folds for "
            f"{present} {one_or_many(present, 'patient')}."
        )
    splitter = StratifiedGroupKFold(folds, shuffle=True, random_state=seed)
    # Classes rarer than the folds are spread as well as can be, which it warns of or refuses.
    counts = np.unique_counts(truth).counts
    strata = truth if counts.max() >= folds else np.zeros_like(truth)
    found = np.zeros(len(truth), np.int64)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        for fold, (_, held_out) in enumerate(splitter.split(truth, strata, groups)):
            found[held_out] = fold
    return found


def cross_fitted_votes(
    probabilities: Floats, labels: Labels, folds: Labels, method: str, options: FitOptions
) -> Floats:
    """Return the votes (N, K), those of each fold (N,) by weights fitted on the other folds."""
    votes = np.empty(probabilities.shape[1:])
    for fold in np.unique(folds):
        is_held_out = folds == fold
        fit = fit_vote_weights(
            probabilities[:, ~is_held_out], labels[~is_held_out], method, options
        )
        votes[is_held_out] = fit.vote(probabilities[:, is_held_out])
    return votes


def bootstrap_weights(
    probabilities: ArrayLike,
    labels: ArrayLike,
    patients: ArrayLike,
    method: str,
    options: FitOptions = FitOptions(),
    bootstrap: Bootstrap = Bootstrap(replicates=200),
) -> Floats:
    """Return (M, 2), the ends of each weight's percentile interval over drawings of patients."""
    stacked, truth = checked_votes(probabilities, labels)
    clusters = clusters_of(patients, len(truth))
    images = [np.flatnonzero(clusters == patient) for patient in range(clusters.max() + 1)]
    random = np.random.default_rng(bootstrap.seed)
    fitted = []
    for _ in range(bootstrap.replicates):
        drawn = np.concatenate([images[i] for i in random.integers(len(images), size=len(images))])
        fitted.append(fit_vote_weights(stacked[:, drawn], truth[drawn], method, options).weights)
    tail = (1 - bootstrap.level) / 2
    ends: Floats = np.quantile(fitted, [tail, 1 - tail], axis=0).T
    return ends


def methods_in_order(settings: ComparisonSettings, members: int) -> tuple[str, ...]:
    """Return the methods that are compared, equal weights first whether asked for or not."""
    has_fixed = members == 2 or settings.options.weights
    suited = (name for name in FIT_METHODS if name != "fixed" or has_fixed)
    return tuple(dict.fromkeys(("equal", *(settings.methods or suited))))
