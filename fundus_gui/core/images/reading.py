"""Opens, checks and decodes one photograph, or says in a sentence why that cannot be."""

from __future__ import annotations

import hashlib
import io
import os
import stat
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from fundus_gui.core.errors import ImageError
from fundus_gui.core.images.colours import upright_rgb
from fundus_gui.core.images.dicom import is_dicom, open_dicom
from fundus_gui.core.images.limits import (
    EXPORT_AGAIN,
    MAX_BYTES,
    MAX_PIXELS,
    RefusedError,
    refuse_too_many_pixels,
    refuse_too_many_scans,
)

# The contents decide among these (a PNG named .jpg is read); no other decoder sees a stranger's
# file, Ghostscript least of all.
_FORMATS = ("JPEG", "PNG", "TIFF", "BMP", "WEBP")

# Our own limit is checked on the header before decoding; Pillow's would warn or raise before it.
Image.MAX_IMAGE_PIXELS = None
# What Pillow warns of in damaged metadata is of no use to the user. Set once: changing the filters
# for each file would not be safe with several threads.
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")

_COPY_AGAIN = "copy the file again from its source"


@dataclass(frozen=True, slots=True, eq=False)
class Photograph:
    """One photograph as every model sees it before its own preprocessing.

    Attributes:
        path: the file.
        pixels: (H, W, 3) upright sRGB, C-contiguous and writable.
        sha256: hash of the file's bytes.
        warnings: conversions that a reader of the results should know of.
        reduction: how many of the file's pixels side by side became one while decoding.
    """

    path: Path
    pixels: NDArray[np.uint8]
    sha256: str
    warnings: tuple[str, ...]
    reduction: int = 1


def read_photograph(
    path: Path, *, max_pixels: int = MAX_PIXELS, enough: int | None = None
) -> Photograph:
    """Read a JPEG (also MPO), PNG, TIFF, BMP, WebP or DICOM file, told apart by its contents.

    Thread-safe. Only regular files are opened, so that a pipe cannot block. Of a DICOM file's
    header nothing is read that identifies a patient.

    Args:
        path: the file.
        max_pixels: more are refused.
        enough: pixels that the shorter side needs. A JPEG with at least twice, 4 or 8 times as
            many is decoded at a half, a quarter or an eighth of its size, several times faster.

    Raises:
        ImageError: with the file's hash where its bytes could be read.
    """
    content = _read_bytes(path)
    sha256 = hashlib.sha256(content).hexdigest()
    notes: list[str] = []
    with _explained(path, content, sha256):
        # Nested, so that nothing keeps a second copy of a large image alive.
        image = _open(content, max_pixels, notes)
        width = image.width
        if enough is not None:
            image.draft(None, (enough, enough))
        reduction = round(width / image.width)
        pixels = _pixels(upright_rgb(image, notes))
    return Photograph(path, pixels, sha256, tuple(notes), reduction)


def load_image(path: Path, *, max_pixels: int = MAX_PIXELS) -> NDArray[np.uint8]:
    """Return the pixels of `read_photograph`, (H, W, 3) upright sRGB."""
    return read_photograph(path, max_pixels=max_pixels).pixels


def thumbnail(path: Path, size: int) -> NDArray[np.uint8]:
    """Return a small upright picture, (h, w, 3) with the longer side of `size` pixels.

    Raises:
        ImageError: as `read_photograph`.
    """
    content = _read_bytes(path)
    with _explained(path, content):
        image = _open(content, MAX_PIXELS, [])
        image.draft(None, (size, size))  # lets the JPEG decoder skip what is too fine to be seen
        rgb = upright_rgb(image, [])
        scale = size / max(rgb.size)
        width, height = (max(1, round(side * scale)) for side in rgb.size)
        return _pixels(rgb.resize((width, height), Image.Resampling.BICUBIC, reducing_gap=2.0))


def _read_bytes(path: Path) -> bytes:
    try:
        _require_readable_kind(path, path.stat())
        content = path.read_bytes()
    except FileNotFoundError:
        missing = "the link leads to a file that" if path.is_symlink() else "the file"
        raise ImageError(path, f"{missing} does not exist") from None
    except PermissionError as error:
        raise ImageError(path, "permission to read the file was denied; ask its owner") from error
    except MemoryError as error:
        raise ImageError(path, "the file does not fit into the free memory") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ImageError(path, f"the file could not be read: {reason}") from error
    if not content:
        raise ImageError(path, f"the file is empty; {_COPY_AGAIN}")
    return content


def _require_readable_kind(path: Path, status: os.stat_result) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise ImageError(path, "it is a folder without photographs or one that cannot be opened")
    if not stat.S_ISREG(status.st_mode):
        raise ImageError(path, "it is not a regular file but a device, pipe or socket")
    if status.st_size > MAX_BYTES:
        raise ImageError(
            path,
            f"the file has {status.st_size / 1e9:.2f} GB, more than the limit of "
            f"{MAX_BYTES / 1e9:g} GB; export a single photograph",
        )


@contextmanager
def _explained(path: Path, content: bytes, sha256: str = "") -> Iterator[None]:
    """Turn whatever decoding raises into an `ImageError` with a sentence."""
    try:
        yield
    except RefusedError as error:
        raise ImageError(path, str(error), sha256) from None
    except UnidentifiedImageError as error:
        raise ImageError(path, _unidentified_problem(content), sha256) from error
    except MemoryError as error:
        problem = "the image does not fit into the free memory; make it smaller"
        raise ImageError(path, problem, sha256) from error
    except Exception as error:  # decoders raise every kind on hostile bytes; the cause is kept
        problem = f"the {_format_of(content)} data is truncated or damaged; {_COPY_AGAIN}"
        raise ImageError(path, problem, sha256) from error


def _format_of(content: bytes) -> str | None:
    """Return the format that the first bytes promise."""
    if is_dicom(content):
        return "DICOM"
    for name in _FORMATS:
        _, accepts = Image.OPEN[name]
        if accepts is not None and accepts(content[:16]):
            return name
    return None


def _unidentified_problem(content: bytes) -> str:
    promised = _format_of(content)
    if promised is None:
        return f"the contents are not a JPEG, PNG, TIFF, BMP, WebP or DICOM image; {EXPORT_AGAIN}"
    return (
        f"the {promised} header is truncated or damaged, says 0 pixels or is of an unsupported "
        f"kind; {EXPORT_AGAIN}"
    )


def _open(content: bytes, max_pixels: int, notes: list[str]) -> Image.Image:
    """Read the header, mostly nothing more, and refuse what must not be decoded."""
    if is_dicom(content):
        return open_dicom(content, max_pixels, notes)
    image = Image.open(io.BytesIO(content), formats=_FORMATS)
    refuse_too_many_pixels(*image.size, max_pixels)
    if image.format in ("JPEG", "MPO"):
        refuse_too_many_scans(content)
    if image.mode == "F":
        raise RefusedError(f"its pixels are floating-point numbers; {EXPORT_AGAIN}")
    return image


def _pixels(image: Image.Image) -> NDArray[np.uint8]:
    # In bands of rows: numpy's own way copies the whole image twice and gives a read-only array.
    width, height = image.size
    pixels = np.empty((height, width, 3), np.uint8)
    for top in range(0, height, 256):
        bottom = min(top + 256, height)
        pixels[top:bottom] = np.asarray(image.crop((0, top, width, bottom)))
    return pixels
