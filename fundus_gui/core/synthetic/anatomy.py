"""What every eye has: choroid, macula, optic disc, vessels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fundus_gui.core.synthetic.canvas import Canvas, Point, Stroke

DISC_RADIUS = 0.118  # of the aperture's radius, a 45° photograph


@dataclass(frozen=True, slots=True)
class Landmarks:
    """Where things are; `nasal` is +1 when the optic disc lies to the right of the macula."""

    fovea: Point
    disc: Point
    nasal: float


@dataclass(frozen=True, slots=True)
class DiscShape:
    """How the optic disc looks.

    Attributes:
        cup_to_disc: diameter of the cup in diameters of the disc.
        aspect: width over height.
        tilt: turn of the long axis in radians.
        notch: depth of a notch in the lower rim, 0 to 1.
        pallor: 0 (rosy rim) to 1 (pale).
    """

    cup_to_disc: float = 0.32
    aspect: float = 0.94
    tilt: float = 0.0
    notch: float = 0.0
    pallor: float = 0.2


def place_landmarks(canvas: Canvas, laterality: str) -> Landmarks:
    """Put the disc about 15 degrees nasally of the fovea and a little above it."""
    nasal = 1.0 if laterality == "OD" else -1.0
    shift = canvas.random.uniform(-0.04, 0.04, size=2)
    fovea = np.array([-0.10 * nasal, 0.03]) + shift
    disc = fovea + np.array([0.62 * nasal, -0.06 + canvas.random.uniform(-0.03, 0.03)])
    return Landmarks(fovea, disc, nasal)


def paint_choroid(canvas: Canvas, pigment: float) -> None:
    """Fill the picture with the orange-red of the choroid; `pigment` 0 (pale) to 1 (dark)."""
    pale, dark = np.array([0.86, 0.45, 0.22]), np.array([0.66, 0.27, 0.10])
    base = pale + (dark - pale) * pigment + canvas.random.normal(0, 0.012, 3)
    shade = 1 + 0.09 * canvas.clouds(0.9) + 0.05 * canvas.clouds(0.25) + 0.02 * canvas.clouds(0.06)
    hue = 0.05 * canvas.clouds(0.6)
    for channel, lean in enumerate((-0.3, 1.0, 1.2)):
        canvas.colours[..., channel] = base[channel] * shade * (1 + lean * hue)


def paint_illumination(canvas: Canvas) -> None:
    """Darken towards the rim, unevenly, as a flash through a pupil does."""
    x, y = canvas.coarse_axes()
    off_x, off_y = canvas.random.uniform(-0.18, 0.18, 2)
    distance = np.square(x - off_x) + np.square(y - off_y)
    flash = 1.10 - 0.42 * distance
    rim = 1 - 0.30 * np.clip((np.hypot(x, y) - 0.80) / 0.2, 0, 1) ** 2
    canvas.colours *= canvas.enlarged(np.clip(flash * rim, 0.25, 1.2))[..., None]


def paint_macula(canvas: Canvas, eye: Landmarks) -> None:
    """Darken the macula, most in the fovea, and set the foveal reflex."""
    x, y = canvas.axes()
    distance = np.square(x - eye.fovea[0]) + np.square(y - eye.fovea[1])
    canvas.absorb(np.exp(-distance / (2 * 0.17**2)), (0.20, 0.30, 0.30))
    canvas.absorb(np.exp(-distance / (2 * 0.055**2)), (0.22, 0.34, 0.25))
    canvas.blend(0.22 * np.exp(-distance / (2 * 0.007**2)), (1.0, 0.75, 0.55))


def paint_disc(canvas: Canvas, eye: Landmarks, shape: DiscShape) -> None:
    """Paint the optic disc: glow, rim, cup."""
    axes = (DISC_RADIUS * shape.aspect, DISC_RADIUS)
    glow = canvas.ellipse_mask(
        eye.disc, (axes[0] * 1.25, axes[1] * 1.25), angle=shape.tilt, softness=0.09
    )
    canvas.blend(0.25 * glow, (0.92, 0.60, 0.32))
    rosy, pale = np.array([0.92, 0.52, 0.26]), np.array([0.96, 0.78, 0.52])
    rim = canvas.ellipse_mask(eye.disc, axes, angle=shape.tilt, softness=0.016)
    canvas.blend(0.88 * rim, rosy + (pale - rosy) * shape.pallor)
    temporal = eye.disc - np.array([0.045 * eye.nasal, 0.0])
    canvas.blend(0.45 * rim * _spot(canvas, temporal, 0.06), (0.98, 0.80, 0.54))
    cup_radius = DISC_RADIUS * shape.cup_to_disc
    cup_centre = eye.disc - np.array([0.010 * eye.nasal, -0.006])
    cup = canvas.ellipse_mask(
        cup_centre, (cup_radius * shape.aspect, cup_radius), angle=shape.tilt, softness=0.022
    )
    if shape.notch:
        low = cup_centre + np.array([0.0, DISC_RADIUS * (0.40 + 0.35 * shape.notch)])
        notch = canvas.ellipse_mask(low, (0.035, 0.045 * shape.notch + 0.02), softness=0.02)
        cup = np.maximum(cup, notch * rim)
    canvas.blend(0.88 * cup, (1.0, 0.92, 0.70))


def _spot(canvas: Canvas, centre: Point, sigma: float) -> NDArray[np.float32]:
    x, y = canvas.axes()
    spot: NDArray[np.float32] = np.exp(
        -(np.square(x - centre[0]) + np.square(y - centre[1])) / (2 * sigma**2)
    )
    return spot


def paint_vessels(canvas: Canvas, eye: Landmarks) -> None:
    """Paint veins, then arteries with their bright central reflex, from the disc outwards."""
    veins = _tree(canvas, eye, width=0.028)
    arteries = _tree(canvas, eye, width=0.021)
    canvas.absorb(canvas.strokes_mask(veins, blur=0.0012), (0.34, 0.62, 0.66))
    canvas.absorb(canvas.strokes_mask(arteries, blur=0.0010), (0.17, 0.50, 0.55))
    reflex = [
        Stroke(s.points, s.widths * 0.28) for s in arteries if s.widths[0] * canvas.radius > 4
    ]
    canvas.blend(0.22 * canvas.strokes_mask(reflex, blur=0.001), (1.0, 0.66, 0.45))


def _tree(canvas: Canvas, eye: Landmarks, width: float) -> list[Stroke]:
    """Grow the four arcades of one kind of vessel with their branches."""
    strokes: list[Stroke] = []
    for side in (-1.0, 1.0):  # superior, inferior
        for controls, share in (
            (_temporal_arcade(canvas, eye, side), 1.0),
            (_nasal_arcade(canvas, eye, side), 0.72),
        ):
            trunk = _stroke(canvas, controls, width * share, width * share * 0.30)
            strokes.append(trunk)
            _branch(canvas, eye, trunk, depth=3, strokes=strokes)
    for _ in range(3):  # short vessels towards the macula
        end = eye.fovea + canvas.random.normal(0, 0.16, 2) + np.array([0.16 * eye.nasal, 0.0])
        middle = (eye.disc + end) / 2 + canvas.random.normal(0, 0.05, 2)
        controls = np.array([eye.disc, middle, middle, end])
        strokes.append(_stroke(canvas, controls, width * 0.30, width * 0.12))
    return strokes


def _temporal_arcade(canvas: Canvas, eye: Landmarks, side: float) -> NDArray[np.float64]:
    jitter = canvas.random.normal(0, 0.05, (3, 2))
    toward = -eye.nasal  # temporally
    return np.array(
        [
            eye.disc,
            eye.disc + np.array([0.06 * toward, 0.42 * side]) + 0.6 * jitter[0],
            eye.fovea + np.array([0.20 * eye.nasal, 0.72 * side]) + jitter[1],
            eye.fovea + np.array([0.92 * toward, 0.40 * side]) + 2 * jitter[2],
        ]
    )


def _nasal_arcade(canvas: Canvas, eye: Landmarks, side: float) -> NDArray[np.float64]:
    jitter = canvas.random.normal(0, 0.05, (3, 2))
    return np.array(
        [
            eye.disc,
            eye.disc + np.array([0.10 * eye.nasal, 0.20 * side]) + 0.5 * jitter[0],
            eye.disc + np.array([0.22 * eye.nasal, 0.50 * side]) + jitter[1],
            eye.disc + np.array([0.30 * eye.nasal, 0.98 * side]) + 2 * jitter[2],
        ]
    )


def _stroke(
    canvas: Canvas, controls: NDArray[np.float64], first_width: float, last_width: float
) -> Stroke:
    """Turn four Bézier control points into a slightly tortuous, tapering stroke."""
    t = np.linspace(0, 1, 90)[:, None]
    curve = (
        (1 - t) ** 3 * controls[0]
        + 3 * (1 - t) ** 2 * t * controls[1]
        + 3 * (1 - t) * t**2 * controls[2]
        + t**3 * controls[3]
    )
    along = np.gradient(curve, axis=0)
    length = float(np.linalg.norm(along, axis=1).sum())
    normal = np.stack([-along[:, 1], along[:, 0]], axis=1)
    normal /= np.linalg.norm(normal, axis=1, keepdims=True) + 1e-9
    phases = canvas.random.uniform(0, 2 * np.pi, 3)
    waves = sum(
        np.sin(2 * np.pi * n * length * t + phase) / n
        for n, phase in zip((1.3, 3.1, 6.0), phases, strict=True)
    )
    swing = 0.009 * np.minimum(1, 6 * t) * length**0.5
    return Stroke(curve + swing * waves * normal, np.linspace(first_width, last_width, 90))


def _branch(
    canvas: Canvas, eye: Landmarks, parent: Stroke, *, depth: int, strokes: list[Stroke]
) -> None:
    """Let a vessel give off branches, each thinner and shorter, away from the fovea's centre."""
    if depth == 0:
        return
    count = canvas.random.integers(3, 6) if depth == 3 else canvas.random.integers(1, 4)
    for at in np.sort(canvas.random.uniform(0.18, 0.92, count)):
        index = int(at * 89)
        start, width = parent.points[index], float(parent.widths[index])
        heading = parent.points[min(index + 2, 89)] - parent.points[max(index - 2, 0)]
        angle = np.arctan2(heading[1], heading[0])
        angle += canvas.random.choice((-1.0, 1.0)) * canvas.random.uniform(0.35, 0.8)
        reach = canvas.random.uniform(0.22, 0.5) * (0.72 ** (3 - depth))
        direction = np.array([np.cos(angle), np.sin(angle)])
        end = start + reach * direction
        if np.linalg.norm(end - eye.fovea) < 0.12:  # the fovea itself has no vessels
            continue
        bend = canvas.random.normal(0, 0.10 * reach, (2, 2))
        controls = np.array(
            [
                start,
                start + reach * direction / 3 + bend[0],
                start + 2 * reach * direction / 3 + bend[1],
                end,
            ]
        )
        child = _stroke(canvas, controls, width * 0.62, max(width * 0.16, 0.0022))
        strokes.append(child)
        _branch(canvas, eye, child, depth=depth - 1, strokes=strokes)
