"""What is refused before it is decoded, so that no file takes all memory."""

from __future__ import annotations

# Twice the largest fundus camera, or a mosaic of 10,000 x 10,000. Decoding takes 7 to 8 bytes a
# pixel, so one photograph stays below 1 GB of memory.
MAX_PIXELS = 100_000_000
# 100 megapixels of four 16-bit channels, uncompressed, fit.
MAX_BYTES = 1_000_000_000

# A progressive JPEG refines its picture scan by scan, each as long as a picture and some 150 bytes
# in the file if it refines nothing. Ten are usual.
MAX_SCANS = 100
_START_OF_SCAN = b"\xff\xda"  # within a scan, 0 or a restart marker follows 255

EXPORT_AGAIN = "export the photograph again as an 8-bit RGB image (JPEG, PNG or TIFF)"


class RefusedError(Exception):
    """An image that could be read but must not be used; its text is the problem."""


def refuse_too_many_pixels(width: int, height: int, max_pixels: int) -> None:
    """Raise RefusedError for a picture whose header promises more than `max_pixels`."""
    if width * height > max_pixels:
        raise RefusedError(
            f"the image has {width * height / 1e6:,.6g} megapixels ({width} × {height}), more "
            f"than the limit of {max_pixels / 1e6:,.6g}; make it smaller"
        )


def refuse_too_many_scans(jpeg: bytes) -> None:
    """Raise RefusedError for a JPEG that would be decoded over and over."""
    scans = jpeg.count(_START_OF_SCAN)
    if scans > MAX_SCANS:
        raise RefusedError(
            f"the JPEG has {scans:,} scans, more than the limit of {MAX_SCANS}; {EXPORT_AGAIN}"
        )
