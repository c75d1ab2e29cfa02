"""How far a run is, how fast, and how long it will take."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

_WINDOW_SECONDS = 20.0


class RunProgress:
    """Counts finished images; rate and time left follow the last seconds.

    Args:
        total: images in this run.
        clock: seconds, monotonic.
    """

    def __init__(self, total: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.total = total
        self.done = 0
        self._clock = clock
        self._history = deque([(clock(), 0)])

    def advance(self, count: int) -> None:
        """Count images that have just been finished."""
        now = self._clock()
        self.done += count
        self._history.append((now, self.done))
        while len(self._history) > 2 and now - self._history[0][0] > _WINDOW_SECONDS:
            self._history.popleft()

    @property
    def per_second(self) -> float:
        """Images per second, 0 before the first."""
        (start, before), (end, now) = self._history[0], self._history[-1]
        return (now - before) / (end - start) if end > start else 0.0

    @property
    def seconds_left(self) -> float | None:
        """Seconds until the end at this rate, None before there is one."""
        rate = self.per_second
        return (self.total - self.done) / rate if rate else None
