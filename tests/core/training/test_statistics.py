"""Colours are measured on the training part alone, as the network sees it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from tiny_photographs import photograph

from fundus_gui.core.images import load_image
from fundus_gui.core.preprocessing import Preprocessing
from fundus_gui.core.runs import TrainConfig
from fundus_gui.core.training.statistics import measure_training_part


def test_they_are_those_of_all_training_pixels_together(tmp_path: Path) -> None:
    for part, seeds in (("train", range(4)), ("val", range(4, 8))):
        for seed in seeds:
            folder = tmp_path / part / ("even" if seed % 2 == 0 else "odd")
            folder.mkdir(parents=True, exist_ok=True)
            photograph(seed).save(folder / f"{seed}.png")
    measuring = measure_training_part(TrainConfig(data=str(tmp_path), input_size=48))
    while True:
        try:
            next(measuring)
        except StopIteration as end:
            mean, std = end.value
            break
    files = sorted((tmp_path / "train").rglob("*.png"))
    views = np.array([Preprocessing(size=48).view(load_image(file)) for file in files]) / 255
    np.testing.assert_allclose(mean, views.mean((0, 1, 2)))
    np.testing.assert_allclose(std, views.std((0, 1, 2)))
