"""What lies between retina and file: illumination, the lens, the aperture, the sensor."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from fundus_gui.core.synthetic.canvas import Canvas, Place, Plane
from fundus_gui.core.synthetic.spec import FundusSpec

_NOISE = 0.011  # standard deviation of the sensor's noise, of full scale
_BLACK = 0.008  # what a camera makes of nothing
_HAZE = (0.46, 0.40, 0.28)  # light scattered by an ageing lens


def illuminate(canvas: Canvas) -> None:
    """Light the retina unevenly, as a flash through a pupil does, with a hazy crescent."""
    random = canvas.stream("flash")
    x, y = _unit_axes(canvas)
    off_x, off_y = random.uniform(-0.22, 0.22, 2)
    falloff = 1.10 - random.uniform(0.26, 0.42) * (np.square(x - off_x) + np.square(y - off_y))
    radius = np.hypot(x, y)
    falloff *= 1 - 0.22 * np.square(np.clip((radius - 0.78) / 0.22, 0, 1))
    canvas.colours *= np.clip(falloff, 0.2, 1.2)[..., None]
    side = random.uniform(0, 2 * np.pi)
    towards = (x * np.cos(side) + y * np.sin(side)) / np.maximum(radius, 1e-3)
    crescent = np.square(np.clip((radius - 0.62) / 0.38, 0, 1)) * np.clip(0.35 + towards, 0, 1)
    canvas.blend(random.uniform(0.05, 0.32) * crescent, (0.62, 0.60, 0.42))


def fall_off(canvas: Canvas, centre: Place, reach: float) -> None:
    """Let the light fade within `reach` degrees of a place, as from a narrow pupil."""
    random = canvas.stream("pupil")
    lit = np.asarray(centre) + random.uniform(-2.0, 2.0, 2)
    distance = canvas.distance(lit, (reach, reach), 0.0)
    shade = random.uniform(0.30, 0.55) * (1 - np.exp(-np.square(distance)))
    canvas.colours *= canvas.project(1 - shade)[..., None]
    canvas.blend(canvas.project(np.full_like(distance, random.uniform(0.02, 0.10))), _HAZE)


def cloud_lens(canvas: Canvas, severity: float) -> None:
    """Blur and veil the picture, as a cataract does."""
    random = canvas.stream("lens")
    canvas.blur(0.08 + 0.30 * severity)
    x, y = _unit_axes(canvas)
    off_x, off_y = random.uniform(-0.3, 0.3, 2)
    glow = np.exp(-(np.square(x - off_x) + np.square(y - off_y)) / 0.9)
    patches = canvas.project(canvas.clouds(random, 9.0))
    veil = (0.30 + 0.42 * severity) * (0.72 + 0.28 * glow + 0.05 * patches)
    yellow, grey = np.array([0.72, 0.58, 0.34]), np.array([0.66, 0.60, 0.50])
    canvas.blend(np.clip(veil, 0, 0.9), yellow + (grey - yellow) * random.uniform())
    spot = np.exp(-(np.square(x - off_x / 2) + np.square(y - off_y / 2)) / 0.003)
    canvas.blend(0.30 * severity * spot, (0.80, 0.80, 0.82))


def photograph(canvas: Canvas, spec: FundusSpec) -> NDArray[np.uint8]:
    """Return the (H, W, 3) file: enlarged if need be, with noise, black around the aperture."""
    scale = spec.size / canvas.height
    size = (round(canvas.width * scale), spec.size)
    inside = _aperture(size, canvas.radius * scale, spec)
    random = canvas.stream("sensor")
    pixels = np.empty((size[1], size[0], 3), np.uint8)
    shared = ndimage.gaussian_filter(_noise(random, size), 0.6)
    for channel, grain in enumerate((0.5, 0.45, 0.8)):
        plane = canvas.colours[..., channel]
        plane = plane + 0.12 * np.minimum(0.9 - plane, 0)  # the sensor's shoulder
        image = Image.fromarray(plane).resize(size, Image.Resampling.BICUBIC)
        noise = shared + grain * ndimage.gaussian_filter(_noise(random, size), 0.7)
        light = (np.asarray(image) + _NOISE * noise) * inside + _BLACK
        pixels[..., channel] = np.clip(light * 255 + 0.5, 0, 255).astype(np.uint8)
    return pixels


def _noise(random: np.random.Generator, size: tuple[int, int]) -> Plane:
    return random.standard_normal(size[::-1], dtype=np.float32)


def _unit_axes(canvas: Canvas) -> tuple[Plane, Plane]:
    """Return x (1, W) and y (H, 1) with the aperture's radius as unit."""
    x = (np.arange(canvas.width) + 0.5 - canvas.width / 2) / canvas.radius
    y = (np.arange(canvas.height) + 0.5 - canvas.height / 2) / canvas.radius
    return x.astype(np.float32)[None, :], y.astype(np.float32)[:, None]


def _aperture(size: tuple[int, int], radius: float, spec: FundusSpec) -> Plane:
    if spec.framing == "fills_frame":
        return np.ones(size[::-1], np.float32)
    x = (np.arange(size[0]) + 0.5 - size[0] / 2).astype(np.float32)[None, :]
    y = (np.arange(size[1]) + 0.5 - size[1] / 2).astype(np.float32)[:, None]
    inside: Plane = np.clip((radius - np.hypot(x, y)) / 1.5 + 0.5, 0, 1)
    if spec.framing == "cut":  # the tab by which a camera marks which way is up
        at_x, at_y = radius * np.cos(0.68), -radius * np.sin(0.68)
        tab = np.clip((0.036 * radius - np.hypot(x - at_x, y - at_y)) / 1.5 + 0.5, 0, 1)
        inside = np.maximum(inside, tab)
    return inside
