"""Mean and standard deviation of the colours that a network is trained on."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from fundus_gui.core.errors import DatasetError

Colour = tuple[float, float, float]


def measure_statistics(views: Iterable[NDArray[np.uint8]]) -> tuple[Colour, Colour]:
    """Return mean and standard deviation over all pixels of all views, red to blue, 0 to 1.

    Not the average of the images' own deviations, which leaves out how they differ from each
    other. Computed from the exact histogram, so that neither order nor number of images matters.

    Args:
        views: (H, W, 3) each, consumed one by one.

    Raises:
        DatasetError: there is none, or all pixels are alike.
    """
    histogram = np.zeros((3, 256), np.int64)
    for view in views:
        for channel in range(3):
            histogram[channel] += np.bincount(view[..., channel].ravel(), minlength=256)
    if not histogram.any():
        raise DatasetError("There is no photograph whose colours could be measured.")
    levels = np.arange(256) / 255
    share = histogram / histogram.sum(axis=1, keepdims=True)  # (3, 256)
    mean = share @ levels  # (3,)
    variance = (share * np.square(levels - mean[:, None])).sum(axis=1)
    if not variance.all():
        raise DatasetError(
            "The photographs have a colour channel without any contrast, so that there is nothing "
            "to measure or to learn. Look at them."
        )
    return _colour(mean), _colour(np.sqrt(variance))


def _colour(values: NDArray[np.float64]) -> Colour:
    red, green, blue = values.tolist()
    return red, green, blue
