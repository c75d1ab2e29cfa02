"""From an upright RGB photograph to a network's input: field of view, crop, resize, normalise.

The field of view is the bright disc that the camera's aperture leaves on black. Pixels in,
pixels and numbers out; free of torch, so that the window can show what a model sees.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from fundus_gui.core.errors import ConfigError

Pixels = NDArray[np.uint8]
Framing = Literal["field-of-view", "squash", "center-crop"]
Interpolation = Literal["bilinear", "bicubic"]
Contrast = Literal["none", "ben-graham"]

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)

_SEARCH_SIZE = 256  # px, longest side of the copy in which the field of view is sought
_BRIGHTEST_BLACK = 40  # level; where every corner is brighter, retina fills the frame
_FEWEST_PIXELS = 32  # on the shorter side; vessels can no longer be told from noise
_LEAST_CONTRAST = 16  # levels; the dimmest of 4,300 photographs of several cameras has 57
_RESAMPLING = {
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
}


@dataclass(frozen=True, slots=True)
class FieldOfView:
    """The bounding box of the retina in pixels of the photograph, as far as the edges of pixels.

    Fractions of pixels, so that it is the same box whatever size the photograph is decoded at.
    """

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """Width in pixels."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Height in pixels."""
        return self.bottom - self.top


def find_field_of_view(pixels: Pixels) -> FieldOfView:
    """Find the box around everything that is brighter than the camera's black surround.

    The threshold follows the picture's own black and brightness, so that dim photographs are
    not cut; small bright marks (labels, notches, dust) do not count. A photograph that fills
    its frame, or in which no disc stands out, keeps the whole frame.

    Args:
        pixels: (H, W, 3) upright RGB.
    """
    height, width = pixels.shape[:2]
    whole = FieldOfView(0, 0, width, height)
    mask = _retina_mask(pixels)
    if mask is None:
        return whole
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if len(rows) < 0.2 * mask.shape[0] or len(columns) < 0.2 * mask.shape[1]:
        return whole
    # One cell of the small copy is added on every side: rather a thin black rim than cut retina.
    y_scale, x_scale = height / mask.shape[0], width / mask.shape[1]
    return FieldOfView(
        left=max(0.0, float(columns[0] - 1) * x_scale),
        top=max(0.0, float(rows[0] - 1) * y_scale),
        right=min(float(width), float(columns[-1] + 2) * x_scale),
        bottom=min(float(height), float(rows[-1] + 2) * y_scale),
    )


def _retina_mask(pixels: Pixels) -> NDArray[np.bool_] | None:
    """Return the largest bright region in a small copy, or None when nothing stands out."""
    from scipy import ndimage

    image = Image.fromarray(pixels)
    scale = min(1.0, _SEARCH_SIZE / max(image.size))
    small_size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    small = np.asarray(image.resize(small_size, Image.Resampling.BOX)).max(axis=2)
    corner = max(1, min(small.shape) // 24)
    corners = [
        small[rows, columns]
        for rows in (slice(None, corner), slice(-corner, None))
        for columns in (slice(None, corner), slice(-corner, None))
    ]
    black = min(float(np.median(patch)) for patch in corners)
    bright = float(np.percentile(small, 90))
    if bright - black < 8 or black > _BRIGHTEST_BLACK:
        return None
    threshold = black + max(3.0, 0.05 * (bright - black))
    mask = ndimage.binary_opening(small > threshold, iterations=2)
    labels, count = ndimage.label(mask)
    if count == 0:
        return None
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    largest: NDArray[np.bool_] = ndimage.binary_fill_holes(labels == int(sizes.argmax()))
    return largest


def retina_warnings(pixels: Pixels) -> tuple[str, ...]:
    """Say why a picture cannot show a retina; nothing is said of what might.

    Args:
        pixels: (H, W, 3) upright RGB.
    """
    height, width = pixels.shape[:2]
    if min(height, width) < _FEWEST_PIXELS:
        return (f"{width} × {height} pixels are too few to show a retina",)
    step = min(height, width) // _FEWEST_PIXELS
    sample = pixels[::step, ::step].reshape(-1, 3)
    darkest, brightest = np.percentile(sample, [5, 95], axis=0)
    if (brightest - darkest).max() < _LEAST_CONTRAST:
        return ("nothing looks like a retina: the picture is nearly all of one colour",)
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Preprocessing:
    """What a model's weights want done to a photograph; equal settings share the work.

    Attributes:
        size: height and width of the network's input in pixels.
        framing: crop to the field of view and pad to square; squash the whole frame; or resize
            the short side to size / crop_fraction and keep the centre (foreign weights).
        crop_fraction: share of the short side kept by `center-crop`.
        interpolation: resampling filter, always antialiased.
        contrast: `ben-graham` subtracts the local average colour (B. Graham, Kaggle diabetic
            retinopathy report, 2015).
        mean, std: per channel, of values scaled to 0..1.
    """

    size: int = 224
    framing: Framing = "field-of-view"
    crop_fraction: float = 1.0
    interpolation: Interpolation = "bilinear"
    contrast: Contrast = "none"
    mean: tuple[float, float, float] = IMAGENET_MEAN
    std: tuple[float, float, float] = IMAGENET_STD

    def __post_init__(self) -> None:
        """Refuse settings that no network could use."""
        if not isinstance(self.size, int) or not 16 <= self.size <= 4096:
            raise ConfigError(f"The input size must be 16 to 4096 pixels, not {self.size}.")
        if not 0.1 <= self.crop_fraction <= 1:
            raise ConfigError(f"crop_fraction must be 0.1 to 1, not {self.crop_fraction:g}.")
        choices = (
            ("framing", self.framing, get_args(Framing)),
            ("interpolation", self.interpolation, get_args(Interpolation)),
            ("contrast", self.contrast, get_args(Contrast)),
        )
        for field, value, known in choices:
            if value not in known:
                raise ConfigError(f"{field} must be one of {', '.join(known)}, not '{value}'.")
        numbers = (*self.mean, *self.std)
        if len(self.mean) != 3 or len(numbers) != 6 or min(self.std) <= 0:
            raise ConfigError("mean and std need three numbers each, std above 0.")
        if not np.isfinite(numbers).all():
            raise ConfigError("mean and std must be finite numbers.")

    @property
    def enough(self) -> int:
        """Pixels on the shorter side of a photograph that are as good as any more.

        Twice the size, since below that the JPEG decoder's own way to make a picture smaller
        shows; and twice the copy in which the field of view is sought, so that it is found alike.
        """
        if self.framing == "field-of-view":
            return 2 * max(self.size, _SEARCH_SIZE)
        return math.ceil(2 * self.size / self.crop_fraction)

    def view(self, pixels: Pixels, field: FieldOfView | None = None) -> Pixels:
        """Return the photograph exactly as the model sees it, before normalisation.

        Args:
            pixels: (H, W, 3) upright RGB of any size.
            field: what `find_field_of_view` says of it, sought if None.

        Returns:
            (size, size, 3).
        """
        framed = np.asarray(self._framed(pixels, field))
        if self.contrast == "ben-graham":
            return _ben_graham(framed)
        return framed

    def normalise(self, view: Pixels) -> NDArray[np.float32]:
        """Scale (size, size, 3) of 0..255 to the network's (3, size, size)."""
        scaled = view.astype(np.float32) / np.float32(255)
        mean, std = np.array(self.mean, np.float32), np.array(self.std, np.float32)
        normal = (scaled - mean) / std
        return np.ascontiguousarray(normal.transpose(2, 0, 1), dtype=np.float32)

    def apply(self, pixels: Pixels, field: FieldOfView | None = None) -> NDArray[np.float32]:
        """Turn a photograph (H, W, 3) into the network's input (3, size, size)."""
        return self.normalise(self.view(pixels, field))

    def _framed(self, pixels: Pixels, field: FieldOfView | None) -> Image.Image:
        image = Image.fromarray(pixels)
        resampling = _RESAMPLING[self.interpolation]
        if self.framing == "squash":
            return image.resize((self.size, self.size), resampling)
        if self.framing == "center-crop":
            side = min(image.size) * self.crop_fraction
            left, top = (image.width - side) / 2, (image.height - side) / 2
            box = (left, top, left + side, top + side)
            return image.resize((self.size, self.size), resampling, box=box)
        return self._framed_by_field_of_view(image, field or find_field_of_view(pixels))

    def _framed_by_field_of_view(self, image: Image.Image, view: FieldOfView) -> Image.Image:
        scale = self.size / max(view.width, view.height)
        width, height = max(1, round(view.width * scale)), max(1, round(view.height * scale))
        box = (view.left, view.top, view.right, view.bottom)
        resized = image.resize((width, height), _RESAMPLING[self.interpolation], box=box)
        square = Image.new("RGB", (self.size, self.size))
        square.paste(resized, ((self.size - width) // 2, (self.size - height) // 2))
        return square


def _ben_graham(view: Pixels) -> Pixels:
    """Subtract the local average colour, taken over retina only so that the rim has no halo."""
    from scipy import ndimage

    size = view.shape[0]
    retina = _retina_mask(view)
    mask = np.ones((size, size), np.float32) if retina is None else _inner_mask(retina, size)
    sigma = size / 30
    colour = view.astype(np.float32) * mask[..., None]
    weight = np.maximum(ndimage.gaussian_filter(mask, sigma), 1e-3)
    average = ndimage.gaussian_filter(colour, (sigma, sigma, 0)) / weight[..., None]
    enhanced = 128 + 4 * (view.astype(np.float32) - average) * mask[..., None]
    rounded: Pixels = np.clip(np.rint(enhanced), 0, 255).astype(np.uint8)
    return rounded


def _inner_mask(retina: NDArray[np.bool_], size: int) -> NDArray[np.float32]:
    """Return 1 on the retina without its rim, whose pixels are half black, else 0; (size, size)."""
    from scipy import ndimage

    resized = Image.fromarray(retina).resize((size, size), Image.Resampling.NEAREST)
    rim = max(2, size // 75)
    return np.asarray(
        ndimage.binary_erosion(np.asarray(resized), np.ones((3, 3)), iterations=rim), np.float32
    )
