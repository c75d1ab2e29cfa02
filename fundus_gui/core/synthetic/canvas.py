"""The sheet that is drawn on: a right eye in degrees of visual angle.

Retina coordinates: the fovea is (0, 0), x grows nasally (to the right), y downwards, the unit is
one degree of visual angle. Smooth fields live on a plate of fixed resolution in these
coordinates, so that an eye does not change with the size of its picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter
from scipy import ndimage

from fundus_gui.core.synthetic.spec import FundusSpec

Plane = NDArray[np.float32]  # (H, W)
Points = NDArray[np.float64]  # (n, 2) or (2,), degrees
Place = Sequence[float] | Points  # one point
Colour = Sequence[float] | NDArray[np.float64]  # red, green, blue of 0..1

_PLATE_REACH = 30.0  # degrees from the picture's centre to the plate's edge
_PLATE_DENSITY = 6  # px per degree
_LARGEST = 1400  # px: an eye's optics blur more than what a finer drawing would add
_WIDTH_TO_HEIGHT = {"full_disc": 1.0, "cut": 1.5, "fills_frame": 4 / 3}
_RADIUS_TO_HEIGHT = {"full_disc": 0.485, "cut": 0.66, "fills_frame": 0.86}


@dataclass(frozen=True, slots=True)
class Line:
    """A tapering line.

    Attributes:
        points: (n, 2) in degrees.
        widths: (n,) full widths in degrees.
        value: what it writes into a mask, 0 to 1.
    """

    points: Points
    widths: NDArray[np.float64]
    value: float = 1.0

    @property
    def width(self) -> float:
        """The largest width."""
        return float(self.widths.max())

    def narrowed(self, share: float) -> Line:
        """Return the line with a share of its width."""
        return replace(self, widths=self.widths * share)


class Canvas:
    """A picture of float colours (H, W, 3), 0 to 1, and its place on the retina.

    Attributes:
        colours: the picture.
        density: pixels per degree.
        radius: of the camera's aperture, in pixels.
        plate_x, plate_y: retina coordinates of the plate, (P, P).
    """

    def __init__(self, spec: FundusSpec) -> None:
        self._seed = spec.seed
        random = self.stream("gaze")
        reach = float(random.uniform(22.5, 25.0))  # degrees from the centre to the aperture
        self._centre = np.array([random.uniform(2.8, 5.5), random.uniform(-1.8, 0.8)])
        self.height = min(spec.size, _LARGEST)
        self.width = round(self.height * _WIDTH_TO_HEIGHT[spec.framing])
        self.radius = self.height * _RADIUS_TO_HEIGHT[spec.framing]
        self.density = self.radius / reach
        self.colours = np.zeros((self.height, self.width, 3), np.float32)
        side = round(2 * _PLATE_REACH * _PLATE_DENSITY)
        steps = ((np.arange(side) + 0.5) / _PLATE_DENSITY - _PLATE_REACH).astype(np.float32)
        self.plate_x, self.plate_y = np.meshgrid(steps + self._centre[0], steps + self._centre[1])

    def stream(self, name: str) -> np.random.Generator:
        """Return the random numbers of one painter; others do not change when it draws more."""
        return np.random.default_rng([self._seed, *name.encode()])

    def clouds(self, random: np.random.Generator, grain: float) -> Plane:
        """Return a plate of smooth noise, standard deviation 1, with blobs of `grain` degrees."""
        density = min(_PLATE_DENSITY, 4 / grain)  # broad clouds need no fine grid
        side = round(2 * _PLATE_REACH * density)
        field = random.standard_normal((side, side), dtype=np.float32)
        smooth = ndimage.gaussian_filter(field, grain * density / 2, mode="wrap")
        image = Image.fromarray(smooth / smooth.std())
        return np.asarray(image.resize(self.plate_x.shape, Image.Resampling.BICUBIC))

    def distance(self, centre: Place, axes: tuple[float, float], turn: float) -> Plane:
        """Return a plate of the distance to `centre` in units of an ellipse's half axes."""
        x, y = self.plate_x - centre[0], self.plate_y - centre[1]
        cos, sin = np.cos(turn), np.sin(turn)
        scaled: Plane = np.hypot((x * cos + y * sin) / axes[0], (y * cos - x * sin) / axes[1])
        return scaled.astype(np.float32)

    def project(self, plate: NDArray[np.floating]) -> Plane:
        """Bring a plate to the picture's pixels."""
        middle = np.array([_PLATE_REACH, _PLATE_REACH]) * _PLATE_DENSITY
        half = np.array([self.width, self.height]) / 2 * _PLATE_DENSITY / self.density
        (left, top), (right, bottom) = (middle - half).tolist(), (middle + half).tolist()
        image = Image.fromarray(np.ascontiguousarray(plate, dtype=np.float32))
        resized = image.resize(
            (self.width, self.height), Image.Resampling.BICUBIC, (left, top, right, bottom)
        )
        return np.asarray(resized, dtype=np.float32)

    def region(self, height: NDArray[np.floating], softness: float) -> Plane:
        """Return the mask of the picture where a plate is above 0, fading over `softness`."""
        clipped: Plane = np.clip(self.project(height) / np.float32(softness) + 0.5, 0, 1)
        return clipped

    def ribbons(self, lines: Sequence[Line]) -> Plane:
        """Draw lines, the thinnest first, as a mask of 0 to 1."""
        scale = self._supersampling()
        mask = Image.new("L", (self.width * scale, self.height * scale))
        draw = ImageDraw.Draw(mask)
        for line in sorted(lines, key=lambda line: line.width):
            centres = self._pixels(line.points) * scale
            halves = np.maximum(line.widths * (self.density * scale / 2), 0.5)
            along = np.diff(centres, axis=0)
            along /= np.linalg.norm(along, axis=1, keepdims=True) + 1e-9
            across = np.stack([-along[:, 1], along[:, 0]], axis=1)
            fill = round(255 * line.value)
            for i, side in enumerate(across):
                start, end = side * halves[i], side * halves[i + 1]
                a, b, half = centres[i], centres[i + 1], halves[i + 1]
                draw.polygon([*(a + start), *(b + end), *(b - end), *(a - start)], fill=fill)
                if half > 1:
                    draw.ellipse([*(b - half), *(b + half)], fill=fill)
        return self._reduced(mask, scale)

    def spots(
        self, random: np.random.Generator, centres: Points, axes: Points, turns: NDArray[np.float64]
    ) -> Plane:
        """Draw irregular filled spots as a mask of 0 to 1.

        Args:
            random: of the outlines.
            centres: (n, 2).
            axes: (n, 2) half axes in degrees.
            turns: (n,) of the first axis, in radians.
        """
        scale = self._supersampling()
        mask = Image.new("L", (self.width * scale, self.height * scale))
        draw = ImageDraw.Draw(mask)
        angles = np.linspace(0, 2 * np.pi, 28, endpoint=False)
        for centre, (long, short), turn in zip(centres, axes, turns, strict=True):
            wobble = np.ones_like(angles)
            for waves in (2, 3, 5):
                phase = random.uniform(0, 2 * np.pi)
                wobble += random.uniform(0, 0.4 / waves) * np.sin(waves * angles + phase)
            x, y = long * wobble * np.cos(angles), short * wobble * np.sin(angles)
            cos, sin = np.cos(turn), np.sin(turn)
            outline = centre + np.stack([x * cos - y * sin, x * sin + y * cos], axis=1)
            draw.polygon(list((self._pixels(outline) * scale).ravel()), fill=255)
        return self._reduced(mask, scale)

    def softened(self, mask: Plane, blur: float) -> Plane:
        """Blur a mask; `blur` in degrees."""
        image = Image.fromarray((mask * 255).astype(np.uint8))
        soft = image.filter(ImageFilter.GaussianBlur(blur * self.density))
        return np.asarray(soft, dtype=np.float32) / np.float32(255)

    def blend(self, mask: Plane, colour: Colour) -> None:
        """Paint `colour` over the picture where `mask` is 1, partly where it is less."""
        for channel, value in enumerate(colour):
            plane = self.colours[..., channel]
            plane += mask * (np.float32(value) - plane)

    def absorb(self, depth: Plane, absorbance: Colour) -> None:
        """Lay a pigment of optical `depth` over the picture (Beer and Lambert)."""
        for channel, value in enumerate(absorbance):
            self.colours[..., channel] *= np.exp(depth * np.float32(-value))

    def blur(self, sigma: float) -> None:
        """Blur the whole picture; `sigma` in degrees."""
        for channel in range(3):
            plane = self.colours[..., channel]
            ndimage.gaussian_filter(plane, sigma * self.density, output=plane, truncate=2.5)

    def _supersampling(self) -> int:
        return max(2, round(2000 / self.height))

    def _pixels(self, points: Points) -> Points:
        middle = np.array([self.width, self.height]) / 2
        pixels: Points = (points - self._centre) * self.density + middle
        return pixels

    def _reduced(self, mask: Image.Image, scale: int) -> Plane:
        return np.asarray(mask.reduce(scale), dtype=np.float32) / np.float32(255)
