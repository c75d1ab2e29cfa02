"""Photographs of every format with an identifier in every field that can hold a text."""

from __future__ import annotations

import io
import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import ExifTags, Image, ImageCms
from PIL.PngImagePlugin import PngInfo
from PIL.TiffImagePlugin import ImageFileDirectory_v2
from PIL.TiffTags import TAGS_V2
from pydicom import Dataset
from pydicom.datadict import DicomDictionary
from pydicom.dataset import FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian, OphthalmicPhotography8BitImageStorage
from tiny_photographs import photograph

TOKEN = "ZQTOKEN"
DIGITS = "31415926535"  # for what cannot hold letters
_TEXTS = {"AE", "CS", "LO", "LT", "PN", "SH", "ST", "UC", "UR", "UT"}
_PIXEL_KEYWORDS = {"PixelData", "PhotometricInterpretation", "SpecificCharacterSet"}
_ASCII = 2
_EXIF_IFDS = (0x8769, 0x8825, 0xA005)  # Exif, GPS, interoperability
_XMP = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{TOKEN}xmp</x:xmpmeta>".encode()
_IPTC = struct.pack(">BBBH", 0x1C, 2, 120, len(TOKEN)) + TOKEN.encode()
_RESOURCES = b"Photoshop 3.0\0" + b"8BIM\x04\x04\0\0" + struct.pack(">I", len(_IPTC)) + _IPTC


def profile() -> bytes:
    """Return a colour profile that changes colours and is named by the token."""
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = srgb.replace(b"rXYZ", b"swap").replace(b"gXYZ", b"rXYZ").replace(b"swap", b"gXYZ")
    name, other = "sRGB built-in", f"{TOKEN} icc  "
    made = swapped.replace(name.encode("utf-16be"), other.encode("utf-16be"))
    assert made != swapped
    return made


def exif() -> Image.Exif:
    """Return the token in every tag that may be a text, in every directory."""
    made = Image.Exif()
    for tag in ExifTags.Base:
        if TAGS_V2.get(tag) is None or TAGS_V2[tag].type == _ASCII:
            made[tag] = f"{TOKEN} {tag}"
    for tag in (0x0112, *_EXIF_IFDS, 0x014A, 0x0201, 0x0202, 0x927C):
        made.pop(tag, None)
    for number, ifd in enumerate(_EXIF_IFDS[:2]):
        texts = (ExifTags.Base.UserComment, ExifTags.Base.CameraOwnerName) if not number else (28,)
        made.get_ifd(ifd).update({tag: f"{TOKEN} {tag}" for tag in texts})
    return made


def _png() -> bytes:
    chunks = PngInfo()
    for key in ("Author", "Comment", "Description", "Patient Name", TOKEN):
        chunks.add_text(key, f"{TOKEN} {key}")
        chunks.add_text(key, f"{TOKEN} {key}", zip=True)
        chunks.add_itxt(key, f"{TOKEN} {key}", "en", TOKEN)
    chunks.add_itxt("XML:com.adobe.xmp", _XMP.decode())
    return _encoded("PNG", pnginfo=chunks, exif=exif(), icc_profile=profile())


def _tiff() -> bytes:
    tags = ImageFileDirectory_v2()
    for tag, info in TAGS_V2.items():
        if info.type == _ASCII:
            tags[tag] = f"{TOKEN} {tag}"
    tags.tagtype[65_000] = _ASCII
    tags[65_000] = f"{TOKEN} private"
    for tag, content in {700: _XMP, 33_723: _IPTC, 34_377: _RESOURCES}.items():
        tags.tagtype[tag] = 7
        tags[tag] = content
    return _encoded("TIFF", tiffinfo=tags, icc_profile=profile())


def _jpeg() -> bytes:
    made = _encoded(
        "JPEG", exif=exif(), comment=f"{TOKEN} comment".encode(), icc_profile=profile(), xmp=_XMP
    )
    segment = b"\xff\xed" + struct.pack(">H", len(_RESOURCES) + 2) + _RESOURCES
    return made[:2] + segment + made[2:]


def _encoded(format_: str, **options: Any) -> bytes:
    stream = io.BytesIO()
    photograph(len(format_)).save(stream, format_, **options)
    return stream.getvalue()


def _dicom(**header: Any) -> bytes:
    """Return a file with the token in every element of the standard that may be a text."""
    pixels = np.full((8, 8, 3), (200, 100, 50), np.uint8)
    dataset = Dataset()
    for tag, (vr, _, _, _, keyword) in DicomDictionary.items():
        if vr in _TEXTS and tag >> 16 >= 8 and keyword and keyword not in _PIXEL_KEYWORDS:
            dataset.add_new(tag, vr, TOKEN)
    private = dataset.private_block(0x4711, TOKEN, create=True)
    private.add_new(1, "LO", f"{TOKEN} private")
    image = {
        "SOPClassUID": OphthalmicPhotography8BitImageStorage,
        "SOPInstanceUID": f"1.2.{DIGITS}",
        "StudyInstanceUID": f"1.2.{DIGITS}.1",
        "AccessionNumber": DIGITS,
        "PatientBirthDate": "19310415",
        "SamplesPerPixel": 3,
        "PhotometricInterpretation": "RGB",
        "PlanarConfiguration": 0,
        "Rows": 8,
        "Columns": 8,
        "BitsAllocated": 8,
        "BitsStored": 8,
        "HighBit": 7,
        "PixelRepresentation": 0,
        "BurnedInAnnotation": "YES",
        "ICCProfile": profile(),
    }
    for keyword, value in (image | header).items():
        setattr(dataset, keyword, value)
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.ImplementationVersionName = TOKEN
    dataset.PixelData = pixels.tobytes()
    dataset["PixelData"].VR = "OB"
    stream = io.BytesIO()
    dataset.save_as(stream, enforce_file_format=True)
    return stream.getvalue()


def planted() -> Iterator[tuple[str, bytes, bool]]:
    """Yield a file name, its content, and whether it can be classified."""
    sound = {
        "a.jpg": _jpeg(),
        "b.png": _png(),
        "c.tif": _tiff(),
        "d.webp": _encoded("WEBP", exif=exif(), icc_profile=profile(), xmp=_XMP),
        "e.bmp": _encoded("BMP") + TOKEN.encode(),
        "f.dcm": _dicom(),
    }
    for name, content in sound.items():
        yield name, content, True
        yield f"cut {name}", content[: len(content) // 2], False
    yield "space.dcm", _dicom(PhotometricInterpretation=TOKEN), False
    syntax = UID(f"1.2.{DIGITS}")
    plain = str(ExplicitVRLittleEndian).encode()
    content = _dicom()
    other = str(syntax).encode().ljust(len(plain) + 1, b"\0")[: len(plain) + 1]
    yield "syntax.dcm", content.replace(plain + b"\0", other, 1), False


def write_planted(folder: Path) -> dict[str, bool]:
    """Write all of them; return which can be classified."""
    folder.mkdir(parents=True)
    sound = {}
    for name, content, is_sound in planted():
        (folder / name).write_bytes(content)
        sound[name] = is_sound
    return sound


if __name__ == "__main__":
    write_planted(Path(sys.argv[1]))
