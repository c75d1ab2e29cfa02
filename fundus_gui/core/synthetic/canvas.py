"""The sheet that is drawn on: retina coordinates, soft masks, pigments.

Retina coordinates: the aperture's centre is (0, 0) and its radius 1; x grows to the right and
y downwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from fundus_gui.core.synthetic.spec import FundusSpec

Plane = NDArray[np.float32]  # (H, W)
Colour = Sequence[float]  # red, green, blue of 0..1
Point = NDArray[np.float64]  # (2,)

_COARSE = 192  # px, height of the copy on which smooth fields are computed
_WIDTH_TO_HEIGHT = {"full_disc": 1.0, "cut": 1.5, "fills_frame": 4 / 3}
_RADIUS_TO_HEIGHT = {"full_disc": 0.485, "cut": 0.66, "fills_frame": 0.86}


@dataclass(frozen=True, slots=True)
class Stroke:
    """A tapering line: points (n, 2) and full widths (n,) in retina coordinates."""

    points: NDArray[np.float64]
    widths: NDArray[np.float64]


class Canvas:
    """A picture of float colours (H, W, 3), 0 to 1, with the random numbers that it uses."""

    def __init__(self, spec: FundusSpec) -> None:
        self.height = spec.size
        self.width = round(spec.size * _WIDTH_TO_HEIGHT[spec.framing])
        self.radius = spec.size * _RADIUS_TO_HEIGHT[spec.framing]  # px
        self.centre = (self.width / 2, self.height / 2)
        self.random = np.random.default_rng(spec.seed)
        self.colours = np.zeros((self.height, self.width, 3), np.float32)

    def axes(self, height: int | None = None) -> tuple[Plane, Plane]:
        """Return x (1, W) and y (H, 1) in retina coordinates, on a copy of `height` pixels."""
        rows = self.height if height is None else height
        step = self.height / rows
        columns = round(self.width / step)
        x = ((np.arange(columns) + 0.5) * step - self.centre[0]) / self.radius
        y = ((np.arange(rows) + 0.5) * step - self.centre[1]) / self.radius
        return x.astype(np.float32)[None, :], y.astype(np.float32)[:, None]

    def coarse_axes(self) -> tuple[Plane, Plane]:
        """Return the axes of the coarse copy on which smooth fields are computed."""
        return self.axes(_COARSE)

    def enlarged(self, coarse: NDArray[np.floating]) -> Plane:
        """Bring a smooth field to the picture's size."""
        image = Image.fromarray(np.ascontiguousarray(coarse, dtype=np.float32))
        resized = image.resize((self.width, self.height), Image.Resampling.BICUBIC)
        return np.asarray(resized, dtype=np.float32)

    def clouds(self, grain: float) -> Plane:
        """Return smooth noise of about -1 to 1 whose blobs measure `grain` radii."""
        columns = max(4, round(self.width / self.radius / grain))
        rows = max(4, round(self.height / self.radius / grain))
        field = self.random.normal(size=(rows, columns)).astype(np.float32) * 0.5
        return self.enlarged(np.clip(field, -1, 1))

    def strokes_mask(self, strokes: Iterable[Stroke], *, blur: float = 0.0) -> Plane:
        """Draw strokes, antialiased, 0 to 1; `blur` in radii."""
        mask = Image.new("L", (2 * self.width, 2 * self.height))
        draw = ImageDraw.Draw(mask)
        for stroke in strokes:
            points = self._pixels(stroke.points) * 2
            widths = np.maximum(stroke.widths * self.radius * 2, 1.0)
            for (x0, y0), (x1, y1), width in zip(points, points[1:], widths[1:], strict=False):
                draw.line((x0, y0, x1, y1), fill=255, width=round(width))
                half = width / 2
                if half >= 1:
                    draw.ellipse((x1 - half, y1 - half, x1 + half, y1 + half), fill=255)
        return self._finished(mask, blur)

    def blobs_mask(
        self, centres: NDArray[np.float64], radii: NDArray[np.float64], *, blur: float = 0.0
    ) -> Plane:
        """Draw irregular round spots: centres (n, 2) and radii (n,) in radii; 0 to 1."""
        mask = Image.new("L", (2 * self.width, 2 * self.height))
        draw = ImageDraw.Draw(mask)
        angles = np.linspace(0, 2 * np.pi, 24, endpoint=False)
        for centre, radius in zip(centres, radii, strict=True):
            wobble = np.ones_like(angles)
            for n in (2, 3, 5):
                phase = self.random.uniform(0, 2 * np.pi)
                wobble += self.random.uniform(0, 0.25 / n) * np.sin(n * angles + phase)
            outline = np.stack([np.cos(angles), np.sin(angles)], axis=1) * wobble[:, None]
            polygon = self._pixels(centre + radius * outline) * 2
            draw.polygon([tuple(point) for point in polygon], fill=255)
        return self._finished(mask, blur)

    def ellipse_mask(
        self, centre: Point, axes: tuple[float, float], *, angle: float = 0.0, softness: float
    ) -> Plane:
        """Return a filled ellipse whose edge fades over `softness` radii."""
        x, y = self.axes()
        across, along = x - np.float32(centre[0]), y - np.float32(centre[1])
        turned_x = across * np.float32(np.cos(angle)) + along * np.float32(np.sin(angle))
        turned_y = along * np.float32(np.cos(angle)) - across * np.float32(np.sin(angle))
        distance = np.hypot(turned_x / axes[0], turned_y / axes[1])
        edge = (1 - distance) * np.float32(min(axes) / softness) + np.float32(0.5)
        clipped: Plane = np.clip(edge, 0, 1)
        return clipped

    def blend(self, mask: Plane, colour: Colour) -> None:
        """Paint `colour` over the picture where `mask` is 1, partly where it is less."""
        for channel, value in enumerate(colour):
            plane = self.colours[..., channel]
            plane += mask * (np.float32(value) - plane)

    def absorb(self, mask: Plane, absorbed: Colour) -> None:
        """Take away a share of each channel where `mask` is 1, as a pigment does."""
        for channel, value in enumerate(absorbed):
            self.colours[..., channel] *= 1 - mask * np.float32(value)

    def blurred(self, sigma: float) -> None:
        """Blur the whole picture; `sigma` in pixels of a 1000 px picture."""
        pixels = sigma * self.height / 1000
        for channel in range(3):
            image = Image.fromarray(np.ascontiguousarray(self.colours[..., channel]) * 255)
            # Pillow blurs 8-bit planes fast; the rounding disappears in the sensor's noise.
            soft = image.convert("L").filter(ImageFilter.GaussianBlur(pixels))
            self.colours[..., channel] = np.asarray(soft, dtype=np.float32) / 255

    def _pixels(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        pixels: NDArray[np.float64] = points * self.radius + np.asarray(self.centre)
        return pixels

    def _finished(self, mask: Image.Image, blur: float) -> Plane:
        small = mask.resize((self.width, self.height), Image.Resampling.BOX)
        if blur:
            small = small.filter(ImageFilter.GaussianBlur(blur * self.radius))
        scaled: Plane = np.asarray(small, dtype=np.float32) / np.float32(255)
        return scaled
