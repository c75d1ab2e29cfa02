"""Makes DICOM files of every kind that the program reads, and of some that it refuses."""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    UID,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    OphthalmicPhotography8BitImageStorage,
)

_NATIVE = (ExplicitVRLittleEndian, ImplicitVRLittleEndian, ExplicitVRBigEndian)
_MADE_BY = UID("1.2.826.0.1.3680043.8.498.1")


def dicom_file(
    pixels: NDArray[Any],
    *,
    syntax: UID = ExplicitVRLittleEndian,
    frames: Sequence[bytes] = (),
    **header: Any,
) -> bytes:
    """Return a file of pixels (H, W) or (H, W, 3), or of compressed frames of that size.

    Args:
        pixels: unsigned integers of 8 or 16 bits.
        syntax: how the file is written.
        frames: whole JPEG or JPEG 2000 files instead of the pixels.
        header: further elements by keyword, in place of the usual ones; None leaves one out.
    """
    bits = 8 * pixels.itemsize
    usual = {
        "SOPClassUID": OphthalmicPhotography8BitImageStorage,
        "SOPInstanceUID": _MADE_BY,
        "SamplesPerPixel": 1 if pixels.ndim == 2 else pixels.shape[-1],
        "PhotometricInterpretation": "MONOCHROME2" if pixels.ndim == 2 else "RGB",
        "PlanarConfiguration": None if pixels.ndim == 2 else 0,
        "Rows": pixels.shape[0],
        "Columns": pixels.shape[1],
        "BitsAllocated": bits,
        "BitsStored": bits,
        "HighBit": bits - 1,
        "PixelRepresentation": 0,
        "BurnedInAnnotation": "NO",
    }
    dataset = Dataset()
    for keyword, value in (usual | header).items():
        if value is not None:
            setattr(dataset, keyword, value)
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = syntax
    order = ">" if syntax == ExplicitVRBigEndian else "<"
    plain = pixels.astype(pixels.dtype.newbyteorder(order)).tobytes()
    dataset.PixelData = encapsulate(list(frames)) if frames else plain + b"\0" * (len(plain) % 2)
    dataset["PixelData"].VR = "OB" if frames or bits == 8 else "OW"
    stream = io.BytesIO()
    dataset.save_as(
        stream,
        enforce_file_format=True,
        implicit_vr=syntax == ImplicitVRLittleEndian,
        little_endian=syntax != ExplicitVRBigEndian,
    )
    return stream.getvalue()


def lossless_jpeg(pixels: NDArray[np.uint8]) -> bytes:
    """Return pixels (H, W, N) as a lossless JPEG (ITU-T T.81, annex H), the left neighbour told."""
    height, width, channels = pixels.shape

    def segment(marker: int, data: bytes) -> bytes:
        return struct.pack(">HH", marker, len(data) + 2) + data

    frame = struct.pack(">BHHB", 8, height, width, channels)
    frame += b"".join(bytes([number + 1, 0x11, 0]) for number in range(channels))
    table = bytes([0, 0, 0, 0, 9, *[0] * 12, *range(9)])  # nine codes, all of four bits
    scan = bytes([channels]) + b"".join(bytes([number + 1, 0]) for number in range(channels))

    values = pixels.astype(int)
    told = np.full_like(values, 128)
    told[:, 1:] = values[:, :-1]
    told[1:, 0] = values[:-1, 0]
    bits = []
    for difference in (values - told).ravel().tolist():
        size = abs(difference).bit_length()
        tail = difference if difference > 0 else difference + (1 << size) - 1
        bits.append(f"{size:04b}{tail:0{size}b}" if size else "0000")
    text = "".join(bits)
    text += "1" * (-len(text) % 8)
    data = int(text, 2).to_bytes(len(text) // 8, "big").replace(b"\xff", b"\xff\0")
    return (
        b"\xff\xd8"
        + segment(0xFFC3, frame)
        + segment(0xFFC4, table)
        + segment(0xFFDA, scan + bytes([1, 0, 0]))
        + data
        + b"\xff\xd9"
    )
