"""Mean and deviation are those of all pixels, not an average of images."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundus_gui.core.datasets import measure_statistics
from fundus_gui.core.errors import DatasetError


@given(
    seed=st.integers(0, 1000),
    sizes=st.lists(st.tuples(st.integers(2, 9), st.integers(2, 9)), min_size=1, max_size=6),
)
def test_they_equal_numpy_over_all_pixels(seed: int, sizes: list[tuple[int, int]]) -> None:
    random = np.random.default_rng(seed)
    views = [random.integers(0, 256, (*size, 3), np.uint8) for size in sizes]
    pixels = np.concatenate([view.reshape(-1, 3) for view in views]) / 255
    mean, std = measure_statistics(iter(views))
    assert mean == pytest.approx(pixels.mean(axis=0), abs=1e-12)
    assert std == pytest.approx(pixels.std(axis=0), abs=1e-12)


def test_images_that_differ_from_each_other_spread_the_colours() -> None:
    black, white = np.zeros((4, 4, 3), np.uint8), np.full((4, 4, 3), 255, np.uint8)
    assert measure_statistics([black, white]) == ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))


def test_photographs_without_contrast_are_one_sentence() -> None:
    with pytest.raises(DatasetError, match="colour channel without any contrast"):
        measure_statistics([np.full((4, 4, 3), 128, np.uint8)])


def test_no_photograph_has_no_statistics() -> None:
    with pytest.raises(DatasetError, match="no photograph whose colours could be measured"):
        measure_statistics([])
