"""All ways of fitting the vote's weights, behind one function."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from fundus_gui.core.errors import EnsembleError, UnknownNameError
from fundus_gui.core.fusion import closed_form, search
from fundus_gui.core.fusion.scores import Labels
from fundus_gui.core.fusion.vote_fit import FitOptions, VoteFit
from fundus_gui.core.vote import Floats

ADAPTIVE = "adaptive"  # what sensor fusion calls inverse variance weighting
FIT_METHODS: dict[str, Callable[[Floats, Labels, FitOptions], VoteFit]] = {
    "fixed": closed_form.fixed,
    "equal": closed_form.equal,
    "grid": search.grid,
    "inverse_variance": closed_form.inverse_variance,
    "min_variance_cov": closed_form.min_variance_cov,
    "accuracy": closed_form.accuracy,
    "log_odds": closed_form.log_odds,
    "entropy": closed_form.entropy,
    "simplex_nll": search.simplex_nll,
    "caruana": search.caruana,
}

_TOLERANCE = 1e-3  # of a sum of probabilities; single and half precision stay below


def fit_vote_weights(
    probabilities: ArrayLike,
    labels: ArrayLike,
    method: str = ADAPTIVE,
    options: FitOptions = FitOptions(),
) -> VoteFit:
    """Fit the members' vote on photographs that none of them was trained on.

    Args:
        probabilities: (M, N, K), calibrated.
        labels: (N,) class indices.
        method: one of `FIT_METHODS`; "adaptive" is "inverse_variance".
        options: of single methods.

    Raises:
        UnknownNameError: there is no such method.
        EnsembleError: probabilities and labels do not go together, or the method needs weights.
        ConfigError: a grid too fine for that many members.
    """
    name = "inverse_variance" if method == ADAPTIVE else method
    if name not in FIT_METHODS:
        raise UnknownNameError("method to fit the vote", method, (ADAPTIVE, *FIT_METHODS))
    return FIT_METHODS[name](*checked_votes(probabilities, labels), options)


def checked_votes(probabilities: ArrayLike, labels: ArrayLike) -> tuple[Floats, Labels]:
    """Return probabilities (M, N, K) as float64 and class indices (N,).

    Raises:
        EnsembleError: they are none, or do not go together.
    """
    stacked = np.asarray(probabilities, dtype=np.float64)
    truth = np.asarray(labels)
    if stacked.ndim != 3 or truth.shape != stacked.shape[1:2] or not stacked.size:
        raise EnsembleError(
            "The vote is fitted on probabilities of models, images and classes with one label an "
            f"image, not on arrays of the shapes {stacked.shape} and {truth.shape}."
        )
    if not (stacked >= 0).all() or (abs(stacked.sum(axis=2) - 1) > _TOLERANCE).any():
        raise EnsembleError("The vote is fitted on probabilities: at least 0, of sum 1 each.")
    if truth.dtype.kind not in "iu" or truth.min() < 0 or truth.max() >= stacked.shape[2]:
        raise EnsembleError(f"The labels must be class indices from 0 to {stacked.shape[2] - 1}.")
    return stacked, truth.astype(np.int64)
