"""Members' answers that were never given, of known skill."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from fundus_gui.core.vote import Floats

Labels = NDArray[np.int64]


def answers(
    *skills: float, images: int = 200, classes: int = 4, seed: int = 0
) -> tuple[Floats, Labels]:
    """Return probabilities (M, N, K) and labels (N,); a skill is what the true logit gains."""
    random = np.random.default_rng(seed)
    labels = random.integers(classes, size=images)
    logits = random.normal(size=(len(skills), images, classes))
    logits[:, np.arange(images), labels] += np.array(skills)[:, np.newaxis]
    exponentials = np.exp(logits - logits.max(axis=2, keepdims=True))
    return exponentials / exponentials.sum(axis=2, keepdims=True), labels


@st.composite
def made_answers(draw: st.DrawFn, *, least: int = 1, most: int = 5) -> tuple[Floats, Labels]:
    """Draw members of any skill, from useless to nearly perfect, on few to some images."""
    skills = draw(st.lists(st.floats(-2, 8), min_size=least, max_size=most))
    settings: dict[str, Any] = {
        "images": draw(st.integers(1, 60)),
        "classes": draw(st.integers(2, 6)),
        "seed": draw(st.integers(0, 10_000)),
    }
    return answers(*skills, **settings)
