"""Predictions whose votes can be worked out in the head."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from fundus_gui.core.results import Prediction

MEMBERS = ("cnn", "vit", "rdnet", "densenet", "swin")


def predict(
    *members: Sequence[float],
    weights: Sequence[float] | None = None,
    class_names: tuple[str, ...] = ("normal", "glaucoma", "amd"),
) -> Prediction:
    """Make a prediction from each member's probabilities, equally weighed unless told."""
    return Prediction(
        path=Path("eye.jpg"),
        class_names=class_names,
        member_names=MEMBERS[: len(members)],
        weights=tuple(weights or (1 / len(members),) * len(members)),
        member_probabilities=tuple(tuple(row) for row in members),
        image_sha256="ab" * 32,
        seconds=0.1,
    )
