"""Finds photographs in folders and reads every kind of image file into the same upright RGB pixels.

Whatever a file holds, the outcome is a `Photograph` or an `ImageError` with a sentence.
"""

from fundus_gui.core.images.limits import MAX_BYTES, MAX_PIXELS
from fundus_gui.core.images.listing import IMAGE_SUFFIXES, find_images
from fundus_gui.core.images.reading import Photograph, load_image, read_photograph, thumbnail
from fundus_gui.core.images.stamps import FileStamp, file_sha256, file_stamp

__all__ = [
    "IMAGE_SUFFIXES",
    "MAX_BYTES",
    "MAX_PIXELS",
    "FileStamp",
    "Photograph",
    "file_sha256",
    "file_stamp",
    "find_images",
    "load_image",
    "read_photograph",
    "thumbnail",
]
