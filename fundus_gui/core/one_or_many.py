"""Singular or plural: one place for what every sentence with a number needs."""

from __future__ import annotations


def one_or_many(count: int, one: str, many: str = "") -> str:
    """Return the words that follow a number; without `many` those for one and an "s"."""
    return one if count == 1 else many or f"{one}s"
