"""What every eye has: choroid, nerve fibres, macula, optic disc."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from fundus_gui.core.synthetic.canvas import Canvas, Plane
from fundus_gui.core.synthetic.eye import Eye


def choroidal_vessels(canvas: Canvas, eye: Eye) -> Plane:
    """Return a plate of about 0 to 1: wide vessels that run outwards from the disc and fork.

    Noise is smeared along a flow (line integral convolution: Cabral and Leedom, SIGGRAPH 1993).
    """
    random = canvas.stream("choroid")
    wide, narrow = eye.choroid
    noise = canvas.clouds(random, wide) + 0.7 * canvas.clouds(random, narrow)
    away_x, away_y = canvas.plate_x - eye.disc[0] + 5, canvas.plate_y - eye.disc[1]
    angle = np.arctan2(away_y, away_x) + 0.7 * canvas.clouds(random, 4.5)
    step = 1.6 * np.stack([np.sin(angle), np.cos(angle)])  # px of the plate, rows first
    smeared = noise.copy()
    for sign in (-1, 1):
        place = np.indices(noise.shape, dtype=np.float32)
        at = place.astype(np.intp)
        for _ in range(eye.choroid_run):
            place += sign * step[:, at[0], at[1]]
            at = np.clip(place + 0.5, 0, len(noise) - 1).astype(np.intp)
            smeared += noise[at[0], at[1]]
    smeared /= smeared.std()
    vessels: Plane = (0.5 + 0.5 * np.tanh(1.3 * smeared)).astype(np.float32)
    return vessels


def paint_choroid(canvas: Canvas, eye: Eye, choroid: Plane) -> None:
    """Fill the picture with the choroid's orange-red, its vessels and its mottled pigment."""
    random = canvas.stream("pigment")
    base = np.array(eye.complexion)
    broad = canvas.clouds(random, 9.0)
    mottle = 0.6 * canvas.clouds(random, 0.8) + 0.5 * canvas.clouds(random, 0.4)
    pigment = 0.09 * broad + 0.025 * mottle
    thick = np.exp(-np.square(canvas.distance((1.5, 0.0), (9.0, 7.5), 0.0)))  # the macula hides it
    show = (
        eye.tessellation * (1 - 0.75 * eye.macula * thick) * (1 + 0.35 * canvas.clouds(random, 7.0))
    )
    vessels = choroid - 0.5
    tint = canvas.clouds(random, 6.0) * 0.035
    # Between the vessels lies melanin, which takes green and blue before red.
    for channel, (melanin, blood, lean) in enumerate(
        ((0.55, 0.36, -0.4), (1.05, 0.17, 1.0), (1.0, 0.20, 0.9))
    ):
        depth = melanin * pigment - blood * show * vessels + lean * tint
        canvas.colours[..., channel] = base[channel] * np.exp(-canvas.project(depth))


def paint_nerve_fibres(canvas: Canvas, eye: Eye) -> None:
    """Lay the fine pale striae of the nerve fibre layer around the disc, as in young eyes."""
    random = canvas.stream("fibres")
    x, y = canvas.plate_x - eye.disc[0], canvas.plate_y - eye.disc[1]
    distance = np.hypot(x, y)
    # Fibres leave the disc radially and bend temporally, around the macula.
    angle = np.arctan2(y, x) + 0.045 * distance * np.sign(y) * (x < 0)
    striae = ndimage.gaussian_filter1d(random.standard_normal(900), 1.3, mode="wrap")
    streaks = striae[((angle / (2 * np.pi)) % 1 * 900).astype(int) % 900] / striae.std()
    near = np.exp(-np.square((distance - 4.5) / 3.6)) * (0.35 + 0.65 * np.abs(np.sin(angle)))
    sheen = canvas.project(near * (0.5 + 0.32 * streaks))
    canvas.blend(np.clip(0.20 * eye.youth * sheen, 0, 0.5), (0.80, 0.66, 0.44))


def paint_macula(canvas: Canvas, eye: Eye) -> None:
    """Darken the macula, most in the fovea, and set the foveal reflex."""
    random = canvas.stream("macula")
    around = canvas.distance((0.0, 0.0), (1.0, 0.9), 0.0) * (1 + 0.05 * canvas.clouds(random, 1.5))
    strength = random.uniform(0.8, 1.25)
    depth = 0.26 * np.exp(-np.square(around / 4.2)) + 0.34 * np.exp(-np.square(around / 1.35))
    canvas.absorb(canvas.project(depth * (strength * eye.macula)), (0.75, 1.15, 0.9))
    if eye.youth > 0.35:
        ring = canvas.project(np.exp(-np.square((around - 2.6) / 0.35)))
        canvas.blend(0.035 * eye.youth * ring, (1.0, 0.9, 0.7))
    glint = np.exp(-np.square(around / 0.22)) * eye.macula * (0.12 + 0.25 * eye.youth)
    canvas.blend(canvas.project(glint), (0.95, 0.70, 0.48))


def paint_disc(canvas: Canvas, eye: Eye) -> None:
    """Paint the optic disc: halo, rosy rim, pale cup."""
    random = canvas.stream("disc")
    base = np.array(eye.complexion)
    distance = canvas.distance(eye.disc, eye.disc_axes, eye.disc_turn)
    distance *= 1 + 0.015 * canvas.clouds(random, 1.6)
    halo = np.exp(-np.square(np.maximum(distance - 0.9, 0) / 0.75))
    canvas.blend(0.20 * canvas.project(halo), np.minimum(base * (1.3, 1.55, 1.5), 1))
    pigment = np.exp(-np.square((distance - 1.07) / 0.05)) * np.clip(
        canvas.clouds(random, 2.0), 0, 1
    )
    canvas.absorb(canvas.project(0.22 * pigment), (0.7, 1.0, 1.0))
    disc = canvas.region(1 - distance, 0.22)
    rosy = np.minimum(base * (1.2, 1.45, 1.6), (0.95, 0.68, 0.50))
    pale = np.array([0.98, 0.84, 0.60])
    canvas.blend(0.90 * disc, rosy + (pale - rosy) * (0.12 + 0.6 * eye.pallor))
    temporal = np.exp(-np.square(canvas.distance(eye.disc - (1.3, 0), (1.7, 2.2), 0.0)))
    canvas.blend(eye.temporal_pallor * disc * canvas.project(temporal), pale)
    cup = disc * _cup(canvas, eye)
    canvas.blend(0.92 * cup, (1.0, 0.94, 0.75))
    _paint_lamina(canvas, eye, cup)
    fibres = canvas.project(0.5 * canvas.clouds(random, 0.5) + 0.5 * canvas.clouds(random, 1.3))
    canvas.absorb(0.07 * disc * fibres, (0.4, 1.0, 1.0))


def _cup(canvas: Canvas, eye: Eye) -> Plane:
    random = canvas.stream("cup")
    axes = tuple(eye.cup_to_disc * half for half in eye.disc_axes)
    centre = eye.disc - (0.38 * (1 - eye.cup_to_disc), -0.1)
    cup = 1 - canvas.distance(centre, (axes[0], axes[1]), eye.disc_turn)
    cup += 0.05 * canvas.clouds(random, 0.9)
    if not eye.notch:
        return canvas.region(cup, 1.1 - 0.95 * eye.cup_to_disc)
    low = eye.disc + np.array([-0.35, eye.disc_axes[1] * (0.36 + 0.26 * eye.notch)])
    cup = np.maximum(cup, 1 - canvas.distance(low, (0.42 * axes[0], 0.42 * axes[1]), 0.0))
    return canvas.region(cup, 0.26)  # a deep cup has steep walls


def _paint_lamina(canvas: Canvas, eye: Eye, cup: Plane) -> None:
    """Show the grey pores of the lamina cribrosa on the floor of a deep cup."""
    depth = np.clip((eye.cup_to_disc - 0.55) / 0.3, 0, 1)
    if depth > 0:
        pores = canvas.region(canvas.clouds(canvas.stream("lamina"), 0.20) - 0.9, 2.0)
        canvas.absorb(np.float32(0.18 * depth) * cup * pores, (0.8, 0.9, 0.8))
