"""The stage tables of EfficientNetV2 S, M, L and XL.

Tan & Le, ICML 2021, after the released configurations (google/automl, Apache-2.0).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stage:
    """One row of a stage table; kernels are 3 x 3 throughout."""

    fused: bool
    repeats: int
    stride: int
    expansion: int
    width: int


def _stages(*rows: tuple[str, int, int, int, int]) -> tuple[Stage, ...]:
    return tuple(Stage(kind == "fused", *numbers) for kind, *numbers in rows)


@dataclass(frozen=True, slots=True)
class Size:
    """Stem width, stages and dropout of one size."""

    stem: int
    stages: tuple[Stage, ...]
    dropout: float


SIZES = {
    "s": Size(
        24,
        _stages(
            ("fused", 2, 1, 1, 24),
            ("fused", 4, 2, 4, 48),
            ("fused", 4, 2, 4, 64),
            ("mb", 6, 2, 4, 128),
            ("mb", 9, 1, 6, 160),
            ("mb", 15, 2, 6, 256),
        ),
        0.2,
    ),
    "m": Size(
        24,
        _stages(
            ("fused", 3, 1, 1, 24),
            ("fused", 5, 2, 4, 48),
            ("fused", 5, 2, 4, 80),
            ("mb", 7, 2, 4, 160),
            ("mb", 14, 1, 6, 176),
            ("mb", 18, 2, 6, 304),
            ("mb", 5, 1, 6, 512),
        ),
        0.3,
    ),
    "l": Size(
        32,
        _stages(
            ("fused", 4, 1, 1, 32),
            ("fused", 7, 2, 4, 64),
            ("fused", 7, 2, 4, 96),
            ("mb", 10, 2, 4, 192),
            ("mb", 19, 1, 6, 224),
            ("mb", 25, 2, 6, 384),
            ("mb", 7, 1, 6, 640),
        ),
        0.4,
    ),
    "xl": Size(
        32,
        _stages(
            ("fused", 4, 1, 1, 32),
            ("fused", 8, 2, 4, 64),
            ("fused", 8, 2, 4, 96),
            ("mb", 16, 2, 4, 192),
            ("mb", 24, 1, 6, 256),
            ("mb", 32, 2, 6, 512),
            ("mb", 8, 1, 6, 640),
        ),
        0.4,
    ),
}
