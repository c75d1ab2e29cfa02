"""Small sound files of every kind that the program reads, to be damaged."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms
from pydicom.uid import (
    ExplicitVRBigEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLosslessSV1,
)

from fuzzing.dicom_files import dicom_file, lossless_jpeg

_ORIENTATION, _DESCRIPTION = 274, 270


def _pixels(width: int = 24, height: int = 18) -> NDArray[np.uint8]:
    y, x = np.mgrid[:height, :width]
    return np.stack([9 * x + 9, 12 * y + 2, x + y], axis=-1).astype(np.uint8)


def _encoded(image: Image.Image, format_: str, **options: Any) -> bytes:
    stream = io.BytesIO()
    image.save(stream, format_, **options)
    return stream.getvalue()


def photographs() -> tuple[bytes, ...]:
    """Return an image of every format, colour mode, depth and kind of metadata."""
    colour = Image.fromarray(_pixels())
    clear = colour.copy()
    clear.putalpha(Image.fromarray(_pixels()[..., 0]))
    deep = Image.fromarray(_pixels()[..., 0].astype(np.uint16) << 8)
    exif = Image.Exif()
    exif[_ORIENTATION], exif[_DESCRIPTION] = 6, "left eye"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    several = {"save_all": True, "append_images": [colour.rotate(90)]}
    return (
        _encoded(colour, "JPEG"),
        _encoded(colour, "JPEG", progressive=True, exif=exif),
        _encoded(colour, "JPEG", icc_profile=profile),
        _encoded(colour.convert("CMYK"), "JPEG"),
        _encoded(colour, "PNG", exif=exif),
        _encoded(colour.quantize(16), "PNG"),
        _encoded(clear, "PNG", icc_profile=profile),
        _encoded(deep, "PNG"),
        _encoded(colour, "TIFF", exif=exif),
        _encoded(colour, "TIFF", compression="tiff_lzw", **several),
        _encoded(colour, "TIFF", compression="jpeg"),
        _encoded(colour, "TIFF", compression="tiff_adobe_deflate", big_tiff=True),
        _encoded(deep, "TIFF"),
        _encoded(colour, "BMP"),
        _encoded(colour.quantize(4), "BMP"),
        _encoded(colour, "WEBP", exif=exif),
        _encoded(clear, "WEBP", lossless=True),
        _encoded(colour, "WEBP", **several),
    )


def dicom_photographs() -> tuple[bytes, ...]:
    """Return a DICOM file of every way of storing pixels."""
    colour, grey = _pixels(), _pixels()[..., 0]
    frame = _encoded(Image.fromarray(colour), "JPEG2000", no_jp2=True, mct=1)
    return (
        dicom_file(colour),
        dicom_file(colour, syntax=ImplicitVRLittleEndian, PatientName="Nobody^At All"),
        dicom_file(grey.astype(np.uint16) << 4, BitsStored=12, HighBit=11, WindowCenter=9,
                   WindowWidth=90, syntax=ExplicitVRBigEndian),
        dicom_file(grey, PhotometricInterpretation="MONOCHROME1", RescaleSlope=2,
                   RescaleIntercept=1),
        dicom_file(colour, syntax=JPEGBaseline8Bit, PhotometricInterpretation="YBR_FULL_422",
                   frames=[_encoded(Image.fromarray(colour), "JPEG")]),
        dicom_file(colour, syntax=JPEGLosslessSV1, frames=[lossless_jpeg(colour)] * 2,
                   NumberOfFrames=2),
        dicom_file(colour, syntax=JPEG2000Lossless, frames=[frame],
                   PhotometricInterpretation="YBR_RCT"),
    )  # fmt: skip


def labels_tables() -> tuple[bytes, ...]:
    """Return tables of the photographs a.png and b.png."""
    return (
        (
            b"filename,label,patient_id,laterality,split,age\r\n"
            b"a.png,normal,p1,OD,train,61\r\nb.png,amd,p2,OS,test,70\r\n"
        ),
        b'\xef\xbb\xbffilename,label\n"a.png","normal"\nb.png,"a ""wet"" amd"\n',
    )


def photograph_lists() -> tuple[bytes, ...]:
    """Return lists of photographs."""
    return (
        b"\xef\xbb\xbfpatient,path\r\n1,a.png\r\n2,/eyes/b.png\r\n3,file:///eyes/c%20d.png\r\n",
        b'a.png\n"b, left.png"\n../c.png\n',
    )


def lists_of_runs() -> tuple[bytes, ...]:
    """Return what the window remembers of trainings."""
    return (b'opened = ["/runs/a"]\nhidden = ["/runs/b", "/runs/c"]\n',)


def opinions_tables() -> tuple[bytes, ...]:
    """Return second opinions."""
    return (
        (
            b"filename,label,verdict,suggested_label,note,date,sha256\n"
            b'a.png,normal,wrong,amd,"drusen, many",2025-01-02T03:04:05+00:00,00ff\n'
            b"b.png,amd,right,,,,\n"
        ),
    )


def ensembles_files() -> tuple[bytes, ...]:
    """Return ensembles of the models cnn and vit."""
    return (
        b"""
# the default comes first
[ensembles.pair]
title = "Pair"
members = ["cnn", "vit"]
weights = [0.6, 0.4]
method = "given"
rule = "entropy"
temperature = 1.5
notes = ["one", "two"]
[ensembles.pair.prediction_sets]
coverage = 0.9
thresholds = [0.3]
score = "lac"
[ensembles.pair.referral]
confidence = 0.5
agreement = 0.6
""",
        b'[ensembles."with a space"]\nmembers = ["cnn"]\nweights = [1]\n',
    )


def run_events() -> tuple[bytes, ...]:
    """Return what a training wrote of itself, line by line."""
    return (
        (
            b'{"event": "StepReport", "epoch": 1, "step": 1, "steps": 2, "loss": 0.5,'
            b' "learning_rate": 0.1, "images_per_second": 9, "waiting": 0, "seconds_left": 1}\n'
            b'{"event": "EpochReport", "epoch": 1, "train_loss": 0.5, "train_accuracy": 0.5,'
            b' "validation": {"macro_auc": 0.5}, "confusion": [[1, 0], [0, 1]], "is_best": true,'
            b' "learning_rate": 0.1, "images_per_second": 9, "waiting": 0, "seconds": 1}\n'
            b'{"event": "RunEnded", "ending": "finished", "reason": ""}\n'
        ),
        b'{"event": "Preparing", "stage": "decoding", "done": 1, "total": 2}\n{"event": "Ru',
    )


def settings_files() -> tuple[bytes, ...]:
    """Return what the window remembers."""
    return (
        (
            b"[General]\nauto_run=true\ngrid=false\nsort_column=file\nensemble=pair\n"
            b'models="[\\"cnn\\"]"\nrecent="[\\"/eyes/\\\\u773c\\"]"\ngeometry=AQID\nlast_folder=/eyes\n'
        ),
    )
