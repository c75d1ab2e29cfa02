"""All chance in a training: each random number follows from the seed and from what it is for.

A run that is resumed, or divided among processes, therefore draws the same numbers.
"""

from __future__ import annotations

import numpy as np


def seed_of(purpose: str, *numbers: int) -> int:
    """Return the seed of one draw, 0 to 2⁶³ - 1.

    Args:
        purpose: what is drawn; different purposes share no random numbers.
        numbers: the run's seed and e.g. epoch and position, not negative.
    """
    mixed = np.random.SeedSequence(numbers, spawn_key=tuple(purpose.encode()))
    return int(mixed.generate_state(1, np.uint64)[0] >> np.uint64(1))
