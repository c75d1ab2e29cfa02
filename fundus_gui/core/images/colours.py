"""From whatever a decoder gives to upright 8-bit sRGB, every conversion named."""

from __future__ import annotations

import functools
import io
import struct

import numpy as np
from PIL import Image, ImageCms, ImageOps

from fundus_gui.core.images.limits import EXPORT_AGAIN, RefusedError

SEVERAL_IMAGES = "the file holds several images; the first was read"
IN_16_BITS = "16-bit channels scaled to 8 bits"
MODE_NOTES = {
    "1": "1-bit black and white, without colour",
    "L": "greyscale, without colour",
    "LA": "greyscale, without colour",
    "P": "palette of at most 256 colours",
    "CMYK": "converted from CMYK",
    "LAB": "converted from CIELab",
}
_ON_BLACK = "transparent parts shown on black"


def upright_rgb(image: Image.Image, notes: list[str]) -> Image.Image:
    """Decode an opened image and name every conversion in `notes`."""
    raw_modes = " ".join(str(tile[3]) for tile in getattr(image, "tile", ()))
    if getattr(image, "is_animated", False):
        notes.append(SEVERAL_IMAGES)
    image.load()
    try:
        ImageOps.exif_transpose(image, in_place=True)
    except (OSError, SyntaxError, ValueError, TypeError, LookupError, struct.error):
        notes.append("the EXIF data is damaged; the orientation may be missing")
    if image.mode in MODE_NOTES:
        notes.append(MODE_NOTES[image.mode])

    profile = image.info.get("icc_profile")
    if image.mode == "LAB":
        profile = None  # Pillow's own conversion ends in sRGB
    if image.mode.startswith("I"):
        image = _eight_bit_grey(image, 12 if "I;12" in raw_modes else 16, notes)
    elif ";16" in raw_modes:
        notes.append(IN_16_BITS)  # by Pillow, which keeps the high bytes
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
        raise RefusedError(f"its pixels are not within 16 bits; {EXPORT_AGAIN}")
    transparent = image.info.get("transparency")
    if isinstance(transparent, int) and (values == transparent).any():
        notes.append(_ON_BLACK)
        values = np.where(values == transparent, 0, values)
    if values.max() > 255:
        notes.append(f"{bits}-bit grey scaled to 8 bits")
        values = values >> (bits - 8)
    else:
        notes.append(MODE_NOTES["L"])
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
        transform = _srgb_transform(profile, image.mode)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        notes.append("the colour profile was ignored: it is damaged or of another colour space")
        return image
    if transform is None:
        return image
    # By which name is not said: anybody may have written anything there.
    notes.append("colours converted from the photograph's own profile to sRGB")
    return transform.apply(image)


@functools.lru_cache(maxsize=16)  # the photographs of one camera share one profile
def _srgb_transform(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform | None:
    """Return the way to sRGB, None where there is nothing to change."""
    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
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
            return None
    return transform
