"""What the conditions add: deposits, bleedings, atrophy, haze."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fundus_gui.core.synthetic.anatomy import DISC_RADIUS, Landmarks
from fundus_gui.core.synthetic.canvas import Canvas, Point, Stroke

_EXUDATE = (0.98, 0.86, 0.42)
_BLOOD = (0.40, 0.72, 0.62)  # absorbed


def _scattered(
    canvas: Canvas, centre: Point, spread: float, count: int, *, keep_off: float = 0.0
) -> NDArray[np.float64]:
    """Return up to `count` normally scattered points (n, 2), none nearer than `keep_off`."""
    points = centre + canvas.random.normal(0, spread, (count, 2))
    kept: NDArray[np.float64] = points[np.linalg.norm(points - centre, axis=1) >= keep_off]
    return kept


def _radii(canvas: Canvas, count: int, smallest: float, largest: float) -> NDArray[np.float64]:
    """Return radii of which most are small."""
    radii: NDArray[np.float64] = smallest + (largest - smallest) * canvas.random.beta(
        1.2, 4.0, count
    )
    return radii


def paint_diabetic_retinopathy(canvas: Canvas, eye: Landmarks, severity: float) -> None:
    """Microaneurysms, dot and blot haemorrhages, hard exudates, cotton-wool spots."""
    dots = _scattered(canvas, eye.fovea, 0.38, round(25 + 90 * severity), keep_off=0.05)
    canvas.absorb(
        canvas.blobs_mask(dots, _radii(canvas, len(dots), 0.0035, 0.010), blur=0.0012), _BLOOD
    )
    blots = _scattered(canvas, eye.fovea, 0.45, round(4 + 26 * severity), keep_off=0.12)
    canvas.absorb(
        canvas.blobs_mask(blots, _radii(canvas, len(blots), 0.010, 0.042), blur=0.004), _BLOOD
    )
    for _ in range(round(1 + 4 * severity)):
        ring = eye.fovea + canvas.random.normal(0, 0.20, 2)
        angles = canvas.random.uniform(0, 2 * np.pi, 26)
        distance = canvas.random.normal(0.075, 0.016, 26)[:, None]
        spots = ring + distance * np.stack([np.cos(angles), np.sin(angles)], axis=1)
        mask = canvas.blobs_mask(spots, _radii(canvas, len(spots), 0.004, 0.016), blur=0.0008)
        canvas.blend(0.9 * mask, _EXUDATE)
    wool = _scattered(canvas, eye.disc, 0.42, round(1 + 5 * severity), keep_off=0.2)
    canvas.blend(
        0.55 * canvas.blobs_mask(wool, _radii(canvas, len(wool), 0.024, 0.05), blur=0.012),
        (0.97, 0.87, 0.70),
    )


def paint_amd(canvas: Canvas, eye: Landmarks, severity: float) -> None:
    """Drusen around the fovea; when severe, geographic atrophy and a subretinal bleeding."""
    drusen = _scattered(canvas, eye.fovea, 0.15, round(45 + 110 * severity))
    mask = canvas.blobs_mask(drusen, _radii(canvas, len(drusen), 0.005, 0.024), blur=0.003)
    canvas.blend(0.62 * mask, (0.95, 0.77, 0.42))
    if severity > 0.5:
        patch = eye.fovea + canvas.random.normal(0, 0.03, 2)
        around = patch + canvas.random.normal(0, 0.045, (5, 2))
        atrophy = canvas.blobs_mask(around, np.full(5, 0.055 * severity + 0.01), blur=0.006)
        canvas.blend(0.55 * atrophy, (0.93, 0.70, 0.45))
        bleeding = eye.fovea + np.array([-0.14 * eye.nasal, 0.10])
        lobes = bleeding + canvas.random.normal(0, 0.03, (4, 2))
        canvas.absorb(
            canvas.blobs_mask(lobes, np.full(4, 0.05 * severity), blur=0.010), (0.45, 0.62, 0.5)
        )
        pigment = _scattered(canvas, patch, 0.07, 14)
        canvas.absorb(
            canvas.blobs_mask(pigment, _radii(canvas, len(pigment), 0.004, 0.012), blur=0.002),
            (0.5, 0.5, 0.4),
        )


def paint_tessellation(canvas: Canvas, severity: float) -> None:
    """Choroidal vessels showing through a thin retina: pale wide bands, mostly radial."""
    strokes = []
    for _ in range(430):
        start = canvas.random.uniform(-1.05, 1.05, 2)
        outward = np.arctan2(start[1], start[0]) + canvas.random.normal(0, 0.8)
        reach = canvas.random.uniform(0.12, 0.34)
        bend = canvas.random.normal(0, 0.35)
        steps = np.linspace(0, 1, 14)
        angles = outward + bend * steps
        ahead = np.stack([np.cos(angles), np.sin(angles)], axis=1) * reach / 14
        points = start + np.cumsum(ahead, axis=0)
        strokes.append(Stroke(points, np.full(14, canvas.random.uniform(0.016, 0.034))))
    mask = canvas.strokes_mask(strokes, blur=0.011)
    canvas.blend((0.18 + 0.20 * severity) * mask, (0.95, 0.60, 0.33))
    canvas.absorb((0.10 + 0.12 * severity) * (1 - mask), (0.5, 0.6, 0.5))


def paint_myopic_atrophy(canvas: Canvas, eye: Landmarks, severity: float) -> None:
    """A pale crescent temporally of the disc and atrophic patches with pigmented edges."""
    crescent = eye.disc - np.array([0.055 * eye.nasal * (0.6 + severity), 0.0])
    size = DISC_RADIUS * (1.15 + 0.75 * severity)
    canvas.blend(
        0.72 * canvas.ellipse_mask(crescent, (size, size * 1.05), softness=0.05),
        (0.97, 0.85, 0.62),
    )
    count = round(6 * severity)
    patches = eye.fovea + canvas.random.normal(0, 0.24, (count, 2))
    sizes = canvas.random.uniform(0.03, 0.09, count)
    canvas.absorb(canvas.blobs_mask(patches, sizes * 1.12, blur=0.006), (0.28, 0.36, 0.34))
    canvas.blend(
        0.72 * canvas.blobs_mask(patches, sizes, blur=0.011),
        (0.94, 0.80, 0.56),
    )


def veil(canvas: Canvas, severity: float) -> None:
    """Blur and veil the whole picture, as a clouded lens does."""
    canvas.blurred(5 + 13 * severity)
    x, y = canvas.coarse_axes()
    glow = np.exp(-(np.square(x) + np.square(y)) / 0.9)
    haze = canvas.enlarged((0.34 + 0.36 * severity) * (0.55 + 0.45 * glow))
    canvas.blend(haze, (0.66, 0.56, 0.38))
