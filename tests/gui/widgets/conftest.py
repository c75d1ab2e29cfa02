"""Predictions whose votes can be worked out in the head."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from fundus_gui.core.results import Prediction

Predict = Callable[..., Prediction]

CLASS_NAMES = ("normal", "glaucoma", "amd")


@pytest.fixture
def predict() -> Predict:
    """Return a function that makes a prediction from each member's probabilities."""

    def make(
        *members: Sequence[float],
        weights: Sequence[float] | None = None,
        class_names: tuple[str, ...] = CLASS_NAMES,
        name: str = "eye.jpg",
    ) -> Prediction:
        return Prediction(
            path=Path(name),
            class_names=class_names,
            member_names=("cnn", "vit", "rdnet", "densenet", "swin")[: len(members)],
            weights=tuple(weights or (1 / len(members),) * len(members)),
            member_probabilities=tuple(tuple(row) for row in members),
            image_sha256="ab" * 32,
            seconds=0.1,
        )

    return make
