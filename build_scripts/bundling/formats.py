"""Saves one photograph in every format, whose decoders must all be in the bundle.

python -m bundling.formats PHOTOGRAPH FOLDER    run by the Python of the build environment
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

import numpy as np
from fuzzing.dicom_files import dicom_file
from PIL import Image
from pydicom.uid import JPEG2000, JPEGBaseline8Bit

_PICTURES = ("bmp", "jpg", "png", "tiff", "webp")
_IN_DICOM = {"jpeg": ("JPEG", JPEGBaseline8Bit), "jpeg2000": ("JPEG2000", JPEG2000)}


def write_formats(photograph: Path, folder: Path) -> None:
    """Write the pictures and DICOM files into a new folder."""
    folder.mkdir()
    with Image.open(photograph) as opened:
        image = opened.convert("RGB")
    for suffix in _PICTURES:
        image.save(folder / f"picture.{suffix}")
    pixels = np.asarray(image)
    (folder / "native.dcm").write_bytes(dicom_file(pixels))
    for name, (kind, syntax) in _IN_DICOM.items():
        stream = io.BytesIO()
        image.save(stream, kind)
        space = "YBR_FULL_422" if syntax == JPEGBaseline8Bit else "YBR_ICT"
        data = dicom_file(
            pixels, syntax=syntax, frames=[stream.getvalue()], PhotometricInterpretation=space
        )
        (folder / f"{name}.dcm").write_bytes(data)


if __name__ == "__main__":
    write_formats(Path(sys.argv[1]), Path(sys.argv[2]))
