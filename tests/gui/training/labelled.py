"""Folders of labelled photographs, as small as they can be."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image


def write_photograph(path: Path, seed: int) -> Path:
    """Write a photograph that resembles none of another seed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(40, 255, (6, 6, 3), np.uint8)
    Image.fromarray(pixels).resize((48, 48), Image.Resampling.BICUBIC).save(path)
    return path


def class_folders(folder: Path, **counts: int) -> Path:
    """Make a folder of class folders with so many photographs each, called by their number."""
    seed = 0
    for name, count in counts.items():
        for number in range(count):
            seed += 1
            write_photograph(folder / name / f"{name}{number:03}.png", seed)
    return folder


def eyes(folder: Path, patients: int = 8) -> Path:
    """Make class folders in which every patient has a left and a right eye."""
    for number in range(patients):
        for side in ("left", "right"):
            label = ("glaucoma", "normal")[number % 2]
            write_photograph(folder / label / f"{number}_{side}.png", 2 * number + (side == "left"))
    return folder
