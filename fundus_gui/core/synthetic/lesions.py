"""What the conditions add to the retina: deposits, bleedings, atrophy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fundus_gui.core.synthetic.canvas import Canvas, Line, Place, Plane, Points
from fundus_gui.core.synthetic.eye import Eye

_BLOOD = (0.42, 1.15, 0.85)  # absorbance


def paint_diabetic_retinopathy(canvas: Canvas, eye: Eye, severity: float) -> None:
    """Microaneurysms, dot, blot and flame haemorrhages, cotton-wool spots, hard exudates."""
    random = canvas.stream("diabetic_retinopathy")
    wool = _around(random, eye.disc, 6.5, round(5 * severity), keep_off=4.0)
    fluff = _patches(canvas, random, wool, random.uniform(0.5, 1.0, len(wool)), 0.45)
    canvas.blend(0.65 * canvas.region(fluff, 1.4), (0.93, 0.82, 0.62))
    dots = _around(random, (0.0, 0.0), 8.0, round(14 + 60 * severity), keep_off=0.8)
    canvas.absorb(canvas.softened(_round(canvas, random, dots, 0.05, 0.16), 0.03), _BLOOD)
    blots = _around(random, (0.0, 0.0), 9.0, round(3 + 26 * severity), keep_off=2.0)
    canvas.absorb(canvas.softened(_round(canvas, random, blots, 0.14, 0.62), 0.10), _BLOOD)
    flames = _around(random, eye.disc, 7.0, round(9 * severity), keep_off=3.5)
    away = flames - eye.disc
    axes = np.stack([random.uniform(0.4, 1.1, len(flames)), random.uniform(0.1, 0.2, len(flames))])
    streaks = canvas.spots(random, flames, axes.T, np.arctan2(away[:, 1], away[:, 0]))
    canvas.absorb(0.8 * canvas.softened(streaks, 0.07), _BLOOD)
    _paint_exudates(canvas, random, severity)


def _paint_exudates(canvas: Canvas, random: np.random.Generator, severity: float) -> None:
    """Sharp yellow grains in clusters, some as a ring around a leaking vessel."""
    grains = []
    for _ in range(round(2 + 5 * severity)):
        centre = random.normal(0, 4.0, 2)
        count = random.integers(10, 26 + round(24 * severity))
        angles = random.uniform(0.0, random.uniform(2.0, 2 * np.pi), count) + random.uniform(0, 6)
        distances = random.uniform(0.6, 1.9) + random.normal(0, 0.32, count)
        ring = np.stack([np.cos(angles), np.sin(angles)], axis=1) * distances[:, None]
        grains.append(centre + ring + random.normal(0, 0.12, ring.shape))
    places = np.vstack(grains)
    places = places[np.linalg.norm(places, axis=1) > 0.5]
    mask = canvas.softened(_round(canvas, random, places, 0.045, 0.30), 0.030)
    canvas.blend(0.88 * mask, (0.99, 0.88, 0.47))


def paint_amd(canvas: Canvas, eye: Eye, choroid: Plane, severity: float) -> None:
    """Drusen around the fovea; when severe, geographic atrophy and a bleeding at its edge."""
    random = canvas.stream("amd")
    soft = _around(random, (0.0, 0.0), 2.9, round(45 + 90 * severity))
    hard = _around(random, (0.0, 0.0), 4.6, round(40 + 60 * severity))
    drusen = canvas.softened(_round(canvas, random, soft, 0.14, 0.62), 0.12)
    canvas.blend(0.60 * drusen, (0.96, 0.78, 0.44))
    grains = canvas.softened(_round(canvas, random, hard, 0.05, 0.14), 0.02)
    canvas.blend(0.55 * grains, (0.97, 0.82, 0.48))
    clumps = _around(random, (0.0, 0.0), 1.8, round(14 * severity))
    pigment = canvas.softened(_round(canvas, random, clumps, 0.06, 0.20), 0.05)
    canvas.absorb(0.6 * pigment, (0.8, 1.0, 1.0))
    if severity > 0.5:
        centre = random.normal(0, 0.5, 2)
        size = 1.4 + 2.4 * (severity - 0.5)
        beside = centre + random.choice((-1.0, 1.0), 2) * (1.2 * size, 0.9 * size)
        bleeding = _patches(canvas, random, beside[None], np.array([0.9 * size]), 0.3)
        canvas.absorb(0.8 * canvas.region(bleeding, 0.7), _BLOOD)
        atrophy = _patches(canvas, random, centre[None], np.array([size]), 0.25)
        _paint_atrophy(canvas, eye, choroid, atrophy, 0.35)


def paint_glaucoma(canvas: Canvas, eye: Eye, choroid: Plane, severity: float) -> None:
    """A ragged pale zone around the disc and a dull wedge where the lower fibres are lost."""
    random = canvas.stream("glaucoma")
    width = 0.25 + 0.55 * severity * random.uniform(0.5, 1.0)
    axes = (eye.disc_axes[0] + width, eye.disc_axes[1] + 0.6 * width)
    zone = 1 - canvas.distance(eye.disc - (0.7 * width, 0.0), axes, eye.disc_turn)
    _paint_atrophy(canvas, eye, choroid, zone + 0.05 * canvas.clouds(random, 0.8), 0.4)
    x, y = canvas.plate_x - eye.disc[0], canvas.plate_y - eye.disc[1]
    distance = np.hypot(x, y)
    # As the fibres do, the wedge bends around the macula.
    angle = np.arctan2(y, -x) - 0.02 * distance
    wedge = np.exp(-np.square((angle - random.uniform(0.8, 1.1)) / 0.16))
    wedge *= np.clip((distance - 2.5) / 2, 0, 1) * np.exp(-np.square(distance / 16))
    canvas.absorb(0.20 * severity * canvas.project(wedge), (0.6, 1.0, 1.0))


def paint_myopic_atrophy(canvas: Canvas, eye: Eye, choroid: Plane, severity: float) -> None:
    """Thinned posterior pole, bare sclera around the disc and in patches, lacquer cracks."""
    random = canvas.stream("pathologic_myopia")
    pole = np.exp(-np.square(canvas.distance((4.0, 0.0), (15.0, 12.0), 0.0)))
    mottle = 0.22 * canvas.clouds(random, 1.8) + 0.16 * canvas.clouds(random, 0.5)
    thinned = (0.30 + 0.40 * severity) * pole * (1 + mottle)
    canvas.blend(np.clip(canvas.project(thinned), 0, 1), (1.0, 0.69, 0.28))
    melanin = canvas.clouds(random, 0.7) + 0.7 * canvas.clouds(random, 0.35)
    between = np.clip(melanin, 0, 3) * (1 - 0.6 * choroid)  # the vessels of the choroid
    canvas.absorb(canvas.project(0.22 * between), (0.7, 1.0, 0.9))
    _paint_lacquer_cracks(canvas, random, severity)
    width = 1.6 + 4.4 * severity
    axes = (eye.disc_axes[0] + width, eye.disc_axes[1] + 0.75 * width)
    crescent = 1 - canvas.distance(eye.disc - (0.8 * width, 0.0), axes, eye.disc_turn)
    scallops = 0.13 * canvas.clouds(random, 2.2) + 0.05 * canvas.clouds(random, 0.7)
    places = _around(random, (3.0, 0.0), 6.0, round(5 * severity))
    radii = 1.2 + 3.8 * random.beta(1.2, 1.8, len(places))
    patches = _patches(canvas, random, places, radii, 0.18)
    bare = np.maximum(crescent + scallops, patches)
    _paint_atrophy(canvas, eye, choroid, bare, 0.9)
    canvas.blend(0.75 * canvas.region(bare, 0.9), (1.0, 0.90, 0.52))  # the flash bleaches it
    _paint_pigment(canvas, random, bare, severity)


def _paint_lacquer_cracks(canvas: Canvas, random: np.random.Generator, severity: float) -> None:
    """Yellowish lines through the posterior pole, where its membrane broke."""
    cracks = []
    for _ in range(round(1 + 3 * severity)):
        turns = random.uniform(0, 2 * np.pi) + np.cumsum(random.normal(0, 0.18, 24))
        steps = random.uniform(0.15, 0.35) * np.stack([np.cos(turns), np.sin(turns)], axis=1)
        points = random.normal(0, 3.0, 2) + np.cumsum(steps, axis=0)
        cracks.append(Line(points, random.uniform(0.06, 0.15) * np.sin(np.linspace(0.3, 2.9, 24))))
    lines = canvas.softened(canvas.ribbons(cracks), 0.05)
    canvas.blend(0.4 * lines, (0.97, 0.76, 0.42))


def _paint_pigment(
    canvas: Canvas, random: np.random.Generator, bare: Plane, severity: float
) -> None:
    """Scatter clumps of pigment along the edges of atrophy, inside it and over the macula."""
    edge = np.exp(-np.square((bare - 0.02) / 0.14))
    pole = np.exp(-np.square(canvas.distance((0.0, 0.0), (7.0, 5.0), 0.0)))
    grain = canvas.clouds(random, 0.32) + 0.8 * canvas.clouds(random, 1.1)
    near = 1.3 * edge + 0.6 * (bare > 0) + 0.4 * pole
    clumps = canvas.region(grain + near - 3.9 + 0.4 * severity, 2.2)
    canvas.absorb(0.70 * clumps, (0.8, 1.0, 0.9))


def _paint_atrophy(
    canvas: Canvas, eye: Eye, choroid: Plane, height: Plane, bareness: float
) -> None:
    """Bare the sclera where `height` is above 0, with pigment at the edge and vessels inside."""
    random = canvas.stream("atrophy")
    thinned, sclera = np.minimum(np.array(eye.complexion) * (1.2, 1.45, 1.4), 1), (1.0, 0.92, 0.68)
    colour = thinned + (sclera - thinned) * bareness
    uneven = 0.5 + 0.5 * np.tanh(1.2 * canvas.clouds(random, 1.1))
    edge = np.exp(-np.square((height + 0.03) / 0.10)) * uneven
    canvas.absorb(0.30 * canvas.project(edge), (0.7, 1.0, 1.0))
    bare = canvas.region(height, 0.28)
    canvas.blend(0.85 * bare * canvas.project(0.62 + 0.38 * uneven), colour)
    strands = canvas.region(height - 0.05, 0.3) * canvas.project(np.square(choroid))
    canvas.absorb(0.45 * strands, (0.10, 0.45, 0.60))


def _patches(
    canvas: Canvas,
    random: np.random.Generator,
    places: Points,
    radii: NDArray[np.float64],
    roughness: float,
) -> Plane:
    """Return a plate that is above 0 inside irregular patches at `places` (n, 2)."""
    height: Plane = np.full_like(canvas.plate_x, -1.0)
    for place, radius in zip(places, radii.tolist(), strict=True):
        axes = (radius * random.uniform(0.8, 1.3), radius)
        distance = canvas.distance(place, axes, random.uniform(0, np.pi))
        lobes = roughness * canvas.clouds(random, 0.8 * radius) * np.minimum(distance, 1)
        lobes += 0.09 / radius * canvas.clouds(random, 0.40)
        height = np.maximum(height, 1 - distance + lobes)
    return height


def _around(
    random: np.random.Generator,
    centre: Place,
    spread: float,
    count: int,
    *,
    keep_off: float = 0.0,
) -> Points:
    """Return up to `count` normally scattered points (n, 2), none nearer than `keep_off`."""
    shifts = random.normal(0, spread, (count, 2))
    kept: Points = np.asarray(centre) + shifts[np.linalg.norm(shifts, axis=1) >= keep_off]
    return kept


def _round(
    canvas: Canvas, random: np.random.Generator, places: Points, smallest: float, largest: float
) -> Plane:
    """Draw roundish spots at `places`, most of them small."""
    radii = smallest + (largest - smallest) * random.beta(1.1, 3.5, len(places))
    axes = np.stack([radii * random.uniform(1.0, 1.35, len(places)), radii], axis=1)
    return canvas.spots(random, places, axes, random.uniform(0, np.pi, len(places)))
