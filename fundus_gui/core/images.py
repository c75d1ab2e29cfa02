"""Finds photographs in folders and reads every kind of image file into the same upright RGB pixels.

Whatever a file holds, the outcome is a `Photograph` or an `ImageError` with a sentence.
"""

from __future__ import annotations

import functools
import hashlib
import io
import os
import re
import stat
import struct
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePath

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from fundus_gui.core.errors import ImageError

IMAGE_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".tif", ".tiff", ".bmp", ".webp"}
)

# Twice the largest fundus camera, or a mosaic of 10,000 x 10,000. Decoding takes 7 to 8 bytes a
# pixel, so one photograph stays below 1 GB of memory.
MAX_PIXELS = 100_000_000
# 100 megapixels of four 16-bit channels, uncompressed, fit.
MAX_BYTES = 1_000_000_000

# The contents decide among these (a PNG named .jpg is read); no other decoder sees a stranger's
# file, Ghostscript least of all.
_FORMATS = ("JPEG", "PNG", "TIFF", "BMP", "WEBP")

# Our own limit is checked on the header before decoding; Pillow's would warn or raise before it.
Image.MAX_IMAGE_PIXELS = None
# What Pillow warns of in damaged metadata is of no use to the user. Set once: changing the filters
# for each file would not be safe with several threads.
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")

_COPY_AGAIN = "copy the file again from its source"
_EXPORT_AGAIN = "export the photograph again as an 8-bit RGB image (JPEG, PNG or TIFF)"
_ON_BLACK = "transparent parts shown on black"
_MODE_NOTES = {
    "1": "1-bit black and white, without colour",
    "L": "greyscale, without colour",
    "LA": "greyscale, without colour",
    "P": "palette of at most 256 colours",
    "CMYK": "converted from CMYK",
    "LAB": "converted from CIELab",
}

_FolderId = tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Photograph:
    """One photograph as every model sees it before its own preprocessing.

    Attributes:
        path: the file.
        pixels: (H, W, 3) upright sRGB, C-contiguous and writable.
        sha256: hash of the file's bytes.
        warnings: conversions that a reader of the results should know of.
    """

    path: Path
    pixels: NDArray[np.uint8]
    sha256: str
    warnings: tuple[str, ...]


def find_images(paths: Iterable[Path], *, recursive: bool = True) -> Iterator[Path]:
    """List the image files among files and folders, folder by folder in natural order.

    A given file is listed whatever its suffix. Of a folder, everything with an image suffix is
    listed, also what will fail to read (pipes, dangling links), then its subfolders follow.
    A folder that cannot be opened, and a folder named like an image that holds neither images
    nor folders, are listed themselves, so that reading them gives a sentence. Nothing is listed
    twice, and no folder is entered twice.

    Raises:
        ImageError: a given path does not exist; raised by the call, before anything is listed.
    """
    given = list(paths)
    for path in given:
        if not os.path.lexists(path):
            raise ImageError(path, f"there is no file or folder at {path}; check the spelling")
    return _find(given, recursive)


def _find(given: list[Path], recursive: bool) -> Iterator[Path]:
    walked: set[_FolderId] = set()
    named: set[tuple[_FolderId | None, str]] = set()  # given files, by folder and name
    for path in given:
        if _folder_id(path) is not None:
            for found in _walk(path, recursive, walked):
                if not named or (_folder_id(found.parent), found.name) not in named:
                    yield found
            continue
        parent = _folder_id(path.parent)
        already_walked = parent in walked and _has_image_suffix(path.name)
        if not already_walked and (parent, path.name) not in named:
            named.add((parent, path.name))
            yield path


def _walk(top: Path, recursive: bool, walked: set[_FolderId]) -> Iterator[Path]:
    pending = [top]  # a stack, because folders may lie deeper than Python recurses
    while pending:
        folder = pending.pop()
        identity = _folder_id(folder)
        if identity in walked:
            continue
        try:
            files, subfolders = _list_folder(folder, recursive)
        except OSError:
            yield folder
            continue
        if identity is not None:
            walked.add(identity)
        if not files and not subfolders and _has_image_suffix(folder.name):
            yield folder
        yield from files
        if recursive:
            pending.extend(reversed(subfolders))


def _list_folder(folder: Path, recursive: bool) -> tuple[list[Path], list[Path]]:
    files, subfolders = [], []
    with os.scandir(folder) as entries:
        for entry in entries:
            is_image = _has_image_suffix(entry.name)
            if _is_folder(entry) and (recursive or not is_image):
                subfolders.append(entry.name)
            elif is_image:
                files.append(entry.name)
    return (
        [folder / name for name in sorted(files, key=_natural_key)],
        [folder / name for name in sorted(subfolders, key=_natural_key)],
    )


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads round in a circle or where we may not look
        return False


def _folder_id(path: Path) -> _FolderId | None:
    """Return what tells a folder from all others, or None for what is no folder."""
    try:
        status = path.stat()
    except OSError:
        return None
    return (status.st_dev, status.st_ino) if stat.S_ISDIR(status.st_mode) else None


def _has_image_suffix(name: str) -> bool:
    return PurePath(name).suffix.lower() in IMAGE_SUFFIXES


def _natural_key(name: str) -> tuple[list[str | int], str]:
    # Text and digits alternate, so that like is compared with like; the name itself breaks ties.
    parts = re.split(r"([0-9]+)", name.casefold())
    return [int(part) if index % 2 else part for index, part in enumerate(parts)], name


def read_photograph(path: Path, *, max_pixels: int = MAX_PIXELS) -> Photograph:
    """Read a JPEG (also MPO), PNG, TIFF, BMP or WebP file, told apart by its contents.

    Thread-safe. Only regular files are opened, so that a pipe cannot block.

    Raises:
        ImageError: with the file's hash where its bytes could be read.
    """
    content = _read_bytes(path)
    sha256 = hashlib.sha256(content).hexdigest()
    notes: list[str] = []
    with _explained(path, content, sha256):
        # Nested, so that nothing keeps a second copy of a large image alive.
        pixels = _pixels(_upright_rgb(_open(content, max_pixels), notes))
    return Photograph(path, pixels, sha256, tuple(notes))


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
        image = _open(content, MAX_PIXELS)
        image.draft(None, (size, size))  # lets the JPEG decoder skip what is too fine to be seen
        rgb = _upright_rgb(image, [])
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


class _RefusedError(Exception):
    """An image that Pillow would read but that must not be used; its text is the problem."""


@contextmanager
def _explained(path: Path, content: bytes, sha256: str = "") -> Iterator[None]:
    """Turn whatever decoding raises into an `ImageError` with a sentence."""
    try:
        yield
    except _RefusedError as error:
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
    for name in _FORMATS:
        _, accepts = Image.OPEN[name]
        if accepts is not None and accepts(content[:16]):
            return name
    return None


def _unidentified_problem(content: bytes) -> str:
    promised = _format_of(content)
    if promised is None:
        return f"the contents are not a JPEG, PNG, TIFF, BMP or WebP image; {_EXPORT_AGAIN}"
    return (
        f"the {promised} header is truncated or damaged, says 0 pixels or is of an unsupported "
        f"kind; {_EXPORT_AGAIN}"
    )


def _open(content: bytes, max_pixels: int) -> Image.Image:
    """Read the header only and refuse what must not be decoded."""
    image = Image.open(io.BytesIO(content), formats=_FORMATS)
    width, height = image.size
    if width * height > max_pixels:
        raise _RefusedError(
            f"the image has {width * height / 1e6:,.6g} megapixels ({width} × {height}), more "
            f"than the limit of {max_pixels / 1e6:,.6g}; make it smaller"
        )
    if image.mode == "F":
        raise _RefusedError(f"its pixels are floating-point numbers; {_EXPORT_AGAIN}")
    return image


def _upright_rgb(image: Image.Image, notes: list[str]) -> Image.Image:
    """Decode an opened image and name every conversion in `notes`."""
    raw_modes = " ".join(str(tile[3]) for tile in getattr(image, "tile", ()))
    if getattr(image, "is_animated", False):
        notes.append("the file holds several images; the first was read")
    image.load()
    try:
        ImageOps.exif_transpose(image, in_place=True)
    except (OSError, SyntaxError, ValueError, TypeError, LookupError, struct.error):
        notes.append("the EXIF data is damaged; the orientation may be missing")
    if image.mode in _MODE_NOTES:
        notes.append(_MODE_NOTES[image.mode])

    profile = image.info.get("icc_profile")
    if image.mode == "LAB":
        profile = None  # Pillow's own conversion ends in sRGB
    if image.mode.startswith("I"):
        image = _eight_bit_grey(image, 12 if "I;12" in raw_modes else 16, notes)
    elif ";16" in raw_modes:
        notes.append("16-bit channels scaled to 8 bits")  # by Pillow, which keeps the high bytes
    if image.has_transparency_data:
        image = _on_black(image, notes)
    elif image.mode not in ("L", "RGB", "CMYK"):
        image = image.convert("RGB")
    if profile:
        image = _in_srgb(image, profile, notes)
    return image if image.mode == "RGB" else image.convert("RGB")


def _eight_bit_grey(image: Image.Image, bits: int, notes: list[str]) -> Image.Image:
    """Keep the upper 8 bits, where Pillow would clip to white."""
    values = np.asarray(image)
    if values.min() < 0 or values.max() > 65535:
        raise _RefusedError(f"its pixels are not within 16 bits; {_EXPORT_AGAIN}")
    transparent = image.info.get("transparency")
    if isinstance(transparent, int) and (values == transparent).any():
        notes.append(_ON_BLACK)
        values = np.where(values == transparent, 0, values)
    if values.max() > 255:
        notes.append(f"{bits}-bit grey scaled to 8 bits")
        values = values >> (bits - 8)
    else:
        notes.append(_MODE_NOTES["L"])
    return Image.fromarray(values.astype(np.uint8))


def _on_black(image: Image.Image, notes: list[str]) -> Image.Image:
    if image.mode == "La":
        image = image.convert("LA")  # straight to RGBA, Pillow would drop the alpha channel
    rgba = image if image.mode == "RGBA" else image.convert("RGBA")
    least_opaque, _ = rgba.getchannel("A").getextrema()
    if least_opaque == 255:
        return rgba.convert("RGB")
    notes.append(_ON_BLACK)
    black = Image.new("RGB", rgba.size)
    black.paste(rgba, mask=rgba)
    return black


def _in_srgb(image: Image.Image, profile: bytes, notes: list[str]) -> Image.Image:
    try:
        name, transform = _srgb_transform(profile, image.mode)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        notes.append("the colour profile was ignored: it is damaged or of another colour space")
        return image
    if transform is None:
        return image
    notes.append(f"colours converted from the profile '{name}' to sRGB")
    return transform.apply(image)


@functools.lru_cache(maxsize=16)  # the photographs of one camera share one profile
def _srgb_transform(profile: bytes, mode: str) -> tuple[str, ImageCms.ImageCmsTransform | None]:
    """Return the profile's name and the way to sRGB, None where there is nothing to change."""
    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    name = " ".join((source.profile.profile_description or "unnamed").split())[:60]
    transform = ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), mode, "RGB")
    levels = np.linspace(0, 255, 6, dtype=np.uint8)
    samples = {
        "L": levels[None],
        "RGB": np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(1, -1, 3),
    }.get(mode)
    if samples is not None:
        swatch = Image.fromarray(samples)
        change = np.asarray(transform.apply(swatch), np.int16) - np.asarray(swatch.convert("RGB"))
        if abs(change).max() <= 2:  # the many makes of sRGB differ by rounding
            return name, None
    return name, transform


def _pixels(image: Image.Image) -> NDArray[np.uint8]:
    # In bands of rows: numpy's own way copies the whole image twice and gives a read-only array.
    width, height = image.size
    pixels = np.empty((height, width, 3), np.uint8)
    for top in range(0, height, 256):
        bottom = min(top + 256, height)
        pixels[top:bottom] = np.asarray(image.crop((0, top, width, bottom)))
    return pixels
