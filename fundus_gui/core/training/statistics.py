"""Mean and standard deviation of the colours that a network would be trained on."""

from __future__ import annotations

from collections.abc import Generator

from fundus_gui.core.datasets import measure_statistics
from fundus_gui.core.preprocessing import Preprocessing
from fundus_gui.core.runs import Notice, Preparing, TrainConfig
from fundus_gui.core.runs.data import prepare_dataset
from fundus_gui.core.training.views import decode_views

Colour = tuple[float, float, float]


def measure_training_part(
    config: TrainConfig,
) -> Generator[Preparing | Notice, None, tuple[Colour, Colour]]:
    """Return mean and standard deviation, red to blue, 0 to 1, over the training photographs.

    Raises:
        FundusError: as the data demand.
    """
    data, _ = yield from prepare_dataset(config)
    preprocessing = Preprocessing(size=config.input_size, contrast=config.contrast)
    views = yield from decode_views(data.part("train"), preprocessing, config)
    return measure_statistics(views.arrays())
