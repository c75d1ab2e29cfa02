"""Where the photograph of a row lies, when several folders were opened."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from fundus_gui.core.images.stamps import file_sha256
from fundus_gui.core.results import ImageResult


def places_of(name: str, folders: Sequence[Path]) -> list[Path]:
    """Return the files that a cell `relative_path` may mean, those of the first folder first."""
    return [folder / name for folder in folders if os.path.lexists(folder / name)]


def same_bytes(result: ImageResult, places: Sequence[Path]) -> Path:
    """Return which of the files has the bytes that gave the result, else the first."""
    if len(places) > 1:
        for place in places:
            if file_sha256(place) == result.image_sha256:
                return place
    return places[0]
