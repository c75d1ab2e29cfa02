"""Finds photographs in folders and reads every kind of image file into the same upright RGB pixels.

Whatever a file holds, the outcome is a `Photograph` or an `ImageError` with a sentence.
"""

from fundus_gui.core.images.listing import IMAGE_SUFFIXES, find_images
from fundus_gui.core.images.reading import (
    MAX_BYTES,
    MAX_PIXELS,
    Photograph,
    load_image,
    read_photograph,
    thumbnail,
)

__all__ = [
    "IMAGE_SUFFIXES",
    "MAX_BYTES",
    "MAX_PIXELS",
    "Photograph",
    "find_images",
    "load_image",
    "read_photograph",
    "thumbnail",
]
