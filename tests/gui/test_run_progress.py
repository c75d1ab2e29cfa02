from __future__ import annotations

import pytest

from fundus_gui.gui.run_progress import RunProgress


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_before_the_first_image_nothing_is_promised() -> None:
    progress = RunProgress(10, Clock())
    assert (progress.per_second, progress.seconds_left) == (0.0, None)


def test_rate_and_time_left_follow_from_what_was_done() -> None:
    clock = Clock()
    progress = RunProgress(100, clock)
    clock.now += 2
    progress.advance(20)
    assert progress.per_second == pytest.approx(10)
    assert progress.seconds_left == pytest.approx(8)


def test_the_rate_forgets_what_is_long_past() -> None:
    clock = Clock()
    progress = RunProgress(10_000, clock)
    for _ in range(60):
        clock.now += 1
        progress.advance(100)
    for _ in range(60):
        clock.now += 1
        progress.advance(1)
    assert progress.per_second == pytest.approx(1, rel=0.2)
    assert progress.done == 6060
