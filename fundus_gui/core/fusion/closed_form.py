"""Vote weights that follow from the members' errors by a formula.

The adaptive weighted fusion of the sensor-fusion literature is inverse variance weighting. Each
function takes the members' probabilities (M, N, K), float64, and the labels (N,).
"""

from __future__ import annotations

import numpy as np

from fundus_gui.core.errors import EnsembleError
from fundus_gui.core.fusion.scores import Labels, score_votes
from fundus_gui.core.fusion.vote_fit import FitOptions, VoteFit
from fundus_gui.core.vote import Floats, normalise_weights

PAPER_WEIGHTS = (0.6, 0.4)  # Yuan et al. 2022, of EfficientNetV2-S and ViT
_LEAST_VARIANCE = 1e-12  # of a member without error
_RIDGE = 1e-9  # relative; makes members that err alike share their weight


def fixed(probabilities: Floats, _: Labels, options: FitOptions) -> VoteFit:
    """Weights that were decided beforehand."""
    members = len(probabilities)
    if not options.weights and members != len(PAPER_WEIGHTS):
        raise EnsembleError(
            f"Fixed weights must be given for {members} models; only those of two are known, "
            "0.6 and 0.4."
        )
    return _fit("fixed", normalise_weights(options.weights or PAPER_WEIGHTS, members))


def equal(probabilities: Floats, _: Labels, __: FitOptions) -> VoteFit:
    """The plain mean of the members."""
    return _fit("equal", np.full(len(probabilities), 1 / len(probabilities)))


def entropy(probabilities: Floats, _: Labels, __: FitOptions) -> VoteFit:
    """Equal weights, which on each image the sure members outweigh; nothing is fitted."""
    note = "The weights differ from image to image; they suppose calibrated members."
    weights = (1 / len(probabilities),) * len(probabilities)
    return VoteFit(method="entropy", weights=weights, rule="entropy", notes=(note,))


def inverse_variance(probabilities: Floats, labels: Labels, _: FitOptions) -> VoteFit:
    """w_m ∝ 1 / s_m² with the Brier score as s_m² (Qiu & Liu, Sensors 24:3275, 2024).

    Least variance Σ w_m² s_m² of the vote if the members erred independently (Bates & Granger,
    Operational Research Quarterly 20:451, 1969).
    """
    variances = score_votes(probabilities, labels, "brier")
    weights = normalise_weights(1 / np.maximum(variances, _LEAST_VARIANCE), len(probabilities))
    variance = float(np.square(weights) @ variances)
    notes = _correlation_note(_error_moments(probabilities, labels))
    return _fit("inverse_variance", weights, "variance of independent errors", variance, notes)


def min_variance_cov(probabilities: Floats, labels: Labels, _: FitOptions) -> VoteFit:
    """Least wᵀCw on the simplex, C the second moments of the members' errors.

    Where no weight would be negative this is C⁻¹1 / 1ᵀC⁻¹1 (Bates & Granger 1969). Since
    wᵀCw is the Brier score of the vote, no fixed weights have a lower one on these images.
    """
    from scipy.optimize import nnls

    moments = _error_moments(probabilities, labels)
    scale = max(float(np.trace(moments)) / len(moments), _LEAST_VARIANCE)
    root = np.linalg.cholesky(moments / scale + _RIDGE * np.eye(len(moments))).T
    # min |root·v|² + (1ᵀv - 1)² over v ≥ 0: for v = s·w with w on the simplex the best s leaves
    # a value that grows with |root·w|², so the w is the same.
    target = np.append(np.zeros(len(root)), 1.0)
    solution, _residual = nnls(np.vstack([root, np.ones(len(root))]), target)
    weights = normalise_weights(solution, len(probabilities))
    value = float(weights @ moments @ weights)
    return _fit("min_variance_cov", weights, "Brier score", value, _correlation_note(moments))


def accuracy(probabilities: Floats, labels: Labels, _: FitOptions) -> VoteFit:
    """w_m ∝ the share of images that the member has right."""
    shares = score_votes(probabilities, labels, "accuracy")
    return _fit_or_equal("accuracy", shares, "No member has a single image right")


def log_odds(probabilities: Floats, labels: Labels, _: FitOptions) -> VoteFit:
    """w_m ∝ log((K - 1) · p / (1 - p)) of the member's accuracy p, at least 0.

    Best for members that name one class each and err independently and evenly (Kuncheva &
    Rodríguez, Knowledge and Information Systems 38:259, 2014). Half an image counts as right and
    half as wrong, so that a member without error does not silence all others.
    """
    images, classes = probabilities.shape[1:]
    right = score_votes(probabilities, labels, "accuracy") * images
    odds = (classes - 1) * (right + 0.5) / (images - right + 0.5)
    return _fit_or_equal("log_odds", np.log(odds).clip(0), "No member is better than chance")


def _fit_or_equal(method: str, weights: Floats, problem: str) -> VoteFit:
    if weights.any():
        return _fit(method, normalise_weights(weights, len(weights)))
    return _fit(method, np.full(len(weights), 1 / len(weights)), notes=(f"{problem}: all equal.",))


def _fit(
    method: str,
    weights: Floats,
    objective: str = "",
    value: float | None = None,
    notes: tuple[str, ...] = (),
) -> VoteFit:
    listed = tuple(weights.tolist())
    return VoteFit(method=method, weights=listed, objective=objective, value=value, notes=notes)


def _error_moments(probabilities: Floats, labels: Labels) -> Floats:
    """Return (M, M), mean products of errors; its diagonal are the Brier scores."""
    members, images, classes = probabilities.shape
    errors = (probabilities - np.eye(classes)[labels]).reshape(members, -1)
    moments: Floats = errors @ errors.T / images
    return moments


def _correlation_note(moments: Floats) -> tuple[str, ...]:
    if len(moments) < 2:
        return ()
    deviations = np.sqrt(np.maximum(np.diag(moments), _LEAST_VARIANCE))
    correlations = moments / np.outer(deviations, deviations)
    mean = correlations[np.triu_indices(len(moments), k=1)].mean()
    return (f"The members' errors correlate with {mean:.2f}.",)
