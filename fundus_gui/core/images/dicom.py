"""Reads the picture in a DICOM file, and of the header only what no patient can be known by."""

from __future__ import annotations

import io
import logging
import warnings
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from fundus_gui.core.images.colours import IN_16_BITS, MODE_NOTES, SEVERAL_IMAGES
from fundus_gui.core.images.limits import (
    EXPORT_AGAIN,
    RefusedError,
    refuse_too_many_pixels,
    refuse_too_many_scans,
)

if TYPE_CHECKING:
    from pydicom import Dataset

Levels = NDArray[np.uint8]

# All that is ever taken from a header.
ALLOWED_TAGS = (
    "SamplesPerPixel", "PhotometricInterpretation", "PlanarConfiguration", "NumberOfFrames",
    "Rows", "Columns", "BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation",
    "RescaleIntercept", "RescaleSlope", "WindowCenter", "WindowWidth", "VOILUTFunction",
    "RedPaletteColorLookupTableDescriptor", "RedPaletteColorLookupTableData",
    "GreenPaletteColorLookupTableDescriptor", "GreenPaletteColorLookupTableData",
    "BluePaletteColorLookupTableDescriptor", "BluePaletteColorLookupTableData",
    "BurnedInAnnotation", "ICCProfile", "PixelData",
)  # fmt: skip

_TRANSFER_SYNTAX = 0x0002_0010
# Transfer syntaxes (PS3.6, table A-1). Deflated files are left out, since they say nothing of
# their size before they are inflated, and so is RLE.
_PLAIN = {"1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2"}
_JPEG = {f"1.2.840.10008.1.2.4.{number}" for number in (50, 51, 57, 70)}
_JPEG_2000 = {f"1.2.840.10008.1.2.4.{number}" for number in (90, 91)}

# Photometric interpretations (PS3.3, C.7.6.3.1.2).
_SPACES = {
    *("MONOCHROME1", "MONOCHROME2", "PALETTE COLOR", "RGB", "HSV", "ARGB", "CMYK", "YBR_FULL"),
    *("YBR_FULL_422", "YBR_PARTIAL_422", "YBR_PARTIAL_420", "YBR_ICT", "YBR_RCT", "XYB"),
}

_BURNED_IN = "the DICOM header does not rule out that text in the picture names the patient"

# What pydicom says of damaged headers is of no use to the user, and may quote them.
warnings.filterwarnings("ignore", category=UserWarning, module=r"pydicom\.")
logging.getLogger("pydicom").propagate = False
logging.getLogger("pydicom").addHandler(logging.NullHandler())


def is_dicom(content: bytes) -> bool:
    """Return whether a file's bytes bear the mark of DICOM (PS3.10, section 7.1)."""
    return content[128:132] == b"DICM"


def open_dicom(content: bytes, max_pixels: int, notes: list[str]) -> Image.Image:
    """Return the first picture; one that is a JPEG is not decoded yet.

    Args:
        content: the whole file.
        max_pixels: more are refused by the header alone.
        notes: takes what a reader of the results should know.

    Raises:
        RefusedError: there is no picture, or one of a kind that is not read.
        Exception: pydicom and Pillow raise every kind on damaged bytes.
    """
    from pydicom import dcmread

    syntax = _transfer_syntax(content)
    header = dcmread(io.BytesIO(content), specific_tags=list(ALLOWED_TAGS))
    if "PixelData" not in header:
        raise RefusedError(f"the DICOM file holds no picture; {EXPORT_AGAIN}")
    refuse_too_many_pixels(header.Columns, header.Rows, max_pixels)
    if int(header.get("NumberOfFrames") or 1) > 1:
        notes.append(SEVERAL_IMAGES)
    if header.get("BurnedInAnnotation") != "NO":
        notes.append(_BURNED_IN)

    picture = None if syntax in _PLAIN else _compressed(header, syntax)
    if header.SamplesPerPixel == 1:
        values = _decoded(header) if picture is None or syntax in _JPEG_2000 else picture
        image = _grey_or_palette(header, np.asarray(values), notes)
    else:
        image = picture if picture is not None else _colour(header, _decoded(header), notes)
    if profile := header.get("ICCProfile"):
        image.info["icc_profile"] = bytes(profile)
    return image


def _transfer_syntax(content: bytes) -> str:
    """Return how the file is written, from the group of elements that comes first."""
    from pydicom.filereader import read_dataset, read_preamble

    stream = io.BytesIO(content)
    read_preamble(stream, force=False)
    meta = read_dataset(
        stream,
        is_implicit_VR=False,
        is_little_endian=True,
        stop_when=lambda tag, _vr, _length: tag.group != 2,
        specific_tags=[_TRANSFER_SYNTAX],
    )
    syntax = meta.TransferSyntaxUID
    if syntax not in _PLAIN | _JPEG | _JPEG_2000:
        name = "unknown" if syntax.name == syntax else syntax.name  # it may be anything
        raise RefusedError(f"its way of storing pixels ({name}) is not read; {EXPORT_AGAIN}")
    return str(syntax)


def _compressed(header: Dataset, syntax: str) -> Image.Image:
    """Open the JPEG or JPEG 2000 inside, which must be of the size that the header says."""
    from pydicom.encaps import get_frame

    frames = int(header.get("NumberOfFrames") or 1)
    frame = get_frame(header.PixelData, 0, number_of_frames=frames)
    kind = "JPEG2000" if syntax in _JPEG_2000 else "JPEG"
    if kind == "JPEG":
        refuse_too_many_scans(frame)
    image = Image.open(io.BytesIO(frame), formats=[kind])
    if image.size != (header.Columns, header.Rows):
        raise RefusedError(f"its header and its picture differ in size; {EXPORT_AGAIN}")
    if kind == "JPEG" and image.mode == "RGB" and "adobe_transform" not in image.info:
        # Nothing in the JPEG says in which colours it is, so that the header does.
        colours = "YCbCr" if header.PhotometricInterpretation.startswith("YBR") else "RGB"
        image.tile = [image.tile[0]._replace(args=("RGB", colours))]
    return image


def _decoded(header: Dataset) -> NDArray[np.generic]:
    from pydicom.pixels.utils import pixel_array

    if header.BitsAllocated not in (8, 16):
        raise RefusedError(f"its pixels have {header.BitsAllocated} bits; {EXPORT_AGAIN}")
    return pixel_array(header, index=0, raw=True, view_only=True)


def _colour(header: Dataset, values: NDArray[np.generic], notes: list[str]) -> Image.Image:
    space = header.PhotometricInterpretation
    if header.BitsAllocated == 16 and space == "RGB":
        notes.append(IN_16_BITS)
        values = (values >> (header.BitsStored - 8)).astype(np.uint8)
    if values.dtype != np.uint8 or space not in ("RGB", "YBR_FULL", "YBR_FULL_422"):
        raise _unread_colours(space)
    mode = "RGB" if space == "RGB" else "YCbCr"
    size = (header.Columns, header.Rows)
    return Image.frombuffer(mode, size, np.ascontiguousarray(values), "raw", mode, 0, 1)


def _unread_colours(space: str) -> RefusedError:
    name = space if space in _SPACES else "unknown"  # it may be anything
    return RefusedError(f"its colours ({name}) are not read; {EXPORT_AGAIN}")


def _grey_or_palette(header: Dataset, values: NDArray[np.generic], notes: list[str]) -> Image.Image:
    """Look up what each stored value looks like, which takes no memory for every pixel."""
    stored = np.arange(256**values.itemsize).astype(values.dtype)
    if header.PhotometricInterpretation == "PALETTE COLOR":
        notes.append(MODE_NOTES["P"])
        table = _palette(header, stored)
    else:
        table = _grey_levels(header, stored, notes)
    return Image.fromarray(table[values.view(f"u{values.itemsize}")])


def _palette(header: Dataset, stored: NDArray[np.generic]) -> Levels:
    from pydicom.pixels.processing import apply_color_lut

    colours = apply_color_lut(stored, header)
    return (colours >> 8 * (colours.itemsize - 1)).astype(np.uint8)


def _grey_levels(header: Dataset, stored: NDArray[np.generic], notes: list[str]) -> Levels:
    """Return the brightness of stored values: rescaled, windowed, and 0 to 255 (PS3.3, C.11)."""
    from pydicom.pixels.processing import apply_rescale, apply_windowing

    space, bits = header.PhotometricInterpretation, header.BitsStored
    if space not in ("MONOCHROME1", "MONOCHROME2"):
        raise _unread_colours(space)
    least = -(2 ** (bits - 1)) if header.PixelRepresentation else 0
    try:
        with np.errstate(all="ignore"):  # impossible numbers are refused below
            ends = apply_rescale(np.array([least, least + 2**bits]), header).astype(float)
            shown = apply_windowing(apply_rescale(stored, header), header).astype(float)
            levels = np.clip((shown - ends[0]) / (ends[1] - ends[0]) * 256, 0, 255)
    except (ValueError, TypeError, IndexError, OverflowError):
        levels = np.array([np.nan])
    if not np.isfinite(levels).all() or levels.min() == levels.max():
        raise RefusedError(f"its window or rescale values are impossible; {EXPORT_AGAIN}")
    if bits > 8:
        notes.append(f"{bits}-bit grey scaled to 8 bits")
    if header.get("WindowWidth") is not None:
        notes.append("brightness and contrast as the DICOM header sets them")
    table: Levels = levels.astype(np.uint8)
    return ~table if space == "MONOCHROME1" else table
