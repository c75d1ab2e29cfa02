"""Predictions of models that are right more often than not, made up for the tests."""

from __future__ import annotations

import numpy as np

from fundus_gui.core.evaluation.metrics import Floats, Integers


def made_probabilities(labels: Integers, classes: int, seed: int, skill: float = 1.5) -> Floats:
    """Return (N, K) probabilities; the higher the skill, the more of the true class."""
    noise = np.random.default_rng(seed).normal(size=(len(labels), classes))
    powers = np.exp(noise + skill * np.eye(classes)[labels])
    probabilities: Floats = powers / powers.sum(axis=1, keepdims=True)
    return probabilities


def made_labels(images: int, classes: int, seed: int) -> Integers:
    """Return (N,) labels in which every class occurs."""
    random = np.random.default_rng(seed)
    return random.permutation(np.arange(images) % classes)
