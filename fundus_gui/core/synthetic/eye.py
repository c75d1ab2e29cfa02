"""What one seed makes of an eye, and what a condition makes of its proportions."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from fundus_gui.core.synthetic.canvas import Canvas, Points
from fundus_gui.core.synthetic.spec import FundusSpec

# Median colours of photographs by several cameras: orange, tan, red, brown, amber.
_COMPLEXIONS = np.array(
    [
        [0.80, 0.39, 0.18],
        [0.76, 0.53, 0.35],
        [0.86, 0.33, 0.20],
        [0.62, 0.33, 0.17],
        [0.70, 0.40, 0.13],
    ]
)
_AGED = (0.76, 0.72, 0.62)  # what an old lens and a narrow pupil leave of the light


@dataclass(frozen=True, slots=True, kw_only=True)
class Eye:
    """What one seed makes of an eye; lengths in degrees.

    Attributes:
        complexion: median colour of the retina.
        tessellation: how much the choroid's vessels show, 0 to 1.
        choroid: grain of the choroid's wide and narrow vessels.
        choroid_run: steps that one of them runs straight to either side.
        macula: density of the macula's pigment and choroid, 1 as usual.
        youth: brightness of nerve fibres and foveal reflex, 0 to 1.
        disc: centre of the optic disc.
        disc_axes: half axes of the disc, horizontal and vertical.
        disc_turn: tilt in radians.
        cup_to_disc: diameter of the cup in diameters of the disc.
        notch: how far the cup breaks into the lower rim, 0 to 1.
        pallor: of the disc, 0 (rosy) to 1 (pale).
        temporal_pallor: how much paler the disc's temporal half is, 0 to 1.
        vessel_width: of the retina's vessels, 1 as usual.
        nasal_shift: of the vessels' trunks on the disc, as a deep cup pushes them.
    """

    complexion: tuple[float, float, float]
    tessellation: float
    choroid: tuple[float, float] = (0.66, 0.38)
    choroid_run: int = 10
    macula: float = 1.0
    youth: float
    disc: Points
    disc_axes: tuple[float, float]
    disc_turn: float
    cup_to_disc: float
    notch: float = 0.0
    pallor: float
    temporal_pallor: float = 0.5
    vessel_width: float = 1.0
    nasal_shift: float = 0.0


def make_eye(canvas: Canvas, spec: FundusSpec) -> Eye:
    """Draw an eye's properties from the seed, then let the condition change them."""
    random = canvas.stream("eye")
    shares = random.dirichlet(np.full(len(_COMPLEXIONS), 0.6))
    red, green, blue = (shares @ _COMPLEXIONS) * random.normal(1, 0.03, 3)
    tessellation, youth = 0.04 + 0.26 * random.beta(1.0, 2.0), random.uniform(0.0, 1.0)
    disc = np.array([random.uniform(14.6, 16.0), random.uniform(-2.4, -1.0)])
    height = random.uniform(2.65, 3.0)
    width = height * random.uniform(0.84, 0.95)
    turn, cup, pallor = random.normal(0, 0.12), random.uniform(0.25, 0.42), random.uniform(0, 0.35)
    eye = Eye(
        complexion=(float(red), float(green), float(blue)),
        tessellation=float(tessellation),
        youth=float(youth),
        disc=disc,
        disc_axes=(float(width), float(height)),
        disc_turn=float(turn),
        cup_to_disc=float(cup),
        pallor=float(pallor),
    )
    if spec.condition == "glaucoma":
        return _glaucomatous(eye, random, spec.severity)
    if spec.condition == "pathologic_myopia":
        return _myopic(eye, random, spec.severity)
    if spec.condition in {"amd", "cataract"}:  # diseases of the old
        return replace(eye, youth=0.0)
    return eye


def _glaucomatous(eye: Eye, random: np.random.Generator, severity: float) -> Eye:
    """An old eye: dim, thin choroid, narrow vessels pushed nasally by a deep, notched cup."""
    width, height = eye.disc_axes
    red, green, blue = np.multiply(eye.complexion, _AGED).tolist()
    return replace(
        eye,
        complexion=(red, green, blue),
        tessellation=0.16 + 0.30 * float(random.uniform()),
        choroid=(0.52, 0.30),
        youth=0.0,
        disc_axes=(1.06 * width, 1.06 * height),
        cup_to_disc=0.64 + 0.20 * severity,
        notch=severity,
        pallor=0.0,
        temporal_pallor=0.10,
        vessel_width=0.88,
        nasal_shift=0.5 + 0.7 * severity,
    )


def _myopic(eye: Eye, random: np.random.Generator, severity: float) -> Eye:
    """A long eye: stretched thin, the choroid laid bare, the disc tilted, no dark macula."""
    width, height = eye.disc_axes
    red, green, blue = eye.complexion
    return replace(
        eye,
        complexion=(1.06 * red, 0.94 * green, 0.72 * blue),
        tessellation=0.50 + 0.35 * severity,
        choroid=(0.36, 0.20),
        choroid_run=5,
        macula=0.4 - 0.3 * severity,
        youth=0.0,
        disc_axes=(width * (0.95 - 0.2 * severity), height),
        disc_turn=eye.disc_turn + float(random.uniform(-0.3, 0.3)),
        cup_to_disc=0.20,
        pallor=0.0,
        temporal_pallor=0.0,
        vessel_width=0.62,
    )
